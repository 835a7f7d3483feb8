"""`villes_internet_import_matrix`: what it says, what it writes, and with what code it ends."""

import json

import pytest
from django.core.management import CommandError, call_command
from openpyxl import Workbook

from tests.factories import Town
from tests.matrix.test_store import matrix_of
from tests.sync.conftest import everything
from wagtail_villes_internet.matrix.models import Matrix
from wagtail_villes_internet.matrix.store import current_matrix
from wagtail_villes_internet.registry.memory import MemoryRegistry
from wagtail_villes_internet.registry.parse import matrix as parsed
from wagtail_villes_internet.services.remapping.models import Remap
from wagtail_villes_internet.services.remapping.waiting import waiting_of

from .versions import codes, use

pytestmark = pytest.mark.django_db

COMMAND = "villes_internet_import_matrix"


@pytest.fixture
def town():
    use("1", t=["a", "b", "c"])
    return Town("Lunel")


@pytest.fixture
def run(capsys):
    """Run the command; its exit code, and its report (JSON) or the error that it ended with."""

    def call(*arguments):
        try:
            call_command(COMMAND, *map(str, arguments), "--format", "json")
            code = 0
        except SystemExit as stopped:
            code = stopped.code
        except CommandError as error:
            return error.returncode, str(error)
        return code, json.loads(capsys.readouterr().out)

    return call


@pytest.fixture
def file(tmp_path):
    def write(content, name="matrice.json"):
        path = tmp_path / name
        if isinstance(content, str | bytes):
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        else:
            path.write_text(json.dumps(content), "utf-8")
        return path

    return write


def replacing(version, **replaces):
    document = matrix_of(list(replaces), version=version)
    for service in document["axes"][0]["themes"][0]["services"]:
        service["replaces"] = replaces[service["code"]]
    return document


class TestFromAFile:
    def test_it_is_in_use_and_the_services_follow(self, town, run, file):
        service = town.service(references=["a"])

        code, report = run(file(replacing("2", a2=["a"], b=[])), "--edition", 2027)

        assert code == 0
        assert (report["services_remapped"], report["services_waiting"]) == (1, 0)
        assert report["remapped"] == [{"old": "a", "new": ["a2"], "services": 1}]
        assert [one["code"] for one in report["difference"]["removed"]] == ["c"]
        assert codes(service) == ["a2"]
        assert (current_matrix().version, current_matrix().edition) == ("2", 2027)

    def test_what_waits_is_said_and_the_code_is_1(self, town, run, file):
        town.service(references=["a"])

        code, report = run(file(replacing("2", b=[])))

        assert code == report["exit_code"] == 1
        assert report["waiting"] == [{"old": "a", "services": 1}]
        assert len(waiting_of(town.authority)) == 1

    def test_a_dry_run_says_the_same_and_writes_nothing(self, town, run, file):
        town.service(references=["a"])
        town.service(references=["b"])
        path, before = file(replacing("2", a2=["a"])), everything()

        rehearsed = run(path, "--dry-run")

        assert everything() == before
        code, report = run(path)
        assert rehearsed == (code, {**report, "dry_run": True})

    def test_the_same_file_again_changes_nothing(self, town, run, file):
        town.service(references=["a"])
        town.service(references=["b"])
        path = file(replacing("2", a2=["a"]))
        run(path)
        before = everything()

        code, report = run(path)

        assert everything() == before
        assert code == 1
        assert report["services_remapped"] == 0
        assert report["difference"]["added"] == report["difference"]["replaced"] == []

    def test_a_list_in_a_spreadsheet(self, town, run, tmp_path):
        service = town.service(references=["a"])
        book = Workbook()
        for row in (
            ["Axe", "Enjeu", "Code", "Service de référence", "Remplace"],
            ["Vivre ensemble", "Solidarités", "a2", "Aide", "a"],
        ):
            book.active.append(row)
        book.save(tmp_path / "m.xlsx")

        code, _report = run(tmp_path / "m.xlsx", "--name", "2027", "--official")

        assert (code, codes(service)) == (0, ["a2"])
        assert current_matrix().official

    def test_in_words_each_change_has_its_line(self, town, file, capsys):
        town.service(references=["a"])
        town.service(references=["b"])

        with pytest.raises(SystemExit, match="1"):
            call_command(COMMAND, str(file(replacing("2", a2=["a"], x=[]))))

        said = capsys.readouterr().out
        assert "a → a2 (1)" in said
        assert "b (1)" in said
        for code in ("a2 « Libellé a2 »", "b « Libellé b »", "c « Libellé c »", "x « Libellé x »"):
            assert code.split()[0] in said


