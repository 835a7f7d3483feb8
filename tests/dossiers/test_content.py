"""What a dossier says: octets that are canonical, and one digest of exactly what is shown."""

import copy
import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wagtail_villes_internet.dossiers.comparing import compare
from wagtail_villes_internet.dossiers.content import Content, sha256
from wagtail_villes_internet.dossiers.errors import Unreadable
from wagtail_villes_internet.dossiers.figures import figures

from .contents import FULL, content, contents, matrix, service


def leaves(value: object, path: tuple = ()) -> Iterator[tuple]:
    """The path of every value in a JSON document."""
    members = value.items() if isinstance(value, dict) else enumerate(value)
    for key, member in members:
        if isinstance(member, (dict, list)) and member:
            yield from leaves(member, (*path, key))
        else:
            yield (*path, key)


def holder(document: object, path: tuple) -> tuple:
    """What holds the value at `path`, and its place there."""
    for key in path[:-1]:
        document = document[key]
    return document, path[-1]


def altered(document: object, path: tuple) -> object:
    """The document with another value of the same kind at `path`."""
    document = copy.deepcopy(document)
    place, key = holder(document, path)
    value = place[key]
    if isinstance(value, bool):
        place[key] = not value
    elif isinstance(value, int):
        place[key] = value + 1
    else:
        place[key] = f"{value or ''}x"
    return document


def octets(value: object) -> bytes:
    return json.dumps(value).encode()


class TestOctets:
    def test_are_canonical_json(self):
        said = json.loads(FULL.octets)

        assert said == FULL.body()
        assert (
            FULL.octets
            == json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        )

    def test_are_the_contract_s_dossier_and_nothing_else(self):
        said = json.loads(FULL.octets)

        assert set(said) == {
            *("edition", "authority", "matrix_version", "services"),
            *("answers", "statement", "signed_off"),
        }
        assert said["authority"] == "213401458"
        assert said["signed_off"] == [{"role": "elected", "on": "2026-11-03"}]
        assert {frozenset(one) for one in said["services"]} == {
            frozenset({"id", "hash", "title", "reference_services"})
        }

    @given(contents)
    def test_say_everything_that_was_said(self, said):
        assert Content.parse(said.octets, said.annex_octets) == said

    @given(contents)
    def test_are_the_same_once_read_again(self, said):
        again = Content.parse(said.octets, said.annex_octets)

        assert (again.octets, again.annex_octets) == (said.octets, said.annex_octets)
        assert again.digest == said.digest


class TestDigest:
    def test_is_a_sha_256(self):
        assert len(FULL.digest) == 64
        assert FULL.digest == FULL.digest.lower()
        assert sha256(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    def test_is_the_same_whatever_the_order_in_which_facts_were_read(self):
        turned = replace(FULL, authority=dict(reversed(FULL.authority.items())))

        assert turned.digest == FULL.digest

    def test_is_that_of_what_is_shown_before_anybody_agreed(self):
        assert FULL.signed(()).digest == FULL.digest

    @given(contents, contents)
    def test_two_contents_share_one_only_where_they_say_the_same(self, one, other):
        say_the_same = one.signed(()) == other.signed(())

        assert (one.digest == other.digest) == say_the_same

    @pytest.mark.parametrize("path", list(leaves(FULL.annex())), ids=str)
    def test_changes_with_every_fact_of_the_annex(self, path):
        body = FULL.body()
        annex = altered(FULL.annex(), path)
        if path[0] == "services" and path[-1] == "id":
            body = altered(body, path)

        said = Content.parse(octets(body), octets(annex))

        assert said.digest != FULL.digest

    @pytest.mark.parametrize(
        "path",
        [("edition",), ("answers",), ("statement",), ("services", 0, "hash")],
        ids=str,
    )
    def test_changes_with_every_fact_that_only_the_contract_s_dossier_holds(self, path):
        said = Content.parse(octets(altered(FULL.body(), path)), FULL.annex_octets)

        assert said.digest != FULL.digest

    def test_changes_with_a_service_more_less_or_elsewhere(self):
        one, two = service("1"), service("2")
        both = content(one, two)

        others = [content(one), content(two, one), content(one, two, service("3"))]

        assert both.digest not in {other.digest for other in others}


class TestWhatCannotBeRead:
    @pytest.mark.parametrize("stored", [b"", b"{", b"[]", b"null", b"\xff", b"1", b"[" * 100_000])
    def test_is_said_to_be_so(self, stored):
        with pytest.raises(Unreadable):
            Content.parse(stored, FULL.annex_octets)
        with pytest.raises(Unreadable):
            Content.parse(FULL.octets, stored)

    @given(st.data())
    def test_wherever_it_was_altered_it_is_read_whole_or_not_at_all(self, data):
        body, annex = copy.deepcopy((FULL.body(), FULL.annex()))
        document = data.draw(st.sampled_from([body, annex]))
        place, key = holder(document, data.draw(st.sampled_from(list(leaves(document)))))
        if data.draw(st.booleans()):
            del place[key]
        else:
            place[key] = data.draw(st.sampled_from([None, 1, 1.5, "x", [], {}, [None], {"a": 1}]))

        try:
            said = Content.parse(octets(body), octets(annex))
        except Unreadable:
            return

        assert not compare(said, said).moved
        assert figures(said, said).new == 0
        assert Content.parse(said.octets, said.annex_octets) == said


class TestThemes:
    def test_are_those_of_the_matrix_in_its_order_empty_ones_too(self):
        said = content(service("1", codes=["c1"]))

        assert [(theme.code, theme.covered) for theme in said.themes] == [
            ("aide", 0),
            ("culture", 1),
        ]

    def test_a_service_of_two_reference_services_of_a_theme_is_in_it_once(self):
        [aide, _culture] = content(service("1", codes=["a1", "a2"])).themes

        assert [each.id for each in aide.services] == ["1"]
        assert aide.covered == 2

    def test_a_service_of_two_themes_is_in_both(self):
        themes = content(service("1", codes=["a1", "c1"])).themes

        assert [[each.id for each in theme.services] for theme in themes] == [["1"], ["1"]]

    def test_a_code_that_the_matrix_lacks_is_in_none(self):
        said = content(service("1", codes=["gone"]))

        assert not any(theme.services for theme in said.themes)
        assert "gone" not in said.labels

    def test_services_are_in_the_order_of_a_french_list(self):
        said = content(service("1", "École"), service("2", "eau"), service("3", "Zone"))

        [aide, _culture] = said.themes

        assert [each.title for each in aide.services] == ["eau", "École", "Zone"]

    def test_labels_are_those_of_the_day(self):
        said = content(matrix=matrix(aide=["a1"]))

        assert said.labels == {"a1": "Label a1"}
