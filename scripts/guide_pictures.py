"""Takes the pictures of the editor's guide: `.venv/bin/python scripts/guide_pictures.py`.

From a running demo, writes `docs/images/guide/<name>.png`. It logs in as its people, begins the
dossier of the year where nobody has, and changes nothing else. SITE_PORT tells where the demo
answers, VI_CHROMIUM which browser to use.
"""

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from screenshot import CHROMIUM, SITE

ADMIN = f"{SITE}admin/"
IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images" / "guide"
PASSWORD = "lunel-demo"  # noqa: S105 - the demo's, on loopback
DESKTOP, PHONE = (1280, 860), (390, 844)
DOSSIER = "villes-internet/dossier/"


@dataclass(frozen=True)
class Picture:
    """One screen, as one of the demo's people sees it.

    `click` are the texts of the links followed from `path`; `to` an element scrolled to.
    """

    name: str
    path: str
    user: str = "webmestre"
    click: tuple[str, ...] = ()
    to: str = ""
    size: tuple[int, int] = DESKTOP


PICTURES = (
    Picture("tableau-de-bord", "villes-internet/"),
    Picture("services", "villes-internet/services/"),
    Picture("service", "villes-internet/services/", click=("Portail famille",)),
    Picture("notre-label", "villes-internet/label/"),
    Picture("transmission", "villes-internet/transmission/"),
    Picture("dossier", DOSSIER),
    Picture("dossier-services", DOSSIER, click=("Services",)),
    Picture("dossier-textes", DOSSIER, click=("Textes",)),
    Picture("dossier-deposer", DOSSIER, click=("Déposer",)),
    Picture("prediagnostic", DOSSIER, click=("Prédiagnostic",)),
    Picture("elu", f"{DOSSIER}elu/", user="elu", size=PHONE),
    Picture(
        "accord",
        f"{DOSSIER}elu/",
        user="elu",
        click=("Le dossier entier, et l’accord",),
        to="#agree",
        size=PHONE,
    ),
)


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for size in (DESKTOP, PHONE):
            for user in ("webmestre", "elu"):
                wanted = [one for one in PICTURES if (one.user, one.size) == (user, size)]
                if wanted:
                    page = log_in(browser, user, size)
                    begin_the_dossier(page)
                    for picture in wanted:
                        take(page, picture)
                    page.context.close()
        browser.close()


def log_in(browser: Browser, user: str, size: tuple[int, int]) -> Page:
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="fr-FR", reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(ADMIN)
    page.fill("[name=username]", user)
    page.fill("[name=password]", PASSWORD)
    page.click("[type=submit]")
    page.wait_for_load_state("networkidle")
    return page


def begin_the_dossier(page: Page) -> None:
    page.goto(ADMIN + DOSSIER)
    button = page.get_by_role("button", name="Commencer le dossier")
    if button.count():
        button.click()
        page.wait_for_load_state("networkidle")


def take(page: Page, picture: Picture) -> None:
    page.goto(ADMIN + picture.path)
    for text in picture.click:
        page.locator("main").get_by_role("link", name=text).first.click()
        page.wait_for_load_state("networkidle")
    if picture.to:
        page.locator(picture.to).scroll_into_view_if_needed()
    page.screenshot(path=IMAGES / f"{picture.name}.png")


if __name__ == "__main__":
    main()
