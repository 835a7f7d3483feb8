"""By hand, in a browser: fields are copied with a button, and everything else without script."""

import pytest
from demo_town import SITE_MANAGE

from tests.browser.axe import WCAG, findings
from tests.browser.people import log_in
from tests.demo.towns import stopped_town

pytestmark = [pytest.mark.browser, pytest.mark.processes]

SCREEN = "admin/villes-internet/transmission/"
PRINTED = f"{SCREEN}a-imprimer/"
CLIPBOARD = ["clipboard-read", "clipboard-write"]
OF = "[...document.querySelectorAll('[data-vi-copy]')]"
NO_CLIPBOARD = "Object.defineProperty(Navigator.prototype, 'clipboard', {get: () => undefined})"
REFUSING = "Clipboard.prototype.writeText = Clipboard.prototype.write = () => Promise.reject()"
# Of the 38 services of the demo, one is changed and one gone since they were copied.
SOME_COPIED = """
from django.contrib.auth import get_user_model
from wagtail_villes_internet.authorities.models import LocalAuthority
from wagtail_villes_internet.services.association_pages import keep_page_address
from wagtail_villes_internet.services.models import DigitalService
from wagtail_villes_internet.sync import by_hand

town = LocalAuthority.objects.get(siren="213401458")
user = get_user_model().objects.get(username="webmestre")
changed, gone = (
    DigitalService.objects.get(translation_key=line.remote_id, locale__language_code="fr")
    for line in by_hand.differences(town).new[:2]
)
for line in by_hand.differences(town).new[:2]:
    by_hand.mark_copied(town, line.remote_id, user, shown=line.hash)
    keep_page_address(town, line.remote_id, "https://association.example/fiches/1")
changed.description, changed.summary = "<p>Ouvert :</p><ul><li>le <b>soir</b></li></ul>", ""
changed.save()
DigitalService.objects.filter(translation_key=gone.translation_key).delete()
"""


@pytest.fixture(scope="module")
def by_hand_town(tmp_path_factory):
    """The demo town without a registry, with lines of each list."""
    with stopped_town(tmp_path_factory, by_hand=True) as town:
        done = town.run(SITE_MANAGE, "shell", "--no-imports", "-c", SOME_COPIED)
        assert done.returncode == 0, done.stderr
        town.start_site()
        yield town


@pytest.fixture
def screen(by_hand_town, visitor):
    """Opens a screen as the webmaster, every line unfolded."""

    def open_screen(path=SCREEN, script=None, **options):
        page = visitor(**{"viewport": {"width": 1280, "height": 900}, **options})
        if script:
            page.add_init_script(script)
        log_in(page, by_hand_town, "webmestre")
        page.goto(by_hand_town.site_url + path, wait_until="load")
        if options.get("java_script_enabled", True):
            page.evaluate("document.querySelectorAll('main details').forEach(d => d.open = true)")
        return page

    return open_screen


def button_of(page, label):
    """The first button that copies the field of this label."""
    return page.locator(f"dl > div:has(> dt:text-is('{label}')) [data-vi-copy]").first


def clipboard(page, kind="text/plain"):
    return page.evaluate(
        "async kind => (await (await navigator.clipboard.read())[0].getType(kind)).text()", kind
    )


class TestACopyButton:
    def test_copies_exactly_its_field_and_says_so(self, screen):
        page = screen(permissions=CLIPBOARD)
        button = button_of(page, "Titre")

        button.click()

        value = page.locator(f"[id='{button.get_attribute('data-vi-copy')}']")
        page.get_by_role("status").filter(has_text="Titre : copié").wait_for()
        assert clipboard(page) == value.text_content() == value.text_content().strip()
        assert button.inner_text().startswith("Copié")

    def test_copies_a_description_formatted_and_as_a_text(self, screen):
        page = screen(permissions=CLIPBOARD)
        button = button_of(page, "Description")

        button.click()

        page.get_by_role("status").filter(has_text="Description : copié").wait_for()
        assert clipboard(page) == "Ouvert :\n- le soir"
        assert "<li>le <strong>soir</strong></li>" in clipboard(page, "text/html")

    def test_works_where_the_site_allows_its_own_scripts_only(self, screen, by_hand_town):
        page = screen(permissions=CLIPBOARD)
        blocked = []
        page.on(
            "console",
            lambda said: blocked.append(said.text) if "Content Security" in said.text else 0,
        )

        def with_policy(route):
            answer = route.fetch()
            policy = {"content-security-policy": "script-src 'self'"}
            route.fulfill(response=answer, headers={**answer.headers, **policy})

        page.route(by_hand_town.site_url + SCREEN, with_policy)
        page.reload(wait_until="load")

        assert page.evaluate(f"{OF}.length > 0 && {OF}.every(button => !button.hidden)")
        assert blocked == []

    def test_is_not_there_without_script(self, screen):
        page = screen(java_script_enabled=False)
        page.locator("summary").first.click()

        assert page.locator("[data-vi-copy]").count() > 0
        assert page.locator("[data-vi-copy]:visible").count() == 0
        assert page.get_by_role("button", name="C’est recopié").first.is_visible()

    def test_is_not_there_where_there_is_no_clipboard(self, screen):
        page = screen(script=NO_CLIPBOARD)

        assert page.locator("[data-vi-copy]:visible").count() == 0

    def test_says_when_nothing_was_copied(self, screen):
        page = screen(script=REFUSING)
        button = button_of(page, "Titre")

        button.click()

        page.get_by_role("status").filter(has_text="Rien n’a été copié").wait_for()
        assert button.inner_text().startswith("Copier")


@pytest.mark.parametrize("path", [SCREEN, PRINTED], ids=["screen", "printed"])
class TestEachScreen:
    @pytest.mark.parametrize("colours", ["light", "dark"])
    def test_has_no_finding(self, screen, axe, pictures, path, colours):
        page = screen(path, color_scheme=colours)

        page.screenshot(path=pictures / f"by-hand-{path.count('/')}-{colours}.png")
        assert findings(page, axe, WCAG) == []

    def test_fits_320_pixels(self, screen, pictures, path):
        page = screen(path, viewport={"width": 320, "height": 700})

        page.screenshot(path=pictures / f"by-hand-{path.count('/')}-320.png")
        assert (
            page.evaluate(
                "Math.max(...[...document.querySelectorAll('main')].map(m => m.scrollWidth))"
            )
            <= 320
        )


def test_on_paper_there_is_the_list_alone(screen):
    page = screen(PRINTED)

    page.emulate_media(media="print")

    assert not page.get_by_role("link", name="Retour à Transmission").is_visible()
    assert page.get_by_text("Services modifiés (1)").is_visible()
    assert page.get_by_text("Services à retirer (1)").is_visible()
    assert page.locator("article").count() == 38
