"""A yearly dossier is filed by a run, once, with a receipt; and each answer means what it says."""

import functools
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from wagtail_villes_internet.authorities.logs import AuthorityLogEntry
from wagtail_villes_internet.dossiers.models import Receipt
from wagtail_villes_internet.dossiers.sealing import seal_of
from wagtail_villes_internet.registry import errors
from wagtail_villes_internet.registry.manual import ManualRegistry
from wagtail_villes_internet.registry.memory import MemoryRegistry
from wagtail_villes_internet.registry.problems import FieldProblem
from wagtail_villes_internet.sync import clock, filing, filing_log
from wagtail_villes_internet.sync.figures import figures_of_all
from wagtail_villes_internet.sync.filing_outcomes import sentence
from wagtail_villes_internet.sync.models import Link
from wagtail_villes_internet.sync.report import status
from wagtail_villes_internet.sync.runner import run

from ..conftest import MEMORY
from .filer import YEAR, State, names, unreachable

pytestmark = pytest.mark.django_db


class TestFiling:
    def test_the_octets_kept_are_those_at_the_registry_and_the_receipt_says_so(self, filer):
        made = filer.file("Une année de travail")

        result = filer.run()

        [receipt] = filer.receipts_there
        kept = filer.receipt(made)
        assert result.is_done
        assert result.tally.filed == 1
        assert filer.again(made).state == State.FILED
        assert kept.sha256 == receipt.sha256 == made.sha256
        assert (kept.number, kept.received_at, kept.key) == (
            receipt.number,
            receipt.received_at,
            receipt.key,
        )
        assert not kept.typed
        assert filer.stored.dossier["statement"] == "Une année de travail"

    def test_it_goes_before_the_services_in_two_requests(self, filer):
        filer.run()
        filer.run()
        filer.requests()
        filer.file()
        filer.service()

        filer.run()

        assert names(filer.requests()) == ["summary", "file", "put"]

    def test_its_echo_is_read_once_and_then_nothing_costs_more_than_the_summary(self, filer):
        filer.run()
        filer.run()
        filer.filed()
        filer.requests()

        filer.run()
        assert names(filer.requests()) == ["summary", "dossier"]
        rows = filer.journal.count()
        filer.run()
        assert names(filer.requests()) == ["summary"]
        assert filer.journal.count() == rows

    def test_an_idle_run_costs_one_query_more_however_many_versions_there_are(self, filer):
        def idle_queries():
            filer.run()
            filer.run()
            with CaptureQueriesContext(connection) as captured:
                assert filer.run().is_done
            return len(captured)

        filer.filed("Version 1")
        one = idle_queries()
        for number in range(2, 6):
            filer.filed(f"Version {number}")
        assert idle_queries() == one

    def test_a_run_that_only_files_is_in_the_journal(self, filer):
        filer.run()
        filer.run()
        filer.filed()

        row = filer.journal.first()
        assert (row.outcome, row.left) == ("done", 0)
        assert str(YEAR) in row.message

    def test_another_version_replaces_the_first_and_both_receipts_are_kept(self, filer):
        first = filer.filed("Un")
        second = filer.filed("Deux")

        assert filer.stored.dossier["statement"] == "Deux"
        assert [one.sha256 for one in filer.receipts_there] == [second.sha256, first.sha256]
        assert filer.receipt(first).number != filer.receipt(second).number
        assert filer.attempts_of_filings.count() == 2

    def test_of_several_versions_never_sent_the_newest_goes(self, filer):
        older, newest = filer.file("Un"), filer.file("Deux")

        filer.run()

        assert [one.sha256 for one in filer.receipts_there] == [newest.sha256]
        assert filer.again(older).state == State.GIVEN_UP
        assert "2" in filer.again(older).message
        assert not older.attempts.exists()

    def test_one_filed_by_hand_is_never_sent_when_a_registry_comes(self, filer):
        dossier, by_hand = filer.dossier, ManualRegistry()
        shown = filing.draft_at(dossier, by_hand).content.digest
        made = filing.file(dossier, by_hand, filer.user, shown=shown)

        assert filer.run().is_done

        assert filer.again(made).state == State.TO_COPY
        assert filer.stored is None

    def test_one_meant_for_another_registry_is_not_sent_to_this_one(self, filer):
        made = filer.file()
        other = MemoryRegistry({"name": "ailleurs"})
        other.add_authority(filer.siren)

        run(filer.authority, other, now=True)

        assert filer.again(made).state == State.TO_SEND
        assert other._town(filer.siren).filings.stored == {}

    def test_a_copy_of_the_database_files_nothing_until_it_takes_over(self, filer):
        filer.run()
        made = filer.file()
        Link.objects.update(instance="production")

        filer.run()
        assert filer.stored is None
        assert filer.again(made).state == State.TO_SEND

        filer.run(adopt=True)
        assert filer.again(made).state == State.FILED


