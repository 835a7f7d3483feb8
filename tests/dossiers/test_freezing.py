"""Frozen means frozen: what was filed is kept to the byte, whatever happens to the site."""

import hashlib
import json
from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from tests.factories import Town, admin_only_user
from wagtail_villes_internet.dossiers import freezing
from wagtail_villes_internet.dossiers.agreements import agree
from wagtail_villes_internet.dossiers.calendar import PARIS, opening, paris_day
from wagtail_villes_internet.dossiers.campaign import calendar_of, sit_out
from wagtail_villes_internet.dossiers.drafting import draft_of, open_dossier, write
from wagtail_villes_internet.dossiers.errors import (
    AgreementMissing,
    NoReceipt,
    NotAsShown,
    NothingToFile,
    TooEarly,
    TooLarge,
    Unreadable,
    YetToCome,
)
from wagtail_villes_internet.dossiers.freezing import (
    content_of,
    freeze,
    type_receipt,
    untype_receipt,
)
from wagtail_villes_internet.dossiers.models import Dossier, Filing, Receipt
from wagtail_villes_internet.dossiers.sealing import verify
from wagtail_villes_internet.matrix.models import Matrix
from wagtail_villes_internet.matrix.store import receive_matrix
from wagtail_villes_internet.services.models import DigitalService

pytestmark = pytest.mark.django_db
State = Filing.State
REGISTRY = "https://registry.example/api/v1/"


@pytest.fixture
def lunel():
    return Town("Lunel")


@pytest.fixture
def dossier(lunel):
    lunel.service(title="Portail famille", references=["p-rdv-titres"])
    return open_dossier(lunel.authority, 2027)


def filed(dossier, user, address=""):
    """What a person files who has just read the dossier."""
    dossier = Dossier.objects.get(pk=dossier.pk)
    content = draft_of(dossier).content
    return freeze(dossier, content, user, shown=content.digest, registry_address=address)


def stored(filing):
    row = Filing.objects.get(pk=filing.pk)
    return bytes(row.octets), row.sha256, bytes(row.annex), row.annex_sha256, row.seal


class TestFiling:
    def test_keeps_the_contract_s_dossier_and_its_hash(self, lunel, dossier):
        filing = filed(dossier, lunel.referent)

        assert hashlib.sha256(bytes(filing.octets)).hexdigest() == filing.sha256
        assert hashlib.sha256(bytes(filing.annex)).hexdigest() == filing.annex_sha256
        body = json.loads(bytes(filing.octets))
        assert [one["title"] for one in body["services"]] == ["Portail famille"]
        assert body["edition"] == 2027
        assert verify(Filing.objects.get(pk=filing.pk)) == ()

    def test_is_read_again_as_it_was_shown(self, lunel, dossier):
        shown = draft_of(dossier).content

        filing = filed(dossier, lunel.referent)

        assert content_of(Filing.objects.get(pk=filing.pk)) == shown

    def test_says_who_filed_it_and_where_it_goes(self, lunel, dossier):
        by_hand = filed(dossier, lunel.referent)
        sent = filed(dossier, lunel.webmestre, REGISTRY)

        assert (by_hand.user, by_hand.state, by_hand.number) == (lunel.referent, "to_copy", 1)
        assert (sent.user, sent.state, sent.number) == (lunel.webmestre, "to_send", 2)
        assert sent.registry_address == REGISTRY

    def test_is_taking_part_after_all(self, lunel, dossier):
        sit_out(lunel.authority, 2027, sits_out=True)

        filed(dossier, lunel.referent)

        assert not calendar_of(lunel.authority, 2027).sits_out

    def test_what_was_not_shown_is_not_filed(self, lunel, dossier):
        shown = draft_of(dossier).content.digest
        lunel.service(title="Arrivé entre-temps")
        content = draft_of(dossier).content

        with pytest.raises(NotAsShown):
            freeze(dossier, content, lunel.referent, shown=shown, registry_address="")

        assert not Filing.objects.exists()

    def test_an_empty_dossier_is_not_filed(self, lunel):
        with pytest.raises(NothingToFile):
            filed(open_dossier(lunel.authority, 2027), lunel.referent)

    def test_without_the_agreement_that_the_town_asks_for_it_is_not_filed(self, lunel, dossier):
        settings = lunel.settings
        settings.agreement_required = True
        settings.save()

        with pytest.raises(AgreementMissing):
            filed(dossier, lunel.referent)
        digest = draft_of(dossier).content.digest
        agree(dossier, digest, lunel.elu, shown=digest)
        filing = filed(dossier, lunel.referent)

        [signed] = content_of(filing).signed_off
        assert (signed.role, signed.on) == ("elected", timezone.localdate())

    def test_what_is_larger_than_the_contract_takes_is_not_filed(self, lunel, dossier, monkeypatch):
        monkeypatch.setattr(freezing, "LARGEST", 100)

        with pytest.raises(TooLarge):
            filed(dossier, lunel.referent)

    def test_an_elu_another_town_and_a_passer_by_file_nothing(self, lunel, dossier):
        for user in (lunel.elu, Town("Quéven").referent, admin_only_user()):
            with pytest.raises(PermissionDenied):
                filed(dossier, user)

        assert not Filing.objects.exists()


