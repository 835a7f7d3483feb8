"""Takes the pictures of the label's blocks: `.venv/bin/python scripts/label_pictures.py`.

Writes `docs/images/badges.png` and `docs/images/histories.png`, from the gallery that the browser
tests look at. VI_CHROMIUM tells which browser to use.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django  # noqa: E402

django.setup()

from django.utils import translation  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

from tests.browser import gallery  # noqa: E402

CHROMIUM = os.environ.get("VI_CHROMIUM", "/usr/bin/chromium")
IMAGES = ROOT / "docs" / "images"
STANDINGS = ["current", "older", "out-of-competition", "level-unknown", "mention-only", "flowers"]
TILED = (
    "main { display: flex; flex-wrap: wrap; gap: 1.5rem; align-items: center }"
    "h1, h2 { display: none } .vi-badge, .vi-history { margin: 0 }"
)


def main() -> None:
    with translation.override("fr"):
        badges = [gallery.badge(gallery.BADGES[name]) for name in STANDINGS]
        badges += [
            gallery.badge(gallery.BADGES["current"], "mark"),
            gallery.badge(gallery.BADGES["older"], "mark"),
            gallery.badge(gallery.BADGES["current"], "mark", "stacked"),
        ]
        pages = {
            "badges": gallery.page({f"b{n}": html for n, html in enumerate(badges)}),
            "histories": gallery.page(
                {"chart": gallery.history(gallery.LUNEL, "chart")}
                | {"timeline": gallery.history(gallery.HISTORY, "timeline")}
            ),
        }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1080, "height": 400})
        for name, html in pages.items():
            page.set_content(html)
            page.add_style_tag(content=TILED)
            page.screenshot(path=IMAGES / f"{name}.png", full_page=True)
        browser.close()


if __name__ == "__main__":
    main()
