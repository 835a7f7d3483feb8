"""The campaigns of a town: what it types, what the edition says, and what is asked elsewhere."""

from datetime import date, datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import translation

from tests.factories import AuthorityFactory, EditionFactory, UserFactory
from wagtail_villes_internet.dossiers.calendar import PARIS, EditionFacts, TypedDates, calendar
from wagtail_villes_internet.dossiers.campaign import (
    calendar_of,
    calendars,
    campaign_of,
    check_dates,
    current_year,
    type_dates,
)
from wagtail_villes_internet.dossiers.checklist import checklist, tick
from wagtail_villes_internet.dossiers.countdown import countdown_text
from wagtail_villes_internet.dossiers.models import Campaign, Dossier, Step
from wagtail_villes_internet.labels.models import Edition, LabelProgramme

JUNE = datetime(2027, 6, 1, 12, tzinfo=PARIS)
CLOSING = datetime(2027, 11, 10, 23, 59, 59, tzinfo=PARIS)


def paris(*when: int) -> datetime:
    return datetime(*when, tzinfo=PARIS)


@pytest.fixture
def june():
    with time_machine.travel(JUNE, tick=False):
        yield


@pytest.fixture
def town(db, june):
    Edition.objects.all().delete()
    return AuthorityFactory(name="Lunel")


def announced(year: int = 2028, state: str = "open", **dates) -> Edition:
    return EditionFactory(year=year, state=state, **dates)


class TestTheCampaignsOfATown:
    def test_are_those_not_published_yet_and_its_own(self, town):
        for year, state in [(2026, "published"), (2027, "published"), (2028, "open")]:
            announced(year, state)
        type_dates(town, 2029, closes_on=date(2028, 11, 10))
        Dossier.objects.create(authority=town, year=2026)

        assert [one.year for one in calendars(town)] == [2029, 2028, 2026]

    def test_are_of_no_other_label_and_of_no_other_town(self, town):
        other = LabelProgramme.objects.create(slug="fleurs", name="Fleurs")
        EditionFactory(programme=other, year=2028, state="open")
        type_dates(AuthorityFactory(), 2028, closes_on=date(2027, 11, 10))

        assert calendars(town) == []
        assert calendar_of(town, 2028) == calendar(2028)

    def test_cost_the_same_however_many_there_are(self, town, django_assert_num_queries):
        for year in range(2010, 2029):
            announced(year, "open")
            campaign_of(town, year)
            Dossier.objects.create(authority=town, year=year)

        with django_assert_num_queries(3):
            assert len(calendars(town)) == 19
        with django_assert_num_queries(3):
            current_year(town)
        with django_assert_num_queries(2):
            calendar_of(town, 2028)

    def test_lead_to_the_one_it_works_on_today(self, town):
        assert current_year(town) == 2028
        announced(2027, "open", closes_at=CLOSING)
        assert current_year(town) == 2027
        Edition.objects.update(state="published")
        announced(2028, "open")
        assert current_year(town) == 2028

    def test_stay_known_where_a_dossier_is_all_there_is(self, town):
        Dossier.objects.create(authority=town, year=2028)
        assert [one.phase(JUNE) for one in calendars(town)] == ["unknown"]
        assert current_year(town) == 2028


class TestDatesTypedByATown:
    def test_stand_until_the_edition_gives_some_and_are_kept(self, town):
        type_dates(town, 2028, opens_on=date(2027, 3, 4), closes_on=date(2027, 11, 30))
        assert calendar_of(town, 2028).closes_on == date(2027, 11, 30)

        edition = announced(closes_at=CLOSING)
        assert calendar_of(town, 2028).closes_on == date(2027, 11, 10)
        assert calendar_of(town, 2028).opens_on == date(2027, 3, 4)
        assert calendar_of(AuthorityFactory(), 2028).opens_on is None

        edition.delete()
        assert calendar_of(town, 2028).closes_on == date(2027, 11, 30)

    def test_can_be_taken_back(self, town):
        type_dates(town, 2028, closes_on=date(2027, 11, 30))
        type_dates(town, 2028)
        assert calendar_of(town, 2028) == calendar(2028)
        assert Campaign.objects.count() == 1

    @pytest.mark.parametrize(
        ("year", "typed", "fields"),
        [
            (2028, {"opens_on": date(2027, 11, 11), "closes_on": date(2027, 11, 10)}, "closes_on"),
            (2028, {"opens_on": date(2026, 12, 31)}, "opens_on"),
            (2028, {"closes_on": date(2029, 1, 1)}, "closes_on"),
            (2028, {"ceremony_on": date(2072, 2, 3)}, "ceremony_on"),
            (
                2028,
                {"opens_on": date(27, 3, 4), "closes_on": date(202, 1, 1)},
                "closes_on opens_on",
            ),
            (1999, {}, "year"),
            (2033, {}, "year"),
            (20_280, {"closes_on": date(2027, 11, 10)}, "year"),
        ],
    )
    def test_that_cannot_be_are_refused_by_field(self, town, year, typed, fields):
        with pytest.raises(ValidationError) as refused:
            type_dates(town, year, **typed)
        assert sorted(refused.value.message_dict) == fields.split()
        assert not Campaign.objects.exists()

    @pytest.mark.parametrize(
        ("year", "typed"),
        [
            (2028, {"opens_on": date(2027, 11, 10), "closes_on": date(2027, 11, 10)}),
            (2028, {"closes_on": date(2028, 2, 29)}),
            (2010, {"ceremony_on": date(2009, 12, 15)}),
            (2027, {"closes_on": date(2026, 11, 10)}),
            (2032, {}),
        ],
    )
    def test_that_can_be_are_taken(self, year, typed):
        check_dates(year, TypedDates(**typed), JUNE.date())

    def test_are_never_made_for_a_year_without_a_campaign(self, town):
        with pytest.raises(ValidationError):
            campaign_of(town, 99_999)


