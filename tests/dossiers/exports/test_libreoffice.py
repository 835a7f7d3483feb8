"""What LibreOffice makes of the files: every text whole, and no formula."""

import re

import pytest
from django.utils import translation

from tests.dossiers.contents import content, service
from wagtail_villes_internet.dossiers.content import LeftOut
from wagtail_villes_internet.registry.text import canonical_text

from .libreoffice import LibreOffice
from .reading import sheets
from .towns import HOSTILE, draft, version, written

TEXTS = [text for each in HOSTILE if (text := canonical_text(each))]
HOSTILE_TOWN = content(
    *(service(str(number), title, summary=title) for number, title in enumerate(TEXTS)),
    left_out=tuple(LeftOut(f"x{n}", text, "too_old", text) for n, text in enumerate(TEXTS)),
    statement="\n".join(TEXTS),
    answers="=1+1",
)

pytestmark = pytest.mark.processes


@pytest.fixture
def libreoffice(tmp_path):
    return LibreOffice(tmp_path)


@pytest.fixture(autouse=True)
def _in_french():
    with translation.override("fr"):
        yield


@pytest.mark.parametrize(
    "export",
    [version(), draft(), version(HOSTILE_TOWN)],
    ids=["version", "draft", "hostile"],
)
def test_the_workbook_shows_every_text_whole(libreoffice, export):
    workbook = written(export, "xlsx")

    assert libreoffice.sheets(workbook) == list(sheets(workbook).values())


@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_no_cell_is_a_formula(libreoffice, format):
    document = libreoffice.flat(f"dossier.{format}", written(version(HOSTILE_TOWN), format))

    assert "1+1" in document
    assert not re.search("table:formula", document)


def test_a_formula_would_be_seen(libreoffice):
    assert "table:formula" in libreoffice.flat("other.csv", b"a;=1+1\r\n")
