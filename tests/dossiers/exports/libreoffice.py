"""LibreOffice without a window, which opens a file as a town hall does."""

import csv
import shutil
import subprocess
from io import StringIO
from pathlib import Path

import pytest

SECONDS = 120
# Field separator, text delimiter, UTF-8, from the first line, then as shown; -1 for every sheet.
# https://help.libreoffice.org/latest/en-US/text/shared/guide/csv_params.html
TO_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
FROM_CSV = "CSV:59,34,76,1"


class LibreOffice:
    """Opens files in `folder`, with a profile of its own."""

    def __init__(self, folder: Path):
        self.folder = folder

    def sheets(self, octets: bytes) -> list[list[list[str]]]:
        """What the cells of each sheet of a workbook show."""
        self._convert("book.xlsx", octets, TO_CSV)
        return [
            [*csv.reader(StringIO(path.read_text(encoding="utf-8"), newline=""))]
            for path in sorted(
                self.folder.glob("book-*.csv"), key=lambda one: one.stat().st_mtime_ns
            )
        ]

    def flat(self, name: str, octets: bytes) -> str:
        """The document that it makes of the file, formulas and all, as XML."""
        how = [f"--infilter={FROM_CSV}"] if name.endswith(".csv") else []
        self._convert(name, octets, "fods", *how)
        return (self.folder / name).with_suffix(".fods").read_text(encoding="utf-8")

    def _convert(self, name: str, octets: bytes, to: str, *how: str) -> None:
        program = shutil.which("soffice")
        if program is None:
            pytest.fail(
                "No LibreOffice. On Debian or Ubuntu: "
                "apt-get install --no-install-recommends libreoffice-calc-nogui.",
                pytrace=False,
            )
        (self.folder / name).write_bytes(octets)
        profile = f"-env:UserInstallation={(self.folder / 'profile').as_uri()}"
        command = [program, profile, "--headless", *how, "--convert-to", to, name]
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True, timeout=SECONDS)
