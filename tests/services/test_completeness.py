"""The gauge of a service says what residents miss, and whether it still counts for the label."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import DigitalServiceFactory
from wagtail_villes_internet.services.completeness import (
    Completeness,
    Facts,
    Gap,
    completeness,
    completeness_of,
)
from wagtail_villes_internet.services.models import DigitalService

TODAY = date(2026, 11, 22)
TWO_YEARS_AGO = date(2024, 11, 22)
WHOLE = Facts(
    summary="Réserver une salle",
    url="https://lunel.example/salles",
    offline_alternative="À l'accueil de la mairie",
    reference_services=1,
    audiences=["residents"],
    interactions=["book"],
    changed_on=TODAY,
)


def gaps(**fields) -> tuple[Gap, ...]:
    return completeness(replace(WHOLE, **fields), TODAY).gaps


def test_nothing_is_asked_of_a_service_that_says_it_all():
    assert completeness(WHOLE, TODAY) == Completeness(7, 7, ())
    assert completeness(WHOLE, TODAY).whole


@pytest.mark.parametrize(
    ("fields", "gap"),
    [
        ({"summary": " "}, Gap.NO_SUMMARY),
        ({"url": ""}, Gap.NO_LINK),
        ({"offline_alternative": "\n"}, Gap.NO_WAY_WITHOUT_INTERNET),
        ({"reference_services": 0}, Gap.NO_REFERENCE_SERVICE),
        ({"audiences": []}, Gap.NO_AUDIENCE),
        ({"interactions": []}, Gap.NO_INTERACTION),
        ({"changed_on": TWO_YEARS_AGO}, Gap.STALE),
    ],
    ids=lambda value: value if isinstance(value, Gap) else "",
)
def test_what_is_missing_is_named(fields, gap):
    found = completeness(replace(WHOLE, **fields), TODAY)

    assert (found.done, found.total, found.gaps) == (6, 7, (gap,))


def test_what_residents_are_not_shown_needs_no_link_nor_desk():
    bare = Facts(summary="Pare-feu", reference_services=1, public=False)

    assert completeness(bare, TODAY) == Completeness(3, 3, ())


class TestAge:
    """An action counts while it is under two years old or still runs."""

    def test_what_runs_counts_however_old(self):
        assert gaps(started_on=date(2010, 1, 1)) == ()

    def test_what_runs_and_nobody_touched_for_two_years_is_to_be_looked_at(self):
        assert gaps(changed_on=TWO_YEARS_AGO) == (Gap.STALE,)
        assert gaps(changed_on=TWO_YEARS_AGO + timedelta(days=1)) == ()

    def test_when_it_was_changed_may_be_unknown(self):
        assert gaps(changed_on=None) == ()

    @pytest.mark.parametrize(
        ("started_on", "ended_on", "counts"),
        [
            (date(2024, 11, 22), date(2025, 1, 1), False),
            (date(2024, 11, 23), date(2025, 1, 1), True),
            (None, date(2024, 11, 22), False),
            (None, date(2024, 11, 23), True),
            (None, None, True),
        ],
    )
    def test_what_has_ended_counts_for_two_years(self, started_on, ended_on, counts):
        found = gaps(status="ended", started_on=started_on, ended_on=ended_on)

        assert found == (() if counts else (Gap.TOO_OLD,))

    def test_what_ended_by_date_has_ended(self):
        assert gaps(started_on=date(2020, 1, 1), ended_on=date(2026, 11, 21)) == (Gap.TOO_OLD,)
        assert gaps(started_on=date(2020, 1, 1), ended_on=TODAY) == ()

    def test_29_february_has_a_day_two_years_before(self):
        facts = replace(WHOLE, changed_on=date(2026, 2, 28))

        assert completeness(facts, date(2028, 2, 29)).gaps == (Gap.STALE,)


dates = st.none() | st.dates(date(1990, 1, 1), date(2040, 12, 31))


@given(
    st.builds(
        Facts,
        summary=st.sampled_from(["", "Oui"]),
        url=st.sampled_from(["", "https://lunel.example/"]),
        offline_alternative=st.sampled_from(["", "Oui"]),
        reference_services=st.integers(0, 3),
        audiences=st.sampled_from([[], ["residents"]]),
        interactions=st.sampled_from([[], ["book"]]),
        public=st.booleans(),
        status=st.sampled_from(DigitalService.Status.values),
        started_on=dates,
        ended_on=dates,
        changed_on=dates,
    )
)
def test_what_is_done_and_what_is_missing_make_the_whole(facts):
    found = completeness(facts, TODAY)

    assert found.done + len(found.gaps) == found.total == (7 if facts.public else 3)
    assert {gap.field for gap in found.gaps} <= {
        field.name for field in DigitalService._meta.get_fields()
    }
    assert all(gap.message for gap in found.gaps)


@pytest.mark.django_db
class TestOfAService:
    def test_its_last_draft_is_its_last_change(self):
        service = DigitalServiceFactory()
        revision = service.save_revision()
        revision.created_at = timezone.now() - timedelta(days=3 * 365)
        revision.save()

        assert Gap.STALE in completeness_of(DigitalService.objects.get(pk=service.pk)).gaps

    def test_without_one_nothing_is_said_of_its_age(self):
        found = completeness_of(DigitalServiceFactory(summary="Réserver"))

        assert found == Completeness(
            3,
            7,
            (Gap.NO_LINK, Gap.NO_WAY_WITHOUT_INTERNET, Gap.NO_INTERACTION, Gap.NO_AUDIENCE),
        )
