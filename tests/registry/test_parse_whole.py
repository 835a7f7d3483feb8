"""What a registry says comes through whole, each member in its own place."""

from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta, timezone

from wagtail_villes_internet.registry import parse
from wagtail_villes_internet.registry.members import MAX_CODE, MAX_NAME
from wagtail_villes_internet.registry.types import (
    AuthoritySummary,
    FeedPage,
    RemoteAward,
    RemoteAxis,
    RemoteDistinction,
    RemoteEdition,
    RemoteMatrix,
    RemoteReferenceService,
    RemoteService,
    RemoteTheme,
    Tagged,
    Tombstone,
    Written,
)

from .test_parse import EDITION
from .values import EPOCH, HASH, ID, SIREN, a_body, delete, put, representation, service_id


def test_a_summary():
    given = {
        "siren": SIREN,
        "insee": "34145",
        "name": "Lunel",
        "kind": "commune",
        "url": "https://lunel.example/",
        "epoch": EPOCH,
        "sequence": 41,
        "awards_etag": '"a"',
        "dossiers_etag": '"d"',
        "matrix_version": "2026",
        "matrix_etag": '"m"',
        "editions_etag": '"e"',
    }

    assert parse.summary(given, SIREN, with_token=True) == AuthoritySummary(**given)


def test_an_edition():
    found = parse.editions({"items": [EDITION], "etag": '"e"'})

    assert found == Tagged(
        (
            RemoteEdition(
                year=2024,
                ordinal=25,
                opens_at=datetime(2023, 9, 1, tzinfo=timezone(timedelta(hours=2))),
                closes_at=datetime(2023, 11, 30, 23, 59, 59, 500_000, tzinfo=UTC),
                ceremony_on=date(2024, 2, 8),
                place="Montrouge",
                labelled_count=257,
                state="published",
            ),
        ),
        '"e"',
    )


def test_an_edition_of_which_little_is_known():
    known = {"year": 2027, "state": "upcoming"}
    nothing = dict.fromkeys(EDITION)

    (found,) = parse.editions({"items": [{**nothing, **known}], "etag": '"e"'}).value

    assert {name: value for name, value in asdict(found).items() if value is not None} == known


def test_an_award():
    mentions = [{"name": "Arobase verte", "valid_until": "2025-12-31"}]
    given = {
        "id": "a1",
        "edition": 2024,
        "standing": "labelled",
        "level": 5,
        "distinctions": mentions,
        "source_url": "https://r.example/2024",
    }

    assert parse.awards({"items": [given], "etag": '"a"'}) == Tagged(
        (
            RemoteAward(
                id="a1",
                edition=2024,
                standing="labelled",
                level=5,
                distinctions=(RemoteDistinction("Arobase verte", date(2025, 12, 31)),),
                source_url="https://r.example/2024",
            ),
        ),
        '"a"',
    )


def test_a_matrix_whose_texts_are_as_long_as_they_may_be():
    code, label, old = "c" * MAX_CODE, "l" * MAX_NAME, "o" * MAX_CODE
    service = {"code": code, "label": label, "replaces": [old]}
    theme = {"code": "theme", "label": "Enjeu", "services": [service]}
    axis = {"code": "axis", "label": "Axe", "themes": [theme]}
    given = {"version": "2027", "official": True, "axes": [axis], "etag": '"m"'}

    services = (RemoteReferenceService(code, label, (old,)),)
    themes = (RemoteTheme("theme", "Enjeu", services),)
    assert parse.matrix(given) == Tagged(
        RemoteMatrix("2027", True, (RemoteAxis("axis", "Axe", themes),)), '"m"'
    )


def test_a_page_of_the_feed():
    gone = {"id": service_id(2), "deleted": True, "sequence": 9, "key": "key-9"}
    given = {
        "epoch": EPOCH,
        "items": [representation(sequence=7, key=None), gone],
        "sequence": 9,
        "more": True,
    }

    there = RemoteService(ID, '"v1"', HASH, None, 7, a_body())
    assert parse.feed(given, since=6) == FeedPage(
        EPOCH, (there, Tombstone(service_id(2), 9, "key-9")), 9, True
    )


def test_a_service():
    found = parse.service({**representation(), "epoch": EPOCH}, ID)

    assert found == replace(RemoteService(ID, '"v1"', HASH, "key-1", 7, a_body()), epoch=EPOCH)


def test_what_was_written():
    answer = {"id": ID, "etag": '"v2"', "hash": HASH, "key": "key-1", "sequence": 8, "epoch": EPOCH}

    assert parse.written(answer, put(), status=201, replayed=True) == Written(
        id=ID,
        status=201,
        etag='"v2"',
        hash=HASH,
        key="key-1",
        sequence=8,
        epoch=EPOCH,
        replayed=True,
        tombstone=False,
    )


def test_what_was_withdrawn():
    answer = {"id": ID, "deleted": True, "key": "key-d", "sequence": 9, "epoch": EPOCH}

    assert parse.written(answer, delete(ID, '"v2"'), status=200, replayed=False) == Written(
        id=ID,
        status=200,
        etag=None,
        hash=None,
        key="key-d",
        sequence=9,
        epoch=EPOCH,
        replayed=False,
        tombstone=True,
    )
