"""What is written in the repository: the French catalogue, the length of files, stray paths."""

import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest

from .imports import PACKAGE, ROOT, modules_under

CATALOGUE = ROOT / PACKAGE / "locale" / "fr" / "LC_MESSAGES" / "django.po"
LONGEST_FILE = 400

WRITTEN_HERE = (PACKAGE, "docs", "example_project", "scripts", "tests", ".ci", ".github")
NOT_OURS = {"__pycache__", "node_modules", "var"}
# In two pieces, so that this file does not hold what it looks for.
MACHINE_PATHS = re.compile(r"(?<![\w.$}~-])/(?:work|root)" + "/")

# An ordinary space is where a line may break, and leave « ? » alone on the next one.
BREAKABLE = re.compile(r" [:;?!»]|« ")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


@pytest.fixture(scope="module")
def french() -> polib.POFile:
    return polib.pofile(str(CATALOGUE))


def texts(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def placeholders(*texts: str) -> set[str]:
    return {found for text in texts for found in PLACEHOLDER.findall(text)}


def written_files() -> Iterator[Path]:
    yield from (path for path in ROOT.iterdir() if path.is_file())
    for folder in WRITTEN_HERE:
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and NOT_OURS.isdisjoint(path.relative_to(ROOT).parts):
                yield path


class TestTheFrenchCatalogue:
    def test_says_everything_and_guesses_nothing(self, french):
        untranslated = [entry.msgid for entry in french.untranslated_entries()]
        guessed = [entry.msgid for entry in french if entry.fuzzy]
        gone = [entry.msgid for entry in french.obsolete_entries()]

        assert (untranslated, guessed, gone) == ([], [], [])
        assert not french.metadata_is_fuzzy, "msgfmt leaves a fuzzy header, and the charset, out"

    def test_keeps_every_placeholder(self, french):
        # A singular may say « un » instead of the number: all forms together hold what is needed.
        changed = [
            entry.msgid
            for entry in french.translated_entries()
            if placeholders(*texts(entry)) != placeholders(entry.msgid, entry.msgid_plural)
        ]

        assert changed == []

    def test_keeps_punctuation_with_its_word(self, french):
        breakable = [text for entry in french for text in texts(entry) if BREAKABLE.search(text)]

        assert breakable == []

    def test_is_compiled_as_it_reads(self, french):
        compiled = polib.mofile(str(CATALOGUE.with_suffix(".mo")))

        assert {(e.msgctxt, e.msgid): texts(e) for e in compiled} == {
            (e.msgctxt, e.msgid): texts(e) for e in french.translated_entries()
        }


def test_a_file_has_one_subject_and_stays_short():
    lengths = {
        str(module.path.relative_to(ROOT)): module.path.read_text(encoding="utf-8").count("\n")
        for module in modules_under(ROOT / PACKAGE)
    }

    assert {path: n for path, n in lengths.items() if n > LONGEST_FILE} == {}


def test_nothing_names_a_folder_of_the_machine_it_was_written_on():
    found = []
    for path in written_files():
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        found += [f"{path}:{n}" for n, line in enumerate(lines, 1) if MACHINE_PATHS.search(line)]

    assert found == []
