"""Reference services picked by typing, in real Chromium: by keyboard, without script, at 320 px."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.axe import WCAG, findings
from tests.browser.people import log_in
from tests.demo.towns import running_town

pytestmark = [pytest.mark.browser, pytest.mark.processes]
SERVICES = "admin/villes-internet/services/"
ROOMS = "Réservation en ligne des salles municipales"
LOOKS = {
    "light": {"viewport": {"width": 1280, "height": 900}},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "small": {"viewport": {"width": 320, "height": 800}},
}


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """A town that the tests of this module change."""
    with running_town(tmp_path_factory) as town:
        yield town


class Form:
    """The form of a service, as its webmaster handles it."""

    def __init__(self, town, page):
        self.town, self.page = town, page
        self.search = page.get_by_role("searchbox", name="Chercher dans la matrice")
        self.found = page.locator("[data-vi-found]")
        self.proposals = page.get_by_role("group", name="Propositions d’après le titre")
        self.chosen = page.get_by_role("region", name="Choisis")
        self.likes = page.locator("[data-vi-echoes]")

    def new(self):
        self.page.goto(f"{self.town.site_url}{SERVICES}add/")
        return self

    def title(self, words):
        self.page.get_by_label("Titre").first.fill(words)

    def look_for(self, words):
        """Typed, as only a keyboard does."""
        self.search.focus()
        self.page.keyboard.type(words)

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def focused(self):
        return self.page.evaluate(
            "() => document.activeElement.getAttribute('aria-label')"
            " || document.activeElement.closest('label')?.textContent.trim()"
            " || document.activeElement.id"
        )

    def save(self):
        self.page.get_by_role("button", name="Enregistrer le brouillon").click()
        self.page.wait_for_url(re.compile(r"/edit/\d+/"))


@pytest.fixture
def form(town, visitor):
    page = visitor(viewport={"width": 1280, "height": 900})
    log_in(page, town, "webmestre")
    return Form(town, page)


class TestByKeyboard:
    def test_found_by_its_words_ticked_and_kept(self, form):
        form.new().title("Sans rapport")

        form.look_for("salles municip")
        expect(form.found).to_have_text("1 service de référence trouvé")
        form.press("ArrowDown", "Space")
        expect(form.chosen.get_by_role("listitem")).to_have_count(1)
        form.search.focus()
        form.press("Escape")
        form.look_for("parapheur")
        form.press("ArrowDown", "Space")
        form.save()

        expect(form.chosen.get_by_role("listitem")).to_have_count(2)
        expect(form.chosen).to_contain_text(ROOMS)
        expect(form.chosen).to_contain_text("Vie associative")

    def test_accents_theme_and_axis_count_as_words(self, form):
        form.new()

        form.look_for("ECOLES fibre")
        expect(form.found).to_have_text("1 service de référence trouvé")
        form.press("Escape")
        form.look_for("partage connaissances médiation")
        expect(form.found).to_have_text("3 services de référence trouvés")
        form.press("Escape")
        form.look_for("zanzibar")
        expect(form.found).to_have_text("Aucun service de référence ne contient ces mots.")

    @pytest.mark.parametrize("typed", ["wifi public", "Wi-Fi public", "wi fi public"])
    def test_hyphens_do_not_count(self, form, typed):
        form.new()

        form.look_for(typed)

        expect(form.found).to_have_text("1 service de référence trouvé")

    def test_words_of_the_same_meaning_count(self, form):
        form.new()

        form.look_for("cantine")

        expect(form.found).to_contain_text("trouvé")

    def test_escape_on_a_box_goes_back_to_an_empty_search(self, form):
        form.new()
        form.look_for("parapheur")

        form.press("ArrowDown", "Space", "Escape")

        expect(form.search).to_be_focused()
        expect(form.search).to_have_value("")
        expect(form.chosen.get_by_role("listitem")).to_have_count(1)

    def test_what_is_found_is_not_under_the_bar_of_buttons(self, form):
        form.new()

        form.look_for("parapheur")

        form.page.wait_for_function(
            "() => document.querySelector('[data-vi-option]:not([hidden])')"
            ".getBoundingClientRect().bottom"
            " <= document.querySelector('footer.footer').getBoundingClientRect().top"
        )

    def test_that_none_was_ticked_is_no_longer_said_once_one_is(self, form):
        form.new().title("Sans rapport")
        form.page.locator("footer.footer [data-w-dropdown-target='toggle']").click()
        form.page.get_by_role("button", name="Publier", exact=True).click()
        said = form.page.get_by_text("Cochez au moins un service de référence pour publier")
        expect(said.first).to_be_visible()

        form.look_for("parapheur")
        form.press("ArrowDown", "Space")

        expect(said).to_have_count(0)

    def test_enter_in_the_search_saves_nothing(self, form):
        form.new().title("Sans rapport")

        form.look_for("salle")
        form.press("Enter")

        expect(form.found).to_contain_text("trouvé")
        assert form.page.url.endswith("/add/")

    def test_what_was_folded_is_folded_again(self, form):
        form.new()
        folds = form.page.locator(".vi-picker details")
        every = folds.count()

        form.look_for("salle")
        expect(folds.and_(form.page.locator("[open]"))).not_to_have_count(0)
        form.press("Escape")

        expect(folds.and_(form.page.locator("[open]"))).to_have_count(0)
        expect(folds.and_(form.page.locator(":visible"))).to_have_count(every)

    def test_taken_out_on_top_and_the_focus_stays_near(self, form):
        form.new()
        for words in ("salles municip", "parapheur"):
            form.look_for(words)
            form.press("ArrowDown", "Space")
            form.search.focus()
            form.press("Escape")

        form.chosen.get_by_role("button").first.focus()
        form.press("Enter")
        expect(form.chosen.get_by_role("listitem")).to_have_count(1)
        assert form.focused().startswith("Retirer")
        form.press("Enter")

        expect(form.chosen).to_be_hidden()
        assert form.focused() == "id_reference_services-search"
        assert form.page.locator(".vi-picker input:checked").count() == 0


class TestWhatTheTitleCallsToMind:
    def test_is_proposed_as_it_is_typed_and_ticks_its_own_box(self, form):
        form.new().title("Réserver une salle municipale")

        box = form.proposals.get_by_label(ROOMS)
        box.focus()
        form.press("Space")

        expect(form.chosen).to_contain_text(ROOMS)
        own = form.page.locator("[data-vi-option]", has_text=ROOMS).locator("input")
        expect(own).to_be_checked()
        form.chosen.get_by_role("button").focus()
        form.press("Enter")
        expect(box).not_to_be_checked()
        expect(own).not_to_be_checked()

    def test_follows_the_title(self, form):
        form.new().title("Réserver une salle municipale")
        expect(form.proposals).to_contain_text(ROOMS)

        form.title("Parapheur électronique")
        expect(form.proposals).to_contain_text("Parapheur")
        expect(form.proposals).not_to_contain_text(ROOMS)
        form.title("Zanzibar")

        expect(form.proposals).to_be_hidden()

    def test_tells_of_a_service_that_is_there_already(self, form):
        form.new().title("Réserver les salles municipales")

        expect(form.likes.get_by_role("link", name=ROOMS)).to_be_visible()
        form.title("Zanzibar")

        expect(form.likes.get_by_role("link")).to_have_count(0)


def test_without_script_a_proposal_is_ticked_and_kept(town, visitor, form):
    form.new().title("Réserver une salle municipale du soir")
    form.save()
    address = form.page.url
    plain = visitor(java_script_enabled=False, storage_state=form.page.context.storage_state())
    plain.goto(address)
    assert plain.get_by_role("searchbox", name="Chercher").count() == 0

    plain.locator("fieldset[data-vi-proposals]").get_by_label(ROOMS).check()
    plain.get_by_role("button", name="Enregistrer le brouillon").first.click()
    plain.goto(address)

    assert plain.locator("[data-vi-option]", has_text=ROOMS).locator("input").is_checked()


@pytest.mark.parametrize("look", LOOKS)
def test_no_finding_in_use_and_nothing_sticks_out(town, visitor, axe, pictures, look):
    page = visitor(**LOOKS[look])
    log_in(page, town, "webmestre")
    form = Form(town, page).new()
    form.title("Réserver les salles municipales")
    expect(form.proposals).to_be_visible()
    form.proposals.get_by_role("checkbox").first.check()
    expect(form.likes.get_by_role("link")).not_to_have_count(0)
    form.look_for("en ligne")
    expect(form.found).to_contain_text("trouvés")

    page.screenshot(path=pictures / f"service-form-{look}.png", full_page=True)
    wide = page.evaluate(
        "() => [...document.querySelectorAll('.vi-picker, .vi-picker *, [data-vi-echoes] *')]"
        ".filter((one) => one.getBoundingClientRect().right > innerWidth + 1)"
        ".map((one) => one.outerHTML.slice(0, 90))"
    )

    assert wide == []
    ours = [found for found in findings(page, axe, WCAG) if "vi-" in found]
    assert ours == []
