"""Whoever may add services may send anything: it is refused, with a reason, in bounded memory."""

import io
import json
import tracemalloc
import zipfile
from contextlib import contextmanager

import pytest
from openpyxl import Workbook

from wagtail_villes_internet.services.importing import reading
from wagtail_villes_internet.services.importing.errors import ImportingError
from wagtail_villes_internet.services.importing.reading import read_file, read_titles
from wagtail_villes_internet.tables.errors import TableError

REFUSED = (ImportingError, TableError)
MEGABYTE = 1024 * 1024

SHEET = "xl/worksheets/sheet1.xml"
HEAD = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TITLE = '<row r="1"><c r="A1" t="inlineStr"><is><t>Titre</t></is></c></row>'


@contextmanager
def memory_under(most: int):
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < most
    finally:
        tracemalloc.stop()


def workbook(**parts: str | bytes) -> bytes:
    """A workbook with some of its parts replaced, or added, by path."""
    book, made = io.BytesIO(), io.BytesIO()
    Workbook().save(book)
    with zipfile.ZipFile(book) as before, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as after:
        for info in before.infolist():
            if info.filename not in parts:
                after.writestr(info, before.read(info))
        for name, content in parts.items():
            after.writestr(name, content)
    return made.getvalue()


def sheet(rows: str) -> bytes:
    return workbook(**{SHEET: f"{HEAD}{TITLE}{rows}</sheetData></worksheet>"})


def doctype(entities: str) -> bytes:
    document = (
        f'<?xml version="1.0"?><!DOCTYPE w [{entities}]>{HEAD}{TITLE}</sheetData></worksheet>'
    )
    return workbook(**{SHEET: document})


def laughs() -> str:
    return "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))


FILES = {
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
    "noise": bytes(range(1, 256)) * 40,
    "nothing": b"",
    "an old workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000),
    "an archive that is no workbook": workbook()[:40] + b"PK",
    "a workbook cut in two": workbook()[:2000],
    "a CSV without a title": b"Nom du champ;Autre\n1;2\n",
    "a bomb": workbook(**{SHEET: b" " * (60 * MEGABYTE)}),
    "a bomb beside the sheet": workbook(**{"xl/sharedStrings.xml": b" " * (20 * MEGABYTE)}),
    "a bomb of styles": workbook(**{"xl/styles.xml": b" " * (2 * MEGABYTE)}),
    "cells without end": sheet(
        "".join(f'<row r="{n + 2}">{"<c><v>1</v></c>" * 1500}</row>' for n in range(110))
    ),
    "a thousand parts": workbook(**{f"xl/media/{n}.bin": b"" for n in range(1100)}),
    "external entities": doctype('<!ENTITY x SYSTEM "file:///etc/passwd">'),
    "entities that unfold": doctype('<!ENTITY l0 "ha">' + laughs()),
    "entities in UTF-16": workbook(**{SHEET: '<!DOCTYPE w SYSTEM "x">'.encode("utf-16")}),
    "rows without end": sheet('<row r="999999999"><c r="A999999999"><v>1</v></c></row>'),
    "columns without end": sheet('<row r="2"><c r="XFD2"><v>1</v></c></row>'),
    "a sheet that is no XML": workbook(**{SHEET: "<worksheet><"}),
    "a workbook without its sheet": workbook(**{"xl/workbook.xml": "<workbook/>"}),
    "nested lists": b"[" * 200_000,
    "many objects": b"[" + b"{}," * 150_000 + b"{}]",
    "a JSON that is no list": json.dumps({"a": 1}).encode(),
    "lines without end": b"Titre\n" + b"a\n" * 200_000,
    "a line without end": b"Titre\n" + b"a" * (9 * MEGABYTE),
}


@pytest.mark.parametrize("name", FILES)
def test_is_refused_with_a_reason(tmp_path, name):
    path = tmp_path / "fichier"
    path.write_bytes(FILES[name])

    with memory_under(40 * MEGABYTE), pytest.raises(REFUSED) as refused:
        read_file(path)

    assert 10 < len(str(refused.value)) < 300
    assert "root:" not in str(refused.value)


def test_a_file_of_a_gigabyte_is_not_opened(tmp_path, monkeypatch):
    path = tmp_path / "enorme.csv"
    with path.open("wb") as file:
        file.write(b"Titre\n")
        file.truncate(1024 * MEGABYTE)
    monkeypatch.setattr(reading, "file_rows", None)

    with memory_under(MEGABYTE), pytest.raises(ImportingError):
        read_file(path)


def test_a_folder_or_a_file_that_is_not_there_is_refused(tmp_path):
    for path in (tmp_path, tmp_path / "absent.csv"):
        with pytest.raises(TableError):
            read_file(path)


def test_too_many_titles_are_refused():
    with pytest.raises(ImportingError):
        read_titles("a\n" * 6_000)


def test_a_workbook_is_known_by_what_it_holds(tmp_path):
    path = tmp_path / "liste"
    path.write_bytes(sheet('<row r="2"><c r="A2" t="inlineStr"><is><t>Cantine</t></is></c></row>'))

    assert [line.cells["title"] for line in read_file(path).lines] == ["Cantine"]


def test_a_broken_row_is_a_line_that_says_so(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Titre\nCantine\n" + "a" * 140_000 + "\nPiscine\n")

    lines = read_file(path).lines

    assert [bool(line.fault) for line in lines] == [False, True, False]
