"""Dossiers to be exported: one a reader can picture, and what somebody hostile would type."""

import hashlib
from datetime import UTC, date, datetime
from io import BytesIO

from hypothesis import strategies as st

from tests.dossiers.contents import TOWN, content, matrix, service
from wagtail_villes_internet.dossiers.content import Content, LeftOut, SignedOff
from wagtail_villes_internet.dossiers.exports.formats import write
from wagtail_villes_internet.dossiers.exports.marks import Export, Marks, ReceiptMark
from wagtail_villes_internet.registry.markup import canonical_html
from wagtail_villes_internet.registry.text import canonical_text

FILED_AT = datetime(2027, 5, 4, 22, 30, tzinfo=UTC)
RECEIPT = ReceiptMark("2027-042", datetime(2027, 5, 5, 8, 0, tzinfo=UTC), typed=False)

FAMILY = "0b6f3c0e-4f0a-4b58-9d4c-1f6e2a7c8d90"
WIFI = "1b6f3c0e-4f0a-4b58-9d4c-1f6e2a7c8d91"
LUNEL = content(
    service(
        FAMILY,
        "Portail famille",
        codes=["a1", "c1"],
        summary="Inscrire ses enfants.",
        description='<p>Voir <a href="https://lunel.example/aide?a=1&amp;b=2">l’aide</a>.</p>'
        "<ul><li>cantine</li><li>étude</li></ul>",
        offline_alternative="À l’accueil.",
    ),
    service(WIFI, "Bornes wifi", reason="Ouverture en juin", codes=["a1", "hors-matrice"]),
    left_out=(LeftOut("3", "Ancien portail", "too_old", "Fermé depuis trois ans"),),
    statement="Une année de travail.\n\nEt de formation.",
    answers="1. Oui\n2. Non",
    signed_off=(SignedOff("elected", date(2027, 5, 3)),),
)


def version(of: Content = LUNEL, **marks) -> Export:
    """That content, filed as version 2 and received; `marks` change what is known of it."""
    known = {
        "number": 2,
        "dated": FILED_AT,
        "sha256": hashlib.sha256(of.octets).hexdigest(),
        "state": "filed",
        "receipt": RECEIPT,
    }
    return Export(of, of.octets, of.annex_octets, Marks(**{**known, **marks}))


def draft(of: Content = LUNEL) -> Export:
    return Export(of, of.octets, of.annex_octets, Marks(None, FILED_AT, of.digest))


def written(export: Export, name: str) -> bytes:
    output = BytesIO()
    write(export, name, output)
    return output.getvalue()


HOSTILE = (
    *("=1+1", "+33 4 67", "-1", "@SUM(A1)", "\u2007=1", "'déjà", "''", ";", '"', 'a";"b', "a,b|c"),
    *('=HYPERLINK("http://mal.example";"Cliquez")', "<script>alert(1)</script>", "<b>gras</b>"),
    *("</style></title>", "&amp; &lt;", "{{ printed }} {% load i18n %}", "_x0041_", "_x005F_"),
    *("\u202egnp.exe", "\u2066isolé\u2069", "مرحبا", "👩‍👩‍👧‍👦 famille", "🇫🇷", "e\u0301", "ﬁn"),
    *("\ufffe\uffff", "\u200b", "%(number)d %s", "url(http://mal.example)", "mot" * 200),
)
words = st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(codec="utf-8"), max_size=30))
lines = words.map(canonical_text)
paragraphs = (
    st.lists(words, max_size=4)
    .map("\n".join)
    .map(lambda text: canonical_text(text, multiline=True))
)
titles = lines.filter(bool)
codes = st.sampled_from(["a1", "a2", "c1", "gone"])
included = st.builds(
    service,
    st.uuids().map(str),
    title=titles,
    codes=st.lists(codes, min_size=1, max_size=3, unique=True).map(sorted),
    reason=lines,
    summary=paragraphs,
    description=st.lists(words, max_size=3).map(lambda said: canonical_html("<br>".join(said))),
    offline_alternative=paragraphs,
    public=st.booleans(),
    location=st.sampled_from([None, {"lat": "-43.674000", "lon": "4.135000"}]),
)
contents = st.builds(
    Content,
    authority=st.fixed_dictionaries({**dict.fromkeys(TOWN, lines), "name": titles}),
    year=st.integers(2000, 2100),
    matrix=st.builds(
        matrix,
        official=st.booleans(),
        version=titles,
        aide=st.just(["a1", "a2"]),
        b=st.just(["c1"]),
    ),
    included=st.lists(included, max_size=4, unique_by=lambda one: one.id).map(tuple),
    left_out=st.lists(st.builds(LeftOut, lines, titles, lines, lines), max_size=3).map(tuple),
    statement=paragraphs,
    answers=paragraphs,
    signed_off=st.lists(
        st.builds(SignedOff, st.sampled_from(["elected", "technical"]), st.dates()), max_size=2
    ).map(tuple),
)
exports = st.one_of(st.builds(version, contents), st.builds(draft, contents))
