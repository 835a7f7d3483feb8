"""Headless Chromium in front of the real demo town."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.demo.towns import running_town

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = ROOT / "tests" / "var"
DEBIAN_CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="package")
def playwright():
    # Ends with the package: its event loop would make Django refuse the database to other tests.
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def chromium(playwright):
    browser = playwright.chromium.launch(executable_path=chromium_path(playwright), args=FLAGS)
    yield browser
    browser.close()


def chromium_path(playwright) -> str:
    """VI_CHROMIUM, else Debian's, else the one Playwright installed; a missing one is a failure."""
    installed = Path(playwright.chromium.executable_path)
    for path in [os.environ.get("VI_CHROMIUM"), DEBIAN_CHROMIUM, installed]:
        if path and Path(path).exists():
            return str(path)
    pytest.fail(
        "No Chromium for the browser tests. On Debian or Ubuntu: apt-get install chromium. "
        "Elsewhere: python -m playwright install chromium, or VI_CHROMIUM=/path/to/chromium.",
        pytrace=False,
    )


@pytest.fixture(scope="package")
def town(tmp_path_factory):
    """A running town that every test may read and none may change."""
    with running_town(tmp_path_factory) as town:
        yield town


@pytest.fixture
def own_town(tmp_path_factory):
    """A running town of this test alone."""
    with running_town(tmp_path_factory) as town:
        yield town


@pytest.fixture
def visitor(chromium):
    """Opens pages as somebody who came with these options (see Playwright's `new_context`)."""
    contexts = []

    def visit(**options):
        context = chromium.new_context(locale="fr-FR", **options)
        context.set_default_timeout(20_000)
        contexts.append(context)
        return context.new_page()

    yield visit
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core."""
    if not AXE.exists():
        pytest.fail("axe-core is missing. Run: npm ci", pytrace=False)
    return AXE.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def pictures() -> Path:
    """Where screenshots are left for people."""
    PICTURES.mkdir(exist_ok=True)
    return PICTURES


@pytest.fixture
def shown(visitor, html):
    """Opens the `html` of the module in one of the looks, or with other options."""

    def show(**options):
        page = visitor(**options)
        page.set_content(html)
        return page

    return show
