"""The dossiers of the registry in memory: its clock, and what a test may make happen."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from wagtail_villes_internet.registry import errors
from wagtail_villes_internet.registry.memory import MemoryRegistry
from wagtail_villes_internet.registry.types import DossierWritten, FiledReceipt, RemoteEdition

from .values import SIREN, a_dossier, a_filing, put

OPENS = datetime(2026, 4, 1, tzinfo=UTC)
CLOSES = datetime(2026, 11, 15, 23, 59, 59, tzinfo=timezone(timedelta(hours=1)))
DURING = datetime(2026, 9, 1, 10, tzinfo=UTC)


@pytest.fixture
def registry() -> Iterator[MemoryRegistry]:
    MemoryRegistry.forget_all()
    registry = MemoryRegistry({"name": "a"})
    registry.add_authority(SIREN)
    registry.set_editions([RemoteEdition(2026, 27, OPENS, CLOSES, None, None, None, "upcoming")])
    registry.set_now(DURING)
    yield registry
    MemoryRegistry.forget_all()


def test_a_filing_is_receipted_with_the_hash_of_its_octets(registry):
    before = registry.summary(SIREN).dossiers_etag
    filing = a_filing()
    written = registry.file(SIREN, filing)
    found = registry.dossier(SIREN, 2026)

    sha256 = hashlib.sha256(filing.octets).hexdigest()
    receipt = FiledReceipt(f"2026-{SIREN}-1", DURING, sha256, "key-f")
    assert written == DossierWritten(201, found.etag, receipt)
    assert (found.key, found.dossier, found.receipts) == ("key-f", a_dossier(), (receipt,))
    assert registry.summary(SIREN).dossiers_etag not in (None, before)


def test_every_filing_is_kept_newest_first_under_another_tag(registry):
    first = registry.file(SIREN, a_filing())
    second = registry.file(SIREN, a_filing("key-2", first.etag, statement="Corrigé."))
    third = registry.file(SIREN, a_filing("key-3", second.etag))

    found = registry.dossier(SIREN, 2026)
    assert [receipt.key for receipt in found.receipts] == ["key-3", "key-2", "key-f"]
    assert (second.status, third.status) == (200, 200)
    assert len({first.etag, second.etag, third.etag}) == 3
    assert len({receipt.number for receipt in found.receipts}) == 3


def test_nothing_filed_is_not_an_edition_nobody_knows(registry):
    for year in (2026, 1999):
        with pytest.raises(errors.UnknownDossier):
            registry.dossier(SIREN, year)
    with pytest.raises(errors.NotKnown):
        registry.file(SIREN, a_filing(edition=1999))
    with pytest.raises(errors.NotKnown):
        registry.dossier("000000000", 2026)


@pytest.mark.parametrize(
    ("now", "taken"),
    [
        (OPENS - timedelta(microseconds=1), False),
        (OPENS, True),
        (CLOSES, True),
        (CLOSES + timedelta(microseconds=999_999), True),
        (CLOSES + timedelta(seconds=1), False),
    ],
)
def test_an_edition_takes_dossiers_between_its_dates(registry, now, taken):
    registry.set_now(now)

    if taken:
        assert registry.file(SIREN, a_filing()).receipt.received_at == now
    else:
        with pytest.raises(errors.CampaignClosed):
            registry.file(SIREN, a_filing())


def test_the_state_moves_with_the_clock_and_under_another_tag(registry):
    tag = registry.editions().etag
    registry.set_now(CLOSES + timedelta(days=1))

    assert registry.editions(etag=tag).value[0].state == "closed"
    (edition,) = registry.editions().value
    registry.set_editions([replace(edition, state="published")])
    registry.set_now(DURING)
    assert registry.editions().value[0].state == "published"


def test_without_a_clock_of_its_own_an_edition_is_as_it_was_stated():
    registry = MemoryRegistry({"name": "another"})
    registry.add_authority(SIREN)
    registry.set_editions([RemoteEdition(2026, 27, None, None, None, None, None, "open")])

    before = datetime.now(UTC)
    assert before <= registry.file(SIREN, a_filing()).receipt.received_at <= datetime.now(UTC)


def test_a_filing_known_by_its_key_is_answered_again_after_the_closing(registry):
    first = registry.file(SIREN, a_filing())
    registry.set_now(CLOSES + timedelta(days=1))

    assert registry.file(SIREN, a_filing()) == replace(first, replayed=True)
    with pytest.raises(errors.CampaignClosed):
        registry.file(SIREN, a_filing("key-2", first.etag))


def test_the_same_filing_is_the_same_octets(registry):
    filing = a_filing()
    registry.file(SIREN, filing)

    for other in (
        replace(filing, octets=filing.octets + b" "),
        replace(filing, if_match='"v"'),
        replace(filing, year=2025),
    ):
        with pytest.raises(errors.KeyReused):
            registry.file(SIREN, other)


def test_a_key_is_of_one_request_whatever_the_resource(registry):
    registry.write(SIREN, put(key="key-s"))
    with pytest.raises(errors.KeyReused):
        registry.file(SIREN, a_filing("key-s"))

    registry.file(SIREN, a_filing())
    with pytest.raises(errors.KeyReused):
        registry.write(SIREN, put(key="key-f"))


def test_a_stale_filing_changes_nothing(registry):
    first = registry.file(SIREN, a_filing())

    for stale in (a_filing("key-2"), a_filing("key-3", '"other"')):
        with pytest.raises(errors.PreconditionFailed) as caught:
            registry.file(SIREN, stale)
        assert caught.value.etag == first.etag
    assert len(registry.dossier(SIREN, 2026).receipts) == 1


def test_a_first_filing_that_came_too_late_is_refused_for_good(registry):
    first = registry.file(SIREN, a_filing())
    with pytest.raises(errors.PreconditionFailed):
        registry.file(SIREN, a_filing("key-2"))
    registry.file(SIREN, a_filing("key-3", first.etag))

    with pytest.raises(errors.PreconditionFailed) as caught:
        registry.file(SIREN, a_filing("key-2"))
    assert caught.value.etag == first.etag


@pytest.mark.parametrize("octets", [b"", b"{", b'{"a": 1, "a": 2}', b"\xff", b"NaN"])
def test_what_is_no_json_is_refused(registry, octets):
    with pytest.raises(errors.Rejected) as caught:
        registry.file(SIREN, replace(a_filing(), octets=octets))
    assert caught.value.status == 400


def test_a_fault_is_pointed_at_and_refused_again_or_corrected(registry):
    with pytest.raises(errors.Rejected) as caught:
        registry.file(SIREN, a_filing(statement=3))

    assert caught.value.status == 422
    assert [(p.pointer, p.code) for p in caught.value.problems] == [("/statement", "bad_type")]
    # A refusal changed nothing, and its key is free.
    assert registry.file(SIREN, a_filing()).status == 201


def test_a_dossier_over_8_mib_is_refused(registry):
    octets = a_filing(answers="a" * 8 * 1024 * 1024).octets
    with pytest.raises(errors.Rejected) as caught:
        registry.file(SIREN, replace(a_filing(), octets=octets))
    assert caught.value.status == 413


def test_a_lost_answer_has_filed(registry):
    registry.lose_next_answer()
    with pytest.raises(errors.Unreachable):
        registry.file(SIREN, a_filing())

    assert registry.file(SIREN, a_filing()).replayed
    assert len(registry.dossier(SIREN, 2026).receipts) == 1


def test_a_fault_files_nothing(registry):
    registry.fail_next(errors.Busy(3.0))
    with pytest.raises(errors.Busy):
        registry.file(SIREN, a_filing())
    assert not registry.file(SIREN, a_filing()).replayed


def test_a_restored_registry_gives_no_tag_twice(registry):
    first = registry.file(SIREN, a_filing())
    restore = registry.backup()
    second = registry.file(SIREN, a_filing("key-2", first.etag))
    lost = registry.summary(SIREN).dossiers_etag
    restore()

    assert registry.dossier(SIREN, 2026).etag == first.etag
    third = registry.file(SIREN, a_filing("key-3", first.etag))
    assert third.etag not in (first.etag, second.etag)
    assert registry.summary(SIREN).dossiers_etag != lost
