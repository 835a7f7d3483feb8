"""What a registry cannot say of one dossier keeps nothing else from going."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from tests.factories import AuthorityFactory
from wagtail_villes_internet.dossiers.drafting import open_dossier
from wagtail_villes_internet.labels.models import Edition
from wagtail_villes_internet.registry import errors
from wagtail_villes_internet.sync.models import Backoff
from wagtail_villes_internet.sync.runner import run

from .filer import YEAR, State, names

pytestmark = pytest.mark.django_db

BROKEN = 2026
# No date of another time zone holds it.
ODD = datetime(9999, 12, 31, 23, 59, tzinfo=timezone(-timedelta(hours=12)))
UNREADABLE = [errors.Unreachable(), errors.Unparsable(), errors.Busy()]


def named(error):
    return type(error).__name__


def break_year(filer, monkeypatch, error, year=BROKEN):
    """The registry fails for good over that one dossier, and something changed there."""
    open_dossier(filer.authority, year)
    Edition.objects.filter(year=year).update(state=Edition.State.CLOSED)
    read = filer.registry.dossier

    def dossier(siren, asked):
        if siren == filer.siren and asked == year:
            filer.registry.store.calls.append(("dossier", siren))
            raise error
        return read(siren, asked)

    monkeypatch.setattr(filer.registry, "dossier", dossier)
    touch(filer)


def touch(filer):
    filer.registry._town(filer.siren).filings.etag = filer.registry.store.tag()


class TestAYearThatCannotBeRead:
    @pytest.mark.parametrize("error", UNREADABLE, ids=named)
    def test_is_a_note_of_the_run_and_the_services_go_at_their_own_pace(
        self, filer, monkeypatch, error
    ):
        filer.run()
        break_year(filer, monkeypatch, error)

        idle = filer.run(now=False)
        service = filer.service(title="Publié après")
        result = filer.run(now=False)

        assert (idle.error, result.error) == (None, None)
        assert str(BROKEN) in idle.tally.notes[0]
        assert service.remote_id in filer.there()

    def test_keeps_no_later_year_from_being_read(self, filer, monkeypatch):
        made = filer.file()
        filer.registry.lose_next_answer()
        filer.run()
        break_year(filer, monkeypatch, errors.Unreachable())
        monkeypatch.setattr(filer.registry, "file", _unreachable)

        filer.run()

        assert filer.again(made).state == State.FILED

    def test_is_asked_for_once_a_run_until_it_is_read(self, filer, monkeypatch):
        filer.run()
        with monkeypatch.context() as patched:
            break_year(filer, patched, errors.Unreachable())
            filer.run()
            filer.requests()
            filer.run()
            assert names(filer.requests()) == ["summary", "dossier", "dossier"]

        assert filer.run().is_done
        filer.requests()
        filer.run()
        assert names(filer.requests()) == ["summary"]

    def test_leaves_a_row_of_the_journal_and_not_one_a_run(self, filer, monkeypatch):
        filer.run()
        break_year(filer, monkeypatch, errors.Unreachable())
        filer.run()
        rows = filer.journal.count()
        filer.run()

        assert filer.journal.count() == rows

    def test_a_delay_that_is_asked_for_is_kept_by_this_town_alone(self, filer, monkeypatch):
        filer.run()
        break_year(filer, monkeypatch, errors.Busy(600))
        service = filer.service(title="Publié après")

        result = filer.run(now=False)

        assert isinstance(result.error, errors.Busy)
        assert service.remote_id in filer.there()
        assert not Backoff.objects.filter(token="").exists()


class TestTheOtherTowns:
    @pytest.fixture
    def other(self, filer):
        town = AuthorityFactory(name="Autre")
        filer.registry.add_authority(town.siren)
        return town

    @pytest.fixture
    def failing(self, filer, monkeypatch):
        """A filing that never gets through."""
        filer.run()
        monkeypatch.setattr(filer.registry, "file", _unreachable)
        return filer.file()

    def test_are_not_paused_by_a_filing_that_fails(self, filer, failing, other):
        for _run in range(4):
            assert isinstance(filer.run().error, errors.Unreachable)

        assert run(other, filer.registry).error is None

    def test_are_let_in_again_by_a_town_whose_filing_alone_fails(
        self, filer, failing, other, fixed_clock
    ):
        filer.registry.fail_next(errors.Unreachable(), 3)
        for _run in range(3):
            filer.run()
        fixed_clock.forward(days=1)

        assert isinstance(filer.run(now=False).error, errors.Unreachable)

        assert run(other, filer.registry).error is None


class TestADateThatNothingCanHold:
    def odd(self, filer, monkeypatch):
        file, dossier = filer.registry.file, filer.registry.dossier

        def of(receipt):
            return replace(receipt, received_at=ODD)

        def filed(siren, write):
            answer = file(siren, write)
            return replace(answer, receipt=of(answer.receipt))

        def read(siren, year):
            answer = dossier(siren, year)
            return replace(answer, receipts=tuple(map(of, answer.receipts)))

        monkeypatch.setattr(filer.registry, "file", filed)
        monkeypatch.setattr(filer.registry, "dossier", read)

    def test_is_no_answer_and_the_services_go(self, filer, monkeypatch):
        made = filer.file()
        with monkeypatch.context() as patched:
            self.odd(filer, patched)
            for _run in range(2):
                filer.run()

            assert filer.there() == {filer.portal.remote_id: "Portail famille"}
            assert filer.again(made).state == State.TO_SEND
            assert filer.again(made).message == str(errors.Unparsable())

        assert filer.run().is_done
        assert filer.again(made).state == State.FILED
        assert [one.sha256 for one in filer.receipts_there] == [made.sha256]

    @pytest.mark.parametrize("error", [OverflowError("date"), ValueError("date")], ids=named)
    def test_nor_does_one_that_cannot_be_parsed_stop_the_run(self, filer, monkeypatch, error):
        filer.run()
        break_year(filer, monkeypatch, error, YEAR)

        result = filer.run()

        assert result.error is None
        assert str(errors.Unparsable()) in result.tally.notes[0]


def _unreachable(siren, write):
    raise errors.Unreachable
