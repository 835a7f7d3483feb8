"""The whole list of what is left to copy by hand, to take along: on paper, or as a spreadsheet."""

from collections.abc import Iterator

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from ..services.association_pages import page_addresses
from ..tables.cells import writable
from .access import AllowedMixin, may_see_transmission
from .by_hand import OnlyByHandMixin
from .exports import TextCellsMixin
from .to_copy import ToCopy, to_copy

TO_ADD, TO_CHANGE, TO_TAKE_OUT = (
    gettext_lazy("To add"),
    gettext_lazy("To change"),
    gettext_lazy("To take out"),
)


class WholeListMixin(OnlyByHandMixin):
    """All that is left to copy, as it stands now, for the authority worked for."""

    @cached_property
    def to_copy(self) -> ToCopy:
        return to_copy(self.authority, page_addresses(self.authority))

    @cached_property
    def caption(self) -> str:
        return _("%(authority)s: to copy into the association’s tool") % {
            "authority": self.authority
        }


class PrintedView(AllowedMixin, WholeListMixin, TemplateView):
    """The list on paper: a page of its own, without the admin around it."""

    allowed = staticmethod(may_see_transmission)
    template_name = "wagtail_villes_internet/desk/to_copy_printed.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            to_copy=self.to_copy, caption=self.caption, now=timezone.now(), **kwargs
        )


class SpreadsheetView(AllowedMixin, WholeListMixin, TextCellsMixin, View):
    """The list as XLSX: one row a field to copy, one row a service to take out."""

    allowed = staticmethod(may_see_transmission)
    COLUMNS = {
        "what": (gettext_lazy("What"), 14),
        "title": (gettext_lazy("Service"), 40),
        "field": (gettext_lazy("Field"), 24),
        "before": (gettext_lazy("Before"), 50),
        "value": (gettext_lazy("To copy"), 50),
        "page": (gettext_lazy("Villes Internet page"), 40),
    }

    def get(self, request, *args, **kwargs):
        return self.as_spreadsheet(self._rows(), self.FORMAT_XLSX)

    def get_filename(self):
        return slugify(f"{_('To copy')} {self.authority.name} {timezone.localdate().isoformat()}")

    def write_xlsx(self, rows, output):
        workbook = Workbook(write_only=True)
        sheet = workbook.create_sheet(title=_("To copy"))
        # Before any row: written as it goes.
        sheet.freeze_panes = "A4"
        for letter, (_name, width) in zip("ABCDEF", self.COLUMNS.values(), strict=True):
            sheet.column_dimensions[letter].width = width
        sheet.append([_heading(sheet, self.caption)])
        sheet.append([date_format(timezone.localtime(), "DATETIME_FORMAT")])
        sheet.append([_heading(sheet, heading) for heading, _width in self.COLUMNS.values()])
        for row in rows:
            sheet.append(self.generate_xlsx_row(sheet, dict(zip(self.COLUMNS, row, strict=True))))
        workbook.save(output)

    def _rows(self) -> Iterator[tuple[str, ...]]:
        for what, listed in ((TO_ADD, self.to_copy.new), (TO_CHANGE, self.to_copy.changed)):
            for line in listed.lines:
                for field in line.fields:
                    value = field.value or _("(empty)")
                    yield str(what), line.title, field.label, field.before, value, line.page
        if not self.to_copy:
            yield _("Nothing is left to copy."), "", "", "", "", ""
        for line in self.to_copy.gone.lines:
            yield str(TO_TAKE_OUT), line.title, "", "", "", line.page


def _heading(sheet, text) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, writable(str(text)))
    cell.data_type = "s"  # the name of a town may begin like a formula
    cell.font = Font(bold=True)
    return cell
