"""A workbook to copy from, field by field, into the association's form.

Written line by line, so that the memory it takes does not grow with the services. Every cell is the
whole text and nothing else: no apostrophe is put before what looks like a formula, the cell itself
is marked as a text (`quotePrefix`, ISO/IEC 29500-1, 18.8.45).
"""

import re
from typing import BinaryIO, cast

from django.utils.timezone import make_naive
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from ...tables.cells import writable
from ..calendar import PARIS
from .archive import save
from .facts import caption
from .marks import Export
from .sheets import Sheet, lines_of, sheets

# What a reader takes for an escaped character (ISO/IEC 29500-1, 22.9.2.19, `ST_Xstring`).
ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
WRAPPED = Alignment(wrap_text=True, vertical="top")
BOLD = Font(bold=True)


def write(export: Export, output: BinaryIO) -> None:
    workbook = Workbook(write_only=True)
    for sheet in sheets(export):
        _fill(workbook, sheet)
    dated = make_naive(export.marks.dated, PARIS).replace(microsecond=0)
    save(workbook, output, str(writable(caption(export))), dated)


def _fill(workbook: Workbook, sheet: Sheet) -> None:
    page = workbook.create_sheet(title=sheet.title)
    last = get_column_letter(len(sheet.columns))
    # Before any line: written as it goes.
    page.freeze_panes = "A2"
    for number, (_label, width) in enumerate(sheet.columns, start=1):
        page.column_dimensions[get_column_letter(number)].width = width
    page.append([_cell(page, label, BOLD) for label, _width in sheet.columns])
    height = 1
    for row in sheet.rows:
        for line in lines_of(row):
            page.append([_cell(page, text) for text in line])
            height += 1
    page.auto_filter.ref = f"A1:{last}{height}"


def _cell(page, text: str, font: Font | None = None) -> WriteOnlyCell:
    told = ESCAPE.sub("_x005F_", cast(str, writable(text)))
    cell = WriteOnlyCell(page, told)
    cell.data_type = "s"
    cell.quotePrefix = True
    cell.alignment = WRAPPED
    if font:
        cell.font = font
    return cell
