"""What no public page does: ask another host, set a cookie, need a script, overflow."""

from urllib.parse import urlsplit

import pytest

from tests.demo.pages import PAGES

pytestmark = [pytest.mark.browser, pytest.mark.processes]
# Kept by the page itself, since the browser tells it alone.
WATCH_POLICY = """
window.refused = [];
document.addEventListener("securitypolicyviolation", (event) =>
    window.refused.push(`${event.violatedDirective} ${event.blockedURI}`));
"""


@pytest.fixture(params=PAGES, ids=str)
def path(request):
    return PAGES[request.param]


def test_asks_no_other_host_and_leaves_no_cookie(town, visitor, path):
    page = visitor()
    asked = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).netloc))

    page.goto(town.site_url + path, wait_until="networkidle")

    assert set(asked) == {urlsplit(town.site_url).netloc}
    assert page.context.cookies() == []


def test_passes_under_a_strict_content_policy(town, visitor, path):
    page = visitor()
    page.add_init_script(WATCH_POLICY)
    said = []
    page.on("console", lambda message: said.append(message.text))

    answer = page.goto(town.site_url + path, wait_until="networkidle")

    assert answer.headers["content-security-policy"].startswith("default-src 'self';")
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert page.evaluate("window.refused") == []
    assert [line for line in said if "Content Security Policy" in line] == []


def test_holds_no_script_and_no_style_of_its_own(town, visitor, path):
    page = visitor()
    page.goto(town.site_url + path)

    assert page.locator("script:not([src]), style, [style]").count() == 0
    handlers = """[...document.querySelectorAll("*")].flatMap((element) =>
        [...element.attributes].map((each) => each.name).filter((name) => name.startsWith("on")))"""
    assert page.evaluate(handlers) == []


def test_says_the_same_without_javascript(town, visitor, path):
    address = town.site_url + path
    with_scripts, without = visitor(), visitor(java_script_enabled=False)
    with_scripts.goto(address)
    without.goto(address)

    assert without.locator("main").inner_text() == with_scripts.locator("main").inner_text()


@pytest.mark.parametrize("width", [320, 640, 1280])
def test_never_scrolls_sideways(town, visitor, path, width):
    page = visitor(viewport={"width": width, "height": 800})
    page.goto(town.site_url + path)

    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_text_can_be_twice_as_large(town, visitor, path):
    page = visitor(viewport={"width": 1280, "height": 800})
    page.goto(town.site_url + path)
    page.evaluate("document.documentElement.style.fontSize = '200%'")

    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_the_policy_refuses_an_inline_script_where_there_is_one(town, visitor):
    page = visitor()
    page.add_init_script(WATCH_POLICY)
    page.goto(town.site_url)
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {text: '1'}))"
    )

    assert page.evaluate("window.refused") == ["script-src-elem inline"]