class TestFilingAgain:
    def test_the_same_is_the_same_version(self, lunel, dossier):
        first = filed(dossier, lunel.referent)

        assert filed(dossier, lunel.webmestre) == first
        assert Filing.objects.count() == 1

    def test_another_content_is_a_new_version_and_both_are_kept(self, lunel, dossier):
        first = filed(dossier, lunel.referent)
        kept = stored(first)
        write(dossier, {"statement": "Une année"}, {})

        second = filed(dossier, lunel.referent)

        assert (first.number, second.number) == (1, 2)
        assert stored(first) == kept

    def test_back_to_what_an_older_version_said_is_a_new_one(self, lunel, dossier):
        filed(dossier, lunel.referent)
        write(dossier, {"statement": "Une année"}, {})
        filed(dossier, lunel.referent)
        write(dossier, {"statement": ""}, {"statement": "Une année"})

        assert filed(dossier, lunel.referent).number == 3

    @pytest.mark.parametrize(
        "state", [State.REJECTED, State.TOO_LATE, State.CONFLICT, State.GIVEN_UP]
    )
    def test_one_that_was_refused_or_given_up_is_filed_anew(self, lunel, dossier, state):
        first = filed(dossier, lunel.referent, REGISTRY)
        Filing.objects.filter(pk=first.pk).update(state=state)

        assert filed(dossier, lunel.referent, REGISTRY).number == 2


class TestFrozenMeansFrozen:
    def test_whatever_happens_to_the_services_the_town_and_the_matrix(self, lunel, dossier):
        edited = DigitalService.objects.get()
        unpublished, deleted = lunel.service(title="Deux"), lunel.service(title="Trois")
        filing = filed(dossier, lunel.referent)
        kept, said = stored(filing), content_of(filing)

        edited.title = "Un autre titre"
        edited.save_revision().publish()
        unpublished.unpublish()
        deleted.delete()
        write(dossier, {"statement": "Tout autre", "answers": "Non"}, {})
        lunel.authority.name = "Lunel-Agglo"
        lunel.authority.save()
        receive_matrix(other_matrix())
        lunel.referent.delete()

        filing = Filing.objects.get(pk=filing.pk)
        assert stored(filing) == kept
        assert verify(filing) == ()
        assert content_of(filing) == said
        assert said.authority["name"] == "Lunel"
        assert [each.title for each in said.included] == ["Deux", "Portail famille", "Trois"]
        assert filing.user is None

    def test_the_draft_has_gone_on_meanwhile(self, lunel, dossier):
        filed(dossier, lunel.referent)

        receive_matrix(other_matrix())

        assert draft_of(dossier).content.matrix_version == "une autre"

    @pytest.mark.parametrize("column", sorted(Filing.FROZEN))
    def test_the_model_writes_no_frozen_column_again(self, lunel, dossier, column):
        filing = filed(dossier, lunel.referent)

        with pytest.raises(TypeError):
            filing.save(update_fields=[column, "state"])

    def test_the_model_is_neither_saved_whole_nor_deleted(self, lunel, dossier):
        filing = filed(dossier, lunel.referent)

        with pytest.raises(TypeError):
            filing.save()
        with pytest.raises(TypeError):
            filing.delete()

        assert Filing.objects.get() == filing

    def test_what_becomes_of_it_is_noted_beside(self, lunel, dossier):
        filing = filed(dossier, lunel.referent)
        kept = stored(filing)

        filing.state, filing.message = State.FILED, "Reçu"
        filing.save(update_fields=["state", "message"])

        assert stored(filing) == kept

    def test_octets_altered_beyond_reading_are_said_to_be_so(self, lunel, dossier):
        filing = filed(dossier, lunel.referent)
        Filing.objects.filter(pk=filing.pk).update(octets=b"{}")

        with pytest.raises(Unreadable):
            content_of(Filing.objects.get(pk=filing.pk))


