"""Somebody else's dossier is never overwritten: it is noticed, and a person decides."""

from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied

from tests.factories import UserFactory
from wagtail_villes_internet.authorities.logs import AuthorityLogEntry
from wagtail_villes_internet.registry import errors
from wagtail_villes_internet.sync import filing, filing_log
from wagtail_villes_internet.sync.errors import AnotherThere, FilingAwaited, FilingSettled
from wagtail_villes_internet.sync.models import RemoteDossier

from .filer import YEAR, State, names, unreachable

pytestmark = pytest.mark.django_db


class TestNoticed:
    def test_one_filed_elsewhere_for_an_open_edition_is_known_before_anything_is_filed(self, filer):
        filer.elsewhere()

        filer.run()

        assert filer.remote.etag == filer.stored.etag
        assert filer.remote.receipts[0]["key"] == "elsewhere-1"
        assert str(YEAR) in filer.journal.first().message

    def test_it_is_not_asked_for_an_edition_whose_results_are_out(self, filer):
        published = [_published(item) for item in filer.registry.store.editions.value]
        filer.registry.set_editions(published)
        filer.run()
        filer.registry._town(filer.siren).filings.etag = filer.registry.store.tag()
        filer.requests()

        filer.run()

        assert "dossier" not in names(filer.requests())

    def test_one_filed_over_ours_is_said_on_it_and_ours_keeps_its_receipt(self, filer):
        made = filer.filed()
        filer.elsewhere()

        result = filer.run()

        assert filer.again(made).state == State.FILED
        assert filer.again(made).message
        assert filer.receipt(made)
        assert result.is_done

    def test_one_that_the_registry_lost_is_said_and_may_be_filed_again(self, filer):
        restore = filer.registry.backup()
        made = filer.filed()
        first = filer.receipt(made).number
        restore()
        filer.registry._town(filer.siren).filings.etag = filer.registry.store.tag()
        filer.run()

        assert filer.again(made).message
        assert not filing.stands_there(filer.again(made))
        filing.file_again(made, filer.user)
        filer.run()

        assert filer.again(made).state == State.FILED
        assert filer.again(made).message == ""
        assert len(filer.receipts_there) == 1
        said = AuthorityLogEntry.objects.filter(action=filing_log.RECEIPT)
        assert first in {one.data["receipt"] for one in said}


class TestConflict:
    @pytest.fixture
    def conflict(self, filer):
        filer.run()
        filer.run()
        made = filer.file("Le nôtre")
        filer.registry.summary = _as_before(filer)
        filer.elsewhere()
        filer.run()
        del filer.registry.summary
        assert filer.again(made).state == State.CONFLICT
        return made

    def test_nothing_is_overwritten_and_it_waits_for_a_person(self, filer, conflict):
        filer.requests()
        result = filer.run()

        assert result.left == 1
        assert "file" not in names(filer.requests())
        assert filer.stored.dossier["statement"] == "D'ailleurs"

    def test_known_beforehand_it_costs_no_sending(self, filer):
        filer.elsewhere()
        filer.run()
        made = filer.file()
        filer.requests()

        filer.run()

        assert "file" not in names(filer.requests())
        assert filer.again(made).state == State.CONFLICT

    def test_a_person_may_have_it_replaced_by_the_tag_they_were_shown(self, filer, conflict):
        there = filer.stored
        filing.replace_there(conflict, filer.user, shown=filer.remote.etag)

        assert filer.run().is_done

        assert filer.again(conflict).state == State.FILED
        assert filer.stored.dossier["statement"] == "Le nôtre"
        assert filer.stored.receipts[1] == there.receipts[0]
        entry = AuthorityLogEntry.objects.get(action=filing_log.REPLACED)
        assert entry.user == filer.user

    def test_but_nothing_else_than_what_they_were_shown(self, filer, conflict):
        shown = filer.remote.etag
        filer.elsewhere("elsewhere-2", statement="Encore un autre")
        filing.replace_there(conflict, filer.user, shown=shown)

        filer.run()

        assert filer.again(conflict).state == State.CONFLICT
        assert filer.stored.dossier["statement"] == "Encore un autre"
        with pytest.raises(AnotherThere):
            filing.replace_there(conflict, filer.user, shown=shown)

    def test_or_give_it_up(self, filer, conflict):
        filing.give_up(conflict, filer.user)

        assert filer.run().is_done
        assert filer.again(conflict).state == State.GIVEN_UP
        assert filer.stored.dossier["statement"] == "D'ailleurs"

    def test_a_decision_to_replace_that_was_not_sent_yet_may_be_taken_back(self, filer, conflict):
        filing.replace_there(conflict, filer.user)
        filing.give_up(conflict, filer.user)

        assert filer.run().is_done
        assert filer.stored.dossier["statement"] == "D'ailleurs"

    def test_only_those_who_may_file_decide(self, filer, conflict):
        for decide in (filing.replace_there, filing.give_up, filing.file_again):
            with pytest.raises(PermissionDenied):
                decide(conflict, UserFactory())

    def test_the_next_version_of_ours_waits_as_well(self, filer, conflict):
        newer = filer.file("Le nôtre, corrigé")
        filer.run()

        assert filer.again(newer).state == State.CONFLICT
        with pytest.raises(FilingSettled):
            filing.replace_there(conflict, filer.user)


