"""What editors see before residents do, and what Wagtail asks of a block outside a page."""

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from wagtail.blocks import StreamBlock

from tests.blocks.pages import publish, said
from tests.testapp.models import BlocksPage
from wagtail_villes_internet.blocks import (
    LabelBadgeBlock,
    LabelHistoryBlock,
    LabelsBlock,
    ServicesByThemeBlock,
    get_blocks,
)


def body_block(name: str):
    return BlocksPage._meta.get_field("body").stream_block.child_blocks[name]


def preview(user, name: str) -> BeautifulSoup:
    client = Client()
    client.force_login(user)
    response = client.get(
        reverse("wagtailadmin_block_preview"), {"id": body_block(name).definition_prefix}
    )
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def test_a_webmaster_edits_a_page_made_of_the_blocks(lunel):
    page = publish(lunel, ("label_badge", {}), ("label_history", {}), ("services_by_theme", {}))
    client = Client()
    client.force_login(lunel.webmestre)

    response = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))

    assert response.status_code == 200
    assert "Badge du label" in response.content.decode()


def test_the_badge_is_previewed_with_a_sample(lunel):
    page = preview(lunel.webmestre, "label_badge")

    assert page.svg["aria-label"] == "Label Villes Internet 2024 : 4 arobases sur 5"
    assert page.select_one("link[rel=stylesheet]")["href"].endswith("villes-internet.css")
    assert not page.select("script, style, [style]")


def test_the_history_is_previewed_with_a_sample(lunel):
    rows = preview(lunel.webmestre, "label_history").select("[data-vi-history] li")

    assert [said(row.p) for row in rows] == [
        "2024 4 arobases sur 5",
        "2023 non renseigné",
        "2022 3 arobases sur 5",
        "2021 3 arobases sur 5",
    ]


def test_the_labels_are_previewed_with_a_sample(lunel):
    badges = preview(lunel.webmestre, "labels").select("[data-vi-labels] [data-vi-badge]")

    assert [badge.svg["aria-label"] for badge in badges] == [
        "Label Villes Internet 2024 : 4 arobases sur 5",
        "Label Villes et villages fleuris 2023 : 2 fleurs sur 4",
    ]


def test_the_services_are_previewed_with_a_sample(lunel):
    page = preview(lunel.webmestre, "services_by_theme")

    assert len(page.select("[data-vi-service]")) == 3
    assert "En projet" in said(page)
    assert "Sans Internet" in said(page)


def test_a_sample_shows_nothing_of_any_town(lunel, other_town):
    other_town.award(level=1)
    other_town.service(title="Secret d'une autre ville")
    other_town.site.is_default_site = True
    lunel.site.__class__.objects.update(is_default_site=False)
    other_town.site.save()

    assert preview(lunel.webmestre, "label_badge").select_one("[data-vi-level='4']")
    assert "Secret" not in said(preview(lunel.webmestre, "services_by_theme"))


@pytest.mark.parametrize("name", ["label_badge", "label_history", "labels", "services_by_theme"])
def test_every_block_describes_itself(name):
    block = body_block(name)

    assert block.is_previewable
    assert block.get_description()
    assert block.meta.icon in {"vi-label", "vi-service", "history"}
    assert str(block.meta.group) == "Villes Internet"
    assert block.meta.template.startswith("wagtail_villes_internet/")


def test_get_blocks_makes_new_blocks_each_time():
    first, second = dict(get_blocks()), dict(get_blocks())

    assert {"label_badge", "label_history", "labels", "services_by_theme"} <= set(first)
    assert all(first[name] is not second[name] for name in first)
    StreamBlock(get_blocks())


def test_presentation_stands_under_the_settings_of_the_block():
    assert LabelBadgeBlock().get_form_layout().settings == [
        "size",
        "layout",
        "programme",
        "artwork",
        "artwork_year",
        "artwork_note",
    ]
    assert LabelHistoryBlock().get_form_layout().settings == [
        "heading_level",
        "view",
        "summed_up",
        "programme",
    ]
    assert LabelsBlock().get_form_layout().settings == ["heading_level", "form"]
    assert ServicesByThemeBlock().get_form_layout().settings == [
        "heading_level",
        "presentation",
        "show_filters",
        "show_summary",
        "show_empty",
    ]


def test_the_api_gives_the_options():
    block = ServicesByThemeBlock()
    value = block.to_python({"intro": "<p>Bonjour</p>", "heading_level": "h3"})

    options = block.get_api_representation(value)

    assert options.pop("links") == [
        "/villes-internet/services.json",
        "/villes-internet/services.csv",
    ]
    assert options == {
        "intro": "<p>Bonjour</p>",
        "themes": [],
        "audiences": [],
        "heading_level": "h3",
        "presentation": "list",
        "show_filters": True,
        "show_summary": False,
        "show_empty": False,
    }


def test_only_what_was_typed_in_the_block_is_searched():
    history = LabelHistoryBlock()
    services = ServicesByThemeBlock()
    badge = LabelBadgeBlock()

    assert badge.get_searchable_content(badge.to_python({})) == []
    assert history.get_searchable_content(history.to_python({"heading": "Nos arobases"})) == [
        "Nos arobases"
    ]
    assert services.get_searchable_content(services.to_python({"intro": "<p>Par thème</p>"})) == [
        "Par thème"
    ]


def test_a_draft_of_a_service_is_previewed_as_residents_would_see_it(lunel):
    service = lunel.service(title="Prendre rendez-vous", offline_alternative="à la mairie")

    page = BeautifulSoup(service.make_preview_request().content, "html.parser")

    assert said(page.select_one("[data-vi-service]")).startswith("Prendre rendez-vous")
    assert "à la mairie" in said(page)
    assert "Interne :" not in said(page)


def test_the_preview_of_an_internal_service_says_so(lunel):
    service = lunel.service(title="Pare-feu", public=False)

    page = BeautifulSoup(service.make_preview_request().content, "html.parser")

    assert "Interne : les habitants ne le voient pas." in said(page).replace("\xa0", " ")


def test_the_preview_of_the_setting_shows_its_own_authority(lunel, other_town):
    lunel.award(level=5)
    other_town.award(level=2)
    setting = lunel.settings

    shown = BeautifulSoup(setting.make_preview_request().content, "html.parser")
    setting.authority = other_town.authority
    edited = BeautifulSoup(setting.make_preview_request().content, "html.parser")

    assert shown.select_one("[data-vi-badge]")["data-vi-level"] == "5"
    assert len(shown.select("[data-vi-award]")) == 1
    assert edited.select_one("[data-vi-badge]")["data-vi-level"] == "2"


def test_the_preview_of_the_setting_says_what_is_missing(lunel):
    setting = lunel.settings

    without_award = BeautifulSoup(setting.make_preview_request().content, "html.parser")
    setting.authority = None
    unbound = BeautifulSoup(setting.make_preview_request().content, "html.parser")

    assert "Aucune labellisation" in said(without_award)
    assert "n’est rattaché à aucune collectivité" in said(unbound)
