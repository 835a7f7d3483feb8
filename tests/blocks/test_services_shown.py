"""How the services are shown: as a list, as cards, folded; limited; in which language."""

from datetime import date

import pytest
import time_machine
from django.core.cache import cache
from django.utils import translation
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Locale

from tests.blocks.pages import our_queries, publish, said, show
from tests.factories import DigitalServiceFactory
from wagtail_villes_internet.blocks import ServicesByThemeBlock, addresses
from wagtail_villes_internet.blocks.service_choices import theme_choices
from wagtail_villes_internet.matrix.models import Axis, Matrix, Theme


def services(**options):
    return ("services_by_theme", options)


def titles(page) -> list[str]:
    return [said(row.select_one(".vi-service__title")) for row in page.select("[data-vi-service]")]


@pytest.fixture
def picture(db):
    cache.clear()  # Wagtail keeps what it made of the pictures of other tests.
    return get_image_model().objects.create(
        title="Cantine", file=get_test_image_file(filename="cantine.png", size=(1200, 900))
    )


class TestWhatIsSaidOfAService:
    @pytest.fixture(autouse=True)
    def in_march(self):
        with time_machine.travel("2024-03-01 12:00 +0100", tick=False):
            yield

    @pytest.mark.parametrize(
        ("told", "expected"),
        [
            ({"started_on": date(2021, 9, 1)}, "Depuis septembre 2021."),
            ({"started_on": date(2024, 9, 1)}, "À partir du 1 septembre 2024."),
            ({"ended_on": date(2024, 12, 31)}, "Jusqu’au 31 décembre 2024."),
            ({"audiences": ["youth", "families"]}, "Pour : les familles, les jeunes."),
            ({"interactions": ["pay"]}, "Ce qu’on peut y faire : payer."),
            ({}, None),
        ],
    )
    def test_since_when_for_whom_and_what_for(self, lunel, told, expected):
        lunel.service(**told)

        facts = show(lunel, services()).select_one(".vi-service__facts")

        assert (said(facts).replace("\xa0", " ") if facts else None) == expected

    def test_a_planned_service_is_one_no_more_on_its_day(self, lunel):
        lunel.service(status="planned", started_on=date(2024, 3, 2))

        assert show(lunel, services()).select_one(".vi-service__status")
        with time_machine.travel("2024-03-02 12:00 +0100", tick=False):
            assert not show(lunel, services()).select_one(".vi-service__status")

    def test_where_to_go_without_internet_is_never_folded_away(self, lunel):
        lunel.service(offline_alternative="au guichet")

        offline = show(lunel, services()).select_one(".vi-service__offline")

        assert said(offline).replace("\xa0", " ") == "Sans Internet : au guichet"
        assert not offline.find_parent("details")


class TestFolded:
    def test_each_theme_folds_and_says_how_many(self, lunel):
        lunel.service(references=["p-rdv-titres"])

        (theme,) = show(lunel, services(presentation="folded")).select("[data-vi-theme]")

        assert theme.name == "details"
        assert "open" not in theme.attrs
        assert said(theme.summary) == "Services publics (1)"
        assert theme.summary.h3

    def test_a_link_to_a_theme_leads_inside_what_it_unfolds(self, lunel):
        lunel.service(references=["p-rdv-titres"])
        lunel.service(references=["p-wifi-ecoles"])

        page = show(lunel, services(presentation="folded", show_summary=True))

        for link in page.select(".vi-services__themes a"):
            target = page.find(id=link["href"].removeprefix("#"))
            assert target.find_parent("details")
            assert not target.find_parent("summary")


# Wagtail leaves the file it makes a rendition from to the garbage collector.
@pytest.mark.filterwarnings("ignore:Unclosed file", "ignore:Exception ignored in")
class TestCards:
    def test_a_picture_says_nothing_and_takes_its_room(self, lunel, picture):
        lunel.service(image=picture)
        lunel.service(title="Sans image")

        (image,) = show(lunel, services(presentation="cards")).select("[data-vi-service] img")

        assert image["alt"] == ""
        assert (image["width"], image["height"]) == ("640", "480")
        assert image["loading"] == "lazy"

    def test_a_list_shows_no_picture(self, lunel, picture):
        lunel.service(image=picture)

        assert not show(lunel, services()).select("[data-vi-service] img")

    def test_a_file_that_cannot_be_read_is_as_if_there_were_no_picture(self, lunel, picture):
        lunel.service(image=picture)
        picture.file.storage.delete(picture.file.name)

        page = show(lunel, services(presentation="cards"))

        assert titles(page)
        assert not page.select("[data-vi-service] img")

    def test_a_planned_service_says_so(self, lunel):
        lunel.service(status="planned")

        page = show(lunel, services(presentation="cards"))

        assert said(page.select_one(".vi-service__status")) == "En projet"


