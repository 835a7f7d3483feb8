"""The digital services on a page, by domain and theme."""

import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from tests.blocks.pages import said, show
from wagtail_villes_internet.matrix.models import Matrix, Theme
from wagtail_villes_internet.services.models import DigitalService

SERVICES = ("services_by_theme", {})
NOTICE = "Classement établi par la collectivité d’après les thèmes publics du label"


def listed(page) -> list[str]:
    """The titles listed, « En projet » apart."""
    return [
        said(row.select_one(".vi-service__title")).removesuffix(" En projet")
        for row in page.select("[data-vi-service]")
    ]


def test_each_service_under_its_theme_and_domain(lunel):
    service = lunel.service(title="Prendre rendez-vous", references=["p-rdv-titres"])

    page = show(lunel, SERVICES)
    row = page.select_one("[data-vi-service]")

    assert row["data-vi-service"] == service.remote_id
    assert row.name == "li"
    theme = row.find_parent(attrs={"data-vi-theme": True})
    assert theme["data-vi-theme"] == "services-publics"
    axis = theme.find_parent(attrs={"data-vi-axis": True})
    assert axis["data-vi-axis"] == "democratie-et-services-publics"
    assert axis.find_parent(attrs={"data-vi-services": True})


def test_a_service_of_two_themes_is_listed_twice(lunel):
    other = Theme.objects.exclude(code="services-publics").first()
    code = other.placements.first().service.code
    service = lunel.service(references=["p-rdv-titres", code])

    rows = show(lunel, SERVICES).select("[data-vi-service]")

    assert [row["data-vi-service"] for row in rows] == [service.remote_id] * 2


def test_with_and_without_a_link(lunel):
    lunel.service(title="Avec", url="https://www.lunel.fr/?a=1&b=2")
    lunel.service(title="Sans", summary="À la médiathèque.", offline_alternative="à la mairie")

    linked, plain = show(lunel, SERVICES).select("[data-vi-service]")

    assert linked.a["href"] == "https://www.lunel.fr/?a=1&b=2"
    assert said(linked.a) == "Avec"
    assert set(linked.a.attrs) == {"href"}
    assert not plain.a
    assert said(plain) == "Sans À la médiathèque. Sans Internet : à la mairie"


def test_planned_ones_say_so(lunel):
    lunel.service(title="Bientôt", status=DigitalService.Status.PLANNED)
    lunel.service(title="Déjà")

    planned, active = show(lunel, SERVICES).select("[data-vi-service]")

    assert said(planned) == "Bientôt En projet"
    assert said(active) == "Déjà"


def test_what_residents_must_not_see_is_not_there(lunel, other_town):
    lunel.service(title="Montré")
    lunel.service(title="Brouillon", live=False)
    lunel.service(title="Interne", public=False)
    lunel.service(title="Terminé", status=DigitalService.Status.ENDED)
    lunel.service(title="Sans service de référence", references=[])
    other_town.service(title="Celui d'une autre ville")

    assert listed(show(lunel, SERVICES)) == ["Montré"]


def test_the_words_of_a_draft_stay_in_the_draft(lunel):
    service = lunel.service(title="En ligne")
    service.title = "En préparation"
    service.save_revision()

    assert listed(show(lunel, SERVICES)) == ["En ligne"]


def test_one_that_expires_disappears(lunel):
    service = lunel.service(title="Éphémère")
    assert listed(show(lunel, SERVICES)) == ["Éphémère"]

    service.expire_at = timezone.now() - timedelta(minutes=1)
    service.save()
    call_command("publish_scheduled", verbosity=0)

    assert listed(show(lunel, SERVICES)) == []


def test_a_site_bound_to_no_authority_shows_nothing(lunel):
    lunel.service()
    lunel.settings.delete()

    page = show(lunel, ("services_by_theme", {"intro": "<p>Nos services</p>"}))

    assert said(page.main) == "Page"


def test_a_town_without_services_says_so(lunel):
    page = show(lunel, SERVICES)

    assert said(page.select_one("[data-vi-services]")) == "Aucun service pour le moment."


