"""What the registry accepts, rule by rule of the contract's table « A service »."""

import subprocess
import sys
import unicodedata
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from registry.judge import AUDIENCES, FIELDS, INTERACTIONS, is_canonical_text, judge

from tests.processes import MANAGE

from .town import a_service

CODES = frozenset({"p-portail-familles", *(f"p-{number:02}" for number in range(60))})
calm = settings(derandomize=True, deadline=None)


def verdict(body: object) -> list[tuple[str, str]]:
    return [(fault.pointer, fault.code) for fault in judge(body, CODES.__contains__)]


def verdict_on(**changes: object) -> list[tuple[str, str]]:
    return verdict(a_service(**changes))


def test_a_whole_service_is_accepted():
    assert verdict(a_service()) == []


def test_a_service_has_the_fifteen_fields_of_the_contract():
    assert set(FIELDS) == set(a_service())


def test_the_judge_needs_no_django():
    code = "import sys, registry.judge, registry.jsontext; sys.exit('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=MANAGE.parent.parent, check=False)
    assert done.returncode == 0


@pytest.mark.parametrize("body", [None, [], "text", 1.0, True])
def test_a_body_that_is_no_object_is_a_bad_type(body):
    assert verdict(body) == [("", "bad_type")]


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_is_always_present(name):
    body = a_service()
    del body[name]
    assert verdict(body) == [(f"/{name}", "required")]


@pytest.mark.parametrize("name", sorted(set(FIELDS) - {"started_on", "ended_on", "location"}))
def test_null_is_for_dates_and_the_place_only(name):
    assert verdict_on(**{name: None}) == [(f"/{name}", "required")]


@pytest.mark.parametrize("name", ["started_on", "ended_on", "location"])
def test_dates_and_the_place_may_be_null(name):
    assert verdict_on(**{name: None}) == []


@pytest.mark.parametrize(
    "name", ["kind", "title", "status", "provider", "started_on", "ended_on", "reference_services"]
)
def test_what_may_not_be_empty_is_required(name):
    empty = [] if name == "reference_services" else ""
    assert verdict_on(**{name: empty}) == [(f"/{name}", "required")]


@pytest.mark.parametrize("name", ["summary", "description", "url", "offline_alternative"])
def test_texts_but_the_title_may_be_empty(name):
    assert verdict_on(**{name: ""}) == []


@pytest.mark.parametrize("name", ["audiences", "interactions"])
def test_audiences_and_interactions_may_be_empty(name):
    assert verdict_on(**{name: []}) == []


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("value", [1.0, {"a": "b"}, [["a"]], True])
def test_a_value_of_another_type_is_said_so(name, value):
    if name == "public" and value is True:
        assert verdict_on(**{name: value}) == []
    elif name == "location" and isinstance(value, dict):
        assert {code for _, code in verdict_on(location=value)} == {"bad_location"}
    elif isinstance(value, list) and isinstance(a_service()[name], list):
        assert verdict_on(**{name: value}) == [(f"/{name}/0", "bad_type")]
    else:
        assert verdict_on(**{name: value}) == [(f"/{name}", "bad_type")]


def test_a_boolean_is_no_word_and_no_number():
    assert verdict_on(public="true") == [("/public", "bad_type")]
    assert verdict_on(public=0.0) == [("/public", "bad_type")]


@pytest.mark.parametrize("name", ["id", "etag", "hash", "key", "sequence", "epoch", "Title"])
def test_another_member_is_unknown(name):
    assert verdict_on(**{name: "x"}) == [(f"/{name}", "unknown_field")]


def test_the_name_of_an_unknown_member_is_escaped_in_its_pointer():
    assert verdict_on(**{"a/b~c\ud800": 1.0}) == [("/a~1b~0c?", "unknown_field")]


@pytest.mark.parametrize(
    ("name", "longest"), [("title", 255), ("summary", 500), ("offline_alternative", 500)]
)
def test_lengths_are_in_code_points(name, longest):
    assert verdict_on(**{name: "🏛" * longest}) == []
    assert verdict_on(**{name: "🏛" * (longest + 1)}) == [(f"/{name}", "too_long")]


def test_the_length_of_the_description_counts_its_tags():
    assert verdict_on(description="<p>" + "a" * (20_000 - 7) + "</p>") == []
    assert verdict_on(description="<p>" + "a" * (20_000 - 6) + "</p>") == [
        ("/description", "too_long")
    ]


