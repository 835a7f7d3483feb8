"""The formats of a dossier's files, and their names."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import BinaryIO

from django.conf import settings
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import as_csv, as_json, as_pdf, as_xlsx
from .marks import Export


@dataclass(frozen=True, slots=True)
class Format:
    """`write` raises `DossierError`, and then wrote nothing that is whole. `suffix` ends the name
    of the file; `needs` names the packages it takes besides our own."""

    label: object
    content_type: str
    suffix: str
    write: Callable[[Export, BinaryIO], None]
    of_drafts: bool = True
    needs: tuple[str, ...] = ()

    @property
    def is_installed(self) -> bool:
        """Whether those packages are there, without loading them: what they lack themselves is
        known once a file is made."""
        return all(map(find_spec, self.needs))


FORMATS = {
    "xlsx": Format(
        gettext_lazy("spreadsheet (XLSX)"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ".xlsx",
        as_xlsx.write,
    ),
    "csv": Format(
        gettext_lazy("plain table (CSV)"), "text/csv; charset=utf-8", ".csv", as_csv.write
    ),
    "pdf": Format(
        gettext_lazy("to print (PDF)"),
        "application/pdf",
        ".pdf",
        as_pdf.write,
        needs=("weasyprint", "font_lato"),
    ),
    "json": Format(
        gettext_lazy("for a program (JSON)"), "application/json", ".json", as_json.write
    ),
    "octets": Format(
        gettext_lazy("octets filed, to check the SHA-256"),
        "application/json",
        "-octets.json",
        as_json.write_octets,
        of_drafts=False,
    ),
}


def write(export: Export, name: str, output: BinaryIO) -> None:
    """Write the file in the format of that name, in the site's language. Raises `DossierError`."""
    with translation.override(settings.LANGUAGE_CODE):
        FORMATS[name].write(export, output)


def file_name(export: Export, name: str) -> str:
    """`dossier-villes-internet-2027-lunel-v2.xlsx`, of the name under which it was filed."""
    content, marks = export.content, export.marks
    with translation.override(settings.LANGUAGE_CODE):
        version = _("unfiled draft") if marks.is_draft else f"v{marks.number}"
        parts = (_("Villes Internet dossier"), content.year, content.authority["name"], version)
        return slugify(" ".join(map(str, parts))) + FORMATS[name].suffix
