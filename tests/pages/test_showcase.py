"""« En un coup d’œil », as residents and the press read it."""

import datetime

import pytest
import time_machine
from django.core.cache import cache

from tests.pages.visiting import GLANCE, get, label_page, said, services_page, showcase_page, visit
from wagtail_villes_internet.authorities.models import VillesInternetSettings
from wagtail_villes_internet.labels.models import Award
from wagtail_villes_internet.pages.models import ShowcasePage
from wagtail_villes_internet.services.models import DigitalService

PAST = "2027-01-15 12:00 +0100"
CURRENT = "2024-03-01 12:00 +0100"
HOSTILE = "</p><script>alert(1)</script>"


@pytest.fixture(autouse=True)
def nothing_kept():
    cache.clear()


@pytest.fixture
def glance(lunel) -> ShowcasePage:
    return showcase_page(lunel)


def at(moment: str):
    return time_machine.travel(moment, tick=False)


def quoted(town) -> str:
    return said(visit(town, GLANCE).select_one("[data-vi-quote] blockquote"))


def put_forward(town, *chosen) -> ShowcasePage:
    """The page with these services put forward, each with its sentence."""
    highlights = [
        ("highlight", {"service": service, "sentence": sentence}) for service, sentence in chosen
    ]
    return showcase_page(town, highlights=highlights)


def highlighted(town) -> list[str]:
    return [said(item) for item in visit(town, GLANCE).select("[data-vi-highlights] li")]


def novelties(town) -> list[str]:
    return [said(item) for item in visit(town, GLANCE).select("[data-vi-novelties] li")]


class TestThePage:
    def test_shows_the_badge_the_figures_the_mosaic_and_the_two_texts(self, lunel):
        showcase_page(lunel, introduction="<p>Avant.</p>", conclusion="<p>Après.</p>")
        lunel.award(year=2024, level=5)
        lunel.service(title="Portail famille")

        main = visit(lunel, GLANCE).main

        badge = main.select_one("[data-vi-badge]")
        assert (badge["data-vi-level"], badge["data-vi-edition"]) == ("5", "2024")
        figures = {each["data-vi-figure"] for each in main.select("[data-vi-figures] > dl > div")}
        assert figures == {"services", "themes", "label"}
        assert main.select_one("[data-vi-mosaic]")
        text = said(main)
        assert text.index("Avant.") < text.index("En chiffres") < text.index("Après.")

    def test_of_a_town_without_label_or_service_shows_its_texts_alone(self, lunel):
        showcase_page(lunel, introduction="<p>Bientôt.</p>")

        main = visit(lunel, GLANCE).main

        assert "Bientôt." in said(main)
        assert [said(heading) for heading in main.select("h2")] == []
        assert not main.select("[data-vi-badge], [data-vi-figures], [data-vi-mosaic], figure")

    def test_shows_only_the_themes_that_have_services_and_says_how_many(self, lunel, glance):
        lunel.service(references=["p-portail-familles"])

        main = visit(lunel, GLANCE).main

        tiles = [said(tile) for tile in main.select("[data-vi-tile]")]
        assert tiles
        assert not [tile for tile in tiles if tile.endswith("0 service")]
        told = said(main.select_one("[data-vi-themes-offered]"))
        assert told.startswith(f"{len(tiles)} thème")

    def test_does_not_say_again_what_the_badge_says(self, lunel, glance):
        lunel.award(year=2024, level=None, standing=Award.Standing.LEVEL_UNKNOWN)

        main = visit(lunel, GLANCE).main

        assert main.select_one("[data-vi-badge]")
        assert not main.select("[data-vi-figures], .vi-glance__story")
        assert said(main).count("niveau non précisé") == 1

    def test_says_once_that_the_arrangement_binds_the_town_alone(self, lunel, glance):
        lunel.service()

        assert said(visit(lunel, GLANCE).main).count("n’engage pas l’association") == 1

    def test_sums_the_label_up_and_leads_to_its_page(self, lunel, glance):
        for year, level in [(2022, 3), (2023, 4), (2024, 5)]:
            lunel.award(year=year, level=level)
        assert visit(lunel, GLANCE).select_one(".vi-glance__story a") is None

        page = label_page(lunel)

        story = visit(lunel, GLANCE).select_one(".vi-glance__story")
        assert said(story.p) == "Lunel : de 3 à 5 arobases en trois éditions (2022-2024)"
        assert story.a["href"] == "/notre-label/"

        page.unpublish()
        assert visit(lunel, GLANCE).select_one(".vi-glance__story a") is None

    def test_leads_to_the_page_of_each_service_and_theme(self, lunel, glance):
        services_page(lunel)
        lunel.service(title="Portail famille", references=["p-portail-familles"])

        links = {link["href"] for link in visit(lunel, GLANCE).main.select("a")}

        assert {"/nos-services/", "/nos-services/theme/vie-quotidienne/"} <= links

    def test_headings_skip_no_level(self, lunel):
        page = put_forward(lunel, (lunel.service(), "À retenir."))
        lunel.award()
        page.introduction = "<h2>Le numérique</h2>"
        page.save()

        levels = [int(each.name[1]) for each in visit(lunel, GLANCE).select("h1, h2, h3, h4, h5")]

        assert levels[0] == 1
        assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))

    def test_sets_no_cookie_and_asks_nothing_of_anybody(self, lunel):
        put_forward(lunel, (lunel.service(), ""))
        lunel.award()

        answer = get(lunel, GLANCE)
        soup = visit(lunel, GLANCE)

        assert not answer.cookies
        assert soup.select("script, style, [style], iframe, img") == []

    def test_on_a_site_bound_to_nobody_says_nothing_of_a_town(self, lunel, glance):
        lunel.award()
        lunel.service(title="Portail famille")
        VillesInternetSettings.objects.update(authority=None)

        main = visit(lunel, GLANCE).main

        assert "Portail famille" not in said(main)
        assert not main.select("[data-vi-badge], [data-vi-quote]")


