"""A registry's answers → typed values (contract, « Resources »).

Strict in what the contract says: a member that is missing or of another kind, an unknown word of
a closed list, an identifier of another form raise `Malformed`. Lenient in what it leaves open: a
member it does not name is ignored. A service whose texts are not canonical still comes through:
« altered by the registry » is something to tell an editor, not a reason to stop reading.
"""

import re
from dataclasses import replace

from . import members as read
from .decode import Malformed
from .members import Object, an_object
from .rules import validate
from .types import (
    AUTHORITY_KINDS,
    EDITION_STATES,
    SERVICE_FIELDS,
    STANDINGS,
    AuthoritySummary,
    FeedPage,
    RemoteAward,
    RemoteAxis,
    RemoteDistinction,
    RemoteEdition,
    RemoteMatrix,
    RemoteReferenceService,
    RemoteService,
    RemoteTheme,
    ServiceBody,
    Tagged,
    Tombstone,
    Write,
    Written,
)

_INSEE = re.compile(r"[0-9][0-9AB][0-9]{3}")


def summary(data: object, siren: str, *, with_token: bool) -> AuthoritySummary:
    """`GET authorities/{siren}`."""
    given = an_object(data)
    if read.text(given, "siren") != siren:
        raise Malformed("another authority")
    who = AuthoritySummary(
        siren=siren,
        insee=read.maybe(insee_code, given, "insee"),
        name=read.name_(given, "name"),
        kind=read.choice(given, "kind", AUTHORITY_KINDS),
        url=read.web_address(given, "url"),
    )
    if not with_token:
        return who
    return replace(
        who,
        epoch=read.epoch(given),
        sequence=read.sequence(given, least=0),
        awards_etag=read.optional(read.tag, given, "awards_etag"),
        dossiers_etag=read.optional(read.tag, given, "dossiers_etag"),
        matrix_version=read.optional(read.code, given, "matrix_version"),
        matrix_etag=read.optional(read.tag, given, "matrix_etag"),
        editions_etag=read.optional(read.tag, given, "editions_etag"),
    )


def insee_code(given: Object, name: str) -> str:
    """The five characters of a commune, Corsica's letters included."""
    if not _INSEE.fullmatch(value := read.text(given, name)):
        raise Malformed(name)
    return value


def editions(data: object) -> Tagged[tuple[RemoteEdition, ...]]:
    """`GET editions`."""
    given = an_object(data)
    items = tuple(map(_edition, read.objects(given, "items")))
    read.each_once(item.year for item in items)
    return Tagged(items, read.tag(given))


def _edition(given: Object) -> RemoteEdition:
    return RemoteEdition(
        year=read.year(given, "year"),
        ordinal=read.maybe(read.small, given, "ordinal"),
        opens_at=read.maybe(read.instant_within_reach, given, "opens_at"),
        closes_at=read.maybe(read.instant_within_reach, given, "closes_at"),
        ceremony_on=read.maybe(read.day, given, "ceremony_on"),
        place=read.maybe(read.name_, given, "place"),
        labelled_count=read.maybe(read.count, given, "labelled_count"),
        state=read.choice(given, "state", EDITION_STATES),
    )


def awards(data: object) -> Tagged[tuple[RemoteAward, ...]]:
    """`GET authorities/{siren}/awards`."""
    given = an_object(data)
    items = tuple(map(award, read.objects(given, "items")))
    read.each_once(item.id for item in items)
    return Tagged(items, read.tag(given))


def award(given: Object) -> RemoteAward:
    """One award, of an authority or of a list."""
    return RemoteAward(
        id=read.name_(given, "id"),
        edition=read.year(given, "edition"),
        standing=read.choice(given, "standing", STANDINGS),
        level=read.maybe(read.level, given, "level"),
        distinctions=tuple(
            RemoteDistinction(read.name_(item, "name"), read.maybe(read.day, item, "valid_until"))
            for item in read.objects(given, "distinctions")
        ),
        source_url=read.web_address(given, "source_url"),
    )


