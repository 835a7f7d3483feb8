"""A registry's answers, read strictly: a change of any member is noticed."""

import pytest

from wagtail_villes_internet.registry import parse
from wagtail_villes_internet.registry.decode import Malformed
from wagtail_villes_internet.registry.types import RemoteService, Tombstone

from .values import EPOCH, HASH, ID, SIREN, representation, service_id

WHO = {
    "siren": SIREN,
    "insee": None,
    "name": "Pays de Lunel",
    "kind": "epci",
    "url": "https://v.example/",
}
CHANGES = {"epoch": EPOCH, "sequence": 0}
EDITION = {
    "year": 2024,
    "ordinal": 25,
    "opens_at": "2023-09-01T00:00:00+02:00",
    "closes_at": "2023-11-30T23:59:59.5Z",
    "ceremony_on": "2024-02-08",
    "place": "Montrouge",
    "labelled_count": 257,
    "state": "published",
}
AWARD = {
    "id": "a1",
    "edition": 2024,
    "standing": "labelled",
    "level": 5,
    "distinctions": [{"name": "Arobase verte", "valid_until": None}],
    "source_url": "",
}
SERVICE = {"code": "s1", "label": "Service", "replaces": []}
MATRIX = {
    "version": "2026",
    "official": False,
    "axes": [
        {
            "code": "x",
            "label": "Axe",
            "themes": [{"code": "t", "label": "Enjeu", "services": [SERVICE]}],
        }
    ],
    "etag": '"m"',
}
TOMBSTONE = {"id": service_id(2), "deleted": True, "sequence": 9, "key": None}
PAGE = {"epoch": EPOCH, "items": [representation(), TOMBSTONE], "sequence": 9, "more": False}

NOT = object()


def changed(value: dict, name: str, new: object) -> dict:
    """The value with one member changed, or left out for `NOT`."""
    return {key: new if key == name else old for key, old in value.items()} if new is not NOT else {
        key: old for key, old in value.items() if key != name
    }  # fmt: skip


def test_the_values_these_tests_start_from_are_good():
    assert parse.summary({**WHO, **CHANGES}, SIREN, with_token=True).sequence == 0
    assert parse.editions({"items": [EDITION], "etag": '"e"'}).value[0].year == 2024
    assert parse.awards({"items": [AWARD], "etag": '"a"'}).value[0].level == 5
    assert parse.matrix(MATRIX).value.codes == {"s1"}
    assert parse.feed(PAGE, since=0).sequence == 9


@pytest.mark.parametrize(
    ("name", "new"),
    [
        ("siren", "213401459"), ("siren", NOT), ("insee", NOT), ("insee", "3414"), ("insee", 34145),
        ("name", NOT), ("name", None), ("name", ""), ("name", "x" * 256), ("kind", "region"),
        ("kind", None), ("epoch", NOT), ("epoch", "1"), ("epoch", None), ("sequence", NOT),
        ("sequence", -1), ("sequence", 1.0), ("sequence", "1"), ("sequence", True),
        ("sequence", None), ("sequence", 2**53),
    ],
)  # fmt: skip
def test_a_summary(name, new):
    with pytest.raises(Malformed):
        parse.summary(changed({**WHO, **CHANGES}, name, new), SIREN, with_token=True)


@pytest.mark.parametrize(
    "name", ["awards_etag", "dossiers_etag", "matrix_etag", "editions_etag", "matrix_version"]
)
def test_what_a_registry_has_none_of_is_none(name):
    found = parse.summary({**WHO, **CHANGES, name: None}, SIREN, with_token=True)

    assert getattr(found, name) is None
    with pytest.raises(Malformed):
        parse.summary({**WHO, **CHANGES, name: 3}, SIREN, with_token=True)


def test_a_summary_without_a_token_shows_nothing_more():
    found = parse.summary({**WHO, **CHANGES}, SIREN, with_token=False)

    assert (found.epoch, found.sequence) == (None, None)


@pytest.mark.parametrize(
    "far",
    [
        "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00", "9000-01-01T00:00:00Z",
        "8999-12-31T23:59:59-00:01", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00",
        "1969-12-31T23:59:59Z", "1970-01-01T00:00:00+00:01",
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["opens_at", "closes_at"])
def test_an_instant_no_calendar_can_work_with_says_nothing_of_an_edition(name, far):
    """« No end » is often written as the last second of 9999: the other editions are read."""
    items = [{**EDITION, name: far}, {**EDITION, "year": EDITION["year"] + 1}]
    first, second = parse.editions({"items": items, "etag": '"e"'}).value

    assert getattr(first, name) is None
    assert getattr(second, name) is not None


def test_the_first_and_the_last_instant_that_are_read():
    first, last = "1970-01-01T00:00:00Z", "8999-12-31T23:59:59Z"
    item = {**EDITION, "opens_at": first, "closes_at": last}
    [edition] = parse.editions({"items": [item], "etag": '"e"'}).value

    assert edition.opens_at.isoformat() == first.replace("Z", "+00:00")
    assert edition.closes_at.isoformat() == last.replace("Z", "+00:00")


@pytest.mark.parametrize("insee", ["2A004", "2B033", "97105", "34145"])
def test_an_insee_code_may_have_a_letter(insee):
    assert parse.summary({**WHO, "insee": insee}, SIREN, with_token=False).insee == insee


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//v.example", "x" * 600, "", None]
)
def test_an_address_no_page_may_link_to_is_dropped(url):
    assert parse.summary({**WHO, "url": url}, SIREN, with_token=False).url == ""
    assert (
        parse.awards({"items": [{**AWARD, "source_url": url}], "etag": '"a"'}).value[0].source_url
        == ""
    )


