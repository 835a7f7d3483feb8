"""The pre-diagnosis: what is covered, what does not count and why, what moved."""

from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import Town
from wagtail_villes_internet.dossiers.candidates import candidates
from wagtail_villes_internet.dossiers.diagnosis import (
    NOTICE,
    diagnose,
    diagnosis_of,
    months_since,
)
from wagtail_villes_internet.dossiers.drafting import choose, draft_of, open_dossier
from wagtail_villes_internet.dossiers.figures import figures
from wagtail_villes_internet.dossiers.freezing import freeze
from wagtail_villes_internet.dossiers.models import Dossier
from wagtail_villes_internet.dossiers.rules import Reason
from wagtail_villes_internet.matrix.models import Matrix
from wagtail_villes_internet.matrix.store import receive_matrix

from .contents import content, matrix, service

TODAY = date(2026, 11, 1)


@pytest.fixture
def lunel(db):
    return Town("Lunel")


@pytest.fixture
def dossier(lunel):
    return open_dossier(lunel.authority, 2027)


def found(dossier):
    return diagnosis_of(draft_of(Dossier.objects.get(pk=dossier.pk)))


def use(**themes):
    receive_matrix(matrix(**themes))


class TestTheMosaic:
    def test_says_which_reference_services_are_covered_and_by_what(self, lunel, dossier):
        use(aide=["a1", "a2"], culture=["c1"])
        lunel.service(title="Portail famille", references=["a1", "c1"])
        lunel.service(title="Aide aux devoirs", references=["a1"])

        aide, culture = found(dossier).themes

        [a1, a2] = aide.references
        assert [one.title for one in a1.services] == ["Aide aux devoirs", "Portail famille"]
        assert (a1.is_covered, a2.is_covered) == (True, False)
        assert (aide.covered, aide.uncovered, aide.services) == ((a1,), (a2,), 2)
        assert [one.title for one in culture.references[0].services] == ["Portail famille"]

    def test_counts_each_service_and_each_theme_once(self, lunel, dossier):
        use(aide=["a1", "a2"], culture=["c1"])
        lunel.service(references=["a1", "a2"])

        totals = found(dossier).totals

        assert (totals.services, totals.references, totals.themes) == (1, 2, 1)

    def test_says_how_complete_how_fresh_and_how_far_a_service_is(self, lunel, dossier):
        use(aide=["a1"])
        with time_machine.travel(datetime(2026, 8, 15, 12, tzinfo=UTC)):
            lunel.service(references=["a1"]).save_revision().publish()

        with time_machine.travel(datetime(2026, 11, 14, 12, tzinfo=UTC)):
            [theme] = found(dossier).themes

        [one] = theme.references[0].services
        assert (one.changed_on, one.months) == (date(2026, 8, 15), 2)
        assert (one.status, one.done < one.total) == ("active", True)
        assert one.progress

    def test_what_counts_and_is_under_no_theme_is_told(self, lunel, dossier):
        lunel.service(title="Rattachement ancien")
        use(aide=["a1"])

        diagnosis = found(dossier)

        assert [one.title for one in diagnosis.unplaced] == ["Rattachement ancien"]
        assert diagnosis.totals.services == 1
        assert diagnosis.totals.references == 0

    def test_without_a_matrix_nothing_is_covered(self, lunel, dossier):
        lunel.service()
        Matrix.objects.update(is_current=False)

        diagnosis = found(dossier)

        assert diagnosis.themes == ()
        assert diagnosis.notice


class TestWhatDoesNotCount:
    def test_is_told_by_rule_in_their_order_with_the_source(self, lunel, dossier):
        lunel.service(title="Prévu", status="planned")
        lunel.service(title="Brouillon", live=False)
        lunel.service(title="Compté")

        told = found(dossier).not_counted

        assert [(one.reason, [each.title for each in one.services]) for one in told] == [
            (Reason.DRAFT, ["Brouillon"]),
            (Reason.PLANNED, ["Prévu"]),
        ]
        assert [one.rule for one in told] == [one.reason.rule for one in told]

    def test_one_that_two_rules_keep_out_is_under_both(self, lunel, dossier):
        lunel.service(title="Prévu", status="planned")
        draft = draft_of(dossier, known_codes=frozenset())

        told = diagnose(draft, TODAY).not_counted

        assert [one.reason for one in told] == [Reason.UNKNOWN_CODE, Reason.PLANNED]

    def test_what_the_town_chose_is_told_apart(self, lunel, dossier):
        lunel.service(title="Doublon")
        lunel.service(title="Prévu", status="planned")
        doublon, planned = sorted(candidates(lunel.authority), key=lambda one: one.title)
        choose(dossier, doublon, included=False, reason="Fait double emploi")
        choose(dossier, planned, included=True, reason="Ouvre en mars")

        diagnosis = found(dossier)

        assert diagnosis.not_counted == ()
        assert [line.reason for line in diagnosis.chosen_out] == ["Fait double emploi"]
        assert [line.reason for line in diagnosis.chosen_in] == ["Ouvre en mars"]
        assert diagnosis.totals.services == 1


