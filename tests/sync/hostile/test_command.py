"""The command, in a process of its own, against a registry that does its worst."""

import time

import pytest
import requests

from tests.processes import RegistryProcess
from tests.registry.hostile import answer, hostile

from ..site import SiteProcess
from .gateway import gateway_to
from .misbehaviours import reset_in_mid_body, without_an_end

pytestmark = pytest.mark.processes

SIREN, TOKEN = RegistryProcess.siren, RegistryProcess.token
# The process itself takes seconds to start; an exchange has five (`tests.site_settings`).
PATIENCE = 50
KEPT = """
from wagtail_villes_internet.sync.models import Attempt, Declaration, SyncRun
run = SyncRun.objects.order_by("-pk").first()
answer = [
    list(Attempt.objects.order_by("pk").values_list("key", "body")),
    Attempt.objects.filter(answered_at__isnull=True).count(),
    [row.acknowledged for row in Declaration.objects.all()],
    [run.outcome, run.left],
    str([list(model.objects.values()) for model in (Attempt, Declaration, SyncRun)]),
]
"""


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    with RegistryProcess(tmp_path_factory.mktemp("registry")) as process:
        yield process


@pytest.fixture(scope="module")
def new_site(tmp_path_factory):
    site = SiteProcess(tmp_path_factory.mktemp("site") / "site.sqlite3")
    assert site.manage("migrate", "--verbosity=0").returncode == 0
    site.edit(
        "LocalAuthority.objects.create("
        f"name='Lunel', siren='{SIREN}', insee='34145', department_name='Hérault')"
    )
    return site


def there(registry: RegistryProcess) -> list[str]:
    answered = requests.get(
        f"{registry.base_url}authorities/{SIREN}/services",
        headers={"Authorization": f"Bearer {TOKEN}"},
        timeout=10,
    )
    return [item["title"] for item in answered.json()["items"]]


@pytest.mark.parametrize("behaviour", [reset_in_mid_body, without_an_end, "send away"])
def test_the_worst_is_one_line_and_exit_1_and_nothing_is_lost(
    new_site, registry, tmp_path, behaviour
):
    title = f"Service {tmp_path.name}"
    with hostile(answer(200, {})) as elsewhere, gateway_to(registry.base_url) as gateway:
        site = new_site.copy(tmp_path, url=gateway.url, token=TOKEN)
        site.edit(f"publish(create({title!r}))")
        away = answer(307, b"", Location=elsewhere.url)
        sent_away = behaviour == "send away"
        gateway.behaviours["write"] = (
            (lambda exchange, honest: exchange.send(away)) if sent_away else behaviour
        )
        started = time.monotonic()

        done = site.sync()

        assert time.monotonic() - started < PATIENCE
        assert done.returncode == 1
        assert len(done.stderr.splitlines()) == 1
        frozen, unanswered, acknowledged, journal, rows = site.edit(KEPT)
        assert (len(frozen), unanswered) == (1, 1)
        assert acknowledged == [None]
        assert journal == ["failed", 1]
        assert TOKEN not in done.stdout + done.stderr + rows
        assert elsewhere.exchanges == []

        gateway.honest()
        again = site.sync("--now")

        assert (again.returncode, again.stderr) == (0, "")
        assert site.edit(KEPT)[0] == frozen, "sent again as it was"
        assert there(registry).count(title) == 1
