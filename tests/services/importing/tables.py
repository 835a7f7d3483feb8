"""The files that a town has, made for a test."""

import csv
from io import StringIO
from pathlib import Path

from openpyxl import Workbook

from wagtail_villes_internet.services.importing.reading import read_file
from wagtail_villes_internet.services.importing.store import check, import_lines

Rows = list[list[object]]


def csv_file(folder: Path, rows: Rows, name: str = "services.csv") -> Path:
    text = StringIO()
    csv.writer(text, delimiter=";").writerows(rows)
    path = folder / name
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def xlsx_file(folder: Path, rows: Rows, name: str = "services.xlsx") -> Path:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Services")
    for row in rows:
        sheet.append(row)
    path = folder / name
    book.save(path)
    return path


class Importer:
    """Imports rows into one town, as its webmestre."""

    def __init__(self, town, folder: Path) -> None:
        self.town, self.folder = town, folder

    def __call__(self, *rows: list[object], publish: bool = False, user=None):
        path = csv_file(self.folder, list(rows))
        user = user or self.town.webmestre
        return import_lines(read_file(path), self.town.authority, user, publish=publish)

    def check(self, *rows: list[object]):
        path = csv_file(self.folder, list(rows))
        return check(read_file(path), self.town.authority, self.town.webmestre)


def whats(outcome) -> list[str]:
    return [str(step.what) for step in outcome.steps]


def problems(outcome) -> list[str]:
    """What is said of the refused lines, no-break spaces aside."""
    return [
        problem.said(step.number).replace("\xa0", " ")
        for step in outcome.steps
        for problem in step.problems
    ]
