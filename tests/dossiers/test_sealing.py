"""Whether a version that was filed is still what was filed."""

import hashlib
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import Town
from wagtail_villes_internet.dossiers.drafting import draft_of, open_dossier
from wagtail_villes_internet.dossiers.freezing import freeze
from wagtail_villes_internet.dossiers.models import Dossier, Filing, Receipt
from wagtail_villes_internet.dossiers.sealing import Flaw, missing, seal_of, verify

pytestmark = pytest.mark.django_db


def sha256(octets):
    return hashlib.sha256(octets).hexdigest()


@pytest.fixture
def lunel():
    return Town("Lunel")


@pytest.fixture
def filing(lunel):
    lunel.service(title="Portail famille")
    content = draft_of(open_dossier(lunel.authority, 2027)).content
    dossier = Dossier.objects.get()
    return freeze(dossier, content, lunel.referent, shown=content.digest, registry_address="")


def now(filing):
    return Filing.objects.get(pk=filing.pk)


def tamper(filing, **columns):
    """What somebody does who writes in the database behind the site's back."""
    Filing.objects.filter(pk=filing.pk).update(**columns)


def test_what_nobody_touched_has_no_flaw(filing):
    assert verify(now(filing)) == ()


def retitled(octets):
    return bytes(octets).replace(b"Portail famille", "Portail des élus".encode())


class TestTamperingIsSeen:
    def test_other_octets(self, filing):
        tamper(filing, octets=retitled(filing.octets))

        assert verify(now(filing)) == (Flaw.OCTETS,)

    def test_another_annex(self, filing):
        tamper(filing, annex=retitled(filing.annex))

        assert verify(now(filing)) == (Flaw.ANNEX,)

    @pytest.mark.parametrize("what", ["octets", "annex"])
    def test_others_with_the_hash_that_goes_with_them(self, filing, what):
        column = {"octets": "sha256", "annex": "annex_sha256"}[what]
        other = retitled(getattr(filing, what))
        tamper(filing, **{what: other, column: sha256(other)})

        assert verify(now(filing)) == (Flaw.SEAL,)

    @pytest.mark.parametrize(
        ("columns", "flaws"),
        [
            ({"sha256": "0" * 64}, (Flaw.OCTETS, Flaw.SEAL)),
            ({"annex_sha256": "0" * 64}, (Flaw.ANNEX, Flaw.SEAL)),
            ({"seal": "0" * 64}, (Flaw.SEAL,)),
            ({"seal": "é"}, (Flaw.SEAL,)),
            ({"seal": ""}, (Flaw.SEAL,)),
            ({"number": 7}, (Flaw.SEAL,)),
            ({"registry_address": "https://elsewhere.example/"}, (Flaw.SEAL,)),
            ({"frozen_at": datetime(2020, 1, 1, tzinfo=UTC)}, (Flaw.SEAL,)),
        ],
        ids=str,
    )
    def test_every_other_column(self, filing, columns, flaws):
        tamper(filing, **columns)

        assert verify(now(filing)) == flaws

    def test_a_version_moved_to_another_year_or_town(self, lunel, filing):
        for authority, year in ((lunel.authority, 2028), (Town("Quéven").authority, 2027)):
            tamper(filing, dossier=open_dossier(authority, year))

            assert verify(now(filing)) == (Flaw.SEAL,)

    def test_a_dossier_given_another_year(self, filing):
        Dossier.objects.update(year=2030)

        assert verify(now(filing)) == (Flaw.SEAL,)

    def test_every_frozen_column_is_watched_but_for_the_account(self):
        """An account may be deleted: the column is emptied then, and nothing is wrong."""
        assert Filing.FROZEN - {"user"} == {
            *("dossier", "number", "octets", "sha256", "annex", "annex_sha256"),
            *("seal", "registry_address", "frozen_at"),
        }

    @pytest.mark.parametrize("flaw", Flaw)
    def test_each_flaw_is_said_in_words_of_its_own(self, flaw):
        assert len({other.message for other in Flaw}) == len(Flaw)
        assert flaw.message


class TestWhatIsNoTampering:
    def test_what_became_of_it_since(self, filing):
        tamper(filing, state=Filing.State.FILED, message="Reçu", problems=[1])

        assert verify(now(filing)) == ()

    def test_the_account_of_who_filed_it_is_deleted(self, lunel, filing):
        lunel.referent.delete()

        assert verify(now(filing)) == ()

    def test_a_key_that_was_changed_and_kept_among_the_former_ones(self, filing, settings):
        settings.SECRET_KEY_FALLBACKS = ["older still", settings.SECRET_KEY]
        settings.SECRET_KEY = "a new one"

        assert verify(now(filing)) == ()

    def test_a_database_that_gives_the_instant_in_another_time_zone(self, filing):
        row = now(filing)
        row.frozen_at = row.frozen_at.astimezone(ZoneInfo("Pacific/Auckland"))

        assert verify(row) == ()


@given(st.sets(st.integers(1, 12)))
def test_a_version_that_was_deleted_leaves_a_gap_unless_it_is_the_last(deleted):
    kept = set(range(1, 13)) - deleted

    assert {*missing(kept)} == {number for number in deleted if number < max(kept, default=0)}


def test_a_key_that_was_lost_is_said(filing, settings):
    settings.SECRET_KEY = "a new one"

    assert verify(now(filing)) == (Flaw.SEAL,)


def test_a_seal_is_of_one_version(filing):
    other = now(filing)
    other.number = 2

    assert seal_of(other) != filing.seal


class TestReceipts:
    def receive(self, filing, sha):
        Receipt.objects.create(filing=filing, received_at=timezone.now(), sha256=sha)
        return verify(now(filing))

    def test_for_our_octets(self, filing):
        assert self.receive(filing, filing.sha256) == ()

    def test_for_others(self, filing):
        assert self.receive(filing, "0" * 64) == (Flaw.RECEIPT,)

    def test_one_that_was_typed_names_none(self, filing):
        assert self.receive(filing, "") == ()
