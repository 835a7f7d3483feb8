"""Dossiers: the same promises, kept by the registry in memory and by the reference registry."""

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from wagtail_villes_internet.registry import errors
from wagtail_villes_internet.registry.types import DossierWrite, RemoteEdition

from .values import a_filing, put, service_id

YEARS = iter(range(2040, 2100))


@dataclass
class Campaign:
    """One edition of a world, that opens and closes."""

    world: object
    year: int
    open: object
    close: object

    def filing(self, key: str = "key-f", if_match: str | None = None, **changes) -> DossierWrite:
        return a_filing(key, if_match, edition=self.year, authority=self.world.siren, **changes)

    def file(self, *arguments, **changes):
        return self.world.registry.file(self.world.siren, self.filing(*arguments, **changes))

    def send(self, write: DossierWrite):
        return self.world.registry.file(self.world.siren, write)

    def found(self):
        return self.world.registry.dossier(self.world.siren, self.year)

    def etag(self) -> str:
        return self.world.registry.summary(self.world.siren).dossiers_etag


@pytest.fixture
def campaign(world, request) -> Campaign:
    year = next(YEARS)
    if "memory" in request.node.name:
        now = datetime.now(UTC)
        opens = now - timedelta(days=1)
        edition = RemoteEdition(year, None, opens, None, None, None, None, "open")
        world.registry.set_editions([edition])
        made = Campaign(
            world,
            year,
            lambda: world.registry.set_editions([edition]),
            lambda: world.registry.set_editions([replace(edition, state="closed")]),
        )
    else:
        process = request.getfixturevalue("process")
        made = Campaign(
            world,
            year,
            lambda: process.agent("open-edition", year),
            lambda: process.agent("close-edition", year),
        )
    made.open()
    return made


def test_a_dossier_is_filed_and_read_again(campaign):
    with pytest.raises(errors.UnknownDossier):
        campaign.found()
    empty = campaign.etag()
    written = campaign.file()
    found = campaign.found()

    octets = campaign.filing().octets
    assert (written.status, written.replayed) == (201, False)
    assert written.receipt.sha256 == hashlib.sha256(octets).hexdigest()
    assert written.receipt.key == found.key == "key-f"
    assert found.receipts == (written.receipt,)
    assert (found.etag, found.dossier["edition"]) == (written.etag, campaign.year)
    assert campaign.etag() not in (None, empty)


def test_filing_again_keeps_every_receipt_newest_first(campaign):
    first = campaign.file()
    second = campaign.file("key-2", first.etag, statement="Corrigé.")
    third = campaign.file("key-3", second.etag)

    assert campaign.found().receipts == (third.receipt, second.receipt, first.receipt)
    assert (second.status, third.status) == (200, 200)
    assert len({first.etag, second.etag, third.etag}) == 3
    assert first.receipt.sha256 == third.receipt.sha256 != second.receipt.sha256


def test_a_filing_whose_answer_was_lost_is_found_again_after_the_closing(campaign):
    first = campaign.file()
    campaign.close()

    assert campaign.file() == replace(first, replayed=True)
    with pytest.raises(errors.CampaignClosed):
        campaign.file("key-2", first.etag)
    # What a client does who lost its key too: it knows its filing by its hash.
    assert campaign.found().receipts[0].sha256 == first.receipt.sha256


def test_the_same_filing_is_the_same_octets(campaign):
    campaign.file()
    filing = campaign.filing()

    for other in (
        replace(filing, octets=filing.octets + b" "),
        replace(filing, if_match='"x"'),
        replace(filing, year=1789),
    ):
        with pytest.raises(errors.KeyReused):
            campaign.send(other)
    with pytest.raises(errors.KeyReused):
        campaign.world.write(put(service_id(1), key="key-f"))


def test_a_stale_filing_says_what_is_there_and_changes_nothing(campaign):
    first = campaign.file()
    for stale in (campaign.filing("key-2"), campaign.filing("key-3", '"x"')):
        with pytest.raises(errors.PreconditionFailed) as caught:
            campaign.send(stale)
        assert caught.value.etag == first.etag

    assert campaign.found().receipts == (first.receipt,)


def test_nothing_is_replaced_where_nothing_is(campaign):
    with pytest.raises(errors.PreconditionFailed) as caught:
        campaign.file("key-2", '"x"')

    assert caught.value.etag is None


def test_a_late_copy_of_a_refused_first_filing_stays_refused(campaign):
    first = campaign.file()
    with pytest.raises(errors.PreconditionFailed):
        campaign.file("key-2")
    campaign.file("key-3", first.etag)

    with pytest.raises(errors.PreconditionFailed) as caught:
        campaign.file("key-2")
    assert caught.value.etag == first.etag


def test_no_such_edition_is_not_known_and_holds_no_dossier(campaign):
    with pytest.raises(errors.NotKnown):
        campaign.send(replace(campaign.filing(), year=1789))
    with pytest.raises(errors.UnknownDossier):
        campaign.world.registry.dossier(campaign.world.siren, 1789)


def test_a_closed_edition_takes_nothing_and_opens_again(campaign):
    campaign.close()
    with pytest.raises(errors.CampaignClosed):
        campaign.file()
    campaign.open()

    assert campaign.file().status == 201


def test_the_closing_is_judged_before_the_tag_and_that_before_the_body(campaign):
    broken = replace(campaign.filing(if_match='"x"'), octets=b"{")
    campaign.close()
    with pytest.raises(errors.CampaignClosed):
        campaign.send(broken)
    campaign.open()
    with pytest.raises(errors.PreconditionFailed):
        campaign.send(broken)
    with pytest.raises(errors.Rejected) as caught:
        campaign.send(replace(broken, if_match=None))
    assert caught.value.status == 400


def test_faults_reach_the_members_and_the_key_may_serve_again(campaign):
    with pytest.raises(errors.Rejected) as caught:
        campaign.file(signed_off=[{"role": "elected", "on": "hier"}])

    assert caught.value.status == 422
    assert [(each.pointer, each.code) for each in caught.value.problems] == [
        ("/signed_off/0/on", "bad_date")
    ]
    assert campaign.file().status == 201


def test_a_service_moves_no_dossier(campaign):
    before = campaign.etag()
    campaign.world.write(put(service_id(1)))

    assert campaign.etag() == before


def test_the_largest_dossier_goes_through(campaign):
    shell = campaign.filing(answers="")
    octets = shell.octets.replace(b'"answers": ""', b'"answers": "%s"')
    octets = octets % (b"a" * (8 * 1024 * 1024 - len(shell.octets)))
    assert len(octets) == 8 * 1024 * 1024

    written = campaign.send(replace(shell, octets=octets))
    assert written.receipt.sha256 == hashlib.sha256(octets).hexdigest()
    assert len(campaign.found().dossier["answers"]) > 8_000_000