class TestOursUnderAnotherTag:
    def test_an_earlier_version_of_ours_is_the_base_whatever_its_tag(self, filer):
        filer.filed("Un")
        filer.run()
        RemoteDossier.objects.update(etag='"stale"')
        made = filer.file("Deux")
        filer.registry.summary = _as_before(filer)

        assert filer.run().is_done

        assert filer.again(made).state == State.FILED
        statuses = list(filer.attempts_of_filings.filter(filing=made).values_list("status"))
        assert statuses == [(412,), (200,)]

    def test_a_registry_that_keeps_refusing_what_it_shows_is_at_fault(self, filer, monkeypatch):
        filer.filed("Un")
        made = filer.file("Deux")
        filer.requests()

        with monkeypatch.context() as patched:
            patched.setattr(filer.registry, "file", _stale(filer))
            result = filer.run()

        assert names(filer.requests()).count("file") == 3
        assert result.tally.notes
        assert filer.again(made).state == State.TO_SEND
        assert filer.run().is_done
        assert filer.again(made).state == State.FILED

    def test_a_dossier_that_went_away_is_filed_anew(self, filer):
        filer.filed("Un")
        filer.registry._town(filer.siren).filings.stored.clear()
        made = filer.file("Deux")

        assert filer.run().is_done

        assert filer.again(made).state == State.FILED
        assert len(filer.receipts_there) == 1


class TestDecisions:
    def test_an_answer_that_is_awaited_keeps_it_from_being_given_up(self, filer):
        made = filer.file()
        file, filer.registry.file = filer.registry.file, unreachable
        filer.run()
        filer.registry.file = file

        with pytest.raises(FilingAwaited):
            filing.give_up(made, filer.user)

    def test_one_that_was_never_sent_may_be_given_up_and_filed_again(self, filer):
        made = filer.file()
        filing.give_up(made, filer.user)
        assert filer.run().is_done
        assert filer.stored is None

        filing.file_again(made, filer.user)
        filer.run()
        assert filer.again(made).state == State.FILED

    def test_one_that_stands_is_neither_given_up_nor_filed_again(self, filer):
        made = filer.filed()
        for decide in (filing.give_up, filing.file_again, filing.replace_there):
            with pytest.raises(FilingSettled):
                decide(made, filer.user)

    def test_an_earlier_version_is_not_filed_over_a_later_one(self, filer):
        first = filer.file("Un")
        filing.give_up(first, filer.user)
        filer.filed("Deux")

        with pytest.raises(FilingSettled):
            filing.file_again(first, filer.user)
        assert filer.run().is_done

    def test_filed_twice_in_a_row_it_is_one_version_and_one_entry(self, filer):
        assert filer.file("Un").pk == filer.file("Un").pk
        assert AuthorityLogEntry.objects.filter(action=filing_log.FILED).count() == 1


def test_a_registry_without_a_tag_of_its_dossiers_is_read_only_when_something_is_to_be_filed(filer):
    filer.forget_etag()
    filer.run()
    filer.requests()
    filer.run()
    assert "dossier" not in names(filer.requests())
    made = filer.file()

    filer.run()

    assert names(filer.requests())[:3] == ["summary", "dossier", "file"]
    assert filer.again(made).state == State.FILED


def test_a_registry_whose_dossiers_cannot_be_read_keeps_no_service_from_going(filer, monkeypatch):
    filer.elsewhere()
    monkeypatch.setattr(filer.registry, "dossier", unreachable)

    result = filer.run()

    assert filer.there() == {filer.portal.remote_id: "Portail famille"}
    [note] = result.tally.notes
    assert str(YEAR) in note
    assert str(errors.Unreachable()) in note
    assert filer.link.dossiers_etag != filer.registry._town(filer.siren).filings.etag


def _published(edition):
    return replace(edition, state="published")


def _as_before(filer):
    """The summary as it was, for somebody files at the same moment."""
    now = filer.registry.summary(filer.siren)
    return lambda siren: now


def _stale(filer):
    def file(siren, write):
        filer.registry.store.calls.append(("file", siren))
        raise errors.PreconditionFailed('"nothing you can see"')

    return file
