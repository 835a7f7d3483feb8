"""The three-way merge: what is sent, what is proposed, what is for a person."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from wagtail_villes_internet.registry.canonical import canonical_body
from wagtail_villes_internet.registry.types import SERVICE_FIELDS, ServiceBody
from wagtail_villes_internet.sync.merge import decided, merge

BASE = canonical_body(
    kind="service",
    title="Rendez-vous",
    summary="Au guichet",
    description="",
    url="",
    public=True,
    reference_services=["a"],
    status="active",
    started_on=None,
    ended_on=None,
    provider="authority",
    audiences=[],
    interactions=[],
    offline_alternative="",
    location=(None, None),
)
VALUES = {
    "title": ("Rendez-vous", "Prendre rendez-vous", "Réserver"),
    "summary": ("Au guichet", "En ligne", ""),
    "public": (True, False),
    "status": ("active", "planned", "ended"),
    "started_on": (None, "2024-01-01", "2024-06-01"),
    "ended_on": (None, "2024-03-01", "2025-01-01"),
    "audiences": ((), ("elders",), ("elders", "youth")),
}
changes = st.fixed_dictionaries({}, optional={n: st.sampled_from(v) for n, v in VALUES.items()})


def body(**changed) -> dict:
    return replace(BASE, **changed).as_json()


def test_a_field_changed_here_only_is_sent():
    merged = merge(body(), body(title="Réserver"), body())

    assert merged.body == body(title="Réserver")
    assert merged.base == merged.body
    assert not merged.proposals
    assert not merged.conflicts


def test_a_field_changed_there_only_is_proposed_and_sent_back_as_it_is():
    merged = merge(body(), body(title="Réserver"), body(summary="En ligne"))

    assert merged.proposals == ("summary",)
    assert merged.body == body(title="Réserver", summary="En ligne")
    assert merged.base == body(title="Réserver")


def test_a_field_changed_differently_on_both_sides_is_a_conflict():
    merged = merge(body(), body(title="Réserver"), body(title="Prendre rendez-vous"))

    assert merged.conflicts == ("title",)
    assert not merged.proposals


def test_the_same_change_on_both_sides_is_agreed_on():
    merged = merge(body(), body(title="Réserver"), body(title="Réserver"))

    assert merged.body == merged.base == body(title="Réserver")
    assert merged.proposals == merged.conflicts == ()


def test_without_a_base_whatever_differs_is_a_conflict():
    merged = merge(None, body(), body(title="Réserver"))

    assert merged.conflicts == ("title",)


def test_fields_that_do_not_go_together_are_a_conflict():
    merged = merge(
        body(started_on="2024-01-01"),
        body(started_on="2024-06-01"),
        body(started_on="2024-01-01", ended_on="2024-03-01"),
    )

    assert merged.conflicts == ("ended_on",)
    assert not merged.proposals


def test_keeping_mine_makes_it_a_change_of_this_side():
    mine, theirs = body(title="Réserver"), body(title="Prendre rendez-vous")

    merged = merge(decided(body(), theirs, ["title"]), mine, theirs)

    assert merged.body == mine
    assert merged.proposals == merged.conflicts == ()


def test_taking_theirs_leaves_nothing_to_send():
    theirs = body(title="Prendre rendez-vous")

    merged = merge(decided(body(), theirs, ["title"]), theirs, theirs)

    assert merged.body == theirs


@given(changes, changes, changes)
def test_no_change_of_anybody_is_lost_in_a_merge(before, here, there):
    base, mine, theirs = body(**before), body(**here), body(**there)

    merged = merge(base, mine, theirs)

    for name in SERVICE_FIELDS:
        undecided = name in merged.proposals + merged.conflicts
        if theirs[name] != base[name] and theirs[name] != mine[name]:
            assert undecided, "what changed there is overwritten unseen"
        if mine[name] != base[name]:
            assert merged.body[name] == mine[name], "what changed here is not sent"
        if name in merged.proposals:
            assert merged.body[name] == theirs[name]
            assert merged.base[name] == base[name], "a proposal is no longer one"
    assert merged.conflicts or ServiceBody.from_json(merged.body)


@given(changes, changes, changes)
def test_a_merge_that_was_sent_leaves_its_proposals_and_nothing_to_send(before, here, there):
    base, mine, theirs = body(**before), body(**here), body(**there)
    merged = merge(base, mine, theirs)
    if merged.conflicts:
        return

    again = merge(merged.base, mine, merged.body)

    assert again.body == merged.body
    assert again.proposals == merged.proposals
    assert not again.conflicts


@given(changes, changes, changes)
def test_whatever_was_decided_on_is_asked_no_more(before, here, there):
    base, mine, theirs = body(**before), body(**here), body(**there)
    merged = merge(base, mine, theirs)

    again = merge(decided(base, theirs, merged.proposals + merged.conflicts), mine, theirs)

    assert again.body == mine
    assert again.proposals == again.conflicts == ()


def test_without_a_base_what_is_empty_there_is_a_difference_too():
    merged = merge(None, body(started_on="2024-01-01"), body())

    assert merged.conflicts == ("started_on",)


def test_to_decide_on_some_fields_leaves_the_others_as_they_were_agreed_on():
    theirs = body(title="Réserver", summary="En ligne")

    assert decided(body(), theirs, ["title"]) == body(title="Réserver")
    assert decided(body(), theirs, []) == body()
    assert decided(None, theirs, []) == theirs