class TestTheServicesPutForward:
    def test_are_shown_in_the_order_of_the_editor_each_with_its_sentence(self, lunel):
        second = lunel.service(title="Agenda")
        first = lunel.service(title="Portail famille")
        put_forward(lunel, (first, "Tout pour l’école."), (second, "Que faire ce soir."))

        assert highlighted(lunel) == [
            "Portail famille Tout pour l’école.",
            "Agenda Que faire ce soir.",
        ]

    def test_have_their_summary_where_no_sentence_was_typed(self, lunel):
        service = lunel.service(title="Agenda", summary="Les sorties de la semaine.")
        put_forward(lunel, (service, " "))

        assert highlighted(lunel) == ["Agenda Les sorties de la semaine."]

    def test_never_show_what_residents_may_not_see(self, lunel, other_town):
        ended = {"status": DigitalService.Status.ENDED, "ended_on": datetime.date(2020, 1, 1)}
        hidden = [
            lunel.service(title="Brouillon", live=False),
            lunel.service(title="Interne", public=False),
            lunel.service(title="Fini", **ended),
            lunel.service(title="Sans rattachement", references=[]),
            other_town.service(title="Ailleurs"),
        ]
        put_forward(lunel, *[(service, "Ne se voit pas.") for service in hidden])

        page = visit(lunel, GLANCE)

        assert "Ne se voit pas." not in said(page)
        assert not [title for title in ("Brouillon", "Ailleurs", "Interne") if title in str(page)]

    def test_that_was_deleted_is_left_out(self, lunel):
        gone, kept = lunel.service(title="Parti"), lunel.service(title="Resté")
        put_forward(lunel, (gone, "Adieu."), (kept, "Bonjour."))

        gone.delete()

        assert highlighted(lunel) == ["Resté Bonjour."]

    def test_in_a_draft_of_the_page_are_not_online(self, lunel):
        page = showcase_page(lunel)
        page.highlights = [("highlight", {"service": lunel.service(), "sentence": "Plus tard."})]
        page.save_revision()

        assert "Plus tard." not in said(visit(lunel, GLANCE))

    def test_hostile_texts_are_text(self, lunel):
        service = lunel.service(title=HOSTILE)
        put_forward(lunel, (service, HOSTILE))
        type(lunel.authority).objects.update(name=f"Lunel{HOSTILE}")
        lunel.award()

        page = visit(lunel, GLANCE)

        assert page.select("script") == []
        assert HOSTILE in page.select_one("[data-vi-highlights]").get_text()
        assert HOSTILE in quoted(lunel)