@pytest.mark.parametrize("name", ["title", "summary", "description", "offline_alternative", "url"])
@pytest.mark.parametrize(
    "text",
    ["e\u0301", "a\r\nb", "a\rb", "a\tb", "a\x00b", "a\x7fb", "a\x85b", "a\ud800b", "\udc00"],
)
def test_a_text_in_another_form_is_not_canonical(name, text):
    assert verdict_on(**{name: text}) == [(f"/{name}", "not_canonical")]


@pytest.mark.parametrize(
    "text", ["é", "a\nb", "\u00a0« oui » !", "\u2028", "👩‍👧", "\ufeff", " a "]
)
def test_what_is_odd_and_legal_in_a_text_is_accepted(text):
    assert verdict_on(title=text) == []


@given(st.text(alphabet=st.characters(), max_size=20))
@calm
def test_a_text_is_accepted_exactly_when_the_rules_admit_each_character(text):
    # A second statement of the rule: normalised by round trip, characters by their ranges.
    ranges_hold = all(
        character == "\n"
        or not (
            character < " " or "\x7f" <= character <= "\x9f" or "\ud800" <= character <= "\udfff"
        )
        for character in text
    )
    assert is_canonical_text(text) == (ranges_hold and unicodedata.normalize("NFC", text) == text)


@pytest.mark.parametrize("name", ["kind", "status", "provider"])
@pytest.mark.parametrize("value", ["other", "Service", "active ", "SERVICE"])
def test_a_choice_is_one_of_the_list(name, value):
    assert verdict_on(**{name: value}) == [(f"/{name}", "bad_choice")]


@pytest.mark.parametrize(
    ("name", "choices"),
    [
        ("kind", "service project place event"),
        ("status", "planned active ended"),
        ("provider", "authority intercommunal association contractor"),
    ],
)
def test_every_choice_of_the_contract_is_accepted(name, choices):
    for choice in choices.split():
        assert verdict_on(**{name: choice}) == []


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://lunel.fr",
        "http://lunel.fr:8080/a?b=c#d",
        "HTTPS://LUNEL.FR/",
        "https://[2001:db8::1]/",
        "https://mairie-élue.fr/à-propos",
        'https://lunel.fr/?q="a"',
    ],
)
def test_a_web_address_is_accepted(url):
    assert verdict_on(url=url) == []


@pytest.mark.parametrize(
    "url",
    [
        "lunel.fr",
        "//lunel.fr",
        "/familles",
        "https:",
        "https://",
        "https:///familles",
        "https:lunel.fr",
        "https://:80/",
        "https://lunel.fr:port/",
        "https://lunel.fr:99999/",
        "https://[::1/",
        "https://a b.fr/",
        "https://lunel.fr/a b",
        " https://lunel.fr",
        "https://lunel.fr\\@autre.fr",
        "https://user@/",
        "ftp://lunel.fr",
        "mailto:a@lunel.fr",
        "javascript:alert(1)",
        "data:text/html,a",
    ],
)
def test_another_address_is_a_bad_url(url):
    assert verdict_on(url=url) == [("/url", "bad_url")]


@pytest.mark.parametrize("name", ["started_on", "ended_on"])
@pytest.mark.parametrize(
    "text",
    [
        "2024-02-30",
        "2024-13-01",
        "20240201",
        "2024-W05-1",
        "2024-2-1",
        "01/02/2024",
        "2024-02-01T00:00:00",
        "0000-01-01",
        "２０２４-02-01",
        " 2024-02-01",
        "2024-02-01 ",
    ],
)
def test_a_date_that_is_none_is_a_bad_date(name, text):
    assert (f"/{name}", "bad_date") in verdict_on(**{name: text})


@given(st.dates(), st.dates())
@calm
def test_an_end_is_not_before_its_start(started_on: date, ended_on: date):
    expected = [("/ended_on", "bad_order")] if ended_on < started_on else []
    found = verdict_on(started_on=started_on.isoformat(), ended_on=ended_on.isoformat())
    assert found == expected


def test_the_order_of_dates_needs_both():
    assert verdict_on(started_on=None, ended_on="2020-01-01") == []
    assert verdict_on(started_on="2024-99-01", ended_on="2020-01-01") == [
        ("/started_on", "bad_date")
    ]


@given(st.lists(st.sampled_from(sorted(CODES)), min_size=1, max_size=50))
@calm
def test_an_array_is_a_sorted_set(codes: list[str]):
    is_set = all(first < second for first, second in zip(codes, codes[1:], strict=False))
    expected = [] if is_set else [("/reference_services", "not_canonical")]
    assert verdict_on(reference_services=codes) == expected


