"""What is read of one authority's label."""

from datetime import date

import pytest
from django.utils import timezone

from tests.factories import (
    AuthorityFactory,
    AwardFactory,
    DistinctionFactory,
    EditionFactory,
)
from wagtail_villes_internet.labels.models import Award, Edition
from wagtail_villes_internet.labels.record import Mention, Unstated, Won, label_record

pytestmark = pytest.mark.django_db

Standing = Award.Standing


@pytest.fixture
def lunel():
    return AuthorityFactory(name="Lunel")


def rows(authority) -> list:
    return [
        (row.first, row.last) if isinstance(row, Unstated) else row.year
        for row in label_record(authority).rows
    ]


def test_newest_first_from_the_first_stated_edition_to_the_last_published(lunel):
    for year, level in [(2022, 3), (2023, 4), (2024, 5)]:
        AwardFactory(authority=lunel, year=year, level=level)
    EditionFactory(year=2027, state=Edition.State.OPEN)

    # 2025 and 2026 are bundled as published; nothing is known of Lunel there.
    assert rows(lunel) == [(2025, 2026), 2024, 2023, 2022]


def test_editions_in_a_row_without_a_word_are_one_row(lunel):
    AwardFactory(authority=lunel, year=2006)
    AwardFactory(authority=lunel, year=2014)
    AwardFactory(authority=lunel, year=2016)
    AwardFactory(authority=lunel, year=2026)

    # 2009 is no edition.
    assert rows(lunel) == [2026, (2017, 2025), 2016, (2015, 2015), 2014, (2007, 2013), 2006]


def test_an_edition_not_yet_published_shows_an_award_already_stated(lunel):
    EditionFactory(year=2027, state=Edition.State.CLOSED)
    AwardFactory(authority=lunel, year=2026)
    AwardFactory(authority=lunel, year=2027, level=4)

    assert rows(lunel) == [2027, 2026]


def test_nothing_is_recorded_where_nothing_is_stated(lunel):
    AwardFactory(authority=AuthorityFactory(name="Lunel"))

    assert label_record(lunel) is None
    assert label_record(None) is None


def test_another_towns_award_is_never_read(lunel):
    AwardFactory(authority=lunel, year=2024, level=2)
    AwardFactory(authority=AuthorityFactory(), year=2024, level=5)
    AwardFactory(authority=AuthorityFactory(), year=2025, level=5)

    assert [row.level for row in label_record(lunel).rows if isinstance(row, Won)] == [2]


def test_the_badge_shows_the_newest_award(lunel):
    AwardFactory(authority=lunel, year=2023, level=5)
    AwardFactory(authority=lunel, year=2024, level=4)

    shown = label_record(lunel).shown

    assert (shown.year, shown.level) == (2024, 4)


def test_that_a_town_did_not_take_part_hides_no_award(lunel):
    AwardFactory(authority=lunel, year=2023, level=5)
    AwardFactory(authority=lunel, year=2024, level=None, standing=Standing.NOT_PARTICIPATING)

    assert label_record(lunel).shown.year == 2023


def test_a_town_that_never_took_part_has_no_badge(lunel):
    AwardFactory(authority=lunel, level=None, standing=Standing.NOT_PARTICIPATING)

    assert label_record(lunel).shown is None


@pytest.mark.parametrize(
    ("origin", "vanished", "proof"),
    [
        (Award.Origin.REGISTRY, False, "confirmed"),
        (Award.Origin.REGISTRY, True, "declared"),
        (Award.Origin.TYPED, False, "declared"),
        (Award.Origin.PALMARES, False, "declared"),
    ],
)
def test_proof(lunel, origin, vanished, proof):
    AwardFactory(authority=lunel, origin=origin, vanished_at=timezone.now() if vanished else None)

    assert label_record(lunel).shown.proof == proof


def test_mentions_with_their_validity(lunel):
    award = AwardFactory(authority=lunel)
    DistinctionFactory(award=award, name="Démocratie locale")
    DistinctionFactory(award=award, name="Territoire", valid_until=date(2027, 2, 8))
    DistinctionFactory(award=AwardFactory(), name="Celle d'une autre")

    democracy, territory = label_record(lunel).shown.mentions

    assert democracy == Mention("Démocratie locale")
    assert not democracy.has_expired(date(2040, 1, 1))
    assert not territory.has_expired(date(2027, 2, 8))
    assert territory.has_expired(date(2027, 2, 9))


@pytest.mark.parametrize("source", ["javascript:alert(1)", "data:text/html,x", "ftp://e.org/"])
def test_only_a_web_address_is_a_source(lunel, source):
    award = AwardFactory(authority=lunel)
    Award.objects.filter(pk=award.pk).update(source_url=source)

    assert label_record(lunel).shown.source_url == ""


@pytest.mark.parametrize(
    ("today", "title"),
    [
        (date(2024, 2, 8), "Label Villes Internet"),
        (date(2025, 6, 30), "Label Villes Internet"),
        (date(2025, 7, 1), "Label obtenu en"),
    ],
)
def test_currency_follows_the_stated_ceremonies(lunel, today, title):
    # The bundled edition of 2025 states no day; that of 2026 does.
    AwardFactory(authority=lunel, year=2024)
    record = label_record(lunel)

    assert record.wording(record.shown, today).title == title


def test_a_ceremony_of_the_same_or_an_earlier_edition_ends_nothing(lunel):
    AwardFactory(authority=lunel, year=2024)
    record = label_record(lunel)

    assert dict(record.ceremonies)[2024] == date(2024, 2, 8)
    assert record.wording(record.shown, date(2025, 5, 1)).title == "Label Villes Internet"


def test_a_later_ceremony_ends_it_after_60_days(lunel):
    AwardFactory(authority=lunel, year=2024)
    Edition.objects.filter(year=2025).update(ceremony_on=date(2025, 2, 6))
    record = label_record(lunel)

    assert record.wording(record.shown, date(2025, 4, 7)).title == "Label Villes Internet"
    assert record.wording(record.shown, date(2025, 4, 8)).title == "Label obtenu en"


def test_two_queries_whatever_the_history(lunel, django_assert_num_queries):
    for edition in Edition.objects.all():
        award = AwardFactory(authority=lunel, edition=edition)
        DistinctionFactory(award=award)

    with django_assert_num_queries(2):
        label_record(lunel)
