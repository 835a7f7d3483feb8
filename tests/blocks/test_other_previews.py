"""What editors see of the services put forward, the mosaic and the figures before residents do."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.blocks.pages import publish, said
from tests.blocks.test_previews import body_block, preview
from wagtail_villes_internet.blocks import (
    FeaturedServicesBlock,
    KeyFiguresBlock,
    ThemeMosaicBlock,
)

BLOCKS = [FeaturedServicesBlock, ThemeMosaicBlock, KeyFiguresBlock]
NAMES = ["featured_services", "theme_mosaic", "key_figures"]


def test_the_picker_shows_samples(lunel):
    featured = preview(lunel.webmestre, "featured_services")
    mosaic = preview(lunel.webmestre, "theme_mosaic")
    figures = preview(lunel.webmestre, "key_figures")

    assert len(featured.select("[data-vi-featured] [data-vi-service]")) == 3
    assert len(mosaic.select("[data-vi-mosaic] [data-vi-tile]")) == 3
    assert "3 services en tout" in said(mosaic)
    assert [row["data-vi-figure"] for row in figures.select("[data-vi-figure]")] == [
        "services",
        "themes",
        "label",
    ]
    for page in (featured, mosaic, figures):
        assert page.h2
        assert not page.select("script, style, [style]")


def test_a_sample_shows_nothing_of_any_town(lunel, other_town):
    other_town.service(title="Secret d'une autre ville")
    lunel.service(title="Même pas des nôtres")

    for name in NAMES:
        page = said(preview(lunel.webmestre, name))
        assert "Secret" not in page
        assert "nôtres" not in page


@pytest.mark.parametrize("name", NAMES)
def test_every_block_describes_itself(name):
    block = body_block(name)

    assert block.is_previewable
    assert block.get_description()
    assert str(block.meta.group) == "Villes Internet"
    assert block.meta.template.startswith("wagtail_villes_internet/")


def test_presentation_stands_under_the_settings_of_the_block():
    assert [block().get_form_layout().settings for block in BLOCKS] == [
        ["heading_level", "presentation", "number"],
        ["heading_level"],
        ["heading_level", "figures"],
    ]


@pytest.mark.parametrize("block", BLOCKS)
def test_only_what_was_typed_in_the_block_is_searched(block):
    block = block()
    value = block.to_python({"heading": "Nos services", "presentation": "cards"})

    assert block.get_searchable_content(value) == ["Nos services"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("featured_services", "Aucun de ces services n’est montré aux habitants"),
        ("theme_mosaic", "Aucun service n’est encore montré aux habitants"),
        ("key_figures", "Il n’y a encore rien à compter"),
    ],
)
def test_editors_are_told_why_residents_see_nothing(lunel, name, words):
    page = publish(lunel, (name, {}))

    answer = page.make_preview_request()

    assert words in answer.content.decode()


def test_a_webmaster_edits_a_page_made_of_the_blocks(lunel):
    service = lunel.service(title="Rendez-vous")
    page = publish(
        lunel, ("featured_services", {"services": [service]}), *((name, {}) for name in NAMES[1:])
    )
    client = Client()
    client.force_login(lunel.webmestre)

    response = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))

    assert response.status_code == 200
    assert "Rendez-vous" in response.content.decode()


def test_a_page_shows_where_a_chosen_service_is_used(lunel):
    service = lunel.service()
    page = publish(lunel, ("featured_services", {"services": [service]}))

    block = FeaturedServicesBlock()
    references = list(block.extract_references(page.body[0].value))

    assert [(model.__name__, key) for model, key, *_path in references] == [
        ("DigitalService", str(service.pk))
    ]