def test_arrays_are_sorted_by_code_point():
    known = ["p-Z", "p-a", "p-é", "p-\uffff", "p-🏛"]
    assert judge(a_service(reference_services=known), known.__contains__) == []
    by_utf16 = ["p-Z", "p-a", "p-é", "p-🏛", "p-\uffff"]
    found = judge(a_service(reference_services=by_utf16), known.__contains__)
    assert [fault.code for fault in found] == ["not_canonical"]


def test_an_array_has_fifty_items_at_most():
    fifty = sorted(code for code in CODES if code != "p-portail-familles")[:50]
    assert verdict_on(reference_services=fifty) == []
    assert verdict_on(reference_services=[*fifty, "p-99"]) == [("/reference_services", "too_many")]


def test_an_unknown_code_is_pointed_at():
    assert verdict_on(reference_services=["p-00", "p-01", "x-1", "x-2"]) == [
        ("/reference_services/2", "unknown_code"),
        ("/reference_services/3", "unknown_code"),
    ]


@pytest.mark.parametrize(
    ("name", "choices"), [("audiences", AUDIENCES), ("interactions", INTERACTIONS)]
)
def test_items_of_a_choice_are_pointed_at(name, choices):
    assert verdict_on(**{name: sorted(choices)}) == []
    assert verdict_on(**{name: ["nobody", *sorted(choices)]}) == [
        (f"/{name}/0", "bad_choice"),
        *([(f"/{name}", "not_canonical")] if min(choices) < "nobody" else []),
    ]


@pytest.mark.parametrize("item", [None, ""])
def test_an_empty_item_is_required(item):
    assert ("/audiences/0", "required") in verdict_on(audiences=[item])


@pytest.mark.parametrize("text", ["e\u0301", "\ud800"])
def test_a_code_in_another_form_is_not_looked_up(text):
    assert verdict_on(reference_services=[text]) == [("/reference_services/0", "not_canonical")]


@given(st.integers(-90_000_000, 90_000_000), st.integers(-180_000_000, 180_000_000))
@calm
def test_every_place_on_earth_is_accepted(lat: int, lon: int):
    def written(millionths: int) -> str:
        whole, rest = divmod(abs(millionths), 1_000_000)
        return f"{'-' if millionths < 0 else ''}{whole}.{rest:06}"

    assert verdict_on(location={"lat": written(lat), "lon": written(lon)}) == []


@pytest.mark.parametrize(
    "coordinate",
    [
        "43.674",
        "43.6740000",
        "43,674000",
        "+43.674000",
        "043.674000",
        "-0.000000",
        ".674000",
        "43.674000 ",
        "４3.674000",
        "4.3674e1",
        "NaN",
        "181.000000",
        "180.000001",
        "-180.000001",
        "9999.000000",
        "",
        None,
        43.674,
        [],
    ],
)
def test_a_coordinate_in_another_form_is_a_bad_location(coordinate):
    assert verdict_on(location={"lat": "43.674000", "lon": coordinate}) == [
        ("/location/lon", "bad_location")
    ]


@pytest.mark.parametrize("lat", ["90.000001", "-90.000001", "100.000000"])
def test_a_latitude_ends_at_the_poles(lat):
    assert verdict_on(location={"lat": lat, "lon": "4.135000"}) == [
        ("/location/lat", "bad_location")
    ]


def test_a_place_has_two_members():
    both = [("/location/lat", "bad_location"), ("/location/lon", "bad_location")]
    assert verdict_on(location={}) == both
    found = verdict_on(location={"lat": "0.000000", "lon": "0.000000", "alt": "1.000000"})
    assert [code for _, code in found] == ["bad_location"]


def test_all_faults_are_said_at_once():
    found = verdict_on(title="", kind="x", url="x", ended_on="2000-01-01", extra=1.0)
    assert found == [
        ("/kind", "bad_choice"),
        ("/title", "required"),
        ("/url", "bad_url"),
        ("/extra", "unknown_field"),
        ("/ended_on", "bad_order"),
    ]


json_values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(st.characters(), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=10,
)


@given(st.sampled_from([*FIELDS, "other"]), json_values)
@calm
def test_any_value_anywhere_is_judged_and_never_breaks_the_judge(name, value):
    codes = {code for _, code in verdict_on(**{name: value})}
    assert codes <= {
        "required",
        "too_long",
        "not_canonical",
        "unknown_code",
        "bad_url",
        "bad_html",
        "bad_date",
        "bad_choice",
        "bad_order",
        "bad_location",
        "bad_type",
        "too_many",
        "unknown_field",
    }
