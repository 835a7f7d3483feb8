"""The command against the reference registry, each in a process of its own."""

import pytest
import requests

from tests.processes import RegistryProcess, wait_until

from .site import SiteProcess, answering

pytestmark = pytest.mark.processes

WITHIN = 60
ATTEMPTS = """
from wagtail_villes_internet.sync.models import Attempt
answer = [Attempt.objects.count(), Attempt.objects.filter(status=201).count()]
"""
SIREN, TOKEN = RegistryProcess.siren, RegistryProcess.token


@pytest.fixture(scope="module")
def new_site(tmp_path_factory):
    """A site of Lunel as it is after its installation."""
    site = SiteProcess(tmp_path_factory.mktemp("site") / "site.sqlite3")
    done = site.manage("migrate", "--verbosity=0")
    assert done.returncode == 0, done.stderr
    site.edit(
        "LocalAuthority.objects.create("
        f"name='Lunel', siren='{SIREN}', insee='34145', department_name='Hérault')"
    )
    return site


@pytest.fixture(scope="module")
def new_registry(tmp_path_factory):
    """The association's side with the demo's data, prepared once."""
    registry = RegistryProcess(tmp_path_factory.mktemp("registry"))
    registry.prepare()
    return registry


@pytest.fixture
def registry(new_registry, tmp_path):
    copy = RegistryProcess(tmp_path)
    copy.database.write_bytes(new_registry.database.read_bytes())
    copy.start()
    yield copy
    copy.stop()


@pytest.fixture
def site(new_site, registry, tmp_path):
    return new_site.copy(tmp_path, url=registry.base_url, token=TOKEN)


def declared(registry):
    """The titles that the registry gives to whoever has the token."""
    answer = requests.get(
        f"{registry.base_url}authorities/{SIREN}/services",
        headers={"Authorization": f"Bearer {TOKEN}"},
        timeout=10,
    )
    document = answer.json()
    titles = {item["title"] for item in document["items"]}
    assert document["total"] == len(titles)
    return titles


def test_what_an_editor_does_is_at_the_registry_after_the_next_run(site, registry):
    site.edit(
        """
for title in ("Publié", "Dépublié", "Modifié", "Brouillon", "Expiré", "Supprimé"):
    publish(create(title))
create("Jamais publié").save_revision()
"""
    )
    first = site.sync()
    assert (first.returncode, first.stderr) == (0, "")
    assert declared(registry) == {
        "Publié",
        "Dépublié",
        "Modifié",
        "Brouillon",
        "Expiré",
        "Supprimé",
    }

    site.edit(
        """
service("Dépublié").unpublish()
modified = service("Modifié")
modified.title = "Modifié depuis"
publish(modified)
draft = service("Brouillon")
draft.title = "Brouillon d'un autre titre"
draft.save_revision()
DigitalService.objects.filter(title="Expiré").update(
    expire_at=timezone.now() - timedelta(minutes=1))
call_command("publish_scheduled")
service("Supprimé").delete()
"""
    )
    second = site.sync()
    assert (second.returncode, second.stderr) == (0, "")
    assert declared(registry) == {"Publié", "Modifié depuis", "Brouillon"}

    third = site.sync()
    assert third.returncode == 0


def test_editions_and_awards_of_the_registry_are_on_the_site(site):
    assert site.sync().returncode == 0
    awards = site.edit(
        """
from wagtail_villes_internet.labels.models import Award
answer = [[award.edition.year, award.level, award.proof] for award in Award.objects.all()]
"""
    )
    assert awards == [[2024, 5, "confirmed"], [2023, 4, "confirmed"], [2022, 3, "confirmed"]]


def test_a_registry_that_is_down_costs_one_line_and_nothing_else(site, registry):
    site.edit("publish(create('Avant'))")
    assert site.sync().returncode == 0
    registry.kill()
    site.edit("publish(create('Pendant'))")

    down = site.sync()
    assert down.returncode == 1
    assert down.stdout == ""
    assert len(down.stderr.splitlines()) == 1
    assert "Traceback" not in down.stderr

    registry.start()
    up = site.sync("--now")
    assert (up.returncode, up.stderr) == (0, "")
    assert declared(registry) == {"Avant", "Pendant"}


def test_a_run_that_is_killed_is_gone_on_with_at_once(site, registry):
    site.edit("for n in range(40): publish(create(f'Service {n:02}'))")
    run = site.start_sync()
    wait_until(lambda: declared(registry), WITHIN, "Nothing arrived at the registry.")
    run.kill()
    run.communicate(timeout=WITHIN)

    again = site.sync()

    assert (again.returncode, again.stderr) == (0, "")
    assert declared(registry) == {f"Service {n:02}" for n in range(40)}
    assert site.edit(ATTEMPTS) == [40, 40], "one attempt a service, each with one effect"


def test_two_runs_at_once_do_the_work_of_one(site, registry):
    site.edit("for n in range(20): publish(create(f'Service {n:02}'))")
    runs = [site.start_sync(), site.start_sync()]
    for run in runs:
        _out, complaint = run.communicate(timeout=WITHIN)
        assert (run.returncode, complaint) == (0, "")
    assert declared(registry) == {f"Service {n:02}" for n in range(20)}
    assert site.edit(ATTEMPTS) == [20, 20]


def test_by_hand_says_how_much_is_to_be_copied(new_site, tmp_path):
    site = new_site.copy(tmp_path)
    site.edit("for n in range(38): publish(create(f'Service {n}'))")
    done = site.sync()
    line = "transmission à la main : 38 à recopier\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, line, "")


