"""What the lines of published lists say of the towns of this installation.

A line of a list is the last of the three words on an award: it never overrules the registry's or a
typed one (see `statements`). It stays in its list, whoever is right.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ...authorities.catalogue import touch_all
from ..models import Award, Distinction
from ..statements import outranks
from .models import PalmaresRow


@dataclass(frozen=True, slots=True)
class AwardCounts:
    added: int = 0
    changed: int = 0


def give_awards(rows: Sequence[PalmaresRow], *, dry_run: bool = False) -> AwardCounts:
    """Make the award of each row, all of which have an authority, or correct it.

    In a few queries whatever their number, but for the awards that change: what they said before
    is kept in their history, one by one.
    """
    # Two numbers of one authority may stand on two lines: the first one says what it won.
    by_edition = {(row.authority_id, row.edition.year): row for row in reversed(rows)}
    rows = list(by_edition.values())
    there = {
        (award.authority_id, award.edition_id): award
        for award in Award.objects.filter(
            authority__in={row.authority_id for row in rows},
            edition__in={row.edition_id for row in rows} - {None},
        ).prefetch_related("distinctions")
    }
    new = [row for row in rows if (row.authority_id, row.edition_id) not in there]
    changed = [
        (award, row)
        for row in rows
        if (award := there.get((row.authority_id, row.edition_id)))
        and outranks(Award.Origin.PALMARES, award.origin, vanished=bool(award.vanished_at))
        and _said(award) != _says(row)
    ]
    if not dry_run:
        _add(new)
        for award, row in changed:
            _correct(award, row)
        touch_all({row.authority_id for row in [*new, *(row for _award, row in changed)]})
    return AwardCounts(len(new), len(changed))


def _says(row: PalmaresRow) -> tuple:
    return row.standing, row.level, row.source_url, sorted(row.mentions)


def _said(award: Award) -> tuple:
    mentions = sorted(mention.name for mention in award.distinctions.all())
    return award.standing, award.level, award.source_url, mentions


def _add(rows: Sequence[PalmaresRow]) -> None:
    awards = Award.objects.bulk_create(
        Award(
            authority_id=row.authority_id,
            edition_id=row.edition_id,
            standing=row.standing,
            level=row.level,
            source_url=row.source_url,
            origin=Award.Origin.PALMARES,
        )
        for row in rows
    )
    _mention(zip(awards, rows, strict=True))


def _correct(award: Award, row: PalmaresRow) -> None:
    # Kept before it changes: the history shows what stood here.
    award.save_revision(clean=False)
    award.standing, award.level, award.source_url = row.standing, row.level, row.source_url
    award.save()
    award.distinctions.all().delete()
    _mention([(award, row)])


def _mention(pairs) -> None:
    Distinction.objects.bulk_create(
        Distinction(award=award, name=name) for award, row in pairs for name in row.mentions
    )