class TestAnswers:
    def refused(self, filer, error, **how):
        made = filer.file()
        file = filer.registry.file

        def answer(siren, write):
            raise error

        filer.registry.file = answer
        result = filer.run()
        filer.registry.file = file
        return made, result

    @pytest.mark.parametrize(
        "error",
        [errors.Unreachable(), errors.Unparsable(), errors.Busy(30), errors.InProgress()],
        ids=lambda error: type(error).__name__,
    )
    def test_what_is_no_answer_leaves_the_attempt_to_be_sent_again_unchanged(self, filer, error):
        filer.run()
        made, result = self.refused(filer, error)
        [before] = filer.attempts_of_filings.values_list("pk", "key", "if_match")

        assert not result.is_done
        assert result.left == 1
        assert filer.again(made).state == State.TO_SEND
        assert filer.again(made).message == str(error)
        assert filer.run().is_done
        [after] = filer.attempts_of_filings.values_list("pk", "key", "if_match")
        assert before == after
        assert filer.receipt(made).key == after[1]
        assert filer.again(made).message == ""

    def test_a_filing_that_fails_keeps_no_service_from_going(self, filer):
        made, result = self.refused(filer, errors.Unreachable())

        assert filer.there() == {filer.portal.remote_id: "Portail famille"}
        assert result.error is None
        assert result.tally.notes == [str(errors.Unreachable())]
        assert filer.journal.first().outcome == "partial"

    def test_services_that_fail_keep_no_filing_from_going(self, filer, monkeypatch):
        made = filer.file()
        for name in ("matrix", "editions", "awards", "feed", "write", "batch"):
            monkeypatch.setattr(filer.registry, name, unreachable)

        result = filer.run()

        assert isinstance(result.error, errors.Unreachable)
        assert filer.again(made).state == State.FILED
        assert filer.journal.first().outcome == "failed"

    def test_a_delay_that_is_asked_for_is_kept_though_the_services_went(self, filer):
        made, result = self.refused(filer, errors.Busy(600))

        assert filer.there()
        assert isinstance(result.error, errors.Busy)
        assert filer.link.retry_at - clock.now() > timedelta(seconds=500)
        assert filer.run(now=False).error is not None
        assert filer.again(made).state == State.TO_SEND

    @pytest.mark.parametrize(
        "error", [errors.Unauthorized(), errors.Forbidden(), errors.RedirectRefused()]
    )
    def test_what_no_other_request_would_survive_stops_the_run(self, filer, error):
        made, result = self.refused(filer, error)

        assert result.error is error
        assert filer.there() == {}
        assert filer.again(made).state == State.TO_SEND

    def test_an_edition_the_registry_does_not_know_refuses_until_it_is_filed_again(self, filer):
        editions = filer.registry.store.editions.value
        filer.registry.set_editions([])
        made = filer.file()

        assert not filer.run().is_done

        assert filer.again(made).state == State.REJECTED
        assert str(YEAR) in filer.again(made).message

        filer.registry.set_editions(editions)
        filing.file_again(made, filer.user)
        assert filer.run().is_done
        assert filer.again(made).state == State.FILED
        keys = list(filer.attempts_of_filings.values_list("key", flat=True))
        assert len(set(keys)) == 2

    @pytest.mark.parametrize("status_code", [400, 413, 422])
    def test_a_refusal_is_kept_with_what_the_registry_says(self, filer, status_code):
        problem = FieldProblem("/statement", "too_long", "20 000 au plus")
        made, result = self.refused(filer, errors.Rejected(status_code, (problem,)))

        assert filer.again(made).state == State.REJECTED
        assert filer.again(made).problems == [
            {"pointer": "/statement", "code": "too_long", "detail": "20 000 au plus"}
        ]
        filer.requests()
        assert filer.run().left == 1
        assert "file" not in names(filer.requests())

    def test_what_the_contract_says_of_services_is_said_of_the_dossier(self, filer):
        made, result = self.refused(filer, errors.UnknownCode("2024"))

        assert filer.again(made).state == State.REJECTED
        assert filer.again(made).message == sentence(errors.UnknownCode())
        assert sentence(errors.UnknownCode()) != str(errors.UnknownCode())

    def test_words_about_a_service_are_no_answer_about_a_dossier(self, filer):
        made, result = self.refused(filer, errors.UnknownService())

        assert filer.again(made).state == State.TO_SEND
        assert filer.again(made).message == str(errors.Unparsable())
        assert result.tally.notes == [str(errors.Unparsable())]

    def test_a_key_known_under_another_content_is_an_alert_and_never_changed(self, filer):
        made, result = self.refused(filer, errors.KeyReused())

        assert filer.again(made).state == State.REJECTED
        assert filer.again(made).message == str(errors.KeyReused())
        filer.run()
        assert filer.attempts_of_filings.count() == 1

    def test_a_receipt_for_other_octets_is_kept_and_shown(self, filer, monkeypatch):
        made = filer.file()
        file = filer.registry.file

        def altered(siren, write):
            written = file(siren, write)
            return replace(written, receipt=replace(written.receipt, sha256="0" * 64))

        monkeypatch.setattr(filer.registry, "file", altered)
        result = filer.run()

        assert filer.again(made).state == State.DISPUTED
        assert filer.receipt(made).sha256 == "0" * 64
        assert filer.again(made).message
        assert result.left == 1
        filer.requests()
        filer.run()
        assert "file" not in names(filer.requests())


