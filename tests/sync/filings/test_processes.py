"""A dossier filed with the reference registry, each in a process of its own."""

import hashlib
import json

import pytest
import requests

from tests.processes import RegistryProcess, wait_until

from ..site import SiteProcess
from .by_process import FILE, STANDS, YEAR

pytestmark = pytest.mark.processes

SIREN, TOKEN = RegistryProcess.siren, RegistryProcess.token
WITHIN = 60


@pytest.fixture
def registry(tmp_path_factory):
    with RegistryProcess(tmp_path_factory.mktemp("registry"), faulty=True) as served:
        served.agent("open-edition", YEAR)
        yield served


@pytest.fixture
def site(registry, tmp_path):
    """A site of Lunel that has read the registry's matrix, with one service."""
    site = SiteProcess(tmp_path / "site.sqlite3")
    done = site.manage("migrate", "--verbosity=0")
    assert done.returncode == 0, done.stderr
    site.edit(
        "LocalAuthority.objects.create("
        f"name='Lunel', siren='{SIREN}', insee='34145', department_name='Hérault')\n"
        "publish(create('Portail famille'))"
    )
    site.url, site.token = registry.base_url, TOKEN
    assert site.sync().returncode == 0
    return site


def there(registry):
    """The dossier as the registry gives it to whoever has the token."""
    return requests.get(
        f"{registry.base_url}authorities/{SIREN}/dossiers/{YEAR}",
        headers={"Authorization": f"Bearer {TOKEN}"},
        timeout=10,
    )


def test_a_campaign_from_a_lost_answer_to_a_filing_that_comes_too_late(site, registry, tmp_path):
    site.edit(f"{FILE}\nfile('Un')")
    registry.fail({"method": "PUT", "path": "/dossiers/", "when": "after"})
    lost = site.sync("--now")
    assert lost.returncode == 1
    assert len(lost.stderr.splitlines()) == 1

    again = site.sync("--now")
    assert (again.returncode, again.stderr) == (0, "")
    [[number, state, ours, received]] = site.edit(FILE + STANDS)
    assert (number, state, ours) == (1, "filed", received)
    [receipt] = there(registry).json()["receipts"]
    assert receipt["sha256"] == ours

    site.edit(f"{FILE}\nfile('Deux')")
    assert site.sync("--now").returncode == 0
    octets = bytes.fromhex(
        site.edit(f"{FILE}\nanswer = bytes(Filing.objects.get(number=2).octets).hex()")
    )
    stored = there(registry).json()
    assert stored["receipts"][0]["sha256"] == hashlib.sha256(octets).hexdigest()
    assert stored["dossier"] == json.loads(octets)

    elsewhere = tmp_path / "elsewhere.json"
    elsewhere.write_bytes(json.dumps({**json.loads(octets), "statement": "D'ailleurs"}).encode())
    registry.agent("file-dossier", SIREN, YEAR, elsewhere)
    site.edit(f"{FILE}\nfile('Trois')")
    assert site.sync("--now").returncode == 1
    assert there(registry).json()["dossier"]["statement"] == "D'ailleurs"
    assert [row[1] for row in site.edit(FILE + STANDS)] == ["filed", "filed", "conflict"]

    site.edit(
        f"{FILE}\n"
        "filings.replace_there(Filing.objects.get(number=3), get_user_model().objects.get())"
    )
    assert site.sync("--now").returncode == 0
    assert there(registry).json()["dossier"]["statement"] == "Trois"

    registry.agent("close-edition", YEAR)
    site.edit(f"{FILE}\nfile('Quatre')")
    late = site.sync("--now")
    assert late.returncode == 1
    assert len(late.stderr.splitlines()) == 1
    assert [row[1] for row in site.edit(FILE + STANDS)][3] == "too_late"
    assert there(registry).json()["dossier"]["statement"] == "Trois"
    assert len(there(registry).json()["receipts"]) == 4


def test_a_run_that_is_killed_while_it_files_is_gone_on_with(site, registry):
    site.edit(f"{FILE}\nfile('Un')")
    registry.fail(
        {"method": "PUT", "path": "/dossiers/", "when": "before", "seconds": 5, "answer": "pass"}
    )
    run = site.start_sync()
    wait_until(
        lambda: site.edit(f"{FILE}\nanswer = FilingAttempt.objects.exists()"),
        WITHIN,
        "Nothing was sent.",
    )
    run.kill()
    run.communicate(timeout=WITHIN)

    assert site.sync("--now").returncode == 0

    [receipt] = there(registry).json()["receipts"]
    assert [row[1:] for row in site.edit(FILE + STANDS)] == [
        ["filed", receipt["sha256"], receipt["sha256"]]
    ]
    assert site.edit(f"{FILE}\nanswer = FilingAttempt.objects.count()") == 1


def test_two_runs_at_once_file_once(site, registry):
    site.edit(f"{FILE}\nfile('Un')")
    runs = [site.start_sync(), site.start_sync()]
    for run in runs:
        _out, complaint = run.communicate(timeout=WITHIN)
        assert (run.returncode, complaint) == (0, "")

    assert len(there(registry).json()["receipts"]) == 1
    assert site.edit(f"{FILE}\nanswer = FilingAttempt.objects.count()") == 1
