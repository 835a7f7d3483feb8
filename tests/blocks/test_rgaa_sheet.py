"""The RGAA sheet of the documentation names tests that exist, and says only what they showed."""

import csv
import re
from pathlib import Path

import pytest

from tests import rgaa

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "reference"
MARK = re.compile(r'@pytest\.mark\.rgaa\("([\d.]+)", block="(\w+)"\)')
TEST = re.compile(r"^\s*def (test_\w+)|^(?:class) (Test\w+)")


def marked() -> set[tuple[str, str, str]]:
    """Criterion, block and test of every mark in the source, read as text."""
    found = set()
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        waiting, of_class, class_name = [], [], ""
        for line in path.read_text(encoding="utf-8").splitlines():
            if mark := MARK.search(line):
                waiting.append(mark.groups())
            elif test := TEST.match(line):
                name, class_ = test.groups()
                if class_:
                    class_name, of_class, waiting = class_, waiting, []
                    continue
                inside = line.startswith(" ")
                place = path.relative_to(ROOT).as_posix() + (f"::{class_name}" if inside else "")
                for criterion, block in [*waiting, *(of_class if inside else [])]:
                    found.add((criterion, rgaa.BLOCKS[block], f"{place}::{name}"))
                waiting = []
    return found


@pytest.fixture(scope="module")
def committed() -> list[dict]:
    with (REFERENCE / "rgaa.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_it_names_every_test_that_is_marked_and_no_other(committed):
    assert {(row["critere"], row["bloc"], row["test"]) for row in committed} == marked()


def test_it_shows_no_failure(committed):
    assert {row["resultat"] for row in committed} == {"réussi"}


def test_both_forms_say_the_same(committed):
    markdown = (REFERENCE / "rgaa.md").read_text(encoding="utf-8")

    assert markdown == rgaa.in_markdown([list(row.values()) for row in committed])


class Item:
    """As much of a test as the sheet reads."""

    def __init__(self, nodeid, criterion):
        self.nodeid = nodeid
        self.criterion = criterion

    def iter_markers(self, name):
        return [getattr(pytest.mark, name)(self.criterion, block="label_badge").mark]


def test_a_test_of_which_one_case_failed_failed():
    sheet = rgaa.Sheet()
    for case, passed in [("a", True), ("b", False), ("c", True)]:
        sheet.note(Item(f"tests/x.py::test_x[{case}]", "1.1"), passed)
    sheet.note(Item("tests/x.py::test_y", "3.1"), True)

    assert [(row[0], row[3], row[4]) for row in sheet.rows()] == [
        ("1.1", "tests/x.py::test_x", "échoué"),
        ("3.1", "tests/x.py::test_y", "réussi"),
    ]


def test_a_criterion_that_is_not_known_is_refused():
    with pytest.raises(KeyError):
        rgaa.Sheet().note(Item("tests/x.py::test_x", "99.9"), True)
