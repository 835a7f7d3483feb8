"""What the documentation says exists: its links, and the names it gives to things of the code."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.core.management import get_commands, load_command_class

from wagtail_villes_internet import blocks, conf
from wagtail_villes_internet.registry import http

from .imports import PACKAGE, ROOT

DOCS = ROOT / "docs"
PAGES = [
    *sorted(ROOT.glob("README*.md")),
    *(ROOT / name for name in ("CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")),
    *sorted(DOCS.rglob("*.md")),
]
SETTINGS = DOCS / "reference" / "reglages.md"
COMMANDS = DOCS / "reference" / "commandes.md"
BLOCKS = DOCS / "reference" / "blocs.md"

BLOCK_TEMPLATES = ROOT / PACKAGE / "templates" / PACKAGE / "blocks"
STYLE_SHEET = ROOT / PACKAGE / "static" / PACKAGE / "villes-internet.css"

FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
HOOK = re.compile(r"data-vi-[a-z]+")
CLASS_ATTRIBUTE = re.compile(r'class="([^"]*)"')
CLASS = re.compile(r"\bvi-[a-z]+(?:__[a-z]+)?(?:--[a-z]+)?\b")
OUR_COMMAND = re.compile(r"villes_internet_[a-z_]+")
# What every command has.
DJANGOS = {
    "--help",
    "--version",
    "--verbosity",
    "--settings",
    "--pythonpath",
    "--traceback",
    "--no-color",
    "--force-color",
    "--skip-checks",
}

AWARD = {"data-vi-level", "data-vi-edition", "data-vi-proof"}
# Kept from one version to the next: themes and tests stand on them.
STABLE_HOOKS = {
    "label_badge.html": {"data-vi-badge", *AWARD},
    "label_history.html": {"data-vi-history"},
    "history_timeline.html": {"data-vi-award", *AWARD},
    "history_table.html": {"data-vi-award", *AWARD},
    "services_by_theme.html": {"data-vi-services", "data-vi-axis", "data-vi-theme"},
    "service_list.html": {"data-vi-service"},
    "featured_services.html": {"data-vi-featured"},
    "theme_mosaic.html": {"data-vi-mosaic", "data-vi-tile"},
    "key_figures.html": {"data-vi-figures", "data-vi-figure", *AWARD},
}


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def prose(text: str) -> str:
    return FENCE.sub("", text)


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def anchors(page: Path) -> set[str]:
    """The fragments that lead into a page, as GitHub and GitLab make them from its headings."""
    plain = (re.sub(r"[^\w\- ]", "", title.lower()) for title in HEADING.findall(prose(read(page))))
    return {title.strip().replace(" ", "-") for title in plain}


def commands() -> list[str]:
    return sorted(found for found, app in get_commands().items() if app == PACKAGE)


def fenced(page: Path, language: str) -> Iterator[str]:
    for indent, said, body in FENCE.findall(read(page)):
        if said == language:
            yield re.sub(f"^{indent}", "", body, flags=re.MULTILINE)


def backquoted(text: str) -> set[str]:
    return set(re.findall(r"`([^`\n]+)`", text))


def first_cells(text: str) -> set[str]:
    """What the first column of the tables names, in backquotes."""
    rows = (line.split("|")[1] for line in text.splitlines() if line.startswith("|"))
    return {found for cell in rows for found in backquoted(cell)}


def section(page: Path, title: str) -> str:
    """What stands under a heading, down to the next of the same level or above."""
    text = read(page)
    heading = re.search(rf"^(#+) {re.escape(title)}$", text, re.MULTILINE)
    assert heading, f"{name(page)} has no heading {title}"
    after = text[heading.end() :]
    end = re.search(rf"^#{{1,{len(heading[1])}}} ", after, re.MULTILINE)
    return after[: end.start()] if end else after


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page):
    broken = []
    for link in LINK.findall(prose(read(page))):
        path, _, fragment = unquote(link).partition("#")
        if re.match(r"[a-z]+:", path):
            continue
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (fragment and fragment not in anchors(target)):
            broken.append(link)

    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_python_example_can_be_read(page):
    for example in fenced(page, "python"):
        ast.parse(example)


def test_every_page_of_the_documentation_is_in_its_index():
    linked = {
        (DOCS / link.partition("#")[0]).resolve() for link in LINK.findall(read(DOCS / "README.md"))
    }
    decisions = DOCS / "explications" / "decisions"

    missing = [
        name(page)
        for page in DOCS.rglob("*.md")
        if page not in linked and page != DOCS / "README.md" and page.parent != decisions
    ]

    assert missing == []


def test_the_two_readmes_say_the_same_things_in_the_same_order():
    french, english = read(ROOT / "README.md"), read(ROOT / "README.en.md")

    def outline(text: str) -> tuple[list[int], list[str]]:
        levels = [len(marks) for marks in re.findall(r"^(#+) ", prose(text), re.MULTILINE)]
        links = [link for link in LINK.findall(text) if not link.startswith("README")]
        return levels, links

    assert outline(english) == outline(french)


class TestCommands:
    @pytest.mark.parametrize("page", PAGES, ids=name)
    def test_every_command_that_a_page_mentions_exists(self, page):
        mentioned = {
            found
            for found in OUR_COMMAND.findall(read(page))
            # The template tags share the prefix.
            if f"{{% {found}" not in read(page) and found not in tags()
        }

        assert mentioned - set(commands()) == set()

    @pytest.mark.parametrize("command", commands())
    def test_every_option_of_a_command_is_explained(self, command):
        parser = load_command_class(PACKAGE, command).create_parser("manage.py", command)
        options = {
            option
            for action in parser._actions
            for option in action.option_strings
            if option.startswith("--")
        }

        said = section(COMMANDS, command)

        assert options - DJANGOS == set(re.findall(r"--[a-z][a-z-]*", said)) - DJANGOS


def tags() -> set[str]:
    return set(import_module(f"{PACKAGE}.templatetags.villes_internet").register.tags)


class TestSettings:
    def test_every_key_has_its_heading_and_no_other_does(self):
        under = section(SETTINGS, conf.NAME)

        headings = re.findall(r"^### `(\w+)`$", under, re.MULTILINE)

        assert sorted(headings) == sorted(conf.KEYS)

    def test_every_option_of_the_http_registry_is_in_its_table(self):
        assert first_cells(section(SETTINGS, "`REGISTRY`")) >= {"url", *http.DEFAULTS}

    def test_every_system_check_is_explained(self):
        checks = set(re.findall(rf"{PACKAGE}\.[EW]\d{{3}}", read(ROOT / PACKAGE / "checks.py")))

        assert first_cells(section(SETTINGS, "Vérifications")) == checks


class TestBlocks:
    def test_every_block_is_explained_under_its_name(self):
        documented = re.findall(r"^### `(\w+Block)`$", read(BLOCKS), re.MULTILINE)

        assert sorted(documented) == sorted(set(blocks.__all__) - {"get_blocks"})

    @pytest.mark.parametrize(
        ("key", "block"), blocks.get_blocks(), ids=lambda value: str(value)[:30]
    )
    def test_every_option_of_a_block_is_explained(self, key, block):
        said = section(BLOCKS, f"`{type(block).__name__}`")

        assert first_cells(said) == set(block.child_blocks)
        assert f"| `{type(block).__name__}` | `{key}` |" in read(BLOCKS)

    def test_every_template_tag_is_explained(self):
        assert first_cells(section(BLOCKS, "Les balises")) == tags()

    def test_every_template_of_the_blocks_is_listed(self):
        assert first_cells(section(BLOCKS, "Gabarits")) == {
            path.name for path in BLOCK_TEMPLATES.iterdir()
        }

    def test_the_hooks_in_the_html_are_those_that_are_documented(self):
        documented = first_cells(section(BLOCKS, "Repères stables dans le HTML"))

        written = {
            found for path in BLOCK_TEMPLATES.iterdir() for found in HOOK.findall(read(path))
        }

        assert documented == written

    @pytest.mark.parametrize("template", STABLE_HOOKS)
    def test_the_stable_hooks_are_still_there(self, template):
        assert set(HOOK.findall(read(BLOCK_TEMPLATES / template))) >= STABLE_HOOKS[template]

    def test_every_class_in_the_html_is_listed(self):
        written = {
            found
            for path in BLOCK_TEMPLATES.iterdir()
            for attribute in CLASS_ATTRIBUTE.findall(read(path))
            for found in CLASS.findall(attribute)
        }

        assert written - backquoted(section(BLOCKS, "Classes")) == set()

    def test_every_custom_property_of_the_style_sheet_is_listed(self):
        read_by_the_sheet = set(re.findall(r"var\((--vi-[a-z][a-z-]*)", read(STYLE_SHEET)))

        listed = {
            cell
            for cell in first_cells(section(BLOCKS, "Feuille de style"))
            if cell.startswith("--")
        }

        assert listed == read_by_the_sheet
