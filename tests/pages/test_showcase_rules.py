"""The rules of « En un coup d’œil »: which services are new, and what a picture may hold."""

import datetime
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.browser.gallery import BADGES
from wagtail_villes_internet.labels.drawing import draw
from wagtail_villes_internet.pages.sharing import HEIGHT, TEXTS, TOLD_LINES, WIDTH, sheet_of
from wagtail_villes_internet.pages.showcase import (
    MOST_NEW,
    a_year_before,
    highlights_of,
    new_services,
)
from wagtail_villes_internet.services.listing import (
    ListedAxis,
    ListedService,
    ListedTheme,
    Listing,
)

TODAY = date(2024, 6, 15)
DAYS = st.dates(date(2000, 1, 1), date(2040, 12, 31))


def listed(name="a", *, started=None, published=None, status="active") -> ListedService:
    return ListedService(
        remote_id=name,
        title=name,
        summary="",
        description="",
        url="",
        offline_alternative="",
        status=status,
        kind="service",
        provider="authority",
        audiences=(),
        interactions=(),
        started_on=started,
        ended_on=None,
        latitude=None,
        longitude=None,
        first_published_on=published,
    )


def listing(*services: ListedService) -> Listing:
    theme = ListedTheme("t", "Thème", services)
    return Listing((ListedAxis("a", "Axe", (theme,)),), official=False, matrix_version="")


def new(*services: ListedService, today: date = TODAY) -> list[str]:
    return [
        service.remote_id for service, _since, _stated in new_services(listing(*services), today)
    ]


class TestWhatIsNew:
    @pytest.mark.parametrize(
        ("started", "expected"),
        [
            (date(2024, 6, 15), True),
            (date(2023, 6, 16), True),
            (date(2023, 6, 15), False),
            (date(2024, 6, 16), False),
        ],
    )
    def test_the_year_ends_today_and_is_one_year_long(self, started, expected):
        assert bool(new(listed(started=started))) is expected

    def test_the_day_it_is_in_service_since_counts_before_the_day_it_was_published(self):
        old = listed("old", published=date(2020, 1, 1))
        back = listed("back", started=date(2015, 1, 1), published=date(2024, 5, 1))

        assert new(old, back) == []

    def test_what_is_planned_is_not_there_yet(self):
        assert new(listed(started=date(2024, 6, 1), status="planned")) == []

    def test_a_publication_tells_nothing_on_a_list_of_less_than_a_year(self):
        young, old = date(2023, 6, 16), date(2023, 6, 15)
        later = listed("later", published=TODAY)

        assert new(listed("first", published=young), later) == []
        assert new(listed("first", published=old), later) == ["later"]

    def test_nobody_knows_when_is_not_new(self):
        assert new(listed("old", published=date(2020, 1, 1)), listed("unknown")) == []

    def test_the_newest_come_first(self):
        months = [1, 5, 3]
        services = [listed(str(month), started=date(2024, month, 1)) for month in months]

        assert new(*services) == ["5", "3", "1"]

    def test_no_more_than_the_newest_are_named(self):
        services = [listed(str(n), started=TODAY - timedelta(days=n)) for n in range(20)]

        assert new(*services) == [str(n) for n in range(MOST_NEW)]

    @given(DAYS)
    def test_a_year_before_is_a_real_day_of_the_year_before(self, day):
        before = a_year_before(day)

        assert (before.year, before.month) == (day.year - 1, day.month)
        assert day - before in (timedelta(days=365), timedelta(days=366))

    @given(st.lists(st.tuples(st.none() | DAYS, st.none() | DAYS), max_size=8), DAYS)
    def test_nothing_is_new_that_began_outside_the_year(self, dates, today):
        services = [
            listed(str(n), started=started, published=published)
            for n, (started, published) in enumerate(dates)
        ]

        for service, since, stated in new_services(listing(*services), today):
            assert a_year_before(today) < since <= today
            assert since == (service.started_on if stated else service.first_published_on)


def test_a_service_chosen_twice_is_put_forward_once():
    item = {"remote_id": "a", "summary": "Résumé.", "lang": ' lang="en"'}

    shown = list(highlights_of([("a", "Une."), ("gone", "Non."), ("a", "")], {"a": item}))

    assert [(each.sentence, each.lang) for each in shown] == [("Résumé.", ' lang="en"')]


class TestThePicture:
    DRAWING = draw(
        BADGES["current"].wording(BADGES["current"].shown, datetime.date(2024, 3, 1)),
        4,
        BADGES["current"].scale,
        "regular",
        "stacked",
    )

    @given(st.text(max_size=300), st.lists(st.text(max_size=300), max_size=2))
    def test_every_line_stands_within_it_whatever_the_texts(self, name, told):
        sheet = sheet_of(name, told, self.DRAWING)

        assert len(sheet.told) <= TOLD_LINES
        for line in (*sheet.name, *sheet.told):
            assert float(line.x) == TEXTS[0]
            assert 0 < float(line.y) < HEIGHT - sheet.strip
            assert len(line.content) * 0.52 * float(line.size) <= WIDTH - TEXTS[0]

    @given(st.text("abc é-’", max_size=60))
    def test_no_word_of_a_name_that_fits_is_lost(self, name):
        sheet = sheet_of(name, ["Une phrase."], self.DRAWING)

        kept = "".join(line.content for line in sheet.name)
        assert kept.replace(" ", "") == name.replace(" ", "")

    def test_the_badge_stands_left_of_the_texts(self):
        sheet = sheet_of("Lunel", ["Une phrase."], self.DRAWING)

        right = float(sheet.x) + float(sheet.scale) * self.DRAWING.shown_width
        bottom = float(sheet.y) + float(sheet.scale) * self.DRAWING.shown_height
        assert 0 < float(sheet.x) < right < TEXTS[0] < WIDTH
        assert 0 < float(sheet.y) < bottom < HEIGHT - sheet.strip
