"""The tags of the services put forward, the mosaic, the figures and the open data."""

import re

import pytest
from bs4 import BeautifulSoup
from django.template import engines
from django.test import RequestFactory

from tests.blocks.pages import publish, said, show
from tests.urls import urlpatterns

SERVICES = ("services_by_theme", {})


def rendered(town, source: str, **context) -> BeautifulSoup:
    request = RequestFactory(headers={"host": town.site.hostname}).get("/")
    template = engines["django"].from_string("{% load villes_internet %}" + source)
    return BeautifulSoup(template.render(context, request), "html.parser")


@pytest.fixture
def full(lunel):
    lunel.award(level=5)
    for number in range(5):
        lunel.service(title=f"Service {number}")
    return lunel


@pytest.mark.parametrize(
    ("tag", "block"),
    [
        (
            '{% villes_internet_featured number=2 presentation="list" heading="À la une" %}',
            ("featured_services", {"number": 2, "presentation": "list", "heading": "À la une"}),
        ),
        (
            '{% villes_internet_mosaic heading="Nos thèmes" heading_level="h3" %}',
            ("theme_mosaic", {"heading": "Nos thèmes", "heading_level": "h3"}),
        ),
        (
            '{% villes_internet_figures heading="En chiffres" %}',
            ("key_figures", {"heading": "En chiffres"}),
        ),
    ],
)
def test_they_show_what_the_blocks_show(full, tag, block):
    written = rendered(full, tag).div

    hook = re.compile("data-vi-(featured|mosaic|figures)$")
    [name] = [name for name in written.attrs if hook.match(name)]
    assert str(written) == str(show(full, block).select_one(f"[{name}]"))


def test_they_lead_to_the_pages_they_are_given(full):
    listing = publish(full, SERVICES, title="Nos services")

    mosaic = rendered(full, "{% villes_internet_mosaic list_page=listing %}", listing=listing)
    figures = rendered(
        full,
        "{% villes_internet_figures list_page=listing label_page=listing %}",
        listing=listing,
    )

    assert {link["href"] for link in [*mosaic.select("a"), *figures.select("a")]} == {
        "/nos-services/"
    }
    assert len(figures.select("a")) == 3


@pytest.mark.parametrize("tag", ["featured", "mosaic", "figures", "open_data_links"])
def test_they_write_nothing_on_an_unbound_site(full, tag):
    full.settings.delete()

    assert said(rendered(full, f"{{% villes_internet_{tag} %}}")) == ""
    assert not rendered(full, f"{{% villes_internet_{tag} %}}").select("*")


class TestTheLinksToTheOpenData:
    TAG = "{% villes_internet_open_data_links %}"

    def test_lead_to_the_four_files(self, full):
        links = rendered(full, self.TAG).select("link[rel=alternate]")

        assert [(link["type"], link["href"]) for link in links] == [
            ("application/json", "/villes-internet/label.json"),
            ("text/csv", "/villes-internet/labels.csv"),
            ("application/json", "/villes-internet/services.json"),
            ("text/csv", "/villes-internet/services.csv"),
        ]
        assert links[2]["title"] == "Nos services numériques (JSON)"

    def test_are_not_written_where_the_host_left_the_addresses_out(self, full, settings):
        settings.ROOT_URLCONF = tuple(
            each for each in urlpatterns if "villes-internet" not in str(each.pattern)
        )

        assert not rendered(full, self.TAG).select("*")
