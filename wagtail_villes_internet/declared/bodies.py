"""What a site declares of its services, as the contract's bodies: live, complete and counted.

Derived from the live rows each time, never from events: a bulk update, a schedule or a deletion
that no signal announced cannot be missed, and no stored hash can go stale.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby, islice
from typing import Any

from django.conf import settings
from django.utils import translation
from wagtail.coreutils import get_supported_content_language_variant
from wagtail.rich_text import expand_db_html

from .. import days
from ..authorities.models import LocalAuthority, VillesInternetSettings
from ..registry.canonical import canonical_body, validate
from ..registry.problems import FieldProblem
from ..registry.types import ServiceBody
from ..services.models import DigitalService
from ..services.rules import Shortcoming, shortcomings, status_on

PROVISIONAL = "p-"
CHUNK = 1000
# Cannot stand in a stored text: what was joined with it can be parted again.
SEPARATOR = "\x00"

# Fields that go into a body as they are.
PLAIN = (
    "kind",
    "title",
    "summary",
    "url",
    "public",
    "started_on",
    "ended_on",
    "provider",
    "audiences",
    "interactions",
    "offline_alternative",
)
COLUMNS = (
    *("pk", "translation_key", "counted", "description", "status", "latitude", "longitude"),
    *PLAIN,
)


@dataclass(frozen=True, slots=True)
class Incomplete:
    """A live service that is counted and cannot be declared, and why (« à compléter »)."""

    pk: int
    remote_id: str
    title: str
    shortcomings: tuple[Shortcoming, ...] = ()
    problems: tuple[FieldProblem, ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why, in the reader's language."""
        faults = (*self.shortcomings, *self.problems)
        return tuple(dict.fromkeys(fault.message for fault in faults))


def bodies(
    authority: LocalAuthority, today: date | None = None
) -> Iterator[tuple[str, ServiceBody] | Incomplete]:
    """The body of each service that `authority` declares with its remote id, or the reasons there
    is none, in a number of queries that does not grow with them.

    One at a time, so that 25,000 services weigh a few megabytes.
    """
    return _read(authority, today=today)


def bodies_of(authority: LocalAuthority, ids: Collection[str]) -> dict[str, ServiceBody]:
    """The bodies of those of `ids` that are wanted now."""
    wanted = set(ids)
    # A query takes only so many values: beyond, it is lighter to read them all.
    rows = _read(authority, wanted if len(wanted) <= CHUNK else None)
    return {
        found[0]: found[1]
        for found in rows
        if not isinstance(found, Incomplete) and found[0] in wanted
    }


def declared_service(authority: LocalAuthority, remote_id: str) -> DigitalService | None:
    """The live service whose body is declared under that id; None where none is."""
    live = DigitalService.objects.of(authority).live().filter(translation_key=remote_id)
    first = live.foremost_first().first()
    return first if first is not None and first.counted else None


def unknown_codes(codes: Collection[str], known_codes: Collection[str] | None) -> tuple[str, ...]:
    """The provisional codes that a registry's matrix lacks: they are never sent to it (design
    decision 11). None, by hand, knows them all."""
    if known_codes is None:
        return ()
    return tuple(code for code in codes if code.startswith(PROVISIONAL) and code not in known_codes)


def _read(
    authority: LocalAuthority,
    ids: Collection[str] | None = None,
    today: date | None = None,
) -> Iterator[tuple[str, ServiceBody] | Incomplete]:
    """One body, or the reasons there is none, for each counted service that is live.

    The translations of one service are one declaration, made from the default language, else from
    the oldest translation. Their progress is that of `today`, else of the day it is.
    """
    live = DigitalService.objects.of(authority).live()
    if ids is not None:
        live = live.filter(translation_key__in=ids)
    language = get_supported_content_language_variant(settings.LANGUAGE_CODE)
    rows = live.foremost_first().values_list(*COLUMNS, named=True).iterator(chunk_size=CHUNK)
    declared = (
        row
        for _key, (row, *_others) in groupby(rows, key=lambda row: row.translation_key)
        if row.counted
    )
    base_url, today = _base_url(authority), today or days.today()
    codes = _codes_by_service(live)
    while chunk := list(islice(declared, CHUNK)):
        # The address of a linked page depends on the active language; a hash may not.
        with translation.override(language):
            found = [
                _body_or_reasons(row, codes.get(row.pk, ()), description, base_url, today)
                for row, description in zip(
                    chunk, expanded([row.description for row in chunk]), strict=True
                )
            ]
        # Not inside the `with`: whoever reads keeps their own language between two items.
        yield from found


def _body_or_reasons(
    row: Any, codes: Collection[str], description: str, base_url: str, today: date
) -> tuple[str, ServiceBody] | Incomplete:
    remote_id = str(row.translation_key)
    if lacking := shortcomings(row, codes):
        return Incomplete(row.pk, remote_id, row.title, shortcomings=lacking)
    body = canonical_body(
        **{name: getattr(row, name) for name in PLAIN},
        status=status_on(row.status, row.started_on, row.ended_on, today),
        description=description,
        reference_services=codes,
        location=(row.latitude, row.longitude),
        base_url=base_url,
    )
    if problems := validate(body):
        return Incomplete(row.pk, remote_id, row.title, problems=tuple(problems))
    return remote_id, body


def _codes_by_service(services: Any) -> dict[int, list[str]]:
    through = DigitalService.reference_services.through
    codes: dict[int, list[str]] = defaultdict(list)
    interned: dict[str, str] = {}
    for service, code in (
        through.objects.filter(digitalservice__in=services)
        .values_list("digitalservice_id", "referenceservice__code")
        .iterator(chunk_size=CHUNK)
    ):
        codes[service].append(interned.setdefault(code, code))
    return codes


def expanded(descriptions: Iterable[str]) -> list[str]:
    """The rich texts with Wagtail's links resolved: no query but where a text has such a link."""
    texts = list(descriptions)
    linked = [i for i, text in enumerate(texts) if "linktype=" in text]
    if linked:
        expanded = expand_db_html(SEPARATOR.join(texts[i] for i in linked)).split(SEPARATOR)
        for i, text in zip(linked, expanded, strict=True):
            texts[i] = text
    return texts


def _base_url(authority: LocalAuthority) -> str:
    """The address of the authority's site, which completes the links to its own pages."""
    bound = (
        VillesInternetSettings.objects.filter(authority=authority)
        .select_related("site")
        .order_by("-site__is_default_site", "site_id")
        .first()
    )
    return bound.site.root_url if bound else ""
