"""What the parts of one run share."""

from dataclasses import dataclass, field

from ..authorities.models import LocalAuthority
from ..registry.base import RegistryBackend
from ..registry.errors import RegistryError
from .lease import Lease
from .models import Link, Registry


@dataclass(slots=True)
class Tally:
    """What a run did.

    `altered` counts what the registry keeps otherwise than it was sent. `failed` are the ids whose
    attempt got no usable answer in this run, the last of which was `failure`. `notes` say what went
    wrong without stopping it.

    Of dossiers: `filed` counts the versions found at the registry, `news` says what became of
    versions in this run, `filings_left` how many are to be sent or wait for a person, and
    `filing_failure` is the last answer about one that was of no use.
    """

    declared: int = 0
    withdrawn: int = 0
    pulled: int = 0
    altered: int = 0
    failed: set[str] = field(default_factory=set)
    failure: RegistryError | None = None
    notes: list[str] = field(default_factory=list)
    filed: int = 0
    filings_left: int = 0
    filing_failure: RegistryError | None = None
    news: list[str] = field(default_factory=list)

    def fail(self, id: str, answer: RegistryError) -> None:
        self.failed.add(id)
        self.failure = answer

    @property
    def done(self) -> int:
        """How many attempts were taken."""
        return self.declared + self.withdrawn

    @property
    def did_something(self) -> bool:
        return bool(self.done or self.pulled or self.news)


@dataclass(slots=True)
class Session:
    """One run of one authority at one registry, under one lease.

    `epoch` and `sequence` are those of the feed as far as it was read, to its end once `is_read`.
    `dossiers_etag` is the tag of all the dossiers, as they were last read.
    `force_withdraw`: somebody confirmed that the withdrawals may be many.
    """

    authority: LocalAuthority
    registry: Registry
    lease: Lease
    backend: RegistryBackend
    epoch: str = ""
    sequence: int = 0
    dossiers_etag: str = ""
    is_read: bool = False
    force_withdraw: bool = False
    tally: Tally = field(default_factory=Tally)

    @property
    def siren(self) -> str:
        return self.authority.siren or ""

    @property
    def link(self):
        """The link's row, for an update."""
        return Link.objects.filter(pk=self.lease.link_id)
