"""The services that may be part of a dossier, and what keeps each of the others from counting."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Locale

from tests.factories import DigitalServiceFactory, Town
from wagtail_villes_internet.dossiers.candidates import candidates
from wagtail_villes_internet.dossiers.rules import Reason
from wagtail_villes_internet.services.models import DigitalService

pytestmark = pytest.mark.django_db


@pytest.fixture
def lunel():
    return Town("Lunel")


def only(town, **options):
    [found] = candidates(town.authority, **options)
    return found


class TestWhatCounts:
    def test_a_service_that_is_live_attached_and_running_counts(self, lunel):
        service = lunel.service(title="Portail famille")

        found = only(lunel)

        assert found.counts
        assert found.may_be_included
        assert found.remote_id == str(service.translation_key)
        assert found.pk == service.pk
        assert found.title == "Portail famille"
        assert found.codes == ("p-rdv-titres",)
        assert len(found.hash) == 64

    def test_one_that_residents_are_not_shown_counts_all_the_same(self, lunel):
        lunel.service(title="Pare-feu", public=False)

        assert only(lunel).counts

    def test_another_town_s_is_not_there(self, lunel):
        Town("Quéven").service()

        assert candidates(lunel.authority) == ()


class TestWhatKeepsOneFromCounting:
    @pytest.mark.parametrize(
        ("service", "reasons"),
        [
            ({"live": False}, [Reason.DRAFT]),
            ({"counted": False}, [Reason.NOT_COUNTED]),
            ({"references": []}, [Reason.NO_REFERENCE_SERVICE]),
            ({"summary": "x" * 501}, [Reason.INCOMPLETE]),
            ({"status": "planned"}, [Reason.PLANNED]),
            ({"started_on": date(2023, 1, 1), "ended_on": date(2026, 1, 1)}, [Reason.TOO_OLD]),
            # The first thing to be done hides the others.
            ({"live": False, "counted": False, "references": []}, [Reason.DRAFT]),
            ({"references": [], "status": "planned"}, [Reason.NO_REFERENCE_SERVICE]),
        ],
    )
    @time_machine.travel(datetime(2026, 11, 1, 12, tzinfo=UTC), tick=False)
    def test_is_said(self, lunel, service, reasons):
        lunel.service(**service)

        found = only(lunel)

        assert list(found.reasons) == reasons
        assert not found.counts

    @pytest.mark.parametrize(
        ("service", "may"),
        [
            ({"live": False}, False),
            ({"counted": False}, False),
            ({"references": []}, False),
            ({"summary": "x" * 501}, False),
            ({"status": "planned"}, True),
            ({"started_on": date(2010, 1, 1), "ended_on": date(2011, 1, 1)}, True),
        ],
    )
    def test_only_the_press_s_rules_give_way_to_a_town(self, lunel, service, may):
        lunel.service(**service)

        assert only(lunel).may_be_included is may

    def test_what_is_incomplete_says_what_it_lacks(self, lunel):
        lunel.service(summary="x" * 501)

        assert only(lunel).shortcomings
        assert only(lunel).body is None
        assert only(lunel).hash == ""

    def test_a_provisional_code_that_the_registry_s_matrix_lacks(self, lunel):
        lunel.service(references=["p-rdv-titres"])

        by_hand = only(lunel)
        unknown = only(lunel, known_codes=frozenset())
        known = only(lunel, known_codes={"p-rdv-titres"})

        assert by_hand.counts
        assert known.counts
        assert unknown.reasons == (Reason.UNKNOWN_CODE,)
        assert not unknown.may_be_included

    def test_two_rules_are_both_told(self, lunel):
        lunel.service(status="planned")

        found = only(lunel, known_codes=frozenset())

        assert found.reasons == (Reason.UNKNOWN_CODE, Reason.PLANNED)


class TestDatesComeTrue:
    """Nobody has to come back to a service on the day."""

    @pytest.mark.parametrize(
        ("day", "status", "reasons"),
        [
            (date(2026, 2, 27), "planned", (Reason.PLANNED,)),
            (date(2026, 2, 28), "active", ()),
            (date(2026, 3, 31), "active", ()),
            (date(2026, 4, 1), "ended", ()),
            (date(2028, 2, 27), "ended", ()),
            (date(2028, 2, 28), "ended", (Reason.TOO_OLD,)),
        ],
    )
    def test_what_was_planned_starts_ends_and_grows_old(self, lunel, day, status, reasons):
        lunel.service(status="planned", started_on=date(2026, 2, 28), ended_on=date(2026, 3, 31))

        with time_machine.travel(datetime(day.year, day.month, day.day, 11, tzinfo=UTC)):
            found = only(lunel)

        assert (found.status, found.reasons) == (status, reasons)
        assert found.body.status == status

    def test_two_years_after_a_leap_day_are_over_on_the_28th(self, lunel):
        lunel.service(started_on=date(2024, 2, 29), ended_on=date(2024, 3, 1))

        with time_machine.travel(datetime(2026, 2, 28, 12, tzinfo=UTC)):
            before = only(lunel).counts
        with time_machine.travel(datetime(2026, 3, 1, 12, tzinfo=UTC)):
            after = only(lunel).counts

        assert (before, after) == (True, False)

    def test_an_old_service_that_still_runs_counts(self, lunel):
        lunel.service(started_on=date(2001, 1, 1))

        assert only(lunel).counts

    def test_a_day_is_one_of_the_site_s_own_clock(self, lunel):
        lunel.service(status="planned", started_on=date(2026, 7, 1))

        # Half past midnight in Paris, still the day before in UTC.
        with time_machine.travel(datetime(2026, 6, 30, 22, 30, tzinfo=UTC)):
            assert only(lunel).status == "active"


class TestTranslations:
    @pytest.fixture
    def english(self):
        return Locale.objects.get_or_create(language_code="en")[0]

    def translate(self, service, locale, **fields):
        copy = service.copy_for_translation(locale)
        for name, value in fields.items():
            setattr(copy, name, value)
        copy.save()
        copy.reference_services.set(service.reference_services.all())
        copy.save()
        return copy

    def test_are_one_candidate_told_in_the_site_s_language(self, lunel, english):
        service = lunel.service(title="Portail famille")
        self.translate(service, english, title="Family portal", live=True)

        assert only(lunel).title == "Portail famille"
        assert only(lunel).counts

    def test_the_one_that_is_live_speaks_for_a_draft(self, lunel, english):
        service = lunel.service(title="Portail famille")
        copy = self.translate(service, english, title="Family portal", live=True)
        DigitalService.objects.filter(pk=service.pk).update(live=False)

        found = only(lunel)

        assert (found.title, found.pk) == ("Family portal", copy.pk)
        assert found.counts

    def test_none_that_is_live_is_one_draft(self, lunel, english):
        service = lunel.service(live=False)
        self.translate(service, english, live=False)

        assert only(lunel).reasons == (Reason.DRAFT,)


class TestFreshness:
    def test_a_draft_over_a_live_service_is_its_last_change(self, lunel):
        with time_machine.travel(datetime(2026, 3, 1, 12, tzinfo=UTC)):
            service = lunel.service()
            service.save_revision().publish()
        with time_machine.travel(datetime(2026, 5, 2, 12, tzinfo=UTC)):
            service.save_revision()

        assert only(lunel).changed_on == date(2026, 5, 2)

    def test_what_nobody_ever_published_or_saved_says_nothing(self, lunel):
        lunel.service()

        assert only(lunel).changed_on is None


def test_three_hundred_cost_as_many_queries_as_ten(lunel, django_assert_num_queries):
    DigitalServiceFactory.create_batch(10, authority=lunel.authority)
    with CaptureQueriesContext(connection) as ten:
        candidates(lunel.authority)

    DigitalServiceFactory.create_batch(290, authority=lunel.authority)

    with django_assert_num_queries(len(ten)):
        found = candidates(lunel.authority)
    assert len(found) == 300