class TestClosed:
    def test_a_filing_that_comes_too_late_is_refused_clearly_and_kept(self, filer):
        filer.close()
        made = filer.file("Trop tard")

        result = filer.run()

        row = filer.again(made)
        assert row.state == State.TOO_LATE
        assert b"Trop tard" in bytes(row.octets)
        assert not filer.receipt(made)
        assert result.left == 1

    def test_it_says_which_version_stands(self, filer):
        filer.filed("Un")
        filer.close()
        late = filer.file("Deux")
        filer.run()

        assert "ersion 1" in filer.again(late).message
        assert filer.stored.dossier["statement"] == "Un"

    def test_it_says_the_day_it_was_received_in_paris(self, filer, settings):
        settings.TIME_ZONE = "UTC"
        kept = filer.receipt(filer.filed("Un"))
        Receipt.objects.filter(pk=kept.pk).update(
            received_at=datetime(2026, 11, 9, 23, 30, tzinfo=UTC)
        )
        filer.close()
        late = filer.file("Deux")
        filer.run()

        assert "10/11/2026" in filer.again(late).message

    def test_a_filing_whose_answer_was_lost_before_the_closing_is_filed(self, filer):
        made = filer.file()
        filer.registry.lose_next_answer()
        filer.run()
        assert filer.again(made).state == State.TO_SEND
        filer.close()

        filer.run()

        assert filer.again(made).state == State.FILED
        assert len(filer.receipts_there) == 1

    def test_it_is_found_again_by_its_hash_where_the_registry_forgot_the_key(self, filer):
        made = filer.file()
        filer.registry.lose_next_answer()
        filer.run()
        filer.registry._town(filer.siren).answers.clear()
        filer.forget_etag()
        filer.close()

        filer.run()

        assert filer.again(made).state == State.FILED
        assert filer.receipt(made).sha256 == made.sha256

    def test_what_an_agent_enters_from_the_octets_later_is_found_too(self, filer):
        filer.close()
        made = filer.file()
        filer.run()
        filer.reopen()
        filer.enter_as_agent(made)

        filer.run()

        assert filer.again(made).state == State.FILED
        assert filer.receipt(made).key == ""

    def test_a_campaign_that_opens_again_takes_what_was_too_late(self, filer):
        filer.close()
        made = filer.file()
        filer.run()
        filer.reopen()

        filing.file_again(made, filer.user)
        assert filer.run().is_done
        assert filer.again(made).state == State.FILED


