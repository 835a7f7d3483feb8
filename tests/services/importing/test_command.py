"""The operator imports a town's list from the command line."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from wagtail_villes_internet.services.models import DigitalService

from .tables import csv_file

pytestmark = pytest.mark.django_db

COMMAND = "villes_internet_import_services"
ROWS = [["Titre", "Depuis", "Service de référence", "Note"]]
ROWS += [["Cantine", "2021", "p-paiement", ""], ["Piscine", "bientôt", "", ""]]


@pytest.fixture
def run(lunel, capsys):
    def run(*arguments, code=0):
        try:
            call_command(COMMAND, *map(str, arguments), "--authority", lunel.authority.insee)
            found = 0
        except CommandError as error:
            found = error.returncode
        except SystemExit as end:
            found = end.code
        assert found == code
        said = capsys.readouterr()
        return said.out.replace("\xa0", " "), said.err.replace("\xa0", " ")

    return run


def test_imports_what_can_be_and_says_the_rest(run, tmp_path):
    out, err = run(csv_file(tmp_path, ROWS), code=1)

    assert err.strip() == (
        "ligne 3, colonne « Depuis » : "
        "« bientôt » n’est pas une date. Écrivez 2021, 03/2021 ou 15/03/2021."
    )
    assert "Colonnes laissées de côté : Note." in out
    assert "1 ajoutés, 0 modifiés, 0 déjà là." in out
    assert [row.title for row in DigitalService.objects.all()] == ["Cantine"]


def test_is_done_where_nothing_is_reported(run, tmp_path):
    path = csv_file(tmp_path, ROWS[:2])

    run(path, code=0)
    out, _err = run(path, code=0)

    assert "0 ajoutés, 0 modifiés, 1 déjà là." in out


def test_repeats_without_writing(run, tmp_path):
    out, _err = run(csv_file(tmp_path, ROWS), "--dry-run", code=1)

    assert "Rien n’a été écrit." in out
    assert not DigitalService.objects.exists()


def test_puts_online_what_is_complete(run, tmp_path):
    out, _err = run(csv_file(tmp_path, ROWS), "--publish", code=1)

    assert "1 est en ligne." in out
    assert DigitalService.objects.get().live


def test_takes_a_column_by_another_name(run, tmp_path):
    path = csv_file(tmp_path, [["Fiche action 2023"], ["Cantine"]])

    run(path, code=2)
    run(path, "--column", "Fiche action 2023=title", code=0)

    assert DigitalService.objects.get().title == "Cantine"


def test_takes_a_list_of_titles_from_a_file_or_the_standard_input(run, tmp_path, monkeypatch):
    path = tmp_path / "titres.txt"
    path.write_text("- Cantine\n- Piscine\n", encoding="utf-8")

    run(path, "--titles")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("Musée".encode())))
    run("-", "--titles")

    titles = [row.title for row in DigitalService.objects.all()]
    assert titles == ["Cantine", "Musée", "Piscine"]


def test_says_all_as_json(run, tmp_path):
    out, _err = run(csv_file(tmp_path, ROWS), "--format", "json", code=1)

    said = json.loads(out)
    assert (said["exit_code"], said["add"], said["refused"]) == (1, 1, 1)
    added, refused = said["lines"]
    assert (added["line"], added["outcome"]) == (2, "add")
    assert added["service"] == DigitalService.objects.get().pk
    assert refused["problems"][0]["column"] == "Depuis"


@pytest.mark.parametrize("arguments", [["absent.csv"], ["absent.txt", "--titles"]])
def test_ends_with_2_where_the_file_cannot_be_used(run, arguments):
    run(*arguments, code=2)


def test_ends_with_2_for_a_number_of_nobody(lunel, tmp_path):
    with pytest.raises(CommandError) as error:
        call_command(COMMAND, str(csv_file(tmp_path, ROWS)), "--authority", "00000")

    assert error.value.returncode == 2