def test_no_matrix_loaded(lunel):
    lunel.service()
    Matrix.objects.update(is_current=False)

    assert listed(show(lunel, SERVICES)) == []


def test_empty_themes_are_hidden_or_shown_by_choice(lunel):
    lunel.service(references=["p-rdv-titres"])

    hidden = show(lunel, SERVICES)
    shown = show(lunel, ("services_by_theme", {"show_empty": True}))

    assert [row["data-vi-theme"] for row in hidden.select("[data-vi-theme]")] == [
        "services-publics"
    ]
    themes = [row["data-vi-theme"] for row in shown.select("[data-vi-theme]")]
    assert set(themes) == set(Theme.objects.values_list("code", flat=True))
    assert said(shown).count("Aucun service pour le moment.") == len(themes) - 1


@pytest.mark.parametrize(("chosen", "axis", "theme"), [("h2", "h2", "h3"), ("h5", "h5", "h6")])
def test_headings_take_the_level_the_editor_chose(lunel, chosen, axis, theme):
    lunel.service()

    page = show(lunel, ("services_by_theme", {"heading_level": chosen}))

    assert page.select_one(f"[data-vi-axis] > {axis}")
    assert page.select_one(f"[data-vi-theme] > {theme}")
    assert len(page.select("[data-vi-services] :is(h2, h3, h4, h5, h6)")) == 2


def test_the_block_twice_with_its_own_headings_and_ids(lunel):
    lunel.service()
    twice = ("services_by_theme", {"heading_level": "h3"})

    page = show(lunel, SERVICES, twice, ("columns", {"left": {}, "right": {}}))

    levels = [axis.find(re.compile("h[2-6]")).name for axis in page.select("[data-vi-axis]")]
    assert levels == ["h2", "h3", "h2", "h2"]
    ids = [node["id"] for node in page.select("[id]")]
    assert len(ids) == len(set(ids))
    assert sum(name.endswith("-services-publics") for name in ids) == 4


def test_a_theme_keeps_its_anchor_from_one_visit_to_the_next(lunel):
    lunel.service()

    first, second = show(lunel, SERVICES), show(lunel, SERVICES)

    anchor = re.compile(r"vi(-[0-9a-f]{8})?-services-publics")
    assert anchor.fullmatch(first.select_one("[data-vi-theme]")["id"])
    assert anchor.fullmatch(second.select_one("[data-vi-theme]")["id"])


def test_a_code_with_a_space_gives_a_lawful_id(lunel):
    Theme.objects.filter(code="services-publics").update(code="services publics")
    lunel.service()

    assert " " not in show(lunel, SERVICES).select_one("[data-vi-theme]")["id"]


def test_while_the_matrix_is_not_official_the_list_says_so_once(lunel):
    lunel.service()

    assert said(show(lunel, SERVICES)).count(NOTICE) == 1


def test_an_official_matrix_needs_no_notice(lunel):
    Matrix.objects.update(official=True)
    lunel.service()

    assert NOTICE not in said(show(lunel, SERVICES))


def test_the_editors_introduction(lunel):
    lunel.service()

    page = show(lunel, ("services_by_theme", {"intro": "<p>Par <b>thème</b>.</p>"}))

    assert said(page.select_one(".vi-services__intro")) == "Par thème ."
    assert page.select_one(".vi-services__intro b")


def test_hostile_words_are_text(lunel):
    lunel.service(
        title="</svg><script>alert(1)</script>",
        summary="</li></ul><script>alert(2)</script>",
        offline_alternative='"><img src=x onerror=alert(3)>',
        url='https://e.org/"><script>alert(4)</script>',
    )

    page = show(lunel, SERVICES)

    assert not page.select("script, img")
    assert listed(page) == ["</svg><script>alert(1)</script>"]
    assert len(page.select("[data-vi-service]")) == 1


def test_it_needs_no_script_nor_inline_style(lunel):
    lunel.award()
    lunel.service()

    page = show(lunel, ("label_badge", {}), ("label_history", {}), SERVICES)

    assert not page.select("script, style, [style], iframe, img")
    assert not [name for node in page.select("*") for name in node.attrs if name.startswith("on")]