class TestTheCountdown:
    @pytest.fixture(autouse=True)
    def in_french(self):
        with translation.override("fr"):
            yield

    def said(self, now: datetime, state: str = "open", **dates) -> str:
        return countdown_text(calendar(2028, EditionFacts(state=state, **dates)), now).replace(
            "\N{NO-BREAK SPACE}", " "
        )

    @pytest.mark.parametrize(
        ("now", "text"),
        [
            (
                paris(2027, 10, 29, 8),
                "Il reste 12 jours : clôture le 10 novembre 2027 à 23 h 59.",
            ),
            (paris(2027, 11, 9, 23), "Il reste 1 jour : clôture le 10 novembre 2027 à 23 h 59."),
            (
                paris(2027, 11, 10, 23, 59, 59),
                "Dernier jour : clôture aujourd’hui, 10 novembre 2027, à 23 h 59.",
            ),
            (
                paris(2027, 11, 11),
                "La campagne semble close : elle a pris fin le 10 novembre 2027 à 23 h 59.",
            ),
        ],
    )
    def test_says_how_long_it_lasts(self, now, text):
        assert self.said(now, closes_at=CLOSING) == text

    @pytest.mark.parametrize(
        ("state", "dates", "text"),
        [
            ("", {}, "Les dates de la campagne ne sont pas connues."),
            ("open", {}, "La campagne est ouverte. Sa date de clôture n’est pas connue."),
            (
                "upcoming",
                {},
                "La campagne n’est pas encore ouverte. Ses dates ne sont pas connues.",
            ),
            (
                "upcoming",
                {"opens_at": paris(2028, 3, 4)},
                "La campagne ouvre le 4 mars 2028.",
            ),
            (
                "upcoming",
                {"closes_at": paris(2028, 11, 10)},
                "La campagne n’est pas encore ouverte. Elle se termine le 10 novembre 2028.",
            ),
            (
                "upcoming",
                {"opens_at": paris(2028, 3, 4), "closes_at": paris(2028, 11, 10)},
                "La campagne ouvre le 4 mars 2028 et se termine le 10 novembre 2028.",
            ),
            (
                "closed",
                {"closes_at": CLOSING},
                "La campagne est close depuis le 10 novembre 2027 à 23 h 59.",
            ),
            ("closed", {"closes_at": paris(2028, 11, 10)}, "La campagne est close."),
            ("closed", {}, "La campagne est close."),
            ("published", {}, "Les résultats de l’édition 2028 sont publiés."),
        ],
    )
    def test_says_what_is_known(self, state, dates, text):
        assert self.said(paris(2027, 12, 1), state, **dates) == text

    def test_reads_the_clock_of_paris(self):
        with translation.override("en"):
            closes_at = datetime.fromisoformat("2027-11-10T07:05:00Z")
            assert "at 8:05." in self.said(paris(2027, 11, 1), closes_at=closes_at)


class TestTheChecklist:
    def test_is_what_the_association_asks_outside_the_site_in_order(self, town):
        with translation.override("fr"):
            items = checklist(town, 2028)
        assert [item.code for item in items] == list(Step.Code)
        assert not any(item.is_done for item in items)
        assert all(item.label and item.help for item in items)
        assert not Campaign.objects.exists(), "looking makes nothing"

    def test_keeps_who_did_it_when_and_a_note(self, town):
        user = UserFactory()
        ticked = tick(town, 2028, "membership", user, " Bon de commande 12 ")

        assert ticked == checklist(town, 2028)[0]
        assert (ticked.done_on, ticked.note, ticked.user) == (
            date(2027, 6, 1),
            "Bon de commande 12",
            user,
        )
        assert [item.is_done for item in checklist(town, 2028)] == [True, *[False] * 4]

    def test_keeps_no_character_that_a_database_refuses(self, town):
        assert tick(town, 2028, "account", None, "a\x00b\ud800\x07 \n c").note == "ab c"

    def test_counts_the_day_in_paris(self, town):
        late = datetime.fromisoformat("2027-06-01T22:30:00Z")
        assert tick(town, 2028, "account", None, now=late).done_on == date(2027, 6, 2)

    def test_can_be_undone_and_keeps_the_note(self, town):
        tick(town, 2028, "ceremony", None, "Mme Martin")
        undone = tick(town, 2028, "ceremony", None, done=False)

        assert (undone.is_done, undone.note) == (False, "Mme Martin")
        assert tick(town, 2028, "ceremony", None, "").note == ""

    def test_keeps_the_first_day_where_it_is_done_again(self, town):
        tick(town, 2028, "account", None)
        with time_machine.travel(paris(2027, 7, 1), tick=False):
            again = tick(town, 2028, "account", None, "Compte de la mairie")
        assert (again.done_on, again.note) == (date(2027, 6, 1), "Compte de la mairie")

    def test_is_one_town_s_and_one_year_s(self, town):
        tick(town, 2028, "account", None)
        assert not any(item.is_done for item in checklist(town, 2029))
        assert not any(item.is_done for item in checklist(AuthorityFactory(), 2028))

    def test_takes_no_other_line(self, town):
        with pytest.raises(ValueError, match="prizes"):
            tick(town, 2028, "prizes", None)
        assert not Step.objects.exists()

    def test_keeps_what_fits_of_a_long_note(self, town):
        assert len(tick(town, 2028, "ceremony", None, "a" * 400).note) == 255

    def test_costs_one_query(self, town, django_assert_num_queries):
        for code in Step.Code:
            tick(town, 2028, code, UserFactory())
        with django_assert_num_queries(1):
            assert all(item.user.username for item in checklist(town, 2028))
