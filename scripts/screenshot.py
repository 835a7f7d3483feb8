"""Takes the pictures of the documentation: `.venv/bin/python scripts/screenshot.py`.

From a running demo, writes `docs/images/demo-<page>.png` (1280 px wide) and `demo-<page>-320.png`,
down to the notice at the foot. SITE_PORT tells where the demo answers, VI_CHROMIUM which browser to
use.
"""

import os
from pathlib import Path

from playwright.sync_api import sync_playwright

SITE = f"http://127.0.0.1:{os.environ.get('SITE_PORT', '8000')}/"
CHROMIUM = os.environ.get("VI_CHROMIUM", "/usr/bin/chromium")
IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
PAGES = {"home": "", "services": "nos-services-numeriques/", "label": "notre-label/"}
WIDTHS = {"": 1280, "-320": 320}


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for suffix, width in WIDTHS.items():
            page = browser.new_page(viewport={"width": width, "height": 800}, locale="fr-FR")
            for name, path in PAGES.items():
                page.goto(SITE + path, wait_until="networkidle")
                page.screenshot(path=IMAGES / f"demo-{name}{suffix}.png", full_page=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
