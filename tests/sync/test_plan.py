"""What is sent follows from what is wanted and what is known, and from nothing else."""

from dataclasses import replace

from hypothesis import assume, example, given
from hypothesis import strategies as st

from wagtail_villes_internet.sync.plan import (
    SENT,
    WAITING,
    Action,
    Known,
    MergedService,
    Step,
    WantedService,
    decide,
    plan,
)

A, B, C = "a" * 64, "b" * 64, "c" * 64

hashes = st.sampled_from([A, B, C])
wanted_services = st.builds(
    WantedService, hash=hashes, unknown_codes=st.sampled_from([(), ("p-x",)])
)
known_services = st.builds(
    Known,
    acknowledged=hashes | st.just(""),
    etag=st.sampled_from(["", '"1"']),
    foreign=hashes | st.just(""),
    rejected=st.none() | st.just("") | hashes,
    code_unknown=st.booleans(),
    pending=st.booleans(),
    withdrawn_there=st.booleans(),
    held=st.booleans(),
).filter(lambda known: known.etag or not known.foreign)


def test_a_new_service_is_created():
    assert decide(WantedService(A), Known()) is Action.CREATE


def test_a_changed_service_is_replaced():
    assert decide(WantedService(B), Known(acknowledged=A, etag='"1"')) is Action.REPLACE


def test_a_service_that_is_no_longer_wanted_is_withdrawn():
    assert decide(None, Known(acknowledged=A, etag='"1"')) is Action.WITHDRAW


def test_what_was_refused_waits_until_it_changes():
    refused = Known(rejected=A)
    assert decide(WantedService(A), refused) is Action.REJECTED
    assert decide(WantedService(B), refused) is Action.CREATE


def test_a_refused_withdrawal_is_not_sent_again():
    refused = Known(acknowledged=A, etag='"1"', rejected="")
    assert decide(None, refused) is Action.REJECTED
    assert decide(WantedService(B), refused) is Action.REPLACE


def test_a_service_that_was_never_refused_can_be_withdrawn():
    assert decide(None, Known(acknowledged=A, etag='"1"', rejected=None)) is Action.WITHDRAW


def test_a_provisional_code_unknown_there_waits_and_withdraws_nothing():
    wanted = WantedService(B, unknown_codes=("p-x",))
    assert decide(wanted, Known()) is Action.UNKNOWN_CODE
    assert decide(wanted, Known(acknowledged=A, etag='"1"')) is Action.UNKNOWN_CODE


def test_a_change_made_there_only_is_left_alone():
    changed_there = Known(acknowledged=A, etag='"2"', foreign=B)
    assert decide(WantedService(A), changed_there) is Action.NONE


def test_a_change_on_both_sides_is_a_conflict():
    changed_there = Known(acknowledged=A, etag='"2"', foreign=B)
    assert decide(WantedService(C), changed_there) is Action.CONFLICT
    assert decide(None, changed_there) is Action.CONFLICT


def test_the_same_change_on_both_sides_is_none():
    changed_there = Known(acknowledged=A, etag='"2"', foreign=B)
    assert decide(WantedService(B), changed_there) is Action.AGREE


def test_what_was_withdrawn_there_is_not_created_again():
    gone = Known(acknowledged=A, withdrawn_there=True)
    assert decide(WantedService(A), gone) is Action.CONFLICT
    assert decide(WantedService(B), gone) is Action.CONFLICT
    assert decide(None, gone) is Action.AGREE


def test_what_an_agent_wrote_and_withdrew_under_an_id_of_ours_is_not_created_again():
    assert decide(WantedService(A), Known(withdrawn_there=True)) is Action.CONFLICT
    assert decide(None, Known(withdrawn_there=True)) is Action.NONE


def test_what_is_missing_there_without_a_trace_waits_for_a_decision():
    assert decide(WantedService(A), Known(acknowledged=A)) is Action.HOLD


def test_what_an_agent_entered_under_an_id_of_ours_is_not_withdrawn():
    assert decide(None, Known(etag='"1"', foreign=A)) is Action.NONE


def test_lost_attempts_go_first():
    wanted = {"1": WantedService(A), "2": WantedService(A), "3": WantedService(A)}
    made = plan(wanted, {"2": Known(pending=True)})
    assert [step.id for step in made.steps] == ["2", "1", "3"]