class TestLimits:
    def test_to_themes(self, lunel):
        lunel.service(title="Ici", references=["p-rdv-titres"])
        lunel.service(title="Ailleurs", references=["p-wifi-ecoles"])

        assert titles(show(lunel, services(themes=["services-publics"]))) == ["Ici"]

    def test_to_audiences(self, lunel):
        lunel.service(title="Familles", audiences=["families"])
        lunel.service(title="Tous")

        assert titles(show(lunel, services(audiences=["families", "youth"]))) == ["Familles"]

    def test_a_theme_that_left_the_matrix_breaks_neither_the_page_nor_the_form(self, lunel):
        lunel.service()
        old = Matrix.objects.create(version="2019")
        axis = Axis.objects.create(matrix=old, code="a", label="Autrefois")
        Theme.objects.create(axis=axis, code="gone", label="Minitel")

        page = show(lunel, services(themes=["gone", "never-was"]))

        assert said(page.select_one(".vi-services__empty")) == "Aucun service pour le moment."
        block = ServicesByThemeBlock().child_blocks["themes"]
        assert block.clean(["gone"]) == ["gone"]

    def test_the_themes_offered_are_those_of_the_matrix_in_use_then_the_others(self, db):
        old = Matrix.objects.create(version="2019")
        axis = Axis.objects.create(matrix=old, code="a", label="Autrefois")
        Theme.objects.create(axis=axis, code="gone", label="Minitel")
        Theme.objects.create(axis=axis, code="services-publics", label="Services")

        with translation.override("fr"):
            *in_use, (label, others) = theme_choices()

        assert [name for name, _themes in in_use] == list(
            Axis.objects.filter(matrix__is_current=True).values_list("label", flat=True)
        )
        assert (label, others) == ("Plus dans la matrice", [("gone", "Minitel")])
        assert ("services-publics", "Services publics") in [
            theme for _name, themes in in_use for theme in themes
        ]

    def test_no_list_of_themes_is_frozen_in_a_host_s_migrations(self):
        blocks = ServicesByThemeBlock().child_blocks

        for name in ("themes", "audiences"):
            path, _args, kwargs = blocks[name].deconstruct()
            assert path == "wagtail.blocks.MultipleChoiceBlock"
            assert callable(kwargs["choices"])

    def test_a_page_draws_up_no_list_of_themes(self, lunel):
        lunel.service()
        page = publish(lunel, services(themes=["services-publics"]))

        assert our_queries(lunel, page) == 3


class TestSummary:
    def test_links_to_the_themes_with_their_numbers(self, lunel):
        lunel.service(references=["p-rdv-titres"])
        lunel.service(references=["p-rdv-titres", "p-wifi-ecoles"])

        page = show(lunel, services(show_summary=True))

        links = page.select("ul[aria-label='Thèmes de la liste'] li")
        assert "Services publics (2)" in [said(link) for link in links]
        assert all(page.find(id=link.a["href"].removeprefix("#")) for link in links)

    def test_one_theme_needs_no_summary(self, lunel):
        lunel.service()

        assert not show(lunel, services(show_summary=True)).select(".vi-services__themes")

    def test_a_code_with_a_space_is_led_to(self, lunel):
        Theme.objects.filter(code="services-publics").update(code="services publics")
        lunel.service(references=["p-rdv-titres", "p-wifi-ecoles"])

        page = show(lunel, services(show_summary=True))

        links = page.select(".vi-services__themes a")
        (link,) = [each for each in links if "publics" in each["href"]]
        # A browser decodes what follows the sign once.
        assert page.find(id=link["href"].removeprefix("#").replace("%25", "%"))


