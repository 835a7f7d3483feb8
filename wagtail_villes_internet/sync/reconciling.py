"""Compares all that stands at the registry with all that the site wants, and repairs.

A run trusts what it knows of the registry; this reads everything again, content included.
"""

from collections.abc import Collection, Iterable
from datetime import timedelta

from django.db import transaction

from ..authorities.models import LocalAuthority
from ..registry.base import RegistryBackend
from ..registry.canonical import content_hash
from ..registry.errors import SequenceGone, UnknownService, Unparsable, WithdrawnService
from ..registry.types import FeedPage, RemoteService
from ..services.models import DigitalService
from . import lease
from .declarations import State, acknowledged, chunks, declarations_of
from .drift import Doubt, Line, Sign, Standing, compare
from .instance import claim
from .models import Attempt, Declaration, Link, Registry
from .pull import MOST_PAGES, RESTARTS, restart
from .runner import Result, run
from .session import Session
from .wanted import Wanted, known_codes_of, wanted_for

DOUBTS = {State.UNKNOWN_CODE: Doubt.UNKNOWN_CODE, State.HELD: Doubt.HELD}


def drift(authority: LocalAuthority, backend: RegistryBackend) -> list[Line]:
    """How each service of `authority`, which has a SIREN, stands here and at the registry.

    Reads the whole feed, and keeps hashes and no bodies. Writes nothing on either side. Raises
    `RegistryError`.
    """
    registry = Registry.objects.filter(address=backend.address).first()
    wanted = wanted_for(authority, known_codes_of(registry) if registry else None)
    there = _there(authority, registry, backend, wanted.services)
    minted = _minted_here(authority, there.keys() - wanted.services.keys())
    minted |= {one.remote_id: one.title for one in wanted.incomplete}
    return compare(wanted.services, there, _doubts(authority, registry, wanted), minted)


def repair(
    authority: LocalAuthority,
    backend: RegistryBackend,
    lines: Iterable[Line],
    *,
    patience: timedelta = timedelta(0),
) -> Result:
    """Have everything at the registry read again, then run as usual, and so no otherwise guarded.

    What is here only is created; what differs becomes a proposal or a conflict; what is there only
    is withdrawn where it was declared from here, as `lines` say. Waits for a run under way for at
    most `patience`. Raises `RegistryError`, `AnotherInstance`, `LeaseLost`.
    """
    registry, _created = Registry.objects.get_or_create(address=backend.address)
    link, _created = Link.objects.get_or_create(authority=authority, registry=registry)
    taken = lease.take(link.pk, patience=patience)
    if taken is None:
        return Result(authority, busy=True)
    try:
        link.refresh_from_db()
        claim(link, adopt=False)
        session = Session(authority, registry, taken, backend)
        for line in lines:
            if line.sign is Sign.THERE_ONLY and line.minted_here and line.from_site:
                _remember(session, line.id)
        restart(session, link.epoch)
    finally:
        lease.abandon(taken)
    return run(authority, backend, patience=patience, now=True)


def _there(
    authority: LocalAuthority,
    registry: Registry | None,
    backend: RegistryBackend,
    wanted: Collection[str],
) -> dict[str, Standing]:
    """What stands at the registry, by id; without the titles of what is wanted."""
    there: dict[str, Standing] = {}
    since, epoch, restarts = 0, None, 0
    for _number in range(MOST_PAGES):
        page = _page(authority, backend, since, epoch)
        if page is None:
            restarts += 1
            if restarts > RESTARTS:
                raise Unparsable
            there, since, epoch = {}, 0, None
            continue
        sent = _sent(authority, registry, page)
        for item in page.items:
            # A service that changes while the feed is read comes again.
            there.pop(item.id, None)
            if isinstance(item, RemoteService):
                there[item.id] = _standing(item, sent, keep_title=item.id not in wanted)
        if not page.more:
            return there
        if page.sequence <= since:
            raise Unparsable
        since, epoch = page.sequence, page.epoch
    raise Unparsable


def _page(
    authority: LocalAuthority, backend: RegistryBackend, since: int, epoch: str | None
) -> FeedPage | None:
    """The next page; None where the registry was restored since the last."""
    try:
        page = backend.feed(authority.siren or "", since=since, epoch=epoch)
    except SequenceGone:
        return None
    return page if epoch in (None, page.epoch) else None


def _sent(
    authority: LocalAuthority, registry: Registry | None, page: FeedPage
) -> dict[str | None, str]:
    """The content hashes of what this site sent of that page, by key."""
    keys = [item.key for item in page.items if item.key]
    attempts = Attempt.objects.filter(
        key__in=keys, declaration__authority=authority, declaration__registry=registry
    )
    return dict(attempts.values_list("key", "body_hash"))


def _standing(item: RemoteService, sent: dict[str | None, str], *, keep_title: bool) -> Standing:
    hash = content_hash(item.body)
    return Standing(
        hash,
        item.body.title if keep_title else "",
        altered=sent.get(item.key, hash) != hash,
        contradicted=item.hash != hash,
        from_site=item.key is not None and item.key not in sent,
    )


def _doubts(
    authority: LocalAuthority, registry: Registry | None, wanted: Wanted
) -> dict[str, Doubt]:
    rows = declarations_of(authority, registry).filter(state__in=DOUBTS)
    states = rows.values_list("remote_id", "state").order_by()
    return {
        **{id: DOUBTS[state] for id, state in states},
        **{id: Doubt.UNKNOWN_CODE for id, one in wanted.services.items() if one.unknown_codes},
        **{one.remote_id: Doubt.INCOMPLETE for one in wanted.incomplete},
    }


def _minted_here(authority: LocalAuthority, ids: Collection[str]) -> dict[str, str]:
    """Those of `ids` that are or were those of services of `authority`, with their titles.

    What was declared to another registry, or by hand, had its id from here as well.
    """
    minted: dict[str, str] = {}
    for chunk in chunks(list(ids)):
        rows = Declaration.objects.filter(authority=authority, remote_id__in=chunk)
        minted |= dict(rows.values_list("remote_id", "title").order_by())
        services = DigitalService.objects.of(authority).filter(translation_key__in=chunk)
        minted |= {id: title for id, (_pk, title) in services.by_remote_id().items()}
    return minted


def _remember(session: Session, id: str) -> None:
    """Take what stands there for what was acknowledged, where this site has forgotten it: the
    plan then withdraws it, as the guard lets it, under the tag that it is read with."""
    try:
        found = session.backend.service(session.siren, id)
    except (UnknownService, WithdrawnService):
        return
    if found.key is None:
        # The registry's own people wrote since: theirs is not withdrawn unseen.
        return
    hash = content_hash(found.body)
    rows = declarations_of(session.authority, session.registry)
    with transaction.atomic():
        session.lease.hold()
        row, _created = rows.get_or_create(
            authority=session.authority, registry=session.registry, remote_id=id
        )
        if not row.acknowledged_hash:
            changes = acknowledged(found.body.as_json(), hash, found.etag, hash)
            rows.filter(pk=row.pk).update(**changes)
