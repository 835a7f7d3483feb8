"""A town that starts from its list: checked, imported, taken back, with or without a script."""

import pytest

from tests.browser.axe import WCAG, findings
from tests.browser.people import log_in
from tests.demo.towns import running_town

pytestmark = [pytest.mark.browser, pytest.mark.processes]
IMPORT = "admin/villes-internet/importer/"
LONG = "Un titre qui n’en finit pas, " * 8
LIST = "\n".join(
    [
        "Titre;Résumé;Adresse;Thème;Depuis;Note",
        "Budget participatif de quartier;Voter pour un projet;;Démocratie locale;2021;",
        f"{LONG};;voir le site;Cuisine;bientôt;",
        "Prêt de tablettes aux aînés;;www.ville.example/tablettes;;03/2022;",
        "Portail;;;;;",
    ]
)
LOOKS = {
    "desktop": {"viewport": {"width": 1280, "height": 900}},
    "320": {"viewport": {"width": 320, "height": 640}},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
}


@pytest.fixture(scope="module")
def starting(tmp_path_factory):
    with running_town(tmp_path_factory) as town:
        yield town


def without_script(visitor, page, **options):
    """The same person, in a browser that runs no script."""
    cookies = page.context.cookies()
    page = visitor(java_script_enabled=False, **options)
    page.context.add_cookies(cookies)
    return page


@pytest.mark.parametrize("look", LOOKS)
def test_no_finding_and_nothing_beside_the_screen(starting, visitor, axe, pictures, tmp_path, look):
    path = tmp_path / "services.csv"
    path.write_text(LIST, encoding="utf-8")
    page = visitor(**LOOKS[look])
    log_in(page, starting, "webmestre")

    def look_at(name):
        page.wait_for_load_state("networkidle")
        page.screenshot(path=pictures / f"admin-import-{name}-{look}.png", full_page=True)
        assert findings(page, axe, WCAG) == []
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width == LOOKS[look]["viewport"]["width"]

    page.goto(starting.site_url + IMPORT)
    look_at("form")
    page.locator("main form [type=submit]").click()
    look_at("refused")
    page.locator("[name=file]").set_input_files(path)
    page.locator("main form [type=submit]").click()
    look_at("checked")
    page.locator("main form [type=submit]").click()
    look_at("done")
    page.locator("main form [type=submit]").click()
    look_at("undone")


def test_a_list_of_titles_is_imported_and_taken_back_without_a_script(starting, visitor):
    page = visitor()
    log_in(page, starting, "webmestre")
    page = without_script(visitor, page)

    page.goto(starting.site_url + IMPORT)
    page.locator("[name=titles]").fill("- Un service importé\n- Un autre service importé")
    page.locator("main form [type=submit]").click()
    page.get_by_role("button", name="Importer 2 services").click()

    page.get_by_role("link", name="Un autre service importé").click()
    assert page.locator("[name=title]").input_value() == "Un autre service importé"
    page.go_back()
    page.get_by_role("button", name="Annuler cet import").click()

    assert page.get_by_text("2 brouillons que l’import avait faits sont supprimés").count() == 1
    assert page.get_by_role("link", name="Un autre service importé").count() == 0