class TestWhatMoved:
    def test_is_nothing_before_the_first_dossier(self, lunel, dossier):
        assert found(dossier).moved is None

    def test_is_since_the_last_one_filed(self, lunel, dossier):
        use(aide=["a1"], culture=["c1"])
        gone = lunel.service(title="Parti", references=["a1"])
        last = open_dossier(lunel.authority, 2026)
        said = draft_of(last).content
        freeze(last, said, lunel.referent, shown=said.digest, registry_address="")
        gone.delete()
        lunel.service(title="Venu", references=["c1"])

        moved = found(dossier).moved

        assert [one.title for one in moved.added] == ["Venu"]
        assert [one.title for one in moved.gone] == ["Parti"]
        assert [one.code for one in moved.newly_covered] == ["culture"]
        assert [one.code for one in moved.no_longer_covered] == ["aide"]


def numbers(value):
    """Every number that a value holds under a name of its own, however deep."""
    if is_dataclass(value):
        for field in fields(value):
            held = getattr(value, field.name)
            if isinstance(held, int) and not isinstance(held, bool):
                yield field.name, held
            yield from numbers(held)
    elif isinstance(value, tuple):
        for one in value:
            yield from numbers(one)


class TestWhileTheMatrixIsNotOfficial:
    """It holds no whole to which a part could be compared (design decision 11)."""

    def test_there_is_no_total_of_reference_services_or_themes(self, lunel, dossier):
        use(aide=["a1", "a2", "a3"])
        lunel.service(references=["a1"])

        diagnosis = found(dossier)

        assert not diagnosis.is_official
        assert diagnosis.notice == str(NOTICE)
        # « total » is that of the things a service has to say.
        assert {name for name, _number in numbers((diagnosis.themes, diagnosis.totals))} == {
            *("services", "references", "themes"),
            *("pk", "done", "total"),
        }

    def test_an_official_one_says_how_many_there_are(self, lunel, dossier):
        receive_matrix(matrix(official=True, aide=["a1", "a2", "a3"]))
        lunel.service(references=["a1"])

        diagnosis = found(dossier)

        assert diagnosis.notice == ""
        assert [theme.of for theme in diagnosis.themes] == [3]
        assert (diagnosis.totals.references_of, diagnosis.totals.themes_of) == (3, 1)


@given(
    st.lists(st.sampled_from(["a1", "a2", "c1", "gone"]), min_size=1, max_size=4, unique=True),
    st.booleans(),
)
def test_every_service_of_the_dossier_is_placed_or_said_not_to_be(codes, official):
    said = replace(content(service("1", codes=codes)), matrix=matrix(official, a=["a1"], c=["c1"]))
    draft = drafted(said)

    diagnosis = diagnose(draft, TODAY)

    placed = {
        one.remote_id
        for theme in diagnosis.themes
        for reference in theme.references
        for one in reference.services
    }
    assert placed | {one.remote_id for one in diagnosis.unplaced} == {"1"}
    assert bool(placed) != bool(diagnosis.unplaced)


def drafted(said):
    """A draft that says this, all of it by the rules."""
    lines = tuple(
        SimpleNamespace(
            included=True,
            is_against_the_rules=False,
            candidate=SimpleNamespace(
                remote_id=each.id,
                pk=1,
                title=each.title,
                codes=each.codes,
                status="active",
                changed_on=None,
                completeness=SimpleNamespace(done=1, total=7),
                counts=True,
                reasons=(),
            ),
        )
        for each in said.included
    )
    return SimpleNamespace(content=said, lines=lines, included=lines)


class TestMonths:
    @pytest.mark.parametrize(
        ("day", "today", "months"),
        [
            (date(2026, 11, 1), date(2026, 11, 1), 0),
            (date(2026, 10, 2), date(2026, 11, 1), 0),
            (date(2026, 10, 1), date(2026, 11, 1), 1),
            (date(2024, 2, 29), date(2026, 2, 28), 23),
            (date(2024, 2, 29), date(2026, 3, 1), 24),
            (date(2027, 1, 1), date(2026, 11, 1), 0),
        ],
    )
    def test_are_whole(self, day, today, months):
        assert months_since(day, today) == months

    @given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.dates(date(2000, 1, 1)))
    def test_never_run_backwards(self, day, today):
        assert months_since(day, today) >= 0


class TestFigures:
    def test_count_what_is_in_what_is_out_the_themes_and_what_is_new(self):
        before = content(service("1", codes=["a1"]))
        now = content(service("1", codes=["a1"]), service("2", codes=["a2", "c1"]))

        said = figures(now, before)

        assert (said.included, said.left_out, said.themes, said.new) == (2, 0, 2, 1)

    def test_nothing_is_new_where_there_is_nothing_before(self):
        assert figures(content(service("1"))).new is None
