"""Reads the files of a dossier back, as the programs do that they are for."""

import csv
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from io import BytesIO, StringIO

from openpyxl import load_workbook
from pypdf import PdfReader

from wagtail_villes_internet.tables.cells import text_of

ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def sheets(octets: bytes) -> dict[str, list[list[str]]]:
    """The lines of each sheet of a workbook, the escapes of its texts resolved as Excel does."""
    workbook = load_workbook(BytesIO(octets))
    return {
        sheet.title: [[unescaped(value) for value in row] for row in sheet.values]
        for sheet in workbook
    }


def unescaped(value: str | None) -> str:
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), value or "")


def csv_rows(octets: bytes) -> list[list[str]]:
    text = octets.decode("utf-8-sig")
    rows = csv.reader(StringIO(text, newline=""), delimiter=";", strict=True)
    return [[text_of(cell) for cell in row] for row in rows]


class Text(HTMLParser):
    """What a page says, without its head."""

    def __init__(self):
        super().__init__()
        self.said: list[str] = []
        self.silent = False

    def handle_starttag(self, tag, attrs):
        self.silent = self.silent or tag in ("title", "style")

    def handle_endtag(self, tag):
        self.silent = self.silent and tag not in ("title", "style")

    def handle_data(self, data):
        if not self.silent:
            self.said.append(data)


def html_text(markup: str) -> str:
    reader = Text()
    reader.feed(markup)
    reader.close()
    return squeezed("".join(reader.said))


def squeezed(text: str) -> str:
    """Without white space: where lines end is the page's own affair."""
    return "".join(text.split())


def pdf(octets: bytes) -> PdfReader:
    return PdfReader(BytesIO(octets), strict=True)


def pdf_text(octets: bytes) -> str:
    return squeezed("".join(page.extract_text() for page in pdf(octets).pages))


def tags(reader: PdfReader) -> Iterator[tuple[str, dict]]:
    """The tags of a PDF in reading order, each with its element."""
    yield from _below(reader.trailer["/Root"]["/StructTreeRoot"]["/K"])


def _below(element) -> Iterator[tuple[str, dict]]:
    element = element.get_object() if hasattr(element, "get_object") else element
    if isinstance(element, list):
        for kid in element:
            yield from _below(kid)
    elif isinstance(element, dict):
        if "/S" in element:
            yield str(element["/S"]), element
        if "/K" in element:
            yield from _below(element["/K"])
