"""A yearly dossier is filed by a run, once, with a receipt; and each answer means what it says."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from wagtail_villes_internet.authorities.logs import AuthorityLogEntry
from wagtail_villes_internet.registry import errors
from wagtail_villes_internet.registry.manual import ManualRegistry
from wagtail_villes_internet.registry.memory import MemoryRegistry
from wagtail_villes_internet.registry.problems import FieldProblem
from wagtail_villes_internet.sync import clock, filing, filing_log
from wagtail_villes_internet.sync.models import Link
from wagtail_villes_internet.sync.report import status
from wagtail_villes_internet.sync.runner import run

from .filing import YEAR, Filer, State

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(db):
    MemoryRegistry.forget_all()
    yield Filer(MemoryRegistry())
    MemoryRegistry.forget_all()


def names(calls):
    return [call[0] for call in calls]


class TestFiling:
    def test_the_octets_kept_are_those_at_the_registry_and_the_receipt_says_so(self, town):
        made = town.file("Une année de travail")

        result = town.run()

        [receipt] = town.receipts_there
        kept = town.receipt(made)
        assert result.is_done
        assert result.tally.filed == 1
        assert town.again(made).state == State.FILED
        assert kept.sha256 == receipt.sha256 == made.sha256
        assert (kept.number, kept.received_at, kept.key) == (
            receipt.number,
            receipt.received_at,
            receipt.key,
        )
        assert not kept.typed
        assert town.stored.dossier["statement"] == "Une année de travail"

    def test_it_goes_before_the_services_in_two_requests(self, town):
        town.run()
        town.run()
        town.requests()
        town.file()
        town.service()

        town.run()

        assert names(town.requests()) == ["summary", "file", "put"]

    def test_its_echo_is_read_once_and_then_nothing_costs_more_than_the_summary(self, town):
        town.run()
        town.run()
        town.filed()
        town.requests()

        town.run()
        assert names(town.requests()) == ["summary", "dossier"]
        rows = town.journal.count()
        town.run()
        assert names(town.requests()) == ["summary"]
        assert town.journal.count() == rows

    def test_an_idle_run_costs_one_query_more_however_many_versions_there_are(self, town):
        def idle_queries():
            town.run()
            town.run()
            with CaptureQueriesContext(connection) as captured:
                assert town.run().is_done
            return len(captured)

        town.filed("Version 1")
        one = idle_queries()
        for number in range(2, 6):
            town.filed(f"Version {number}")
        assert idle_queries() == one

    def test_a_run_that_only_files_is_in_the_journal(self, town):
        town.run()
        town.run()
        town.filed()

        row = town.journal.first()
        assert (row.outcome, row.left) == ("done", 0)
        assert str(YEAR) in row.message

    def test_another_version_replaces_the_first_and_both_receipts_are_kept(self, town):
        first = town.filed("Un")
        second = town.filed("Deux")

        assert town.stored.dossier["statement"] == "Deux"
        assert [one.sha256 for one in town.receipts_there] == [second.sha256, first.sha256]
        assert town.receipt(first).number != town.receipt(second).number
        assert town.attempts_of_filings.count() == 2

    def test_of_several_versions_never_sent_the_newest_goes(self, town):
        older, newest = town.file("Un"), town.file("Deux")

        town.run()

        assert [one.sha256 for one in town.receipts_there] == [newest.sha256]
        assert town.again(older).state == State.GIVEN_UP
        assert "2" in town.again(older).message
        assert not older.attempts.exists()

    def test_one_filed_by_hand_is_never_sent_when_a_registry_comes(self, town):
        dossier, by_hand = town.dossier, ManualRegistry()
        shown = filing.draft_at(dossier, by_hand).content.digest
        made = filing.file(dossier, by_hand, town.user, shown=shown)

        assert town.run().is_done

        assert town.again(made).state == State.TO_COPY
        assert town.stored is None

    def test_one_meant_for_another_registry_is_not_sent_to_this_one(self, town):
        made = town.file()
        other = MemoryRegistry({"name": "ailleurs"})
        other.add_authority(town.siren)

        run(town.authority, other, now=True)

        assert town.again(made).state == State.TO_SEND
        assert other._town(town.siren).filings.stored == {}

    def test_a_copy_of_the_database_files_nothing_until_it_takes_over(self, town):
        town.run()
        made = town.file()
        Link.objects.update(instance="production")

        town.run()
        assert town.stored is None
        assert town.again(made).state == State.TO_SEND

        town.run(adopt=True)
        assert town.again(made).state == State.FILED


class TestAnswers:
    def refused(self, town, error, **how):
        made = town.file()
        file = town.registry.file

        def answer(siren, write):
            raise error

        town.registry.file = answer
        result = town.run()
        town.registry.file = file
        return made, result

    @pytest.mark.parametrize(
        "error",
        [errors.Unreachable(), errors.Unparsable(), errors.Busy(30), errors.InProgress()],
        ids=lambda error: type(error).__name__,
    )
    def test_what_is_no_answer_leaves_the_attempt_to_be_sent_again_unchanged(self, town, error):
        town.run()
        made, result = self.refused(town, error)
        [before] = town.attempts_of_filings.values_list("pk", "key", "if_match")

        assert not result.is_done
        assert result.left == 1
        assert town.again(made).state == State.TO_SEND
        assert town.again(made).message == str(error)
        assert town.run().is_done
        [after] = town.attempts_of_filings.values_list("pk", "key", "if_match")
        assert before == after
        assert town.receipt(made).key == after[1]
        assert town.again(made).message == ""

    def test_a_filing_that_fails_keeps_no_service_from_going(self, town):
        made, result = self.refused(town, errors.Unreachable())

        assert town.there() == {town.portal.remote_id: "Portail famille"}
        assert result.error is None
        assert result.tally.notes == [str(errors.Unreachable())]
        assert town.journal.first().outcome == "partial"

    def test_services_that_fail_keep_no_filing_from_going(self, town, monkeypatch):
        made = town.file()
        for name in ("matrix", "editions", "awards", "feed", "write", "batch"):
            monkeypatch.setattr(town.registry, name, unreachable)

        result = town.run()

        assert isinstance(result.error, errors.Unreachable)
        assert town.again(made).state == State.FILED
        assert town.journal.first().outcome == "failed"

    def test_a_delay_that_is_asked_for_is_kept_though_the_services_went(self, town):
        made, result = self.refused(town, errors.Busy(600))

        assert town.there()
        assert isinstance(result.error, errors.Busy)
        assert town.link.retry_at - clock.now() > timedelta(seconds=500)
        assert town.run(now=False).error is not None
        assert town.again(made).state == State.TO_SEND

    @pytest.mark.parametrize(
        "error", [errors.Unauthorized(), errors.Forbidden(), errors.RedirectRefused()]
    )
    def test_what_no_other_request_would_survive_stops_the_run(self, town, error):
        made, result = self.refused(town, error)

        assert result.error is error
        assert town.there() == {}
        assert town.again(made).state == State.TO_SEND

    def test_an_edition_the_registry_does_not_know_refuses_until_it_is_filed_again(self, town):
        editions = town.registry.store.editions.value
        town.registry.set_editions([])
        made = town.file()

        assert not town.run().is_done

        assert town.again(made).state == State.REJECTED
        assert str(YEAR) in town.again(made).message

        town.registry.set_editions(editions)
        filing.file_again(made, town.user)
        assert town.run().is_done
        assert town.again(made).state == State.FILED
        keys = list(town.attempts_of_filings.values_list("key", flat=True))
        assert len(set(keys)) == 2

    @pytest.mark.parametrize("status_code", [400, 413, 422])
    def test_a_refusal_is_kept_with_what_the_registry_says(self, town, status_code):
        problem = FieldProblem("/statement", "too_long", "20 000 au plus")
        made, result = self.refused(town, errors.Rejected(status_code, (problem,)))

        assert town.again(made).state == State.REJECTED
        assert town.again(made).problems == [
            {"pointer": "/statement", "code": "too_long", "detail": "20 000 au plus"}
        ]
        town.requests()
        assert town.run().left == 1
        assert "file" not in names(town.requests())

    def test_a_key_known_under_another_content_is_an_alert_and_never_changed_in_silence(self, town):
        made, result = self.refused(town, errors.KeyReused())

        assert town.again(made).state == State.REJECTED
        assert town.again(made).message == str(errors.KeyReused())
        town.run()
        assert town.attempts_of_filings.count() == 1

    def test_a_receipt_for_other_octets_is_kept_and_shown(self, town, monkeypatch):
        made = town.file()
        file = town.registry.file

        def altered(siren, write):
            written = file(siren, write)
            return replace(written, receipt=replace(written.receipt, sha256="0" * 64))

        monkeypatch.setattr(town.registry, "file", altered)
        result = town.run()

        assert town.again(made).state == State.DISPUTED
        assert town.receipt(made).sha256 == "0" * 64
        assert town.again(made).message
        assert result.left == 1
        town.requests()
        town.run()
        assert "file" not in names(town.requests())


class TestClosed:
    def test_a_filing_that_comes_too_late_is_refused_clearly_and_kept(self, town):
        town.close()
        made = town.file("Trop tard")

        result = town.run()

        row = town.again(made)
        assert row.state == State.TOO_LATE
        assert b"Trop tard" in bytes(row.octets)
        assert not town.receipt(made)
        assert result.left == 1

    def test_it_says_which_version_stands(self, town):
        town.filed("Un")
        town.close()
        late = town.file("Deux")
        town.run()

        assert "Version 1" in town.again(late).message
        assert town.stored.dossier["statement"] == "Un"

    def test_a_filing_whose_answer_was_lost_before_the_closing_is_filed(self, town):
        made = town.file()
        town.registry.lose_next_answer()
        town.run()
        assert town.again(made).state == State.TO_SEND
        town.close()

        town.run()

        assert town.again(made).state == State.FILED
        assert len(town.receipts_there) == 1

    def test_it_is_found_again_by_its_hash_where_the_registry_forgot_the_key(self, town):
        made = town.file()
        town.registry.lose_next_answer()
        town.run()
        town.registry._town(town.siren).answers.clear()
        town.forget_etag()
        town.close()

        town.run()

        assert town.again(made).state == State.FILED
        assert town.receipt(made).sha256 == made.sha256

    def test_what_an_agent_enters_from_the_octets_later_is_found_too(self, town):
        town.close()
        made = town.file()
        town.run()
        town.reopen()
        town.enter_as_agent(made)

        town.run()

        assert town.again(made).state == State.FILED
        assert town.receipt(made).key == ""

    def test_a_campaign_that_opens_again_takes_what_was_too_late(self, town):
        town.close()
        made = town.file()
        town.run()
        town.reopen()

        filing.file_again(made, town.user)
        assert town.run().is_done
        assert town.again(made).state == State.FILED


class TestLost:
    def test_an_answer_that_was_lost_has_one_effect_and_one_receipt(self, town):
        made = town.file()
        town.registry.lose_next_answer(3)

        for _run in range(4):
            town.run()

        assert town.again(made).state == State.FILED
        assert len(town.receipts_there) == 1
        assert town.attempts_of_filings.count() == 1

    def test_it_is_sent_again_before_anything_newer(self, town):
        first = town.file("Un")
        file = town.registry.file
        town.registry.file = unreachable
        town.run()
        town.registry.file = file
        second = town.file("Deux")

        assert town.run().is_done

        states = [town.again(one).state for one in (first, second)]
        assert states == [State.FILED, State.FILED]
        assert [one.sha256 for one in town.receipts_there] == [second.sha256, first.sha256]

    def test_after_28_days_it_is_read_and_not_sent_under_a_key_that_may_be_forgotten(
        self, town, fixed_clock
    ):
        made = town.file()
        file = town.registry.file
        town.registry.file = unreachable
        town.run()
        town.registry.file = file
        [old] = town.attempts_of_filings.values_list("key", flat=True)
        fixed_clock.forward(days=29)
        town.requests()

        assert town.run().is_done

        assert names(town.requests())[:3] == ["summary", "dossier", "file"]
        assert town.receipt(made).key != old
        assert town.again(made).state == State.FILED

    def test_octets_that_were_altered_here_are_not_sent(self, town):
        made = town.file("Ce qui a été lu")
        type(made).objects.filter(pk=made.pk).update(octets=b'{"edition": 2027}')

        result = town.run()

        assert town.again(made).state == State.REJECTED
        assert town.stored is None
        assert result.left == 1

    def test_a_lease_lost_between_send_and_answer_writes_nothing(self, town, monkeypatch):
        town.run()
        made = town.file()
        file = town.registry.file

        def overtaken(siren, write):
            written = file(siren, write)
            Link.objects.update(generation=99)
            return written

        with monkeypatch.context() as patched:
            patched.setattr(town.registry, "file", overtaken)
            town.run()
        assert town.again(made).state == State.TO_SEND
        assert town.receipt(made) is None
        assert town.attempts_of_filings.get().answered_at is None

        Link.objects.update(leased_until=None)
        assert town.run().is_done
        assert len(town.receipts_there) == 1
        assert town.receipt(made)


def unreachable(*args, **kwargs):
    raise errors.Unreachable


def test_nothing_of_the_text_is_in_the_journal_the_history_or_the_link(town):
    secret = "Ce que la mairie dit d'elle-même"
    town.filed(secret)
    town.close()
    town.file(f"{secret}, encore")
    town.run()

    said = [
        *map(repr, town.journal.values_list()),
        *map(repr, Link.objects.values_list()),
        *map(repr, AuthorityLogEntry.objects.values_list("data", "label")),
    ]
    assert said
    assert secret not in "\n".join(said)


def test_the_history_of_the_dossier_says_who_filed_and_what_the_registry_answered(town):
    made = town.filed()

    entries = AuthorityLogEntry.objects.for_instance(made.dossier).order_by("pk")
    assert [(one.action, one.user) for one in entries] == [
        (filing_log.FILED, town.user),
        (filing_log.RECEIPT, None),
    ]
    assert entries[1].data["receipt"] == town.receipt(made).number


def test_the_report_counts_what_waits(town):
    town.close()
    town.file()
    now = status(town.authority, town.registry)
    assert (now.dossiers_to_send, now.dossiers_left) == (1, 1)
    assert now.oldest_pending <= timezone.now()
    town.run()
    now = status(town.authority, town.registry)
    assert (now.dossiers_to_send, now.dossiers_refused, now.dossiers_waiting) == (0, 1, 1)
    assert now.as_json()["dossiers_refused"] == 1