def test_a_wrong_token_is_one_line_that_does_not_show_it(site, registry):
    site.edit("publish(create('Service'))")
    site.token = "a-token-that-nobody-gave"
    done = site.sync()
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert site.token not in done.stderr + done.stdout

    site.token = TOKEN
    assert site.sync().returncode == 0
    assert declared(registry) == {"Service"}


def test_a_missing_token_and_a_registry_in_clear_are_misconfigured(new_site, tmp_path):
    site = new_site.copy(tmp_path, url="https://registre.invalid/api/v1/")
    without_token = site.sync()
    assert without_token.returncode == 2
    assert len(without_token.stderr.splitlines()) == 1

    site.url, site.token = "http://registre.invalid/api/v1/", TOKEN
    in_clear = site.sync()
    assert in_clear.returncode == 2
    assert len(in_clear.stderr.splitlines()) == 1
    assert "https" in in_clear.stderr


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        (200, b"<html>Bienvenue</html>", {"Content_Type": "text/html"}),
        (200, b'{"siren": "2134', {"Content_Type": "application/json"}),
        (
            200,
            b'{"siren": "213401458"',
            {"Content_Type": "application/json", "Content_Length": "4000"},
        ),
        (302, b"", {"Location": "http://127.0.0.1:9/"}),
        (404, b"<h1>Not found</h1>", {"Content_Type": "text/html"}),
        (503, b"", {"Retry_After": "60"}),
    ],
    ids=["html", "half a json", "cut short", "redirect", "untyped 404", "maintenance"],
)
def test_a_registry_that_answers_anything_else_loses_nothing(
    new_site, registry, tmp_path, status, body, headers
):
    site = new_site.copy(tmp_path, token=TOKEN)
    site.edit("publish(create('Service'))")
    with answering(status, body, **headers) as (url, received):
        site.url = url
        done = site.sync()
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert TOKEN not in done.stderr
    assert len(received) == 1

    site.url = registry.base_url
    assert site.sync().returncode == 0
    assert declared(registry) == {"Service"}


def test_what_drifted_is_said_without_a_write_and_repaired_without_a_blind_one(
    site, registry, tmp_path
):
    ids = site.edit(
        """
answer = {}
for title in ("Pareil", "Modifié là-bas", "Retiré là-bas", "Dépublié"):
    publish(one := create(title))
    answer[title] = one.remote_id
"""
    )
    assert site.sync().returncode == 0
    assert site.sync().returncode == 0
    same = site.manage("villes_internet_reconcile")
    assert (same.returncode, same.stderr) == (0, "")
    assert [line[0] for line in same.stdout.splitlines()[:4]] == ["="] * 4

    registry.backup(tmp_path / "backup.sqlite3")
    site.edit("publish(create('Perdu par le registre'))")
    assert site.sync().returncode == 0
    registry.stop()
    registry.restore(tmp_path / "backup.sqlite3")
    registry.start()
    registry.agent(
        "edit", SIREN, ids["Modifié là-bas"], "--field", "title", "--value", "Titre de l'agent"
    )
    registry.agent("delete", SIREN, ids["Retiré là-bas"])
    site.edit("service('Dépublié').unpublish(); publish(create('Nouveau'))")

    here, there = site.manage("dumpdata").stdout, everything_declared(registry)
    drift = site.manage("villes_internet_reconcile")
    assert signs(drift) == {
        "Dépublié": "-",
        "Modifié là-bas": "*",
        "Nouveau": "+",
        "Pareil": "=",
        "Perdu par le registre": "+",
        "Retiré là-bas": "+",
    }
    assert drift.returncode == 1
    assert len(drift.stderr.splitlines()) == 1
    assert site.manage("dumpdata").stdout == here
    assert everything_declared(registry) == there

    repaired = site.manage("villes_internet_reconcile", "--repair")
    assert repaired.returncode == 1
    assert TOKEN not in repaired.stdout + repaired.stderr
    assert declared(registry) == {"Pareil", "Titre de l'agent", "Nouveau"}
    states = site.edit(
        """
from wagtail_villes_internet.sync.models import Declaration
answer = dict(Declaration.objects.values_list("title", "state"))
"""
    )
    assert states == {
        "Dépublié": "withdrawn",
        "Modifié là-bas": "sent",
        "Nouveau": "sent",
        "Pareil": "sent",
        "Perdu par le registre": "held",
        "Retiré là-bas": "conflict",
    }


def test_a_comparison_with_a_registry_that_is_down_or_refuses_is_one_line(site, registry):
    site.token = "a-token-that-nobody-gave"
    for stop in (lambda: None, registry.kill):
        stop()
        for arguments in ((), ("--repair",)):
            done = site.manage("villes_internet_reconcile", *arguments)
            assert (done.returncode, done.stdout) == (1, "")
            assert len(done.stderr.splitlines()) == 1
            assert site.token not in done.stderr


def everything_declared(registry):
    """All that the registry gives to whoever has the token, tags and sequences included."""
    answer = requests.get(
        f"{registry.base_url}authorities/{SIREN}/services?since=0",
        headers={"Authorization": f"Bearer {TOKEN}"},
        timeout=10,
    )
    return answer.json()


def signs(done):
    """What a comparison wrote before each title."""
    lines = [line.split(" ", 2) for line in done.stdout.splitlines()]
    return {title: sign for sign, _id, title in lines}
