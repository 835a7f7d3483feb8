"""What travels between a site and a registry, as typed values (contract, « Resources »).

Frozen and free of models. Instants are aware datetimes, days are dates; a service's own fields
keep the contract's JSON shapes, because they are hashed and compared as they are sent.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any, Generic, TypeVar

KINDS = ("service", "project", "place", "event")
STATUSES = ("planned", "active", "ended")
PROVIDERS = ("authority", "intercommunal", "association", "contractor")
AUDIENCES = (
    "residents",
    "families",
    "youth",
    "elders",
    "disabled",
    "jobseekers",
    "newcomers",
    "visitors",
    "associations",
    "businesses",
    "agents",
    "elected",
)
INTERACTIONS = ("inform", "apply", "book", "pay", "report", "consult")
STANDINGS = (
    "labelled",
    "level_unknown",
    "out_of_competition",
    "mention_only",
    "not_participating",
)
EDITION_STATES = ("upcoming", "open", "closed", "published")
AUTHORITY_KINDS = ("commune", "epci", "other")

SIREN = re.compile(r"[0-9]{9}")
SERVICE_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# RFC 9110, 8.8.3; 255 characters are what this site keeps of one.
STRONG_TAG = re.compile(r'"[!#-~\x80-\xff]{0,253}"')
# Printable ASCII but the two characters that a quoted string would have to escape.
KEY = re.compile(r"[ !#-\[\]-~]{1,255}")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Location:
    """A point of WGS 84, in degrees, written with six decimals: `"43.674000"`."""

    lat: str
    lon: str


@dataclass(frozen=True, slots=True)
class ServiceBody:
    """Exactly the fields of the contract's service, in their JSON shapes."""

    kind: str
    title: str
    summary: str
    description: str
    url: str
    public: bool
    reference_services: tuple[str, ...]
    status: str
    started_on: str | None
    ended_on: str | None
    provider: str
    audiences: tuple[str, ...]
    interactions: tuple[str, ...]
    offline_alternative: str
    location: Location | None

    def as_json(self) -> dict[str, Any]:
        """The body of a PUT, as plain JSON values."""
        values: dict[str, Any] = {name: getattr(self, name) for name in SERVICE_FIELDS}
        for name in _ARRAYS:
            values[name] = list(values[name])
        if self.location is not None:
            values["location"] = {"lat": self.location.lat, "lon": self.location.lon}
        return values

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "ServiceBody":
        """The body those JSON values say. Raises `ValueError` when a field is missing, is not
        one of the contract, or has another type; the rules on values are `validate`'s."""
        if set(value) != set(SERVICE_FIELDS):
            raise ValueError("not the fields of a service")
        for name in SERVICE_FIELDS:
            if not _has_type(name, value[name]):
                raise ValueError(f"wrong type: {name}")
        given = dict(value)
        for name in _ARRAYS:
            given[name] = tuple(given[name])
        if given["location"] is not None:
            given["location"] = Location(**given["location"])
        return cls(**given)


SERVICE_FIELDS = tuple(each.name for each in fields(ServiceBody))
_ARRAYS = ("reference_services", "audiences", "interactions")


def _has_type(name: str, value: object) -> bool:
    if name == "public":
        return isinstance(value, bool)
    if name in _ARRAYS:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if name == "location":
        return value is None or (
            isinstance(value, dict)
            and set(value) == {"lat", "lon"}
            and all(isinstance(item, str) for item in value.values())
        )
    return isinstance(value, str) or (value is None and name in ("started_on", "ended_on"))


@dataclass(frozen=True, slots=True)
class RemoteService:
    """A representation: what the registry holds, and the tag that names this state of it.

    `hash` is what the registry says; a registry may lie, `content_hash(body)` does not. `key` is
    that of the write that made it, None when the registry wrote. `epoch` is None inside a feed,
    whose page carries it.
    """

    id: str
    etag: str
    hash: str
    key: str | None
    sequence: int
    body: ServiceBody
    epoch: str | None = None


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What is left of a withdrawn service."""

    id: str
    sequence: int
    key: str | None


@dataclass(frozen=True, slots=True)
class FeedPage:
    """A page of the feed: the resources changed after `since`, ascending, each once.

    `sequence` is where the next page starts; `more` says that there is one.
    """

    epoch: str
    items: tuple[RemoteService | Tombstone, ...]
    sequence: int
    more: bool


@dataclass(frozen=True, slots=True)
class AuthoritySummary:
    """Who the authority is and, with a token, all that may have changed, in one request.

    The last seven are None without a token. `kind` is one of `AUTHORITY_KINDS`.
    """

    siren: str
    insee: str | None
    name: str
    kind: str
    url: str
    epoch: str | None = None
    sequence: int | None = None
    awards_etag: str | None = None
    dossiers_etag: str | None = None
    matrix_version: str | None = None
    matrix_etag: str | None = None
    editions_etag: str | None = None


@dataclass(frozen=True, slots=True)
class RemoteEdition:
    """One edition; `state` is one of `EDITION_STATES`, all but it and the year may be unknown."""

    year: int
    ordinal: int | None
    opens_at: datetime | None
    closes_at: datetime | None
    ceremony_on: date | None
    place: str | None
    labelled_count: int | None
    state: str


@dataclass(frozen=True, slots=True)
class RemoteDistinction:
    """A special mention, and the day until which it may be claimed."""

    name: str
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class RemoteAward:
    """What an authority won in one edition, known by its year; `standing` is one of `STANDINGS`,
    `level` is 1 to 5 or None, `source_url` is a web address or empty."""

    id: str
    edition: int
    standing: str
    level: int | None
    distinctions: tuple[RemoteDistinction, ...]
    source_url: str


@dataclass(frozen=True, slots=True)
class RemoteReferenceService:
    """One line of the matrix; `replaces` are the codes it takes over from."""

    code: str
    label: str
    replaces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RemoteTheme:
    """A theme and its reference services. One code may stand under several themes."""

    code: str
    label: str
    services: tuple[RemoteReferenceService, ...]


@dataclass(frozen=True, slots=True)
class RemoteAxis:
    """An axis and its themes."""

    code: str
    label: str
    themes: tuple[RemoteTheme, ...]


@dataclass(frozen=True, slots=True)
class RemoteMatrix:
    """One version of the association's referential, as the registry publishes it."""

    version: str
    official: bool
    axes: tuple[RemoteAxis, ...]

    @property
    def codes(self) -> frozenset[str]:
        """The codes of its reference services."""
        return frozenset(
            service.code
            for axis in self.axes
            for theme in axis.themes
            for service in theme.services
        )