class TestATypedReceipt:
    @pytest.fixture
    def filing(self, lunel, dossier):
        return filed(dossier, lunel.referent)

    def test_says_that_it_was_typed_and_by_whom(self, lunel, filing):
        type_receipt(filing, lunel.webmestre, number=" A-12 ", received_at=timezone.now())

        receipt = Receipt.objects.get()
        assert (receipt.number, receipt.typed, receipt.user) == ("A-12", True, lunel.webmestre)
        assert receipt.sha256 == ""
        assert filing.state == Filing.objects.get().state == State.FILED
        assert verify(Filing.objects.get()) == ()

    def test_again_corrects_the_first(self, lunel, filing):
        for number in ("A-12", "A-13"):
            type_receipt(filing, lunel.referent, number=number, received_at=timezone.now())

        assert Receipt.objects.get().number == "A-13"

    def test_of_a_moment_that_is_yet_to_come_is_refused_in_words(self, lunel, filing):
        soon = timezone.now() + timedelta(minutes=1)

        with pytest.raises(YetToCome) as refused:
            type_receipt(filing, lunel.referent, number="", received_at=soon)

        assert str(refused.value) != str(YetToCome.message)
        assert Filing.objects.get().state == State.TO_COPY

    @pytest.mark.parametrize(
        "received_at",
        [datetime(1, 1, 1, tzinfo=PARIS), datetime(1990, 1, 1, tzinfo=PARIS), "the day before"],
    )
    def test_of_a_day_before_the_version_was_frozen_is_refused(self, lunel, filing, received_at):
        if received_at == "the day before":
            received_at = opening(paris_day(filing.frozen_at)) - timedelta(seconds=1)

        with pytest.raises(TooEarly) as refused:
            type_receipt(filing, lunel.referent, number="", received_at=received_at)

        assert str(refused.value) != str(TooEarly.message)
        assert not Receipt.objects.exists()
        assert Filing.objects.get().state == State.TO_COPY

    def test_of_the_first_instant_of_that_day_in_paris_is_taken(self, lunel, filing):
        midnight = opening(paris_day(filing.frozen_at))

        assert type_receipt(filing, lunel.referent, number="", received_at=midnight)

    def test_is_taken_back(self, lunel, filing):
        type_receipt(filing, lunel.referent, number="A-12", received_at=timezone.now())

        untype_receipt(filing, lunel.referent)

        assert not Receipt.objects.exists()
        assert filing.state == Filing.objects.get().state == State.TO_COPY

    def test_nothing_typed_is_nothing_to_take_back(self, lunel, filing):
        with pytest.raises(NoReceipt):
            untype_receipt(filing, lunel.referent)

    def test_a_version_that_a_registry_answers_for_takes_none(self, lunel, dossier):
        sent = filed(dossier, lunel.referent, REGISTRY)
        Receipt.objects.create(filing=sent, number="R-1", received_at=timezone.now())

        with pytest.raises(NoReceipt):
            type_receipt(sent, lunel.referent, number="A-12", received_at=timezone.now())
        with pytest.raises(NoReceipt):
            untype_receipt(sent, lunel.referent)

        assert Receipt.objects.get().number == "R-1"

    def test_an_elu_and_another_town_type_none(self, lunel, filing):
        for user in (lunel.elu, Town("Quéven").referent, admin_only_user()):
            with pytest.raises(PermissionDenied):
                type_receipt(filing, user, number="A-12", received_at=timezone.now())
            with pytest.raises(PermissionDenied):
                untype_receipt(filing, user)


def other_matrix():
    """A version without any of the codes of the one in use."""
    assert Matrix.objects.filter(is_current=True).exists()
    theme = {"code": "n", "label": "Neuf", "services": [{"code": "n-1", "label": "Neuf"}]}
    return {
        "version": "une autre",
        "official": True,
        "axes": [{"code": "n", "label": "Neuf", "themes": [theme]}],
    }
