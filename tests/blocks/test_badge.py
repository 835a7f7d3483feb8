"""The badge on a page."""

from urllib.parse import unquote

import pytest
from django.template import Context, Template

from tests.blocks.pages import publish, said, show
from tests.factories import SiteFactory
from wagtail_villes_internet.authorities.models import VillesInternetSettings
from wagtail_villes_internet.blocks import LabelBadgeBlock
from wagtail_villes_internet.labels.models import Award

BADGE = ("label_badge", {})


def test_a_current_award(lunel, in_march_2024):
    lunel.award(year=2024, level=5, origin=Award.Origin.REGISTRY)

    badge = show(lunel, BADGE).select_one("[data-vi-badge]")

    assert badge["data-vi-level"] == "5"
    assert badge["data-vi-edition"] == "2024"
    assert badge["data-vi-proof"] == "confirmed"
    assert badge.svg["role"] == "img"
    assert badge.svg["aria-label"] == "Label Villes Internet 2024 : 5 arobases sur 5"


def test_an_older_award_is_told_as_the_past(lunel):
    lunel.award(year=2024, level=1)

    badge = show(lunel, BADGE).select_one("[data-vi-badge]")

    assert badge["data-vi-proof"] == "declared"
    assert badge.svg["aria-label"] == "Label obtenu en 2024 : 1 arobase sur 5"


def test_an_award_without_a_level_says_none(lunel):
    lunel.award(year=2014, level=None, standing=Award.Standing.LEVEL_UNKNOWN)

    badge = show(lunel, BADGE).select_one("[data-vi-badge]")

    assert badge["data-vi-level"] == ""
    assert badge.svg["aria-label"] == "Label obtenu en 2014 : niveau non précisé"


def test_no_award_no_badge(lunel, other_town):
    other_town.award(level=5)

    assert not show(lunel, BADGE).select("[data-vi-badge]")


def test_a_site_bound_to_no_authority_shows_none_and_stays_unbound(lunel):
    lunel.award(level=5)
    lunel.settings.delete()

    assert not show(lunel, BADGE).select("[data-vi-badge]")
    assert not VillesInternetSettings.objects.filter(site=lunel.site).exists()


def test_two_badges_say_the_same(lunel):
    lunel.award(level=3)

    page = show(lunel, ("label_badge", {"size": "mark"}), ("label_badge", {"size": "hero"}))

    first, second = page.select("[data-vi-badge]")
    assert first.svg["aria-label"] == second.svg["aria-label"]
    assert first.svg["viewbox"] != second.svg["viewbox"]


def test_it_may_lead_to_a_page_under_a_full_name(lunel):
    lunel.award(level=5)
    target = publish(lunel, title="Nos services numériques")

    link = show(lunel, ("label_badge", {"link_page": target})).select_one("[data-vi-badge] a")

    assert unquote(link["href"]).endswith(f"/{target.slug}/")
    name = f"{link.svg['aria-label']} {said(link.select_one('.vi-sr'))}"
    assert name == "Label obtenu en 2024 : 5 arobases sur 5 – Nos services numériques"


def test_it_never_leads_to_a_draft(lunel):
    lunel.award(level=5)
    draft = publish(lunel, title="Brouillon")
    draft.unpublish()

    badge = show(lunel, ("label_badge", {"link_page": draft})).select_one("[data-vi-badge]")

    assert badge.svg
    assert not badge.a
    assert "Brouillon" not in str(badge)


def test_a_size_that_is_no_more_is_drawn_as_the_regular_one(lunel):
    lunel.award(level=5)

    badge = show(lunel, ("label_badge", {"size": "gigantic"})).select_one("[data-vi-badge]")

    assert "vi-badge--regular" in badge["class"]


@pytest.mark.django_db
def test_outside_a_page_there_is_nothing():
    block = LabelBadgeBlock()

    assert block.render(block.normalize({})).strip() == ""
    tags = Template("{% load villes_internet %}{% villes_internet_badge %}")
    assert tags.render(Context()).strip() == ""


def test_a_hostile_programme_or_page_is_text(lunel):
    award = lunel.award(level=5)
    programme = award.edition.programme
    programme.unit_plural = '"></svg><script>alert(1)</script>'
    programme.save()
    page = publish(lunel, title="</a><script>alert(2)</script>")

    shown = show(lunel, ("label_badge", {"link_page": page}))

    assert not shown.select("script")
    assert shown.svg["aria-label"] == (
        'Label obtenu en 2024 : 5 "></svg><script>alert(1)</script> sur 5'
    )


def test_another_site_of_the_same_authority_shows_the_same(lunel):
    lunel.award(level=4)
    second = SiteFactory()
    VillesInternetSettings.objects.create(site=second, authority=lunel.authority)
    lunel.site = second

    assert show(lunel, BADGE).select_one("[data-vi-badge]")["data-vi-level"] == "4"
