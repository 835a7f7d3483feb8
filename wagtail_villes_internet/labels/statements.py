"""Settles what several sources say of one award.

The registry's word comes before a typed one, and that before a line of a published list. Whatever
is overruled stays in the award's history; an award that vanishes from the registry stays, reads
declared again, and asks the webmaster.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_date
from wagtail.log_actions import log

from ..authorities.models import LocalAuthority
from .editions import villes_internet
from .models import Award, Distinction, Edition

RANK = {Award.Origin.REGISTRY: 2, Award.Origin.TYPED: 1, Award.Origin.PALMARES: 0}


@dataclass(frozen=True, slots=True)
class Statement:
    """What one source says of one award. `distinctions`: sorted pairs of name and validity."""

    standing: str
    level: int | None
    source_url: str = ""
    distinctions: tuple[tuple[str, date | None], ...] = ()

    def same_award(self, other: "Statement") -> bool:
        """Whether both tell residents the same: standing, level and mentions, not where read."""
        return (self.standing, self.level, self.distinctions) == (
            other.standing,
            other.level,
            other.distinctions,
        )


def outranks(origin: str, current: str, *, vanished: bool = False) -> bool:
    """Whether a word from `origin` replaces one from `current`.

    A registry's word that vanished from the registry is worth a typed one.
    """
    if vanished and current == Award.Origin.REGISTRY:
        current = Award.Origin.TYPED
    return RANK[origin] >= RANK[current]


@transaction.atomic
def receive_awards(authority: LocalAuthority, items: Iterable[Mapping]) -> int:
    """Apply the registry's awards of one authority (`GET authorities/{siren}/awards`, `items`).

    `items` is the whole list: what it no longer holds has vanished. Returns how many awards
    changed. Two items of one edition: the first stands, as a list has no other order.
    """
    programme = villes_internet()
    editions = {row.year: row for row in Edition.objects.filter(programme=programme)}
    mine = {
        award.edition_id: award
        for award in Award.objects.filter(
            authority=authority, edition__programme=programme
        ).prefetch_related("distinctions")
    }
    changed, seen = 0, set()
    for item in items:
        year = item["edition"]
        if year not in editions:
            editions[year] = Edition.objects.create(programme=programme, year=year)
        edition = editions[year]
        if edition.pk in seen:
            continue
        seen.add(edition.pk)
        award = mine.get(edition.pk) or Award(authority=authority, edition=edition)
        changed += _confirm(award, _statement_of(item), item["id"])
    for edition_id, award in mine.items():
        if award.confirmed and edition_id not in seen:
            award.vanished_at = timezone.now()
            award.save(update_fields=["vanished_at"])
            log(award, "villes_internet.award_vanished")
            changed += 1
    return changed


def statement(award: Award) -> Statement:
    """What `award` says today."""
    return Statement(
        standing=award.standing,
        level=award.level,
        source_url=award.source_url,
        distinctions=tuple(
            sorted(
                ((mention.name, mention.valid_until) for mention in award.distinctions.all()),
                key=str,
            )
        ),
    )


def _statement_of(item: Mapping) -> Statement:
    return Statement(
        standing=item["standing"],
        level=item["level"],
        source_url=item["source_url"] or "",
        distinctions=tuple(
            sorted(
                (
                    (
                        mention["name"],
                        parse_date(mention["valid_until"]) if mention["valid_until"] else None,
                    )
                    for mention in item["distinctions"]
                ),
                key=str,
            )
        ),
    )


def _confirm(award: Award, stated: Statement, remote_id: str) -> bool:
    """Give the registry's word to one award; returns whether anything changed."""
    new = award.pk is None
    before = None if new else statement(award)
    if before == stated and award.confirmed and award.remote_id == remote_id:
        return False
    if before and not before.same_award(stated):
        # Kept before it is overruled: the history shows what stood here. Not validated: a value
        # that was let in must not stop the registry's word.
        award.save_revision(log_action="villes_internet.award_overruled", clean=False)
    award.standing, award.level = stated.standing, stated.level
    award.source_url = stated.source_url
    award.origin = Award.Origin.REGISTRY
    award.remote_id = remote_id
    award.vanished_at = None
    award.save()
    if before is None or before.distinctions != stated.distinctions:
        award.distinctions.all().delete()
        Distinction.objects.bulk_create(
            Distinction(award=award, name=name, valid_until=until)
            for name, until in stated.distinctions
        )
    return True
