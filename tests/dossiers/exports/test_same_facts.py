"""Whatever the format, a file says the same of the dossier, and all of it."""

import json

import pytest
from django.utils import translation
from hypothesis import example, given, settings

from tests.registry.values import calm
from wagtail_villes_internet.dossiers.content import Content
from wagtail_villes_internet.dossiers.exports.as_pdf import markup
from wagtail_villes_internet.dossiers.exports.facts import COLUMNS, heading, service_row, texts
from wagtail_villes_internet.dossiers.exports.printed import printed
from wagtail_villes_internet.registry.canonical import canonical_json
from wagtail_villes_internet.tables.cells import writable

from .reading import csv_rows, html_text, pdf_text, sheets, squeezed
from .towns import LUNEL, draft, exports, version, written

few = settings(calm, max_examples=60)


@pytest.fixture(autouse=True)
def _in_french():
    with translation.override("fr"):
        yield


def facts_of(export) -> list[tuple[str, str]]:
    """What every format says of the whole."""
    return [(fact.label, fact.value) for fact in (*heading(export), *texts(export.content))]


def services_of(export) -> list[list[str]]:
    return [list(service_row(export.content, each).values()) for each in export.content.included]


@few
@given(exports)
@example(version())
@example(draft())
def test_the_workbook(export):
    found = list(sheets(written(export, "xlsx")).values())
    dossier, services, themes, left_out = found

    assert [tuple(row) for row in dossier[1:]] == clean(facts_of(export))
    assert [tuple(row) for row in services[1:]] == clean(services_of(export))
    assert [tuple(row) for row in left_out[1:]] == clean(
        (one.title, one.reason) for one in export.content.left_out
    )
    assert {row[4] for row in themes[1:] if row[2]} - {""} == {
        writable(each.title) for each in export.content.included
    } - {""}


@few
@given(exports)
@example(version())
def test_the_plain_table(export):
    header, *rows = csv_rows(written(export, "csv"))
    names = [column.name for column in COLUMNS]
    of_a_kind = {
        kind: [row[1:] for row in rows if row[0] == kind]
        for kind in dict.fromkeys(row[0] for row in rows)
    }
    title, text = names.index("title"), len(names)
    whole, *others = of_a_kind.values()

    assert len({len(row) for row in (header, *rows)}) == 1
    assert [(row[title], row[text]) for row in whole] == facts_of(export)
    assert [row[:-1] for each in others for row in each if row[names.index("id")]] == services_of(
        export
    )
    assert [
        (row[title], row[text]) for each in others for row in each if not row[names.index("id")]
    ] == [(one.title, one.reason) for one in export.content.left_out]


@few
@given(exports)
def test_the_envelope(export):
    document = json.loads(written(export, "json"))

    read = Content.parse(
        canonical_json(document["dossier"]).encode(), canonical_json(document["annex"]).encode()
    )
    assert read == export.content
    assert document["version"] == export.marks.number
    assert document["matrix_version"] == export.content.matrix_version
    assert (document["sha256"] or document["digest"]) == export.marks.sha256
    assert document["dated"] == export.marks.dated.isoformat()


@few
@given(exports)
@example(version())
@example(draft())
def test_the_page_that_becomes_the_pdf(export):
    page = html_text(markup(printed(export)))

    for label, value in clean(facts_of(export)):
        assert squeezed(label) in page
        assert squeezed(value) in page
    for each in export.content.included:
        row = service_row(export.content, each)
        for name in ("title", "summary", "offline_alternative", "location", "reason"):
            assert squeezed(str(writable(row[name]))) in page
    for one in export.content.left_out:
        assert squeezed(str(writable(one.title))) in page
        assert squeezed(str(writable(one.reason))) in page


@pytest.mark.parametrize("export", [version(), draft()], ids=["version", "draft"])
def test_the_pdf_itself(export):
    said = pdf_text(written(export, "pdf"))

    for label, value in facts_of(export):
        assert squeezed(label) in said
        assert squeezed(value) in said
    for row in services_of(export):
        for name, value in zip((column.name for column in COLUMNS), row, strict=True):
            if name not in ("description", "themes", "axes", "reference_services", "public", "id"):
                assert squeezed(value) in said, name
    assert "l’aide(https://lunel.example/aide?a=1&b=2)" in said
    assert [one.title for one in LUNEL.left_out if one.title.replace(" ", "") in said]


def clean(rows) -> list[tuple[str, ...]]:
    """As a workbook can hold them."""
    return [tuple(str(writable(value)) for value in row) for row in rows]