@pytest.mark.parametrize(
    ("name", "new"),
    [
        ("year", None), ("year", "2024"), ("year", 0), ("year", 10_000), ("year", NOT),
        ("ordinal", NOT), ("ordinal", -1), ("ordinal", 40_000), ("ordinal", 1.5),
        ("opens_at", NOT), ("opens_at", "2023-09-01"), ("opens_at", "2023-09-01T00:00:00"),
        ("opens_at", "2023-09-01 00:00:00Z"), ("opens_at", "2023-09-31T00:00:00Z"),
        ("opens_at", "2023-W01-1T00:00:00Z"), ("opens_at", 0),
        ("closes_at", "2023-09-01T25:00:00Z"), ("closes_at", "2023-09-01T00:00:00+0200"),
        ("ceremony_on", "2024-02-30"), ("ceremony_on", "2024-02-08T00:00:00Z"),
        ("ceremony_on", NOT), ("place", NOT), ("place", 3), ("place", "x" * 256),
        ("labelled_count", NOT), ("labelled_count", -1), ("labelled_count", 2**31),
        ("state", NOT), ("state", "over"), ("state", None),
    ],
)  # fmt: skip
def test_an_edition(name, new):
    with pytest.raises(Malformed):
        parse.editions({"items": [changed(EDITION, name, new)], "etag": '"e"'})


def test_an_edition_is_listed_once():
    with pytest.raises(Malformed):
        parse.editions({"items": [EDITION, EDITION], "etag": '"e"'})


@pytest.mark.parametrize(
    ("name", "new"),
    [
        ("id", NOT), ("id", None), ("id", ""), ("id", 3), ("id", "x" * 256), ("edition", "2024"),
        ("edition", NOT), ("standing", "won"), ("standing", NOT), ("level", 0), ("level", 6),
        ("level", "5"), ("level", True), ("level", NOT), ("distinctions", NOT),
        ("distinctions", None), ("distinctions", ["x"]), ("distinctions", [{"name": "x"}]),
        ("distinctions", [{"valid_until": None}]),
        ("distinctions", [{"name": "", "valid_until": None}]),
        ("distinctions", [{"name": "x", "valid_until": "soon"}]), ("source_url", 3),
    ],
)  # fmt: skip
def test_an_award(name, new):
    with pytest.raises(Malformed):
        parse.awards({"items": [changed(AWARD, name, new)], "etag": '"a"'})


def test_an_award_is_listed_once():
    with pytest.raises(Malformed):
        parse.awards({"items": [AWARD, {**AWARD, "edition": 2023}], "etag": '"a"'})


def test_an_award_may_have_no_level():
    award = {**AWARD, "standing": "mention_only", "level": None}

    assert parse.awards({"items": [award], "etag": '"a"'}).value[0].level is None


@pytest.mark.parametrize(
    ("name", "new"),
    [
        ("version", NOT), ("version", ""), ("version", 3), ("version", "x" * 101),
        ("official", NOT), ("official", "yes"), ("official", None), ("axes", NOT), ("axes", {}),
        ("axes", MATRIX["axes"] * 2), ("axes", [3]), ("etag", NOT),
    ],
)  # fmt: skip
def test_a_matrix(name, new):
    with pytest.raises(Malformed):
        parse.matrix(changed(MATRIX, name, new))


@pytest.mark.parametrize(
    "services",
    [
        None,
        {},
        [3],
        [SERVICE, SERVICE],
        [{**SERVICE, "code": ""}],
        [{**SERVICE, "code": "x" * 101}],
        [{**SERVICE, "label": ""}],
        [{**SERVICE, "replaces": None}],
        [{**SERVICE, "replaces": [3]}],
        [{**SERVICE, "replaces": [""]}],
        [{"code": "s1", "label": "x"}],
    ],
)
def test_the_services_of_a_matrix(services):
    theme = {"code": "t", "label": "Enjeu", "services": services}
    axis = {"code": "x", "label": "Axe", "themes": [theme]}

    with pytest.raises(Malformed):
        parse.matrix({**MATRIX, "axes": [axis]})


