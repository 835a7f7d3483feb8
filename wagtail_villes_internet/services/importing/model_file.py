"""The spreadsheet to fill in, with the matrix in use: every cell is a text, none a formula."""

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from ...matrix.suggesting import Entry, suggest
from ...tables.cells import writable
from ..models import Audience, DigitalService, Interaction
from .columns import HEADINGS

# The columns of the model, in its order, with their widths; the import knows some more.
WIDTHS: Mapping[str, int] = {
    "title": 38,
    "summary": 48,
    "url": 36,
    "theme": 26,
    "reference_services": 34,
    "started_on": 12,
    "audiences": 26,
    "offline_alternative": 40,
    "page": 36,
    "ended_on": 12,
    "interactions": 28,
    "description": 48,
    "status": 14,
    "public": 14,
    "counted": 12,
    "department": 26,
}
ROWS = 2_000
"""How many rows have the drop-downs."""

# What the cells of the example hold, in the order of a reading; the import leaves that line out.
EXAMPLE = {
    "title": gettext_lazy("EXAMPLE, not imported: book a sports hall"),
    "summary": gettext_lazy("Book a municipal hall and pay for it online."),
    "url": "https://www.ville.example/salles",
    "started_on": "03/2021",
    "offline_alternative": gettext_lazy("At the town hall, Monday to Friday, 9 am to 12 noon."),
    "department": gettext_lazy("Sports"),
}
HELP = (
    gettext_lazy("One line a service. Only the title is needed; the rest can be added later."),
    gettext_lazy("The grey line is an example: it is not imported. Write over it or delete it."),
    gettext_lazy("Theme: choose from the list. It helps to find the reference service."),
    gettext_lazy(
        "Reference service: its code or its label, from the sheet “%(sheet)s”. Several are parted "
        "by a semicolon. Left empty, one is suggested after the title."
    ),
    gettext_lazy("Dates: 2021, 03/2021 or 15/03/2021."),
    gettext_lazy("Audience, several parted by a semicolon: %(audiences)s."),
    gettext_lazy("What one can do there, several parted by a semicolon: %(interactions)s."),
    gettext_lazy("Without Internet: where to phone or go to get the same service."),
    gettext_lazy(
        "Villes Internet page: the address of the service’s page in the association’s tool. "
        "It tells which service a line is about when the file is imported again."
    ),
    gettext_lazy("Show to residents, Count: yes or no; yes where nothing is written."),
    gettext_lazy(
        "Import the file from the list of services, “Import services”. Everything becomes a "
        "draft: nothing is online before you publish it."
    ),
    gettext_lazy(
        "Import it again as often as needed: an empty cell changes nothing, and what somebody is "
        "working on is left as it is."
    ),
)

HEADER = {"font": Font(bold=True, color="FFFFFF"), "fill": PatternFill("solid", fgColor="1D4E6B")}
GREY = {"font": Font(italic=True, color="595959"), "fill": PatternFill("solid", fgColor="EEEEEE")}
WRAPPED = Alignment(wrap_text=True, vertical="top")


def model_file(entries: Sequence[Entry]) -> bytes:
    """The XLSX workbook, in the active language; `entries`: those of the matrix in use."""
    book = Workbook()
    sheets = [book.active, *(book.create_sheet() for _sheet in range(3))]
    reference_title = _("Reference services")
    titles = (_("Services"), _("How to fill it in"), reference_title, _("Lists"))
    for sheet, title in zip(sheets, titles, strict=True):
        sheet.title = title[:31]
    services, help_sheet, references, lists = sheets
    lists.sheet_state = "hidden"
    _write_services(services, entries)
    _offer_choices(services, lists, entries)
    _write_help(help_sheet, reference_title)
    _write_references(references, entries)
    output = BytesIO()
    book.save(output)
    return output.getvalue()


def _write_services(sheet: Worksheet, entries: Sequence[Entry]) -> None:
    sheet.freeze_panes = "B2"
    example = {name: str(value) for name, value in EXAMPLE.items()}
    example |= _attached(example["title"].rpartition(":")[2], entries)
    example |= {
        "audiences": str(Audience.RESIDENTS.label),
        "interactions": f"{Interaction.BOOK.label} ; {Interaction.PAY.label}",
        "status": str(DigitalService.Status.ACTIVE.label),
        "public": _("Yes"),
        "counted": _("Yes"),
    }
    for column, (name, width) in enumerate(WIDTHS.items(), 1):
        letter = get_column_letter(column)
        sheet.column_dimensions[letter].width = width
        # A date that a spreadsheet makes its own is read as well; a text stays as it was typed.
        sheet.column_dimensions[letter].number_format = "@"
        _put(sheet.cell(1, column), str(HEADINGS[name]), **HEADER)
        _put(sheet.cell(2, column), example.get(name, ""), **GREY)


def _attached(title: str, entries: Sequence[Entry]) -> dict[str, str]:
    """What the title of the example calls to mind in the matrix; nothing where nothing suits."""
    return {
        name: value
        for found in suggest(title, entries, limit=1)
        for name, value in (("theme", found.theme), ("reference_services", found.code))
    }


def _offer_choices(sheet: Worksheet, lists: Worksheet, entries: Sequence[Entry]) -> None:
    offered = {
        "theme": list(dict.fromkeys(entry.theme for entry in entries)),
        "status": list(map(str, DigitalService.Status.labels)),
        "public": [_("Yes"), _("No")],
        "counted": [_("Yes"), _("No")],
    }
    for column, (name, values) in enumerate(offered.items(), 1):
        if not values:
            continue
        for row, value in enumerate(values, 1):
            _put(lists.cell(row, column), value)
        letter = get_column_letter(column)
        place = f"'{lists.title}'!${letter}$1:${letter}${len(values)}"
        choice = DataValidation("list", formula1=place, allow_blank=True)
        # Several, or another, may be typed all the same: the import says what is wrong.
        choice.errorStyle = "warning"
        choice.error = _("This is not in the list.")
        letter = get_column_letter(list(WIDTHS).index(name) + 1)
        choice.add(f"{letter}2:{letter}{ROWS + 1}")
        sheet.add_data_validation(choice)


def _write_help(sheet: Worksheet, reference_title: str) -> None:
    words = {
        "sheet": reference_title,
        "audiences": ", ".join(map(str, Audience.labels)),
        "interactions": ", ".join(map(str, Interaction.labels)),
    }
    sheet.column_dimensions["A"].width = 110
    _put(sheet.cell(1, 1), sheet.title, **HEADER)
    for row, line in enumerate(HELP, 2):
        text = str(line)
        _put(sheet.cell(row, 1), text % words if "%(" in text else text)


def _write_references(sheet: Worksheet, entries: Iterable[Entry]) -> None:
    sheet.freeze_panes = "A2"
    headings = (_("Code"), _("Reference service"), str(HEADINGS["theme"]), _("Axis"))
    for column, (heading, width) in enumerate(zip(headings, (28, 60, 32, 36), strict=True), 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
        _put(sheet.cell(1, column), heading, **HEADER)
    for row, entry in enumerate(entries, 2):
        for column, value in enumerate((entry.code, entry.label, entry.theme, entry.axis), 1):
            _put(sheet.cell(row, column), value)


def _put(cell: Cell, value: str, *, font: Font | None = None, fill: PatternFill | None = None):
    """A text and nothing else: the label of a matrix may begin like a formula."""
    cell.value = writable(value) or None
    if cell.value is not None:
        cell.data_type = "s"
        cell.quotePrefix = True
    cell.alignment = WRAPPED
    if font:
        cell.font = font
    if fill:
        cell.fill = fill