@given(st.none() | wanted_services, known_services)
def test_while_an_answer_is_awaited_nothing_else_goes_out(wanted, known):
    assume(known.pending)
    assert decide(wanted, known) is Action.RESEND


@given(st.none() | wanted_services, known_services)
@example(WantedService(B), Known(acknowledged=A, etag='"2"', foreign=C))
def test_what_somebody_else_wrote_is_never_overwritten(wanted, known):
    assume(not known.pending)
    if known.there != known.acknowledged:
        assert decide(wanted, known) not in SENT


@given(st.none() | wanted_services, known_services)
def test_a_service_waits_only_when_it_does_not_stand_there_as_wanted(wanted, known):
    if decide(wanted, known) in WAITING:
        assert known.there != (wanted.hash if wanted else "") or known.held


@given(st.none() | wanted_services, known_services)
def test_what_stands_there_as_wanted_is_not_sent(wanted, known):
    assume(not known.pending)
    if known.there == (wanted.hash if wanted else ""):
        assert decide(wanted, known) in (Action.NONE, Action.AGREE)


@given(
    st.dictionaries(st.sampled_from("12345"), wanted_services),
    st.dictionaries(st.sampled_from("12345"), known_services),
)
def test_a_plan_says_at_most_one_thing_for_each_service(wanted, known):
    ids = [step.id for step in plan(wanted, known).steps]
    assert len(ids) == len(set(ids))
    assert set(ids) <= wanted.keys() | known.keys()


@given(
    st.dictionaries(st.sampled_from("12345"), st.builds(WantedService, hash=hashes)),
    st.dictionaries(
        st.sampled_from("12345"), st.builds(Known, acknowledged=hashes, etag=st.just('"1"'))
    ),
)
def test_once_a_plan_is_carried_out_nothing_is_left(wanted, known):
    after = dict(known)
    for step in plan(wanted, known).steps:
        if step.action is Action.WITHDRAW:
            after[step.id] = Known()
        else:
            assert step.action in (Action.CREATE, Action.REPLACE)
            after[step.id] = Known(acknowledged=wanted[step.id].hash, etag='"2"')
    assert plan(wanted, after).steps == ()
    assert {id for id, one in after.items() if one.there} == set(wanted)


def test_what_is_settled_after_a_conflict_is_sent():
    settled = Known(acknowledged=A, etag='"1"', withdrawn_there=True)
    assert decide(WantedService(B), settled) is Action.REPLACE


def test_a_merge_that_is_what_stands_there_is_not_sent():
    changed = Known(acknowledged=A, etag='"1"', foreign=C)
    there = MergedService(C, has_conflict=False, has_proposals=True)
    something_else = MergedService("d" * 64, has_conflict=False, has_proposals=True)

    assert decide(WantedService(B), changed, there) is Action.NONE
    assert decide(WantedService(B), changed, something_else) is Action.REPLACE


def test_a_plan_counts_what_it_does():
    made = plan({id: WantedService(A) for id in "123"}, {"4": Known(acknowledged=A, etag='"1"')})

    assert made.counts() == {Action.CREATE: 3, Action.WITHDRAW: 1}


def test_a_merge_that_was_refused_waits_until_it_changes():
    merged = MergedService("d" * 64, has_proposals=True)
    changed = Known(acknowledged=A, etag='"1"', foreign=C, rejected=merged.hash)

    assert decide(WantedService(B), changed, merged) is Action.REJECTED
    assert decide(WantedService(B), replace(changed, rejected=B), merged) is Action.REPLACE


def test_what_was_refused_for_its_codes_waits_for_the_matrix():
    assert decide(WantedService(A), Known(rejected=A, code_unknown=True)) is Action.UNKNOWN_CODE


def test_a_withdrawal_that_is_held_waits():
    assert decide(None, Known(acknowledged=A, etag='"1"', held=True)) is Action.HOLD


def test_a_plan_sends_the_merge_of_the_service_it_is_of():
    changed = Known(acknowledged=A, etag='"1"', foreign=C)
    made = plan(
        {"1": WantedService(B), "2": WantedService(B)},
        {"1": changed, "2": changed},
        {"1": MergedService("d" * 64)},
    )

    assert made.steps == (Step("1", Action.REPLACE), Step("2", Action.CONFLICT))
