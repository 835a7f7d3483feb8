"""A town that files its yearly dossier with a registry in memory."""

from dataclasses import replace
from datetime import UTC, datetime

from tests.factories import UserFactory
from wagtail_villes_internet.dossiers.drafting import open_dossier
from wagtail_villes_internet.dossiers.models import Filing, Receipt
from wagtail_villes_internet.registry import errors
from wagtail_villes_internet.registry.canonical import canonical_json
from wagtail_villes_internet.registry.types import DossierWrite, RemoteEdition
from wagtail_villes_internet.sync import filing
from wagtail_villes_internet.sync.models import FilingAttempt, RemoteDossier

from ..conftest import Engine

YEAR = 2027
OPENS, CLOSES = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 11, 10, tzinfo=UTC)
IN_TIME, AFTER = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
State = Filing.State


class Filer(Engine):
    """With one service, and the campaign of one edition that is open at the registry."""

    def __init__(self, registry):
        super().__init__(registry)
        self.user = UserFactory(is_superuser=True)
        registry.set_now(IN_TIME)
        registry.set_editions([RemoteEdition(YEAR, 28, OPENS, CLOSES, None, None, None, "open")])
        # The matrix is read: its codes may be filed.
        self.run()
        self.requests()
        self.portal = self.service(title="Portail famille")

    @property
    def dossier(self):
        return open_dossier(self.authority, YEAR)

    def file(self, statement=None) -> Filing:
        """File the dossier as it stands, or with another statement."""
        dossier = self.dossier
        if statement is not None:
            type(dossier).objects.filter(pk=dossier.pk).update(statement=statement)
            dossier.refresh_from_db()
        shown = filing.draft_at(dossier, self.registry).content.digest
        return filing.file(dossier, self.registry, self.user, shown=shown)

    def filed(self, statement=None) -> Filing:
        """The same, and taken by the registry."""
        made = self.file(statement)
        self.run()
        assert self.again(made).state == State.FILED
        return self.again(made)

    def again(self, made: Filing) -> Filing:
        return Filing.objects.get(pk=made.pk)

    def close(self):
        self.registry.set_now(AFTER)

    def reopen(self):
        self.registry.set_now(IN_TIME)

    def elsewhere(self, key="elsewhere-1", **changes):
        """Somebody files another dossier for the town, with a tool of their own."""
        octets = canonical_json({**self.body(), **changes}).encode()
        there = self.stored
        write = DossierWrite(key, YEAR, there.etag if there else None, octets)
        return self.registry._file(self.registry._town(self.siren), self.siren, write)

    def body(self):
        return {
            "edition": YEAR,
            "authority": self.siren,
            "matrix_version": "2024",
            "services": [],
            "answers": "",
            "statement": "D'ailleurs",
            "signed_off": [],
        }

    @property
    def stored(self):
        """What stands at the registry, None for nothing."""
        return self.registry._town(self.siren).filings.stored.get(YEAR)

    @property
    def receipts_there(self):
        return self.stored.receipts if self.stored else ()

    @property
    def attempts_of_filings(self):
        return FilingAttempt.objects.filter(filing__dossier__authority=self.authority)

    @property
    def remote(self) -> RemoteDossier:
        return RemoteDossier.objects.get(authority=self.authority, year=YEAR)

    def receipt(self, made: Filing) -> Receipt | None:
        return Receipt.objects.filter(filing=made).first()

    def enter_as_agent(self, made: Filing):
        """An agent of the registry enters the octets that the town handed them."""
        answer = self.elsewhere_octets(bytes(made.octets), "agent")
        filings = self.registry._town(self.siren).filings
        first, *others = filings.stored[YEAR].receipts
        filings.stored[YEAR] = replace(
            filings.stored[YEAR], key=None, receipts=(replace(first, key=None), *others)
        )
        return answer

    def elsewhere_octets(self, octets: bytes, key: str):
        there = self.stored
        write = DossierWrite(key, YEAR, there.etag if there else None, octets)
        return self.registry._file(self.registry._town(self.siren), self.siren, write)

    def forget_etag(self):
        """The registry gives no tag of the dossiers, as one of an earlier version."""
        summary = self.registry.summary
        self.registry.summary = lambda siren: replace(summary(siren), dossiers_etag=None)


def names(calls):
    """What was asked, without of whom."""
    return [call[0] for call in calls]


def unreachable(*args, **kwargs):
    raise errors.Unreachable
