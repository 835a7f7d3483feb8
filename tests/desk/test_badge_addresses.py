"""The setting of a site says where its badge stands for other sites, and how to embed it."""

import pytest
from django.test import Client
from django.urls import reverse

from wagtail_villes_internet.blocks import png

from .pages import text

pytestmark = pytest.mark.django_db


def setting(town) -> str:
    client = Client()
    client.force_login(town.webmestre)
    address = reverse(
        "wagtailsettings:edit",
        args=["wagtail_villes_internet", "villesinternetsettings", town.site.pk],
    )
    return text(client.get(address))


def test_the_badge_of_this_site_and_the_code_to_embed_it(lunel):
    lunel.award(year=2024, level=5)

    page = setting(lunel)

    host = lunel.site.hostname
    assert f"http://{host}/villes-internet/badge.svg" in page
    assert f"http://{host}/villes-internet/badge.png?size=2400" in page
    assert f'<img src="http://{host}/villes-internet/badge/2024.svg"' in page
    assert 'alt="Label obtenu en 2024 : 5 arobases sur 5"' in page


def test_without_an_award_there_is_nothing_to_embed(lunel):
    assert "badge/2024.svg" not in setting(lunel)


def test_without_the_extra_the_panel_says_who_can_add_the_picture(lunel, monkeypatch):
    monkeypatch.setattr(png, "resvg_py", None)

    page = setting(lunel)

    assert "[png]" in page
    assert "badge.png" not in page


@pytest.mark.urls("tests.desk.without_addresses")
def test_where_the_addresses_are_not_included_the_panel_says_so(lunel):
    assert "n’a pas inclus les adresses du module" in setting(lunel)