class TestBeside:
    def test_stored_beside_it_changes_no_service_and_says_what_it_would(self, town, run, file):
        service = town.service(references=["a"])

        code, report = run(file(replacing("2", a2=["a"])), "--no-use")

        assert code == 0
        assert (report["in_use"], report["services_remapped"]) == (False, 1)
        assert codes(service) == ["a"]
        assert current_matrix().version == "1"

    def test_and_is_taken_into_use_later_or_an_earlier_one_again(self, town, run, file):
        service = town.service(references=["a"])
        run(file(replacing("2", a2=["a"])), "--no-use")

        assert run("--use", "2")[0] == 0
        assert codes(service) == ["a2"]
        assert run("--use", "1")[0] == 0
        assert codes(service) == ["a"]

    def test_a_version_that_is_not_there_is_named_with_those_that_are(self, town, run):
        code, said = run("--use", "1999")

        assert code == 2
        assert "provisoire-1" in said


class TestMap:
    def test_the_provisional_codes_are_replaced_the_day_the_official_list_comes(self, run, file):
        town = Town("Lunel")
        kept = town.service(references=["p-rdv-titres"])
        split = town.service(title="Formulaires", references=["p-formulaires"])
        official = matrix_of(["s1", "s2", "s3"], version="2027")

        code, report = run(
            file(official),
            "--official",
            "--map",
            file("ancien;nouveau\np-rdv-titres;s1\np-formulaires;s2, s3\nvieux;s1\n", "map.csv"),
        )

        assert code == 1
        assert report["unknown_in_map"] == ["vieux"]
        assert codes(kept) == ["s1"]
        assert codes(split) == ["p-formulaires"]
        (waiting,) = waiting_of(town.authority)
        assert [one.code for one in waiting.candidates] == ["s2", "s3"]

    def test_a_map_that_was_wrong_is_corrected_by_another(self, town, run, file):
        service = town.service(references=["a"])
        matrix = file(replacing("2", x=["a"], y=["a"]))
        run(matrix, "--no-use")

        code, _report = run("--use", "2", "--map", file("ancien;nouveau\na;y\n", "map.csv"))

        assert (code, codes(service)) == (0, ["y"])

    def test_a_map_with_a_code_that_the_version_lacks_changes_nothing(self, town, run, file):
        before = everything()

        code, said = run(
            file(replacing("2", x=[])), "--map", file("ancien;nouveau\na;absent\n", "map.csv")
        )

        assert code == 2
        assert "absent" in said
        assert everything() == before


class TestUnusable:
    @pytest.mark.parametrize(
        "content",
        [
            '{"version": "2", "official": true, "axes": [',
            json.dumps(matrix_of(["x", "x"], version="2")),
            json.dumps({**matrix_of(["x"], version="2"), "official": "oui"}),
            json.dumps(matrix_of([f"s{n}" for n in range(6_000)], version="2")),
            b"PK\3\4 truncated",
            "",
        ],
        ids=["truncated", "twice", "type", "6000", "xlsx", "empty"],
    )
    def test_a_corrupt_file_changes_nothing(self, town, run, file, content):
        town.service(references=["a"])
        before = everything()

        code, said = run(file(content), "--name", "2")

        assert code == 2
        assert said
        assert everything() == before

    @pytest.mark.parametrize("arguments", [[], ["x.json", "--registry"], ["x.json", "--use", "1"]])
    def test_one_source_is_asked_for(self, run, arguments):
        assert run(*arguments)[0] == 2

    def test_by_hand_there_is_no_registry_to_ask(self, run):
        assert run("--registry")[0] == 2

    def test_a_fault_halfway_leaves_nothing(self, town, file, monkeypatch):
        town.service(references=["a"])
        before = everything()

        def fails(*args, **kwargs):
            raise RuntimeError("power cut")

        monkeypatch.setattr(
            "wagtail_villes_internet.services.remapping.writing.AuthorityLogEntry.objects"
            ".bulk_create",
            fails,
        )
        with pytest.raises(RuntimeError):
            call_command(COMMAND, str(file(replacing("2", a2=["a"]))))

        assert everything() == before


def test_from_the_registry(town, run, settings):
    settings.WAGTAIL_VILLES_INTERNET = {
        "REGISTRY": {"BACKEND": "wagtail_villes_internet.registry.memory.MemoryRegistry"}
    }
    service = town.service(references=["a"])
    MemoryRegistry.forget_all()
    try:
        published = {**replacing("2", a2=["a"]), "etag": '"1"'}
        MemoryRegistry().set_matrix(parsed(published).value)

        code, report = run("--registry")
    finally:
        MemoryRegistry.forget_all()

    assert (code, report["version"], codes(service)) == (0, "2", ["a2"])
    assert Matrix.objects.get(version="2").is_current
    assert Remap.objects.count() == 1


def test_400_services_in_20_themes_are_data(run, file):
    town = Town("Lunel")
    service = town.service(references=["p-rdv-titres"])
    lines = ["axe;enjeu;code;service;remplace"]
    lines += [f"Axe {n % 4};Enjeu {n % 20};s{n};Service {n};" for n in range(399)]
    lines += ["Axe 3;Enjeu 19;s399;Service 399;p-rdv-titres"]

    code, report = run(file("\n".join(lines), "m.csv"), "--name", "2030")

    assert code == 0
    assert len(report["difference"]["themes"]["added"]) == 20
    assert len(report["difference"]["added"]) == 399
    assert codes(service) == ["s399"]
