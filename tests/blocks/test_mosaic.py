"""The themes at a glance, each with the number of its services."""

import json
import re
from importlib import resources

import pytest

from tests.blocks.pages import offer, our_queries, publish, said, show
from wagtail_villes_internet.blocks import ThemeMosaicBlock, addresses
from wagtail_villes_internet.blocks.mosaic_presentation import mosaic_of
from wagtail_villes_internet.blocks.sample import SAMPLE_LISTING
from wagtail_villes_internet.matrix.models import Matrix, Theme
from wagtail_villes_internet.matrix.store import receive_matrix
from wagtail_villes_internet.services.models import DigitalService

MOSAIC = ("theme_mosaic", {})
SERVICES = ("services_by_theme", {})
NOTICE = "Classement établi par la collectivité d’après les thèmes publics du label"


class ReadyPages:
    """A town with a page for each theme."""

    list_url = "/services/"

    def theme(self, code: str) -> str:
        return f"/services/{code}/"

    def service(self, listed) -> str:
        return f"/services/{listed.slug}/"


def make_official() -> None:
    matrix = Matrix.objects.get()
    matrix.official = True
    matrix.save()


def tiles(page) -> dict[str, str]:
    """What each tile says, by the code of its theme."""
    return {tile["data-vi-tile"]: said(tile) for tile in page.select("[data-vi-tile]")}


def shades(page) -> list[int]:
    return [int(tile["data-vi-shade"]) for tile in page.select("[data-vi-tile]")]


def links(page) -> list[str]:
    return [link["href"] for link in page.select("[data-vi-tile] a")]


def load(axes: int, themes: int) -> list[str]:
    """Take into use an official matrix of that many axes of that many themes; its codes."""
    bundled = json.loads(
        resources.files("wagtail_villes_internet").joinpath("data/matrix.json").read_text("utf-8")
    )
    codes = [f"s-{a}-{t}" for a in range(axes) for t in range(themes)]
    bundled |= {
        "version": f"essai-{axes}x{themes}",
        "official": True,
        "axes": [
            {
                "code": f"axe-{a}",
                "label": f"Domaine {a}",
                "themes": [
                    {
                        "code": f"theme-{a}-{t}",
                        "label": f"Thème {a}.{t}",
                        "services": [{"code": f"s-{a}-{t}", "label": f"Référence {a}.{t}"}],
                    }
                    for t in range(themes)
                ],
            }
            for a in range(axes)
        ],
    }
    receive_matrix(bundled)
    return codes


def test_a_tile_for_every_theme_with_its_number_of_services(lunel):
    lunel.service(references=["p-rdv-titres"])
    lunel.service(references=["p-formulaires"])

    said_by = tiles(show(lunel, MOSAIC))

    assert set(said_by) == set(Theme.objects.values_list("code", flat=True))
    assert said_by.pop("services-publics") == "Services publics 2 services"
    assert all(text.endswith(" 0 service") for text in said_by.values())


@pytest.mark.parametrize(("axes", "themes"), [(4, 4), (4, 5), (1, 16), (6, 3)])
def test_whatever_the_shape_of_the_matrix(lunel, axes, themes):
    codes = load(axes, themes)
    lunel.service(references=codes[:1])

    page = show(lunel, MOSAIC)

    assert len(page.select(".vi-mosaic__axis")) == axes
    assert len(page.select("[data-vi-tile]")) == axes * themes
    assert len(page.select("table tbody")) == axes


@pytest.mark.rgaa("5.4", block="theme_mosaic")
@pytest.mark.rgaa("5.6", block="theme_mosaic")
@pytest.mark.rgaa("5.7", block="theme_mosaic")
def test_a_table_says_the_same(lunel):
    lunel.service(references=["p-rdv-titres"])

    page = show(lunel, MOSAIC)
    table = page.select_one("[data-vi-mosaic] table")

    assert said(table.caption) == "Nombre de services par domaine et par thème"
    assert [th["scope"] for th in table.thead.select("th")] == ["col", "col"]
    in_table = {}
    for row in table.select("tbody tr"):
        [header] = row.select("th")
        if cell := row.td:
            assert header["scope"] == "row"
            in_table[said(header)] = said(cell)
        else:
            assert header["scope"] == "rowgroup"
    in_tiles = {
        said(tile.select_one(".vi-mosaic__theme")): said(tile.select_one(".vi-mosaic__number"))
        for tile in page.select("[data-vi-tile]")
    }
    assert in_table == in_tiles
    assert in_table["Services publics"] == "1"


@pytest.mark.rgaa("3.1", block="theme_mosaic")
def test_the_shade_only_repeats_the_number(lunel):
    codes = load(1, 6)
    for code, number in zip(codes, (8, 4, 2, 1, 0, 6), strict=True):
        for _ in range(number):
            lunel.service(references=[code])

    page = show(lunel, MOSAIC)

    assert shades(page) == [4, 2, 1, 1, 0, 3]
    assert [said(number) for number in page.select(".vi-mosaic__number")] == list("842106")


def test_a_service_of_two_themes_counts_in_each_and_once_in_all(lunel):
    codes = load(2, 2)
    lunel.service(references=codes[:2])

    page = show(lunel, MOSAIC)

    assert [said(number) for number in page.select(".vi-mosaic__number")] == ["1", "1", "0", "0"]
    assert "1 service en tout" in said(page.figcaption)


def test_counts_only_while_the_matrix_is_not_official(lunel):
    lunel.service()

    provisional = said(show(lunel, MOSAIC).select_one("[data-vi-mosaic]"))
    make_official()
    official = said(show(lunel, MOSAIC).select_one("[data-vi-mosaic]"))

    assert provisional.count(NOTICE) == 1
    assert NOTICE not in official
    for text in (provisional, official):
        assert not re.search(r"%|sur \d|manqu", text)


