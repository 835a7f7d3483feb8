"""The badge on a page."""

from datetime import date
from urllib.parse import unquote

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core.files.images import ImageFile
from django.template import Context, Template
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from tests.blocks.pages import publish, said, show
from tests.factories import DistinctionFactory, EditionFactory, SiteFactory
from wagtail_villes_internet.authorities.models import VillesInternetSettings
from wagtail_villes_internet.blocks import LabelBadgeBlock
from wagtail_villes_internet.labels.models import Award, LabelProgramme

BADGE = ("label_badge", {})


@pytest.mark.rgaa("1.1", block="label_badge")
@pytest.mark.rgaa("1.3", block="label_badge")
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


@pytest.mark.rgaa("6.1", block="label_badge")
@pytest.mark.rgaa("6.2", block="label_badge")
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


@pytest.fixture
def picture(db):
    file = get_test_image_file(filename="visuel.png", size=(900, 900))
    return get_image_model().objects.create(title="LOGO-V3-FINAL", file=ImageFile(file, "v.png"))


@pytest.mark.rgaa("1.1", block="label_badge")
@pytest.mark.rgaa("1.3", block="label_badge")
@pytest.mark.filterwarnings("ignore:Unclosed file", "ignore:Exception ignored in")
class TestTheAssociationsPicture:
    @pytest.mark.parametrize(
        ("note", "alternative"),
        [
            ("", "Label obtenu en 2024 : 5 arobases sur 5"),
            ("  ", "Label obtenu en 2024 : 5 arobases sur 5"),
            ("panneau rond", "Label obtenu en 2024 : 5 arobases sur 5 – panneau rond"),
        ],
    )
    def test_takes_its_alternative_from_the_award(self, lunel, picture, note, alternative):
        lunel.award(year=2024, level=5)

        block = ("label_badge", {"artwork": picture, "artwork_note": note})
        badge = show(lunel, block).select_one("[data-vi-badge]")

        assert badge.img["alt"] == alternative
        assert not badge.svg

    def test_leads_under_its_full_name(self, lunel, picture):
        lunel.award(year=2024, level=5)
        target = publish(lunel, title="voir nos services numériques")

        block = ("label_badge", {"artwork": picture, "link_page": target})
        link = show(lunel, block).select_one("[data-vi-badge] a")

        assert f"{link.img['alt']} {said(link)}" == (
            "Label obtenu en 2024 : 5 arobases sur 5 – voir nos services numériques"
        )

    def test_gives_way_to_the_drawing_when_another_award_comes(self, lunel, picture):
        lunel.award(year=2024, level=5)
        block = ("label_badge", {"artwork": picture, "artwork_year": 2024})
        assert show(lunel, block).select_one("[data-vi-badge] img")

        lunel.award(year=2026, level=4)

        badge = show(lunel, block).select_one("[data-vi-badge]")
        assert not badge.img
        assert "2026 : 4 arobases sur 5" in badge.svg["aria-label"]

    def test_is_not_shown_without_an_award(self, lunel, picture):
        assert not show(lunel, ("label_badge", {"artwork": picture})).select("[data-vi-badge]")


def test_mentions_stand_beside_the_badge_while_they_are_valid(lunel):
    award = lunel.award(year=2024)
    DistinctionFactory(award=award, name="Démocratie locale")
    DistinctionFactory(award=award, name="Excellence", valid_until=date(2027, 2, 8))

    def mentions(size):
        badge = show(lunel, ("label_badge", {"size": size})).select_one("[data-vi-badge]")
        return [said(mark).replace("\xa0", " ") for mark in badge.select("li")]

    with time_machine.travel("2027-02-08 12:00 +0100", tick=False):
        assert mentions("hero") == [
            "Mention : Démocratie locale",
            "Mention : Excellence (valable jusqu’au 8 février 2027)",
        ]
        assert mentions("mark") == []
    with time_machine.travel("2027-02-09 12:00 +0100", tick=False):
        assert mentions("hero") == ["Mention : Démocratie locale"]


@pytest.mark.parametrize("layout", ["horizontal", "stacked", "compact"])
@pytest.mark.parametrize("size", ["mark", "regular", "hero"])
def test_any_size_goes_with_any_layout(lunel, size, layout):
    lunel.award(level=3)

    block = ("label_badge", {"size": size, "layout": layout})
    badge = show(lunel, block).select_one("[data-vi-badge]")

    assert {f"vi-badge--{size}", f"vi-badge--{layout}"} <= set(badge["class"])


def test_another_label_of_the_town(lunel):
    flowers = LabelProgramme.objects.create(
        slug="fleurs", name="Villes fleuries", unit="fleur", unit_plural="fleurs", max_level=4
    )
    lunel.award(edition=EditionFactory(programme=flowers, year=2023), level=3)

    badge = show(lunel, ("label_badge", {"programme": "fleurs"})).select_one("[data-vi-badge]")

    assert badge.svg["aria-label"] == "Label Villes fleuries 2023 : 3 fleurs sur 4"
    assert not show(lunel, BADGE).select("[data-vi-badge]")


def test_an_editor_is_told_why_nothing_shows(lunel):
    page = publish(lunel, BADGE, ("label_history", {}), ("labels", {}))

    preview = BeautifulSoup(page.make_preview_request().content, "html.parser")

    assert [said(hint)[:27] for hint in preview.select(".vi-hint")] == [
        "Aucune labellisation n’est "
    ] * 3
    assert not show(lunel, BADGE).select(".vi-hint")
