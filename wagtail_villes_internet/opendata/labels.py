"""The labels as open data: every award that is stated, with its proof and where it was read."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from ..authorities.models import LocalAuthority
from ..labels.record import LabelRecord, Unstated, Won
from .towns import town

COLUMNS = (
    *("COLL_NOM", "COLL_SIREN", "COLL_INSEE", "LABEL_CODE", "LABEL", "EDITION", "RESULTAT"),
    *("NIVEAU", "NIVEAU_MAX", "UNITE", "MENTIONS", "DATE_CEREMONIE", "LIEU", "PREUVE", "SOURCE"),
)


def document(
    authority: LocalAuthority, records: Mapping[str, LabelRecord], today: date
) -> dict[str, Any]:
    """What `label.json` says: Villes Internet first, and in each label the newest award first."""
    return {
        "authority": town(authority),
        "labels": [_label(record, today) for record in records.values()],
    }


def rows(
    authority: LocalAuthority, records: Mapping[str, LabelRecord]
) -> Iterator[tuple[object, ...]]:
    """The awards as lines of `labels.csv`: the values of `COLUMNS`."""
    whose = (authority.name, authority.siren, authority.insee)
    for record in records.values():
        scale = record.scale
        for won in record.awards:
            yield (
                *whose,
                record.slug,
                scale.programme,
                won.year,
                won.standing,
                won.level,
                scale.highest or None,
                scale.unit,
                [mention.name for mention in won.mentions],
                won.ceremony_on,
                won.place,
                won.proof,
                won.source_url,
            )


def _label(record: LabelRecord, today: date) -> dict[str, Any]:
    scale, shown = record.scale, record.shown
    return {
        "slug": record.slug,
        "name": scale.programme,
        "url": record.url or None,
        "unit": scale.unit or None,
        "highest_level": scale.highest or None,
        "shown": _shown(record, shown, today) if shown else None,
        "awards": [_award(won) for won in record.awards],
        "not_stated": [
            {"first": row.first, "last": row.last}
            for row in record.rows
            if isinstance(row, Unstated)
        ],
    }


def _shown(record: LabelRecord, won: Won, today: date) -> dict[str, Any]:
    """What the badge says today."""
    wording = record.wording(won, today)
    return {"edition": won.year, "current": wording.current, "words": wording.spoken}


def _award(won: Won) -> dict[str, Any]:
    return {
        "edition": won.year,
        "standing": won.standing,
        "level": won.level,
        "mentions": [
            {"name": mention.name, "valid_until": mention.valid_until} for mention in won.mentions
        ],
        "ceremony_on": won.ceremony_on,
        "place": won.place or None,
        "news_url": won.news_url or None,
        "proof": won.proof,
        "source_url": won.source_url or None,
    }