class TestWhereNoServiceIsPutForward:
    def test_a_short_list_is_shown_whole_in_alphabetical_order(self, lunel, glance):
        lunel.service(title="Portail famille", summary="Cantine et garderie.")
        lunel.service(title="Agenda", summary="Les sorties.")

        assert highlighted(lunel) == ["Agenda Les sorties.", "Portail famille Cantine et garderie."]

    def test_twelve_services_are_a_short_list(self, lunel, glance):
        for number in range(12):
            lunel.service(title=f"Service {number:02}", summary="")

        assert highlighted(lunel) == [f"Service {number:02}" for number in range(12)]

    def test_of_a_longer_one_the_six_put_online_last(self, lunel, glance):
        for number in range(13):
            with at(f"2027-01-{number + 1:02} 12:00 +0100"):
                service = lunel.service(title=f"Service {number:02}", summary="", live=False)
                service.save_revision().publish()

        with at("2027-02-01 12:00 +0100"):
            assert highlighted(lunel) == [f"Service {12 - number:02}" for number in range(6)]

    def test_what_is_new_has_its_own_place_and_is_not_named_twice(self, lunel, glance):
        with at("2024-06-15 12:00 +0200"):
            for number in range(12):
                lunel.service(title=f"Service {number:02}", summary="")
            lunel.service(title="Aaa neuf", started_on=datetime.date(2024, 3, 1))

            assert novelties(lunel) == ["Aaa neuf En service depuis mars 2024."]
            assert highlighted(lunel) == [f"Service {number:02}" for number in range(6)]

    def test_never_what_residents_may_not_see(self, lunel, other_town, glance):
        lunel.service(title="Brouillon", live=False)
        lunel.service(title="Interne", public=False)
        other_town.service(title="Ailleurs")

        assert highlighted(lunel) == []

    def test_one_put_forward_is_shown_alone(self, lunel):
        lunel.service(title="Agenda")
        put_forward(lunel, (lunel.service(title="Portail famille"), "Tout pour l’école."))

        assert highlighted(lunel) == ["Portail famille Tout pour l’école."]


class TestWhatIsNew:
    def test_is_what_the_town_says_began_in_the_last_twelve_months(self, lunel, glance):
        with at("2024-06-15 12:00 +0200"):
            lunel.service(title="Neuf", started_on=datetime.date(2024, 3, 1))
            lunel.service(title="Vieux", started_on=datetime.date(2023, 6, 15))

            assert novelties(lunel) == ["Neuf En service depuis mars 2024."]

    def test_is_nothing_of_a_list_that_is_itself_new(self, lunel, glance):
        with at("2024-06-15 12:00 +0200"):
            lunel.service(title="Portail", live=False).save_revision().publish()

            assert novelties(lunel) == []

    def test_is_what_came_later_on_a_list_that_was_there(self, lunel, glance):
        with at("2022-01-10 12:00 +0100"):
            lunel.service(title="Portail", live=False).save_revision().publish()
        with at("2024-03-10 12:00 +0100"):
            lunel.service(title="Agenda", live=False).save_revision().publish()
        with at("2024-06-15 12:00 +0200"):
            assert novelties(lunel) == ["Agenda Sur ce site depuis mars 2024."]


class TestTheSentenceToQuote:
    def test_tells_the_label_with_its_year_while_it_is_current(self, lunel, glance):
        lunel.award(year=2024, level=5)
        lunel.service()
        lunel.service()

        with at(CURRENT):
            assert quoted(lunel) == (
                "Lunel : 2 services numériques pour les habitants. "
                "Label Villes Internet 2024 : 5 arobases sur 5."
            )

    def test_tells_what_is_past_as_past(self, lunel, glance):
        lunel.award(year=2024, level=5)
        lunel.service()

        with at(PAST):
            assert quoted(lunel) == (
                "Lunel : 1 service numérique pour les habitants. "
                "Label obtenu en 2024 : 5 arobases sur 5 (Villes Internet)."
            )

    def test_tells_what_is_only_planned(self, lunel, glance):
        lunel.service()
        lunel.service(status=DigitalService.Status.PLANNED)

        assert quoted(lunel) == (
            "Lunel : 2 services numériques pour les habitants, dont 1 en projet."
        )

    def test_claims_no_level_that_nobody_stated(self, lunel, glance):
        lunel.award(year=2024, level=None, standing=Award.Standing.LEVEL_UNKNOWN)

        with at(CURRENT):
            assert quoted(lunel) == "Lunel – Label Villes Internet 2024."
        with at(PAST):
            assert quoted(lunel) == "Lunel – Label obtenu en 2024 (Villes Internet)."

    def test_says_that_a_town_was_out_of_competition(self, lunel, glance):
        lunel.award(year=2024, level=5, standing=Award.Standing.OUT_OF_COMPETITION)

        with at(PAST):
            assert "5 arobases sur 5, hors concours (Villes Internet)." in quoted(lunel)

    def test_is_never_of_another_town(self, lunel, other_town, glance):
        other_town.award(year=2024, level=5)
        other_town.service()

        assert visit(lunel, GLANCE).select("[data-vi-quote]") == []

    def test_has_the_day_it_is_of(self, lunel, glance):
        lunel.service()

        with at(CURRENT):
            assert "Au 1 mars 2024." in said(visit(lunel, GLANCE).select_one(".vi-quote__day"))
