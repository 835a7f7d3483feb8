"""`villes_internet_check_links`: what it says, and its exit code."""

import json
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from tests.factories import Town
from tests.registry.hostile import answer, hostile
from wagtail_villes_internet.services.links import checking, network
from wagtail_villes_internet.services.links.models import CheckedLink

pytestmark = pytest.mark.django_db


@pytest.fixture
def lunel():
    return Town("Lunel")


@pytest.fixture(autouse=True)
def _loopback(monkeypatch):
    """The real checker, allowed to this machine, which stands for the Internet."""
    monkeypatch.setattr(
        checking.run,
        "__kwdefaults__",
        checking.run.__kwdefaults__
        | {
            "prober": lambda: network.Prober(lambda ip, port: ip == "127.0.0.1"),
            "pause": lambda seconds: None,
        },
    )


def run(*args: str) -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    try:
        call_command("villes_internet_check_links", *args, stdout=out, stderr=err)
    except SystemExit as stopped:
        return stopped.code, out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_all_well(lunel):
    with hostile(answer(200, b"ok", content_type="text/html")) as server:
        lunel.service(url=server.url)

        code, out, err = run()

    assert (code, err) == (0, "")
    assert "Lunel" in out
    assert CheckedLink.objects.get().state == "works"


def test_a_link_that_has_failed_on_two_days_before_is_broken_told_and_an_exit_code(lunel):
    lunel.webmestre.email = "webmestre@lunel.example"
    lunel.webmestre.save()
    with hostile(answer(404, b"", content_type="text/html")) as server:
        lunel.service(title="Portail famille", url=server.url)
        CheckedLink.objects.create(
            authority=lunel.authority,
            digest=checking.digest(server.url),
            url=server.url,
            state="failing",
            failures=2,
            failing_since="2026-01-01",
            last_failed_on="2026-01-02",
        )

        code, out, err = run()

    assert code == 1
    assert "Lunel" in err
    assert "Portail famille" in mail.outbox[0].body


def test_no_mail_where_none_is_wanted(lunel):
    CheckedLink.objects.create(
        authority=lunel.authority, digest="x", url="https://a.example/", state="broken"
    )

    run("--no-mail")

    assert mail.outbox == []


def test_json(lunel):
    code, out, err = run("--format", "json")

    document = json.loads(out)
    assert document["exit_code"] == code == 0
    assert document["authorities"][0]["name"] == "Lunel"


def test_a_town_that_does_not_exist():
    with pytest.raises(CommandError) as stopped:
        call_command("villes_internet_check_links", "--authority", "000000000")

    assert stopped.value.returncode == 2
