"""What was filed is exported as the same file for ever, whatever becomes of the site."""

import hashlib
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.factories import Town
from wagtail_villes_internet.dossiers.agreements import agree
from wagtail_villes_internet.dossiers.drafting import draft_of, open_dossier, write
from wagtail_villes_internet.dossiers.exports.errors import Altered
from wagtail_villes_internet.dossiers.exports.facts import heading
from wagtail_villes_internet.dossiers.exports.formats import FORMATS, file_name
from wagtail_villes_internet.dossiers.exports.marks import of_draft, of_filing
from wagtail_villes_internet.dossiers.freezing import freeze, type_receipt
from wagtail_villes_internet.dossiers.models import Filing
from wagtail_villes_internet.dossiers.sealing import Flaw
from wagtail_villes_internet.matrix.store import receive_matrix

from .towns import version, written

pytestmark = pytest.mark.django_db
RECEIVED_AT = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)


@pytest.fixture
def lunel():
    return Town("Lunel")


@pytest.fixture
def services(lunel):
    titles = ("Portail famille", "Bornes wifi", "Vélos")
    return [lunel.service(title=title, references=["p-rdv-titres"]) for title in titles]


@pytest.fixture
def filing(lunel, services):
    dossier = open_dossier(lunel.authority, 2027)
    write(dossier, {"statement": "Une année", "answers": "Oui"}, {})
    content = draft_of(dossier).content
    return freeze(dossier, content, lunel.referent, shown=content.digest, registry_address="")


def files(filing, names=tuple(FORMATS)) -> dict[str, tuple[str, str]]:
    """The name and the hash of the file of each format, as it is made now."""
    export = of_filing(Filing.objects.select_related("dossier").get(pk=filing.pk))
    return {
        name: (file_name(export, name), hashlib.sha256(written(export, name)).hexdigest())
        for name in names
    }


def test_whatever_happens_to_the_services_the_matrix_and_the_town(
    lunel, services, filing, time_machine
):
    type_receipt(filing, lunel.referent, number="42", received_at=filing.frozen_at)
    before = files(filing)
    edited, unpublished, deleted = services

    time_machine.move_to(datetime(2031, 1, 1, tzinfo=UTC))
    edited.title = "Tout autre"
    edited.save_revision().publish()
    unpublished.unpublish()
    deleted.delete()
    write(filing.dossier, {"statement": "Non"}, {"statement": "Une année"})
    lunel.authority.name = "Lunel-Agglo"
    lunel.authority.save()
    theme = {"code": "n", "label": "Neuf", "services": [{"code": "n-1", "label": "Neuf"}]}
    axes = [{"code": "n", "label": "Neuf", "themes": [theme]}]
    receive_matrix({"version": "autre", "official": True, "axes": axes})
    lunel.referent.delete()

    assert files(filing) == before
    assert before["pdf"][0].endswith("2027-lunel-v1.pdf")


def test_a_receipt_is_told_once_it_is_known_and_changes_nothing_else(lunel, filing):
    names = ("xlsx", "csv", "json", "octets")
    before = files(filing, names)
    facts = {fact.name: fact.value for fact in heading(of_filing(filing))}

    type_receipt(filing, lunel.referent, number="42", received_at=filing.frozen_at)

    filing.refresh_from_db()
    after = {fact.name: fact.value for fact in heading(of_filing(filing))}
    assert {name for name in after if after[name] != facts[name]} == {"state", "receipt"}
    assert "42" in after["receipt"]
    assert files(filing, names)["octets"] == before["octets"]
    assert files(filing, names) == files(filing, names)


@pytest.mark.parametrize("name", FORMATS)
def test_another_process_writes_the_same_octets(name):
    """Neither the clock, nor the order of sets, nor chance is part of a file."""
    here = hashlib.sha256(written(version(), name)).hexdigest()
    root = Path(__file__).resolve().parents[3]
    script = (
        "import hashlib, django; django.setup()\n"
        "from tests.dossiers.exports.towns import version, written\n"
        f"print(hashlib.sha256(written(version(), {name!r})).hexdigest())"
    )

    there = subprocess.run(
        [sys.executable, "-c", script],
        cwd=root,
        env={
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "PYTHONHASHSEED": "1234",
            "TZ": "Pacific/Noumea",
            "PYTHONPATH": f"{root}:{root / 'example_project'}",
        },
        capture_output=True,
        text=True,
        check=True,
    )

    assert there.stdout.strip() == here


class TestWhatWasAltered:
    def alter(self, filing, **columns):
        Filing.objects.filter(pk=filing.pk).update(**columns)
        return Filing.objects.select_related("dossier").get(pk=filing.pk)

    @pytest.mark.parametrize("column", ["octets", "annex"])
    def test_is_not_exported(self, filing, column):
        octets = bytes(getattr(filing, column)).replace(b"Portail", b"Portait")

        with pytest.raises(Altered):
            of_filing(self.alter(filing, **{column: octets}))

    def test_a_seal_that_cannot_be_verified_is_said_in_the_file(self, filing):
        export = of_filing(self.alter(filing, seal="0" * 64))

        assert export.marks.flaws == (Flaw.SEAL,)
        assert Flaw.SEAL.message in written(export, "csv").decode()
        assert Flaw.SEAL.message in written(export, "json").decode()

    def test_an_altered_hash_is_said_as_well(self, filing):
        octets = bytes(filing.octets).replace(b"Portail", b"Portait")
        sha256 = hashlib.sha256(octets).hexdigest()

        assert of_filing(self.alter(filing, octets=octets, sha256=sha256)).marks.flaws


def test_a_draft_carries_the_agreement_that_counts_for_it(lunel, services):
    dossier = open_dossier(lunel.authority, 2027)
    digest = draft_of(dossier).content.digest
    agree(dossier, digest, lunel.elu, shown=digest)

    export = of_draft(draft_of(dossier), RECEIVED_AT)

    assert [one.role for one in export.content.signed_off] == ["elected"]
    assert export.marks.sha256 == digest
    assert export.octets == export.content.octets
