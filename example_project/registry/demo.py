"""What the demonstration's registry knows at its first start, each part loaded once for good.

A part that was loaded is never loaded again, so that what was changed, withdrawn or added since
stays as it is. No service is ever loaded: they arrive by declaration.
"""

import csv
import json
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from . import agent
from .models import Registry

DATA = Path(__file__).resolve().parent / "data"
SIREN = "213401458"
TOKEN = "demo-token-lunel"
OPENED_FOR = timedelta(days=30)
STILL_OPEN_FOR = timedelta(days=60)


@transaction.atomic
def load(now: datetime | None = None) -> list[str]:
    """Loads the parts that are missing and returns their names."""
    registry = Registry.objects.get()
    loaded = [name for name in PARTS if name not in registry.demo_parts]
    for name in loaded:
        PARTS[name](now or timezone.now())
    # The parts themselves renew the registry's tags: only this column is ours to write.
    registry.demo_parts += loaded
    registry.save(update_fields=["demo_parts"])
    return loaded


def _authority(now: datetime) -> None:
    agent.add_authority(SIREN, "Lunel", kind="commune", insee="34145")
    agent.issue_token("Lunel (démonstration)", TOKEN, [SIREN])


def _matrix(now: datetime) -> None:
    agent.publish_matrix(_data("matrix.json"))


def _editions(now: datetime) -> None:
    for edition in _data("editions.json")["items"]:
        agent.publish_edition(
            edition["year"],
            ordinal=edition["ordinal"],
            ceremony_on=edition["ceremony_on"],
            place=edition["place"],
            labelled_count=edition["labelled_count"],
            published=True,
        )
    today = timezone.localdate(now)
    agent.publish_edition(
        today.year + 1,
        opens_at=_paris(today - OPENED_FOR, time(0, 0)),
        closes_at=_paris(today + STILL_OPEN_FOR, time(23, 59, 59)),
        place="dates fictives (démonstration)",
    )


def _awards(now: datetime) -> None:
    for award in _data("awards.json")["items"]:
        agent.publish_award(
            award["siren"],
            award["edition"],
            standing=award["standing"],
            level=award["level"],
            source_url=award["source_url"],
        )


def _palmares(now: datetime) -> None:
    """What the press said of past editions; nobody ever saw a whole list."""
    with (DATA / "palmares.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            who = row["siren"] or row["insee"] or slugify(f"{row['name']} {row['place']}")
            agent.publish_line(
                int(row["edition"]),
                f"{who}-{row['edition']}",
                siren=row["siren"] or None,
                insee=row["insee"] or None,
                name=row["name"],
                place=row["place"],
                standing=row["standing"],
                level=int(row["level"]) if row["level"] else None,
                distinctions=[
                    {"name": name, "valid_until": None}
                    for name in filter(None, row["mention"].split(" ; "))
                ],
                source_url=row["source_url"],
            )


def _paris(day: object, hour: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, hour))


def _data(name: str) -> dict:
    return json.loads((DATA / name).read_text(encoding="utf-8"))


PARTS: dict[str, Callable[[datetime], None]] = {
    "authority": _authority,
    "matrix": _matrix,
    "editions": _editions,
    "awards": _awards,
    "palmares": _palmares,
}
