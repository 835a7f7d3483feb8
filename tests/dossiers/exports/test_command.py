"""`villes_internet_export_dossier`: one file, or one line that says what to do."""

import hashlib
import sys

import pytest
from django.core.management import CommandError, call_command

from tests.factories import Town
from wagtail_villes_internet.dossiers.drafting import draft_of, open_dossier, write
from wagtail_villes_internet.dossiers.exports.formats import FORMATS
from wagtail_villes_internet.dossiers.freezing import freeze
from wagtail_villes_internet.dossiers.models import Filing

pytestmark = pytest.mark.django_db


@pytest.fixture
def lunel():
    return Town("Lunel", insee="34145")


@pytest.fixture
def filed(lunel):
    """Files the dossier as it stands."""
    lunel.service(title="Portail famille")

    def again(statement=""):
        dossier = open_dossier(lunel.authority, 2027)
        write(dossier, {"statement": statement}, {"statement": dossier.statement})
        content = draft_of(dossier).content
        return freeze(dossier, content, lunel.referent, shown=content.digest, registry_address="")

    return again


def export(capsys, output, *options, format="csv", edition="2027"):
    call_command(
        "villes_internet_export_dossier",
        *("--edition", edition, "--format", format, "--output", str(output), *options),
    )
    return capsys.readouterr().out


def refused(output, *options, **kwargs) -> CommandError:
    with pytest.raises(CommandError) as refusal:
        export(None, output, *options, **kwargs)
    return refusal.value


@pytest.mark.parametrize("format", FORMATS)
def test_the_last_version_is_written(filed, tmp_path, capsys, format):
    filed("Une première")
    last = filed("Une seconde")

    said = export(capsys, tmp_path / "dossier", format=format)

    assert last.sha256 in said
    assert "2" in said
    assert [path.name for path in tmp_path.iterdir()] == ["dossier"]


def test_the_octets_have_the_hash_of_the_version(filed, tmp_path, capsys):
    filing = filed()

    export(capsys, tmp_path / "octets.json", format="octets")

    written = (tmp_path / "octets.json").read_bytes()
    assert hashlib.sha256(written).hexdigest() == filing.sha256


def test_another_version_by_its_number(filed, tmp_path, capsys):
    filed("Une première")
    filed("Une seconde")

    export(capsys, tmp_path / "dossier.csv", "--number", "1")

    assert "Une première" in (tmp_path / "dossier.csv").read_text("utf-8-sig")


def test_the_draft_as_it_stands(filed, lunel, tmp_path, capsys):
    filed()
    lunel.service(title="Arrivé depuis")

    export(capsys, tmp_path / "dossier.csv", "--draft", "--authority", "34145")

    assert "Arrivé depuis" in (tmp_path / "dossier.csv").read_text("utf-8-sig")


class TestWhatIsRefused:
    def test_a_year_without_a_dossier(self, filed, tmp_path):
        filed()

        error = refused(tmp_path / "a.csv", edition="2026")

        assert error.returncode == 1
        assert "2026" in str(error)
        assert not list(tmp_path.iterdir())

    def test_a_dossier_that_nobody_filed(self, lunel, tmp_path):
        open_dossier(lunel.authority, 2027)

        error = refused(tmp_path / "a.csv")

        assert error.returncode == 1
        assert "--draft" in str(error)

    def test_a_version_that_there_is_not(self, filed, tmp_path):
        filed()

        assert refused(tmp_path / "a.csv", "--number", "7").returncode == 1

    def test_a_version_that_was_altered_leaves_the_former_file(self, filed, tmp_path):
        filing = filed()
        (tmp_path / "a.csv").write_text("avant")
        altered = bytes(filing.octets).replace(b"Portail", b"Portait")
        Filing.objects.filter(pk=filing.pk).update(octets=altered)

        assert refused(tmp_path / "a.csv").returncode == 1
        assert (tmp_path / "a.csv").read_text() == "avant"

    def test_one_of_several_towns_must_be_named(self, filed, tmp_path):
        filed()
        Town("Quéven")

        error = refused(tmp_path / "a.csv")

        assert error.returncode == 2
        assert "--authority" in str(error)

    def test_a_number_that_nobody_has(self, filed, tmp_path):
        filed()

        assert refused(tmp_path / "a.csv", "--authority", "99999").returncode == 2

    def test_a_folder_that_is_not_there(self, filed, tmp_path):
        filed()

        error = refused(tmp_path / "absent" / "a.csv")

        assert error.returncode == 2
        assert "a.csv" in str(error)

    def test_a_pdf_without_the_extra(self, filed, tmp_path, monkeypatch):
        filed()
        monkeypatch.setitem(sys.modules, "weasyprint", None)

        error = refused(tmp_path / "a.pdf", format="pdf")

        assert error.returncode == 2
        assert "[pdf]" in str(error)
        assert not list(tmp_path.iterdir())


def test_a_seal_that_cannot_be_verified_is_said(filed, tmp_path, capsys):
    filing = filed()
    Filing.objects.filter(pk=filing.pk).update(seal="0" * 64)

    call_command(
        "villes_internet_export_dossier",
        *("--edition", "2027", "--format", "csv", "--output", str(tmp_path / "a.csv")),
    )

    assert "SECRET_KEY" in capsys.readouterr().err