def test_what_residents_must_not_see_is_not_counted(lunel, other_town):
    lunel.service(title="Montré")
    lunel.service(live=False)
    lunel.service(public=False)
    lunel.service(status=DigitalService.Status.ENDED)
    other_town.service()

    assert tiles(show(lunel, MOSAIC))["services-publics"] == "Services publics 1 service"


@pytest.mark.parametrize("state", ["no service", "no matrix", "no authority"])
def test_nothing_to_count_nothing_at_all(lunel, state):
    if state != "no service":
        lunel.service()
    if state == "no matrix":
        Matrix.objects.update(is_current=False)
    if state == "no authority":
        lunel.settings.delete()

    assert said(show(lunel, ("theme_mosaic", {"heading": "Nos thèmes"})).main) == "Page"


class TestLinks:
    def test_lead_into_the_list_of_the_same_page(self, lunel):
        lunel.service()

        page = show(lunel, MOSAIC, SERVICES)

        [link] = links(page)
        assert page.find(id=link.removeprefix("#"))["data-vi-theme"] == "services-publics"

    def test_lead_to_the_first_list_wherever_the_mosaic_stands(self, lunel):
        lunel.service()

        page = show(lunel, SERVICES, MOSAIC, SERVICES)

        assert links(page) == [f"#{page.select_one('[data-vi-theme]')['id']}"]

    def test_lead_to_no_list_that_shows_a_part_only(self, lunel):
        lunel.service()

        part = ("services_by_theme", {"themes": ["services-publics"]})

        alone = show(lunel, MOSAIC, part)
        beside_the_whole = show(lunel, MOSAIC, part, SERVICES)

        assert links(alone) == []
        part, whole = beside_the_whole.select("[data-vi-theme]")
        assert links(beside_the_whole) == [f"#{whole['id']}"]

    def test_lead_to_the_page_that_the_editor_chose(self, lunel):
        lunel.service()
        listing = publish(lunel, SERVICES, title="Nos services")

        page = show(lunel, ("theme_mosaic", {"list_page": listing}))

        assert links(page) == ["/nos-services/"]

    def test_lead_to_no_page_that_is_not_online(self, lunel):
        lunel.service()
        listing = publish(lunel, SERVICES, title="Nos services")
        listing.unpublish()

        assert links(show(lunel, ("theme_mosaic", {"list_page": listing}))) == []

    def test_lead_to_the_page_of_the_theme_where_it_has_one(self, lunel, monkeypatch):
        lunel.service()
        monkeypatch.setattr(addresses, "_finders", [lambda request: ReadyPages()])

        assert links(show(lunel, MOSAIC, SERVICES)) == ["/services/services-publics/"]

    def test_lead_to_the_page_of_the_theme_as_well_where_the_ready_page_was_chosen(
        self, lunel, monkeypatch
    ):
        lunel.service()
        listing = publish(lunel, title="Services")
        monkeypatch.setattr(addresses, "_finders", [lambda request: ReadyPages()])

        page = show(lunel, ("theme_mosaic", {"list_page": listing}))

        assert links(page) == ["/services/services-publics/"]

    def test_none_leads_to_a_theme_without_a_service(self, lunel):
        lunel.service()

        page = show(lunel, MOSAIC, ("services_by_theme", {"show_empty": True}))

        assert len(links(page)) == 1

    @pytest.mark.rgaa("6.1", block="theme_mosaic")
    def test_say_the_theme_and_the_number(self, lunel):
        lunel.service()

        [link] = show(lunel, MOSAIC, SERVICES).select("[data-vi-tile] a")

        assert said(link) == "Services publics 1 service"

    def test_a_code_with_a_space_leads_there_too(self, lunel):
        Theme.objects.filter(code="services-publics").update(code="services publics")
        lunel.service()

        page = show(lunel, MOSAIC, SERVICES)

        [link] = links(page)
        assert link == f"#{page.select_one('[data-vi-theme]')['id'].replace('%', '%25')}"


@pytest.mark.rgaa("9.1", block="theme_mosaic")
@pytest.mark.parametrize(
    ("options", "levels"),
    [
        ({}, ["h2"] * 4),
        ({"heading": "Nos thèmes", "heading_level": "h3"}, ["h3"] + ["h4"] * 4),
    ],
)
def test_headings_skip_no_level(lunel, options, levels):
    lunel.service()

    page = show(lunel, ("theme_mosaic", options))

    found = [
        node.name for node in page.select_one("[data-vi-mosaic]").find_all(re.compile("h[2-6]"))
    ]
    assert found == levels


def test_it_costs_what_the_list_costs(lunel):
    offer(lunel, 138)
    listed = our_queries(lunel, publish(lunel, SERVICES))

    page = publish(lunel, MOSAIC, SERVICES, MOSAIC, title="Mosaïques")

    assert our_queries(lunel, page) == listed


def test_it_needs_no_script_nor_inline_style(lunel):
    lunel.service()

    page = show(lunel, ("theme_mosaic", {"heading": "<script>alert(1)</script>"}), SERVICES)

    assert not page.select("script, style, [style], iframe, img")


def test_the_sample_has_no_link():
    mosaic = mosaic_of(SAMPLE_LISTING)

    assert [tile.count for axis in mosaic.axes for tile in axis.tiles] == [2, 0, 1]
    assert not any(tile.url for axis in mosaic.axes for tile in axis.tiles)


def test_the_api_gives_the_options():
    block = ThemeMosaicBlock()

    assert block.get_api_representation(block.to_python({"heading": "Nos thèmes"})) == {
        "heading": "Nos thèmes",
        "list_page": None,
        "heading_level": "h2",
        "links": ["/villes-internet/services.json"],
    }
