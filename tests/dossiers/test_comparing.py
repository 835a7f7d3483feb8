"""One dossier beside another."""

import pytest

from tests.factories import Town
from wagtail_villes_internet.dossiers.comparing import (
    MOST_LINES,
    DiffLine,
    compare,
    content_before,
    line_diff,
    previous_of,
)
from wagtail_villes_internet.dossiers.content import LeftOut
from wagtail_villes_internet.dossiers.drafting import draft_of, open_dossier
from wagtail_villes_internet.dossiers.freezing import freeze
from wagtail_villes_internet.dossiers.models import Filing

from .contents import content, matrix, service

State = Filing.State


def said(lines):
    return [(line.change, line.text) for line in lines]


class TestServices:
    def test_are_added_gone_and_changed(self):
        found = compare(
            content(service("stays"), service("goes"), service("changes")),
            content(service("stays"), service("changes", url="https://x.example/"), service("new")),
        )

        assert [each.id for each in found.added] == ["new"]
        assert [each.id for each in found.gone] == ["goes"]
        assert [(each.after.id, each.fields) for each in found.changed] == [("changes", ("url",))]

    def test_a_changed_one_says_which_fields_in_their_order_and_in_the_form_s_words(self):
        found = compare(
            content(service("1", title="Avant", codes=["a1"], public=True)),
            content(service("1", title="Après", codes=["a2"], public=False)),
        )

        [changed] = found.changed

        assert changed.fields == ("title", "public", "reference_services")
        assert changed.title == "Après"
        assert len(changed.labels) == 3
        assert all(changed.labels)

    def test_another_hash_of_the_same_fields_is_no_change(self):
        before = service("1")
        after = type(before)("1", "another hash", before.fields)

        assert compare(content(before), content(after)).changed == ()

    def test_one_beside_itself_moved_nothing(self):
        one = content(service("1"))

        found = compare(one, one)

        assert not found.moved
        assert {line.change for line in (*found.statement, *found.answers)} == {"same"}


class TestThemes:
    def test_say_how_many_services_they_had_and_have(self):
        found = compare(
            content(service("1", codes=["a1"])),
            content(service("1", codes=["a1", "a2"]), service("2", codes=["a1"])),
        )

        [aide, culture] = found.themes

        assert (aide.before, aide.after) == (1, 2)
        assert (aide.covered_before, aide.covered_after) == (1, 2)
        assert (culture.before, culture.after) == (0, 0)

    def test_newly_covered_and_no_longer(self):
        found = compare(content(service("1", codes=["a1"])), content(service("1", codes=["c1"])))

        assert [theme.code for theme in found.newly_covered] == ["culture"]
        assert [theme.code for theme in found.no_longer_covered] == ["aide"]
        assert found.moved

    def test_of_two_matrices_are_matched_by_code_then_by_name(self):
        before = content(matrix=matrix(version="1", aide=["a1"], culture=["c1"], gone=["g1"]))
        renamed = matrix(version="2", aide=["a1"], other=["c1"], new=["n1"])
        renamed["axes"][0]["themes"][0]["label"] = "Entraide"
        renamed["axes"][0]["themes"][1]["label"] = "CULTURE"

        found = compare(before, content(matrix=renamed))

        assert found.has_another_matrix
        assert [(one.code, one.before, one.after) for one in found.themes] == [
            ("aide", 0, 0),
            ("other", 0, 0),
            ("new", None, 0),
            ("gone", 0, None),
        ]

    def test_a_code_wins_over_the_name_that_another_theme_has_now(self):
        swapped = matrix(version="2", culture=["c1"], aide=["a1"])
        swapped["axes"][0]["themes"][0]["label"] = "Aide"
        swapped["axes"][0]["themes"][1]["label"] = "Culture"

        found = compare(content(service("1", codes=["a1"])), content(matrix=swapped))

        assert [(one.code, one.before) for one in found.themes] == [("culture", 0), ("aide", 1)]


def test_what_is_left_out_is_told_with_both_reasons():
    found = compare(
        content(left_out=(LeftOut("1", "A", "", "Doublon"), LeftOut("2", "B", "", "Fermé"))),
        content(left_out=(LeftOut("2", "B", "", "Clos"), LeftOut("3", "C", "", "En test"))),
    )

    assert {(one.id, one.before, one.after) for one in found.left_out} == {
        ("1", "Doublon", None),
        ("2", "Fermé", "Clos"),
        ("3", None, "En test"),
    }


class TestTexts:
    def test_are_compared_line_by_line(self):
        assert said(line_diff("Un\nDeux\nTrois", "Un\nDeux bis\nTrois")) == [
            ("same", "Un"),
            ("gone", "Deux"),
            ("added", "Deux bis"),
            ("same", "Trois"),
        ]

    @pytest.mark.parametrize(
        ("before", "after", "lines"),
        [
            ("", "", []),
            ("", "Un", [DiffLine("added", "Un")]),
            ("Un", "", [DiffLine("gone", "Un")]),
        ],
    )
    def test_nothing_is_no_line(self, before, after, lines):
        assert list(line_diff(before, after)) == lines

    def test_one_that_is_too_long_is_told_as_another_text(self):
        long = "\n".join(map(str, range(MOST_LINES + 1)))

        found = line_diff(long, f"{long}\nfin")

        assert {line.change for line in found} == {"gone", "added"}

    def test_one_that_is_too_long_and_the_same_is_the_same(self):
        long = "\n".join(map(str, range(MOST_LINES + 1)))

        assert {line.change for line in line_diff(long, long)} == {"same"}


@pytest.mark.django_db
class TestTheVersionComparedWith:
    @pytest.fixture
    def town(self):
        town = Town("Lunel")
        town.service(title="Portail famille")
        return town

    @staticmethod
    def filed(town, year, state=State.FILED, **said):
        dossier = open_dossier(town.authority, year)
        for name, text in said.items():
            setattr(dossier, name, text)
        dossier.save()
        draft = draft_of(dossier).content
        filing = freeze(dossier, draft, town.referent, shown=draft.digest, registry_address="")
        Filing.objects.filter(pk=filing.pk).update(state=state)
        return filing

    def test_is_none_at_first(self, town):
        dossier = open_dossier(town.authority, 2027)

        assert previous_of(dossier) is None
        assert content_before(dossier) is None

    def test_is_the_last_of_the_last_year_before(self, town):
        self.filed(town, 2024)
        self.filed(town, 2026, statement="Un")
        last = self.filed(town, 2026, statement="Deux")
        self.filed(town, 2027, statement="Trois")
        self.filed(town, 2028)

        assert previous_of(open_dossier(town.authority, 2027)) == last
        assert content_before(open_dossier(town.authority, 2027)).statement == "Deux"

    def test_else_the_last_of_its_own_year(self, town):
        self.filed(town, 2027, statement="Un")
        last = self.filed(town, 2027, statement="Deux")

        assert previous_of(open_dossier(town.authority, 2027)) == last

    @pytest.mark.parametrize(
        "state", [State.REJECTED, State.TOO_LATE, State.CONFLICT, State.GIVEN_UP]
    )
    def test_is_none_that_was_refused_or_given_up(self, town, state):
        self.filed(town, 2026, state)

        assert previous_of(open_dossier(town.authority, 2027)) is None

    def test_is_none_of_another_town(self, town):
        other = Town("Quéven")
        other.service()
        self.filed(other, 2026)

        assert previous_of(open_dossier(town.authority, 2027)) is None
