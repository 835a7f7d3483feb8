"""Each answer, and each thing read, means what the contract's table says."""

import pytest

from wagtail_villes_internet.registry import errors
from wagtail_villes_internet.registry.types import Tombstone, Written
from wagtail_villes_internet.sync.outcomes import OurAttempt, Reading, Verdict, judge, read
from wagtail_villes_internet.sync.plan import Known

ID = "3f8f6b0e-6f1c-4a6e-9a53-0f6a4c1c9f10"
A, B = "a" * 64, "b" * 64
OURS = Known(acknowledged=A, etag='"1"', stored=A)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (Written(ID, 201, '"1"', A, "k", 1, "e"), Verdict.DONE),
        (errors.Unreachable(), Verdict.LATER),
        (errors.Unparsable(), Verdict.LATER),
        (errors.Busy(30), Verdict.LATER),
        (errors.InProgress(), Verdict.LATER),
        (errors.PreconditionFailed('"2"'), Verdict.READ),
        (errors.UnknownService(), Verdict.GONE),
        (errors.WithdrawnService(Tombstone(ID, 3, None)), Verdict.GONE),
        (errors.UnknownCode("2026"), Verdict.UNKNOWN_CODE),
        (errors.KeyReused(), Verdict.REJECTED),
        (errors.Rejected(422), Verdict.REJECTED),
        (errors.Rejected(413), Verdict.REJECTED),
        (errors.Unauthorized(), Verdict.STOP),
        (errors.Forbidden(), Verdict.STOP),
        (errors.RedirectRefused(), Verdict.STOP),
        (errors.NotKnown(), Verdict.STOP),
        (errors.Misconfigured(), Verdict.STOP),
    ],
)
def test_what_an_answer_means(answer, verdict):
    assert judge(answer) is verdict


def test_our_own_write_read_again_is_an_echo():
    assert read(OURS, A, OurAttempt(A, taken=True, answered=True)) is Reading.SAME


def test_our_own_write_altered_by_the_registry_is_an_echo_too():
    assert read(OURS, B, OurAttempt(A, taken=True, answered=True)) is Reading.SAME


def test_a_write_whose_answer_is_awaited_is_left_to_its_resending():
    assert read(OURS, B, OurAttempt(B, taken=False, answered=False)) is Reading.PENDING


def test_a_write_that_a_412_denied_is_the_base_when_it_is_what_stands_there():
    assert read(OURS, B, OurAttempt(B, taken=False, answered=True)) is Reading.TAKEN


def test_an_older_write_of_ours_says_that_the_registry_went_back():
    assert read(OURS, B, OurAttempt(B, taken=True, answered=True)) is Reading.OLD


def test_a_withdrawal_of_ours_is_an_echo_once_acknowledged():
    assert read(Known(), "", OurAttempt("", taken=True, answered=True)) is Reading.SAME


def test_another_content_is_somebody_elses():
    assert read(OURS, B, None) is Reading.FOREIGN


def test_the_same_content_under_another_tag_is_the_same():
    assert read(OURS, A, None) is Reading.SAME


def test_what_the_registry_made_of_ours_is_the_same():
    altered = Known(acknowledged=A, etag='"1"', stored=B)
    assert read(altered, B, None) is Reading.SAME


def test_a_tombstone_of_somebody_else_on_ours_is_gone():
    assert read(OURS, "", None) is Reading.GONE
    assert read(Known(pending=True), "", None) is Reading.GONE
    assert read(Known(etag='"1"', foreign=A), "", None) is Reading.GONE
    assert read(Known(withdrawn_there=True), "", None) is Reading.GONE


def test_a_tombstone_where_nothing_of_ours_was_says_nothing():
    assert read(Known(), "", None) is Reading.SAME


def test_a_write_of_ours_with_what_somebody_changed_there_is_an_echo():
    assert read(OURS, B, OurAttempt(B, taken=True, answered=True), last=B) is Reading.SAME


def test_what_stands_where_nothing_of_ours_does_is_somebody_elses():
    assert read(Known(stored=B), B, None) is Reading.FOREIGN