class TestLost:
    def test_an_answer_that_was_lost_has_one_effect_and_one_receipt(self, filer):
        made = filer.file()
        filer.registry.lose_next_answer(3)

        for _run in range(4):
            filer.run()

        assert filer.again(made).state == State.FILED
        assert len(filer.receipts_there) == 1
        assert filer.attempts_of_filings.count() == 1

    def test_it_is_sent_again_before_anything_newer(self, filer):
        first = filer.file("Un")
        file = filer.registry.file
        filer.registry.file = unreachable
        filer.run()
        filer.registry.file = file
        second = filer.file("Deux")

        assert filer.run().is_done

        states = [filer.again(one).state for one in (first, second)]
        assert states == [State.FILED, State.FILED]
        assert [one.sha256 for one in filer.receipts_there] == [second.sha256, first.sha256]

    def test_after_28_days_it_is_read_and_not_sent_under_a_key_that_may_be_forgotten(
        self, filer, fixed_clock
    ):
        made = filer.file()
        file = filer.registry.file
        filer.registry.file = unreachable
        filer.run()
        filer.registry.file = file
        [old] = filer.attempts_of_filings.values_list("key", flat=True)
        fixed_clock.forward(days=29)
        filer.requests()

        assert filer.run().is_done

        assert names(filer.requests())[:3] == ["summary", "dossier", "file"]
        assert filer.receipt(made).key != old
        assert filer.again(made).state == State.FILED

    def test_octets_that_were_altered_here_are_not_sent(self, filer):
        made = filer.file("Ce qui a été lu")
        type(made).objects.filter(pk=made.pk).update(octets=b'{"edition": 2027}')

        result = filer.run()

        assert filer.again(made).state == State.REJECTED
        assert filer.stored is None
        assert result.left == 1

    def test_a_lease_lost_between_send_and_answer_writes_nothing(self, filer, monkeypatch):
        filer.run()
        made = filer.file()
        file = filer.registry.file

        def overtaken(siren, write):
            written = file(siren, write)
            Link.objects.update(generation=99)
            return written

        with monkeypatch.context() as patched:
            patched.setattr(filer.registry, "file", overtaken)
            filer.run()
        assert filer.again(made).state == State.TO_SEND
        assert filer.receipt(made) is None
        assert filer.attempts_of_filings.get().answered_at is None

        Link.objects.update(leased_until=None)
        assert filer.run().is_done
        assert len(filer.receipts_there) == 1
        assert filer.receipt(made)


class TestTheCommand:
    @pytest.fixture
    def sync(self, command, filer, settings):
        settings.WAGTAIL_VILLES_INTERNET = {"REGISTRY": {"BACKEND": MEMORY}}
        return functools.partial(command, "villes_internet_sync", "--now")

    def test_says_what_was_filed_and_ends_well(self, sync, filer):
        filer.file()

        code, said, complaint = sync()

        assert (code, complaint) == (0, "")
        assert str(YEAR) in said

    def test_ends_with_1_while_a_filing_waits(self, sync, filer):
        filer.close()
        filer.file()

        assert sync()[0] == 1
        code, said, complaint = sync()
        assert (code, said) == (1, "")
        assert len(complaint.splitlines()) == 1

        filing.give_up(filer.dossier.filings.get(), filer.user)
        assert sync()[0] == 0

    def test_counts_in_json(self, sync, filer):
        filer.file()
        [town] = json.loads(sync("--format", "json")[1])["authorities"]
        assert (town["did"]["filed"], town["dossiers_to_send"]) == (1, 0)

    def test_says_in_advance_what_would_go(self, sync, command, filer):
        sync()
        filer.file()
        code, said, complaint = command("villes_internet_sync", "--dry-run")
        assert code == 1
        assert filer.stored is None


def test_a_monitor_sees_a_filing_that_waits_for_a_day_though_services_get_through(filer):
    made = filer.file()
    file, filer.registry.file = filer.registry.file, unreachable
    filer.run()
    made.frozen_at = clock.now() - timedelta(hours=25)
    type(made).objects.update(frozen_at=made.frozen_at, seal=seal_of(made))

    [figures] = figures_of_all(filer.registry)
    assert (figures.dossiers_to_send, figures.late) == (1, True)

    filer.registry.file = file
    filer.run()
    [figures] = figures_of_all(filer.registry)
    assert (figures.dossiers_to_send, figures.dossiers_waiting, figures.late) == (0, 0, False)


def test_nothing_of_the_text_is_in_the_journal_the_history_or_the_link(filer):
    secret = "Ce que la mairie dit d'elle-même"
    filer.filed(secret)
    filer.close()
    filer.file(f"{secret}, encore")
    filer.run()

    said = [
        *map(repr, filer.journal.values_list()),
        *map(repr, Link.objects.values_list()),
        *map(repr, AuthorityLogEntry.objects.values_list("data", "label")),
    ]
    assert said
    assert secret not in "\n".join(said)


def test_the_history_of_the_dossier_says_who_filed_and_what_the_registry_answered(filer):
    made = filer.filed()

    entries = AuthorityLogEntry.objects.for_instance(made.dossier).order_by("pk")
    assert [(one.action, one.user) for one in entries] == [
        (filing_log.FILED, filer.user),
        (filing_log.RECEIPT, None),
    ]
    assert entries[1].data["receipt"] == filer.receipt(made).number


def test_the_report_counts_what_waits(filer):
    filer.close()
    filer.file()
    now = status(filer.authority, filer.registry)
    assert (now.dossiers_to_send, now.dossiers_left) == (1, 1)
    assert now.oldest_pending <= timezone.now()
    filer.run()
    now = status(filer.authority, filer.registry)
    assert (now.dossiers_to_send, now.dossiers_refused, now.dossiers_waiting) == (0, 1, 1)
    assert now.as_json()["dossiers_refused"] == 1
