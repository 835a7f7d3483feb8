"""The template tags, for hosts without StreamField."""

import pytest
from bs4 import BeautifulSoup

from tests.blocks.pages import fetch, our_queries, said, show
from tests.testapp.models import TagsPage


@pytest.fixture
def page(lunel):
    return lunel.site.root_page.add_child(instance=TagsPage(title="Sans StreamField"))


def parsed(town, page) -> BeautifulSoup:
    return BeautifulSoup(fetch(town, page), "html.parser")


def test_they_show_what_the_blocks_show(lunel, page):
    lunel.award(level=5)
    lunel.service(title="Rendez-vous")

    tags = parsed(lunel, page).main
    blocks = show(
        lunel,
        ("label_badge", {"size": "hero"}),
        ("label_history", {"heading": "Historique", "heading_level": "h2"}),
        ("services_by_theme", {"heading_level": "h3"}),
    ).main

    for hook in ("data-vi-badge", "data-vi-history"):
        assert str(tags.select_one(f"[{hook}]")) == str(blocks.select_one(f"[{hook}]"))
    assert said(tags.select_one("[data-vi-services]")) == said(
        blocks.select_one("[data-vi-services]")
    )
    assert tags.select_one("[data-vi-axis] > h3")


def test_a_badge_in_the_footer_may_lead_to_the_page(lunel, page):
    lunel.award(level=5)

    footer = parsed(lunel, page).footer

    assert footer.select_one(".vi-badge--mark a")["href"].endswith(f"/{page.slug}/")
    assert said(footer.a) == "5 Label obtenu en 2024 5 arobases sur 5 – Sans StreamField"


def test_they_write_nothing_on_an_unbound_site(lunel, page):
    lunel.settings.delete()

    assert said(parsed(lunel, page).body) == "Sans StreamField"


def test_they_cost_what_the_blocks_cost(lunel, page):
    lunel.award()
    lunel.service()

    assert our_queries(lunel, page) == 5