@dataclass(frozen=True, slots=True)
class Tagged(Generic[T]):
    """A value and the strong tag of its state, quotes included."""

    value: T
    etag: str


@dataclass(frozen=True, slots=True)
class Write:
    """A frozen attempt: what is sent, stored before the first send and never changed.

    `operation` is "put" or "delete"; `if_match` is the tag expected there, None for « nothing is
    there » (`If-None-Match: *`); `body` is the canonical JSON text of a put, sent as those very
    octets. Raises `ValueError` for what the contract cannot carry.
    """

    key: str
    operation: str
    id: str
    if_match: str | None
    body: str | None = None

    def __post_init__(self) -> None:
        if self.operation not in ("put", "delete"):
            raise ValueError(f"no such operation: {self.operation}")
        if not KEY.fullmatch(self.key):
            raise ValueError("not a key")
        if not SERVICE_ID.fullmatch(self.id):
            raise ValueError("not a service's id")
        if self.if_match is not None and not STRONG_TAG.fullmatch(self.if_match):
            raise ValueError("not a strong tag")
        if self.operation == "delete" and self.if_match is None:
            raise ValueError("a withdrawal names the state it withdraws")
        if (self.operation == "put") != (self.body is not None):
            raise ValueError("a put has a body, a delete has none")


@dataclass(frozen=True, slots=True)
class Written:
    """The registry's word on a write that it took: 200 or 201.

    `etag` and `hash` are None for a withdrawal, whose `tombstone` is true. `replayed` says that
    an earlier sending of the same attempt had done it. `sequence` is None for one of a batch,
    whose results do not say it: only the feed moves a sequence.
    """

    id: str
    status: int
    etag: str | None
    hash: str | None
    key: str | None
    sequence: int | None
    epoch: str
    replayed: bool = False
    tombstone: bool = False


@dataclass(frozen=True, slots=True)
class FiledReceipt:
    """The registry's word that it received a dossier: what number it gave, when the last octet
    arrived, the SHA-256 of the octets it read (64 lower-case hexadecimal digits), and the key of
    the request, None when the registry entered it itself."""

    number: str
    received_at: datetime
    sha256: str
    key: str | None


@dataclass(frozen=True, slots=True)
class StoredDossier:
    """What the registry holds for one edition: the dossier filed last, the key of that filing,
    the tag of this state, and the receipt of every filing, newest first, never none.

    `dossier` is the JSON value, not the octets: only a receipt's `sha256` tells the octets.
    """

    etag: str
    key: str | None
    dossier: Mapping[str, Any]
    receipts: tuple[FiledReceipt, ...]


@dataclass(frozen=True, slots=True)
class DossierWrite:
    """The frozen attempt of a filing: what is sent, stored before the first send.

    `if_match` is the tag of the dossier that it replaces, None for « nothing is filed »
    (`If-None-Match: *`); `octets` are sent as they are. Raises `ValueError` for what the contract
    cannot carry.
    """

    key: str
    year: int
    if_match: str | None
    octets: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if not KEY.fullmatch(self.key):
            raise ValueError("not a key")
        if not 1 <= self.year <= 9999:
            raise ValueError("not the year of an edition")
        if self.if_match is not None and not STRONG_TAG.fullmatch(self.if_match):
            raise ValueError("not a strong tag")


@dataclass(frozen=True, slots=True)
class DossierWritten:
    """The registry's word on a filing that it took: 201, or 200 for a later version.

    `receipt.sha256` is what the registry says: comparing it with that of the octets sent is the
    caller's. `replayed` says that an earlier sending of the same attempt had done it.
    """

    status: int
    etag: str
    receipt: FiledReceipt
    replayed: bool = False