def matrix(data: object) -> Tagged[RemoteMatrix]:
    """`GET matrix` and `GET matrix/{version}`."""
    given = an_object(data)
    axes = tuple(map(_axis, read.objects(given, "axes")))
    read.each_once(axis.code for axis in axes)
    value = RemoteMatrix(read.code(given, "version"), read.boolean(given, "official"), axes)
    return Tagged(value, read.tag(given))


def _axis(given: Object) -> RemoteAxis:
    themes = tuple(map(_theme, read.objects(given, "themes")))
    read.each_once(theme.code for theme in themes)
    return RemoteAxis(read.code(given, "code"), read.name_(given, "label"), themes)


def _theme(given: Object) -> RemoteTheme:
    services = tuple(map(_reference_service, read.objects(given, "services")))
    read.each_once(service.code for service in services)
    return RemoteTheme(read.code(given, "code"), read.name_(given, "label"), services)


def _reference_service(given: Object) -> RemoteReferenceService:
    return RemoteReferenceService(
        read.code(given, "code"), read.name_(given, "label"), read.codes(given, "replaces")
    )


def feed(data: object, *, since: int) -> FeedPage:
    """`GET authorities/{siren}/services?since=N`: ascending, each once, all after N."""
    given = an_object(data)
    items = tuple(map(_resource, read.objects(given, "items")))
    read.each_once(item.id for item in items)
    last = since
    for item in items:
        if item.sequence <= last:
            raise Malformed("a feed out of order")
        last = item.sequence
    more = read.boolean(given, "more")
    if read.sequence(given, least=0) != last or (more and not items):
        raise Malformed("a feed that does not advance")
    return FeedPage(read.epoch(given), items, last, more)


def _resource(given: Object) -> RemoteService | Tombstone:
    return tombstone(given) if "deleted" in given else _representation(given)


def service(data: object, id: str) -> RemoteService:
    """`GET authorities/{siren}/services/{id}`."""
    given = an_object(data)
    found = replace(_representation(given), epoch=read.epoch(given))
    if found.id != id:
        raise Malformed("another service")
    return found


def _representation(given: Object) -> RemoteService:
    return RemoteService(
        id=read.service_id(given),
        etag=read.tag(given),
        hash=read.content_hash(given),
        key=read.key(given),
        sequence=read.sequence(given),
        body=_body(given),
    )


def _body(given: Object) -> ServiceBody:
    try:
        body = ServiceBody.from_json({name: given[name] for name in SERVICE_FIELDS})
    except (KeyError, ValueError):
        raise Malformed("not a service") from None
    for problem in validate(body):
        if problem.code in ("not_canonical", "bad_html"):
            continue
        if problem.code == "required" and problem.pointer in ("/title", "/reference_services"):
            continue
        raise Malformed(f"{problem.pointer}: {problem.code}")
    return body


def tombstone(data: object) -> Tombstone:
    """What is left of a withdrawn service."""
    given = an_object(data)
    if read.boolean(given, "deleted") is not True:
        raise Malformed("deleted")
    return Tombstone(read.service_id(given), read.sequence(given), read.key(given))


def written(data: object, attempt: Write, *, status: int, replayed: bool) -> Written:
    """The 2xx answer to that attempt, and to no other."""
    given = an_object(data)
    if read.service_id(given) != attempt.id or read.key(given) != attempt.key:
        raise Malformed("the answer to another write")
    withdrawn = attempt.operation == "delete"
    if withdrawn and read.boolean(given, "deleted") is not True:
        raise Malformed("deleted")
    return Written(
        id=attempt.id,
        status=status,
        etag=None if withdrawn else read.tag(given),
        hash=None if withdrawn else read.content_hash(given),
        key=attempt.key,
        sequence=read.sequence(given),
        epoch=read.epoch(given),
        replayed=replayed,
        tombstone=withdrawn,
    )
