"""A workbook whose file is the same octets whenever and wherever it is written."""

from datetime import datetime
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.packaging.core import DocumentProperties
from openpyxl.writer.excel import ExcelWriter
from openpyxl.xml.constants import ARC_CORE
from openpyxl.xml.functions import tostring

# The first instant that a ZIP file can name.
EPOCH = (1980, 1, 1, 0, 0, 0)
UNIX = 3
CHUNK = 64 * 1024


class TimelessArchive(ZipFile):
    """Every entry has the same date. `core` is what is written of the document's own properties,
    where openpyxl would say when it saved."""

    def __init__(self, output: BinaryIO, core: bytes):
        super().__init__(output, "w", ZIP_DEFLATED)
        self._core = core

    def writestr(self, zinfo_or_arcname, data, compress_type=None, compresslevel=None):
        name = getattr(zinfo_or_arcname, "filename", zinfo_or_arcname)
        data = self._core if name == ARC_CORE else data
        super().writestr(_entry(name), data, ZIP_DEFLATED, compresslevel)

    def write(self, filename, arcname=None, compress_type=None, compresslevel=None):
        with open(filename, "rb") as source, self.open(_entry(str(arcname)), "w") as target:
            while piece := source.read(CHUNK):
                target.write(piece)


def save(workbook: Workbook, output: BinaryIO, title: str, dated: datetime) -> None:
    """Write a workbook that was filled, as made at that (naive) instant."""
    properties = DocumentProperties(
        creator="wagtail-villes-internet", title=title, created=dated, modified=dated
    )
    archive = TimelessArchive(output, tostring(properties.to_tree()))
    # Closes the archive.
    ExcelWriter(workbook, archive).save()


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, EPOCH)
    entry.compress_type = ZIP_DEFLATED
    entry.create_system = UNIX
    entry.external_attr = 0o600 << 16
    return entry