def test_themes_are_listed_once_and_a_service_may_stand_under_several():
    one = {"code": "t", "label": "Enjeu", "services": [SERVICE]}
    two = {**one, "code": "u"}
    axis = {"code": "x", "label": "Axe", "themes": [one, two]}

    assert parse.matrix({**MATRIX, "axes": [axis]}).value.codes == {"s1"}
    with pytest.raises(Malformed):
        parse.matrix({**MATRIX, "axes": [{**axis, "themes": [one, one]}]})


@pytest.mark.parametrize(
    ("name", "new"),
    [
        ("epoch", NOT), ("epoch", "x"), ("items", NOT), ("items", None), ("items", [3]),
        ("items", [TOMBSTONE, representation()]), ("items", [TOMBSTONE, TOMBSTONE]),
        ("items", [representation(), representation(sequence=9)]), ("sequence", 8),
        ("sequence", 10), ("sequence", NOT), ("more", NOT), ("more", 1), ("more", None),
    ],
)  # fmt: skip
def test_a_page_of_the_feed(name, new):
    with pytest.raises(Malformed):
        parse.feed(changed(PAGE, name, new), since=0)


def test_a_feed_goes_forward_from_where_it_was_followed():
    assert len(parse.feed(PAGE, since=6).items) == 2
    with pytest.raises(Malformed):
        parse.feed(PAGE, since=7)


def test_an_empty_page_stays_where_it_is_and_is_the_last():
    empty = {"epoch": EPOCH, "items": [], "sequence": 5, "more": False}

    assert parse.feed(empty, since=5).sequence == 5
    for bad in ({**empty, "sequence": 6}, {**empty, "more": True}):
        with pytest.raises(Malformed):
            parse.feed(bad, since=5)


def test_a_feed_holds_services_and_tombstones():
    service, tombstone = parse.feed(PAGE, since=0).items

    assert isinstance(service, RemoteService)
    assert tombstone == Tombstone(service_id(2), 9, None)


@pytest.mark.parametrize(
    ("name", "new"),
    [
        ("id", ID.upper()), ("id", NOT), ("id", "x"), ("etag", "v1"), ("etag", 'W/"v1"'),
        ("etag", '"a"b"'), ("etag", '"' + "x" * 254 + '"'), ("etag", NOT), ("hash", HASH[:-1]),
        ("hash", HASH.upper()), ("hash", None), ("key", 3), ("key", ""), ("key", "é"),
        ("key", NOT), ("sequence", 0), ("title", NOT), ("title", None), ("title", "x" * 256),
        ("kind", "robot"), ("kind", ""), ("status", "x"), ("provider", "x"), ("public", "yes"),
        ("url", "javascript:alert(1)"), ("audiences", ["martians"]), ("audiences", None),
        ("interactions", [""]), ("started_on", "soon"), ("location", {"lat": "0", "lon": "0"}),
        ("location", {"lat": "0.000000"}), ("reference_services", ["x"] * 51),
        ("description", "x" * 20_001),
    ],
)  # fmt: skip
def test_a_service(name, new):
    with pytest.raises(Malformed):
        parse.service({**changed(representation(), name, new), "epoch": EPOCH}, ID)


@pytest.mark.parametrize(
    ("name", "new"),
    [
        ("description", '<p><a href="https://v.example" rel="nofollow">x</a></p>'),
        ("title", "e\u0301te\u0301"),
        ("title", ""),
        ("summary", "a\r\nb"),
        ("reference_services", []),
        ("reference_services", ["b", "a"]),
        ("key", None),
        ("key", 'a "quoted" \\ key'),
        ("etag", '"\xe9"'),
        ("etag", '""'),
    ],
)
def test_a_service_that_the_registry_altered_is_still_read(name, new):
    found = parse.service({**representation(**{name: new}), "epoch": EPOCH}, ID)

    holder = found if name in ("key", "etag") else found.body
    assert getattr(holder, name) == (tuple(new) if isinstance(new, list) else new)


def test_a_member_the_contract_does_not_name_is_ignored():
    assert parse.service({**representation(seen=3), "epoch": EPOCH}, ID).epoch == EPOCH


def test_another_service_than_the_one_asked_for_is_not_taken():
    with pytest.raises(Malformed):
        parse.service({**representation(), "epoch": EPOCH}, service_id(5))


@pytest.mark.parametrize("deleted", [False, None, 1, "true"])
def test_a_tombstone_says_so(deleted):
    with pytest.raises(Malformed):
        parse.tombstone({**TOMBSTONE, "deleted": deleted})


def test_an_epoch_is_kept_in_the_registrys_own_writing():
    assert parse.feed({**PAGE, "epoch": EPOCH.upper()}, since=0).epoch == EPOCH.upper()
