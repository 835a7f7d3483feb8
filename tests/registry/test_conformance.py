"""The conformance command: the reference registry passes, and each fault is caught by name."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import RegistryProcess, free_port
from wagtail_villes_internet.registry.conformance import __main__ as command
from wagtail_villes_internet.registry.conformance.probe import Mismatch, Probe, expect, shown
from wagtail_villes_internet.registry.conformance.run import CHECKS, prepare, run

from . import broken
from .broken import Fault, behind
from .worlds import untouched

pytestmark = pytest.mark.processes
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def siren() -> str:
    return next(untouched)


def verdicts(url: str, siren: str, only: set[str]) -> dict[str, Mismatch | None]:
    probe = Probe(url, siren, f"token-{siren}")
    try:
        prepare(probe)
        return {result.check.name: result.fault for result in run(probe, only)}
    finally:
        probe.close()


def test_the_reference_registry_passes_and_keeps_nothing_of_it(process, siren, capsys):
    code = command.main([process.base_url, "--siren", siren, "--token", f"token-{siren}"])

    out, err = capsys.readouterr()
    assert (code, err) == (0, "")
    passed = [line.split()[1] for line in out.splitlines() if line.startswith("PASS")]
    assert passed == [check.name for check in CHECKS]
    assert len(passed) > 55
    probe = Probe(process.base_url, siren, f"token-{siren}")
    assert probe.get(probe.services).get("total") == 0
    probe.close()


def test_no_two_checks_share_a_name():
    names = [check.name for check in CHECKS]

    assert len(set(names)) == len(names)


def test_it_needs_no_django_project(process, siren, tmp_path):
    environment = {
        name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"
    }
    done = subprocess.run(
        [sys.executable, "-m", "wagtail_villes_internet.registry.conformance"]
        + [process.base_url, "--siren", siren, "--only", "create", "--only", "matrix"],
        cwd=tmp_path,
        env={
            **environment,
            "PYTHONPATH": str(ROOT),
            "VI_REGISTRY_TOKEN": f"token-{siren}",
            "LANG": "fr_FR.UTF-8",
            "PYTHONUTF8": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split()[:2] for line in done.stdout.splitlines()[:2]] == [
        ["PASS", "matrix"],
        ["PASS", "create"],
    ]
    assert "Un service est créé" in done.stdout


def test_nothing_wrong_in_between_changes_nothing(process, siren):
    """So that what the next test catches is the fault, not the one who makes it."""
    with behind(Fault(), process.base_url) as url:
        found = verdicts(url, siren, set())

    assert {name: fault for name, fault in found.items() if fault is not None} == {}


@pytest.mark.parametrize(
    ("fault", "names"),
    [
        (broken.IgnoresIfMatch, {"stale"}),
        (broken.HashForATag, {"tag-is-not-the-hash", "tag-never-returns"}),
        (broken.UntypedProblems, {"service-unknown", "not-known"}),
        (broken.HtmlForA404, {"service-unknown", "not-known"}),
        (broken.ForgetsKeys, {"replay", "key-reused", "late-creation"}),
        (broken.ReplaysInSilence, {"replay", "replay-of-a-withdrawal"}),
        (broken.FeedBackwards, {"feed-order"}),
        (broken.FeedWithoutTombstones, {"feed-order"}),
        (broken.Redirects, {"no-redirection"}),
        (broken.TagInTheHeaderOnly, {"tag-in-body", "matrix"}),
        (broken.WrongHash, {"create"}),
        (broken.Trims, {"stored-as-sent"}),
        (broken.Sorts, {"field-rules"}),
        (broken.NeedsNoCondition, {"condition-missing"}),
        (broken.EpochOnlyInGoodNews, {"epoch"}),
        (broken.HidesForbiddenTowns, {"forbidden"}),
        (broken.BatchInAnyOrder, {"batch"}),
        (broken.ListsTwice, {"plain-list"}),
        (broken.IgnoresIfMatch, {"dossier-stale"}),
        (broken.ForgetsKeys, {"dossier-filed", "dossier-replay", "dossier-octets", "dossier-key"}),
        (broken.HashesTheJson, {"dossier-filed", "dossier-octets"}),
        (broken.TakesLateDossiers, {"dossier-closed"}),
        (broken.OldestReceiptFirst, {"dossier-receipts"}),
        (broken.LastReceiptOnly, {"dossier-receipts"}),
        (broken.SummaryWithoutDossiers, {"dossier-summary"}),
        (broken.UntypedNothingFiled, {"dossier-unknown"}),
        (broken.HtmlForA404, {"dossier-unknown", "dossier-no-edition"}),
        (broken.TrimsStatements, {"dossier-filed"}),
        (broken.SmallDossiers, {"dossier-size"}),
        (broken.SignsForAnybody, {"dossier-rules"}),
        (broken.DossierTagOfContent, {"dossier-tag"}),
        (broken.FilesForAnybody, {"dossier-token"}),
        (broken.EditionBeforeCondition, {"dossier-condition", "dossier-order"}),
    ],
)
def test_each_fault_is_caught_by_name(process, siren, fault, names):
    probe = Probe(process.base_url, siren, f"token-{siren}")
    prepare(probe)
    with behind(fault(), process.base_url) as url:
        registry, probe.registry = probe.registry, Probe(url, siren, "").registry
        found = {result.check.name: result.fault for result in run(probe, names)}
        probe.close()
    registry.close()

    assert {name for name, fault in found.items() if fault is not None} == names


def test_every_check_of_dossiers_is_failed_by_somebody():
    (parameters,) = [
        mark.args[1]
        for mark in test_each_fault_is_caught_by_name.pytestmark
        if mark.name == "parametrize"
    ]
    caught = {name for _fault, names in parameters for name in names}

    assert {check.name for check in CHECKS if check.name.startswith("dossier-")} <= caught


def test_between_two_campaigns_what_cannot_be_checked_is_said(process, siren, capsys):
    with behind(broken.NoOpenEdition(), process.base_url) as url:
        code = command.main(
            [url, "--siren", siren, "--token", f"token-{siren}"]
            + ["--only", "dossier-filed", "--only", "dossier-unknown"]
        )

    lines = capsys.readouterr().out.splitlines()
    assert code == 0
    assert [line.split()[:2] for line in lines if line[:4] in ("PASS", "SKIP", "FAIL")] == [
        ["PASS", "dossier-unknown"],
        ["SKIP", "dossier-filed"],
    ]
    assert "open" in lines[2]
    assert lines[-1].count("1") == 1


def test_a_failure_says_what_was_expected_and_seen(process, siren, capsys):
    with behind(broken.ReplaysInSilence(), process.base_url) as url:
        code = command.main(
            [url, "--siren", siren, "--token", f"token-{siren}", "--only", "replay"]
        )

    out = capsys.readouterr().out
    assert code == 1
    assert out.splitlines()[0].split()[:2] == ["FAIL", "replay"]
    assert "Idempotency-Replayed" in out
    assert "true" in out
    assert f"token-{siren}" not in out


@pytest.mark.parametrize(
    "arguments",
    [
        ["http://127.0.0.1:1/api/v1/"],
        ["http://127.0.0.1:1/api/v1/", "--siren", "1", "--token", "t"],
        ["http://127.0.0.1:1/api/v1/", "--siren", "213401458"],
        ["http://127.0.0.1:1/", "--siren", "213401458", "--token", "t", "--only", "nonesuch"],
    ],
)
def test_a_command_that_is_not_understood_sends_nothing(arguments, monkeypatch, capsys):
    monkeypatch.delenv("VI_REGISTRY_TOKEN", raising=False)
    with pytest.raises(SystemExit) as ended:
        command.main(arguments)

    assert ended.value.code == 2
    assert "usage" in capsys.readouterr().err.lower()


def test_what_cannot_be_checked_at_all_is_said_in_one_line(process, siren, capsys):
    for url, token in (
        (f"http://127.0.0.1:{free_port()}/", "t"),
        ("http://registry.example/api/v1/", "t"),
        (process.base_url, "not-a-token"),
        (process.base_url, RegistryProcess.token),
    ):
        assert command.main([url, "--siren", siren, "--token", token]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert len(err.strip().splitlines()) == 1


def test_the_list_is_read_without_a_registry(capsys):
    assert command.main(["--list"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(CHECKS)


@pytest.mark.parametrize(
    ("expected", "seen"), [(1, 1.0), (1, True), ("1", 1), (None, ""), ([1], (1,))]
)
def test_values_that_python_takes_for_equal_are_not_the_same_json(expected, seen):
    with pytest.raises(Mismatch):
        expect("x", expected, seen)


def test_a_long_value_is_shown_by_its_beginning():
    assert shown("x" * 500) == "x" * 200 + "…"
    assert shown({"é": 1}) == '{"é": 1}'


def test_the_documentation_counts_the_checks():
    of_dossiers = [check for check in CHECKS if check.name.startswith("dossier-")]
    counted = f"en {len(CHECKS)} vérifications dont {len(of_dossiers)} sur les dossiers"

    docs = ROOT / "docs"
    assert counted in (docs / "reference" / "commandes.md").read_text(encoding="utf-8")
    guide = (docs / "guides" / "ouvrir-un-registre.md").read_text(encoding="utf-8")
    assert f"\n{len(CHECKS)} vérifications, 1 en échec\n" in guide
