"""Spreadsheets that run nothing when they are opened."""

from openpyxl.styles import Alignment
from wagtail.admin.views.mixins import SpreadsheetExportMixin

from ..tables.cells import FORMULA_STARTS, MARK, writable


def safe_cell(value: object) -> object:
    """The value of a cell; a text that would be a formula begins with an apostrophe."""
    value = writable(value)
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"{MARK}{value}"
    return value


class SafeCellsMixin(SpreadsheetExportMixin):
    """Put in front of a list: its CSV and XLSX hold texts, never formulas."""

    def preprocess_field_value(self, field, value, export_format):
        return safe_cell(super().preprocess_field_value(field, value, export_format))


class TextCellsMixin(SpreadsheetExportMixin):
    """Put in front of a view whose XLSX is there to be copied from: each text is the whole text
    and nothing else.

    An apostrophe would be copied with it. The cell itself is marked as a text instead, which it
    stays for whoever edits it (`quotePrefix`, ISO/IEC 29500-1, 18.8.45).
    """

    def preprocess_field_value(self, field, value, export_format):
        return writable(super().preprocess_field_value(field, value, export_format))

    def generate_xlsx_row(self, worksheet, row_dict, date_format=None):
        for cell in super().generate_xlsx_row(worksheet, row_dict, date_format):
            if isinstance(cell.value, str):
                cell.data_type = "s"
                cell.quotePrefix = True
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            yield cell
