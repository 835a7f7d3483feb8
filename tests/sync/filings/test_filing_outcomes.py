"""Each answer to a filing, and what stands in its place, means what the contract's table says."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wagtail_villes_internet.registry import errors
from wagtail_villes_internet.registry.types import DossierWritten, FiledReceipt, StoredDossier
from wagtail_villes_internet.sync.filing_outcomes import (
    NOTHING_THERE,
    Next,
    Place,
    Verdict,
    Version,
    follow,
    judge,
    read,
)

NOW = datetime(2026, 10, 1, tzinfo=UTC)
A, B, C = "a" * 64, "b" * 64, "c" * 64
ONE, TWO = Version(1, A, frozenset({"k1"})), Version(2, B, frozenset({"k2"}))


def receipt(sha256, key):
    return FiledReceipt(f"n-{sha256[0]}-{key}", NOW, sha256, key)


def stored(*receipts, key=...):
    newest = receipts[0].key if key is ... else key
    return StoredDossier('"1"', newest, {}, receipts)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (DossierWritten(201, '"1"', receipt(A, "k1")), Verdict.RECEIVED),
        (DossierWritten(200, '"1"', receipt(B, "k1")), Verdict.RECEIVED),
        (errors.Unreachable(), Verdict.LATER),
        (errors.Unparsable(), Verdict.LATER),
        (errors.Busy(30), Verdict.LATER),
        (errors.InProgress(), Verdict.LATER),
        (errors.UnknownService(), Verdict.LATER),
        (errors.PreconditionFailed('"2"'), Verdict.NOT_AS_EXPECTED),
        (errors.UnknownDossier(), Verdict.NOT_AS_EXPECTED),
        (errors.CampaignClosed(), Verdict.CLOSED),
        (errors.NotKnown(), Verdict.REJECTED),
        (errors.KeyReused(), Verdict.REJECTED),
        (errors.UnknownCode("2026"), Verdict.REJECTED),
        (errors.Rejected(400), Verdict.REJECTED),
        (errors.Rejected(413), Verdict.REJECTED),
        (errors.Rejected(422), Verdict.REJECTED),
        (errors.TooLarge(), Verdict.REJECTED),
        (errors.Unauthorized(), Verdict.STOP),
        (errors.Forbidden(), Verdict.STOP),
        (errors.RedirectRefused(), Verdict.STOP),
        (errors.Misconfigured(), Verdict.STOP),
    ],
)
def test_what_an_answer_means(answer, verdict):
    assert judge(answer) is verdict


def test_nothing_filed_is_nobodys():
    assert read(None, [ONE]) == NOTHING_THERE


def test_a_version_is_known_by_the_key_it_was_sent_under():
    reading = read(stored(receipt(C, "k1")), [ONE])
    assert reading.stands is Place.OURS
    assert reading.receipts[1].sha256 == C


def test_or_by_its_hash_where_an_agent_entered_it():
    reading = read(stored(receipt(A, None)), [ONE])
    assert reading.stands is Place.OURS
    assert set(reading.receipts) == {1}


def test_a_receipt_under_a_version_of_somebody_else_is_still_ours():
    reading = read(stored(receipt(C, "x"), receipt(A, "k1")), [ONE])
    assert reading.stands is Place.ANOTHER
    assert set(reading.receipts) == {1}
    assert reading.newest.key == "x"


def test_what_the_registry_wrote_over_without_a_receipt_is_not_ours():
    assert read(stored(receipt(A, "k1"), key=None), [ONE]).stands is Place.ANOTHER


def test_the_same_octets_filed_before_another_version_are_not_the_later_one():
    """Version 3 says again what version 1 said; the registry has 1, then 2."""
    three = Version(3, A)
    reading = read(stored(receipt(B, "k2"), receipt(A, "lost")), [ONE, TWO, three])
    assert set(reading.receipts) == {1, 2}


def test_the_same_octets_filed_after_all_others_are_the_newest_version():
    three = Version(3, A)
    reading = read(stored(receipt(A, None), receipt(B, "k2")), [ONE, TWO, three])
    assert set(reading.receipts) == {2, 3}


def test_of_two_receipts_of_one_version_that_of_our_own_attempt_counts():
    reading = read(stored(receipt(A, None), receipt(A, "k1")), [ONE])
    assert reading.receipts[1].key == "k1"


@pytest.mark.parametrize(
    ("there", "verdict", "follows"),
    [
        (stored(receipt(B, "k2")), Verdict.NOT_AS_EXPECTED, Next.RECEIVED),
        (stored(receipt(B, "k2")), Verdict.CLOSED, Next.RECEIVED),
        (stored(receipt(B, "k2")), Verdict.REJECTED, Next.RECEIVED),
        (stored(receipt(C, "x"), receipt(B, "k2")), Verdict.NOT_AS_EXPECTED, Next.RECEIVED),
        (stored(receipt(A, "k1")), Verdict.NOT_AS_EXPECTED, Next.SEND_AGAIN),
        (stored(receipt(A, "k1")), Verdict.CLOSED, Next.TOO_LATE),
        (stored(receipt(A, "k1")), Verdict.REJECTED, Next.REJECTED),
        (None, Verdict.NOT_AS_EXPECTED, Next.SEND_AGAIN),
        (None, Verdict.CLOSED, Next.TOO_LATE),
        (stored(receipt(C, "x")), Verdict.NOT_AS_EXPECTED, Next.CONFLICT),
        (stored(receipt(C, "x"), receipt(A, "k1")), Verdict.NOT_AS_EXPECTED, Next.CONFLICT),
        (stored(receipt(C, "x")), Verdict.CLOSED, Next.TOO_LATE),
    ],
)
def test_what_follows_for_version_2(there, verdict, follows):
    assert follow(verdict, read(there, [ONE, TWO]), 2) is follows


shas = st.sampled_from([A, B, C])
keys = st.sampled_from([None, "k1", "k2", "x", "y"])
receipts = st.lists(st.builds(receipt, shas, keys), min_size=1, max_size=5)


@given(receipts, st.sampled_from([None, "k1", "k2", "x"]), st.sampled_from(Verdict))
def test_nothing_is_sent_over_what_is_not_known_to_be_ours(found, key, verdict):
    reading = read(StoredDossier('"1"', key, {}, tuple(found)), [ONE, TWO])
    if follow(verdict, reading, 2) is Next.SEND_AGAIN:
        newest = found[0]
        assert key == newest.key
        assert newest.key in {"k1", "k2"} or newest.sha256 in {A, B}
