"""A PDF for the council's table: tagged (PDF/UA-1), in the site's language, with bookmarks.

Needs the extra `[pdf]`. Nothing is fetched while it is drawn: pictures and fonts come with the
package and the extra, and every other address is refused.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO

from django.conf import settings
from django.template.loader import render_to_string

from ...tables.cells import NOT_XML
from .errors import PangoMissing, PdfUnavailable
from .marks import Export
from .printed import Printed, printed

TEMPLATES = "wagtail_villes_internet/dossiers/"
FONTS = ("Regular", "Italic", "Bold", "BoldItalic")


def write(export: Export, output: BinaryIO) -> None:
    """Raises `PdfUnavailable` without the extra, and where its libraries are missing."""
    weasyprint, font_folder = _libraries()
    page = printed(export)
    ours = {**dict(_drawings(page)), **dict(_fonts(font_folder))}
    weasyprint.HTML(string=markup(page), url_fetcher=_only(ours, weasyprint)).write_pdf(
        output,
        pdf_variant="pdf/ua-1",
        pdf_identifier=export.marks.sha256.encode(),
        finisher=_say_which_way_headers_look,
    )


def markup(page: Printed) -> str:
    """The HTML that is drawn, with its style; it could be XML, as the PDF's metadata are."""
    style = render_to_string(f"{TEMPLATES}printed.css")
    context = {"printed": page, "language": settings.LANGUAGE_CODE, "style": style}
    return NOT_XML.sub("", render_to_string(f"{TEMPLATES}printed.html", context))


def _say_which_way_headers_look(_document: Any, pdf: Any) -> None:
    """Give header cells their scope (ISO 14289-1, 7.5). WeasyPrint names the headers of each data
    cell alone, and the header above a column of headers is no data cell's."""
    for row in pdf.objects:
        if not isinstance(row, dict) or row.get("S") != "/TR":
            continue
        cells = [pdf.objects[int(reference.split()[0])] for reference in row["K"]]
        is_of_columns = all(cell["S"] == "/TH" for cell in cells)
        for cell in cells:
            if cell["S"] == "/TH":
                cell["A"]["Scope"] = "/Column" if is_of_columns else "/Row"


def _libraries() -> tuple[ModuleType, Path]:
    """WeasyPrint, and the folder of the fonts. Loaded when a PDF is made: no other page of the site
    pays for it."""
    try:
        import font_lato
        import weasyprint
    except ImportError as error:
        raise PdfUnavailable from error
    except OSError as error:
        # What CFFI says where it finds no Pango.
        raise PangoMissing from error
    return weasyprint, Path(font_lato.font_directory)


def _drawings(page: Printed) -> Iterator[tuple[str, bytes]]:
    for name in ("cover", "watermark"):
        drawing = render_to_string(f"{TEMPLATES}{name}.svg", {"printed": page})
        yield f"vi:{name}", drawing.encode()


def _fonts(folder: Path) -> Iterator[tuple[str, bytes]]:
    for name in FONTS:
        yield f"vi:{name}", (folder / f"Lato-{name}.ttf").read_bytes()


def _only(ours: Mapping[str, bytes], weasyprint: ModuleType) -> Any:
    """A fetcher that gives these and nothing else, neither of the network nor of the disk."""

    class Fetcher(weasyprint.urls.URLFetcher):
        def fetch(self, url, headers=None):
            if url not in ours:
                raise ValueError(f"refused: {url}")
            kind = "image/svg+xml" if b"<svg" in ours[url][:500] else "font/ttf"
            return weasyprint.urls.URLFetcherResponse(url, ours[url], {"Content-Type": kind})

    return Fetcher()
