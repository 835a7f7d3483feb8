"""Keeps the editions of a programme as the registry, or the bundled list, states them."""

import json
from collections.abc import Iterable, Mapping
from importlib import resources

from django.db import transaction
from django.utils.dateparse import parse_date, parse_datetime

from .models import VILLES_INTERNET, Edition, LabelProgramme

BUNDLED = "data/editions.json"


def villes_internet() -> LabelProgramme:
    """The built-in programme, made where it is not there yet."""
    programme, _created = LabelProgramme.objects.get_or_create(
        slug=VILLES_INTERNET,
        defaults={
            "name": "Villes Internet",
            "unit": "arobase",
            "unit_plural": "arobases",
            "max_level": 5,
            "symbol": LabelProgramme.Symbol.AROBASE,
            "validity": LabelProgramme.Validity.SIGN,
            "url": "https://www.villes-internet.net/",
        },
    )
    return programme


@transaction.atomic
def receive_editions(items: Iterable[Mapping]) -> int:
    """Store editions given as the contract's items (`GET editions`); returns how many changed.

    A null there says nothing: it erases no date known from elsewhere.
    """
    programme = villes_internet()
    known = {edition.year: edition for edition in Edition.objects.filter(programme=programme)}
    changed = 0
    for item in items:
        stated = {
            "ordinal": item["ordinal"],
            "state": item["state"],
            "opens_at": parse_datetime(item["opens_at"]) if item["opens_at"] else None,
            "closes_at": parse_datetime(item["closes_at"]) if item["closes_at"] else None,
            "ceremony_on": parse_date(item["ceremony_on"]) if item["ceremony_on"] else None,
            "place": item["place"],
            "labelled_count": item["labelled_count"],
            "source_url": item.get("source_url"),
        }
        edition = known.get(item["year"]) or Edition(programme=programme, year=item["year"])
        different = {
            name: value
            for name, value in stated.items()
            if value is not None and getattr(edition, name) != value
        }
        if different or edition.pk is None:
            for name, value in different.items():
                setattr(edition, name, value)
            edition.save()
            known[edition.year] = edition
            changed += 1
    return changed


def load_bundled() -> int:
    """Load the publicly known editions where there is none yet; returns how many were written."""
    if Edition.objects.filter(programme__slug=VILLES_INTERNET).exists():
        return 0
    text = resources.files("wagtail_villes_internet").joinpath(BUNDLED).read_text("utf-8")
    return receive_editions(json.loads(text)["items"])
