"""Spreadsheets that run nothing when they are opened."""

from wagtail.admin.views.mixins import SpreadsheetExportMixin

# What makes a spreadsheet program take a cell for a formula (OWASP, « CSV injection »).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(value: object) -> object:
    """The value of a cell; a text that would be a formula begins with an apostrophe."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


class SafeCellsMixin(SpreadsheetExportMixin):
    """Put in front of a list: its CSV and XLSX hold texts, never formulas."""

    def preprocess_field_value(self, field, value, export_format):
        return safe_cell(super().preprocess_field_value(field, value, export_format))