class TestLanguages:
    @pytest.fixture
    def english(self, db):
        return Locale.objects.get_or_create(language_code="en")[0]

    def test_what_is_not_in_the_language_of_the_page_says_its_language(self, lunel, english):
        meals = lunel.service(title="Cantine")
        lunel.service(title="Piscine", summary="Réserver", offline_alternative="à la caisse")
        DigitalServiceFactory(
            authority=lunel.authority,
            locale=english,
            translation_key=meals.translation_key,
            title="School meals",
        )

        with translation.override("en"):
            pool, translated = show(lunel, services()).select("[data-vi-service]")

        assert said(translated) == "School meals"
        assert not translated.select("[lang]")
        assert [said(node) for node in pool.select("[lang=fr]")] == [
            "Piscine",
            "Réserver",
            "à la caisse",
        ]

    def test_each_language_is_kept_apart(self, lunel, english):
        meals = lunel.service(title="Cantine")
        DigitalServiceFactory(
            authority=lunel.authority,
            locale=english,
            translation_key=meals.translation_key,
            title="School meals",
        )

        assert titles(show(lunel, services())) == ["Cantine"]
        with translation.override("en"):
            assert titles(show(lunel, services())) == ["School meals"]
        assert titles(show(lunel, services())) == ["Cantine"]


class TestPagesOfTheirOwn:
    @pytest.fixture(autouse=True)
    def pages(self, monkeypatch):
        monkeypatch.setattr(addresses, "_finders", [lambda request: Pages()])

    def test_a_title_leads_to_the_page_and_a_second_link_to_the_service(self, lunel):
        service = lunel.service(title="Cantine", url="https://lunel.example/cantine")

        row = show(lunel, services()).select_one("[data-vi-service]")

        own, online = row.select("a")
        assert own["href"] == f"/services/cantine-{service.remote_id[:8]}/"
        assert online["href"] == "https://lunel.example/cantine"
        assert said(online) == "Accéder au service – Cantine"

    def test_a_service_without_an_address_has_its_page_alone(self, lunel):
        lunel.service(title="Cantine")

        assert len(show(lunel, services()).select("[data-vi-service] a")) == 1


class Pages:
    list_url = "/services/"

    def theme(self, code: str) -> str:
        return f"/services/{code}/"

    def service(self, listed) -> str:
        return f"/services/{listed.slug}/"


def test_what_was_typed_in_the_block_is_searched_and_nothing_else():
    block = ServicesByThemeBlock()
    value = block.to_python(
        {"intro": "<p>Par thème</p>", "themes": ["services-publics"], "audiences": ["families"]}
    )

    assert block.get_searchable_content(value) == ["Par thème"]


def test_a_block_older_than_its_options_shows_as_before():
    block = ServicesByThemeBlock()

    value = block.to_python({"intro": "", "heading_level": "h3", "show_empty": True})

    assert value["presentation"] == "list"
    assert value["themes"] == value["audiences"] == []


class TestTheLanguageOfTheMatrix:
    """RGAA 8.7: its labels are French in a page of any language, and say so there."""

    BLOCKS = (
        services(show_filters=True, show_summary=True),
        services(presentation="folded"),
        ("theme_mosaic", {}),
    )
    LABELS = (
        ".vi-axis__label, .vi-theme__label, .vi-services__themes a, .vi-filters optgroup, "
        ".vi-mosaic__label, .vi-mosaic__theme, .vi-mosaic__table tbody th"
    )

    @pytest.fixture(autouse=True)
    def two_themes(self, lunel):
        for code in ("p-rdv-titres", "p-ecoles"):
            lunel.service(references=[code])
            lunel.service(references=[code])

    def test_is_said_in_a_page_of_another(self, lunel):
        with translation.override("en"):
            page = show(lunel, *self.BLOCKS)

        assert {label.get("lang") for label in page.select(self.LABELS)} == {"fr"}
        for name in ("axis", "theme"):
            options = page.select(f'.vi-filters select[name$="-{name}"] option[value!=""]')
            assert {option.get("lang") for option in options} <= {"fr"}

    def test_goes_without_saying_in_its_own(self, lunel):
        page = show(lunel, *self.BLOCKS)

        assert {label.get("lang") for label in page.select(self.LABELS)} == {None}
