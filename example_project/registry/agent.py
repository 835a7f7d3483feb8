"""What the association's own staff does at the registry: changes that no site asked for.

Every function is one transaction. Changes of services are made by « registry », under no key.
Unknown rows raise Django's `DoesNotExist`; what the contract does not admit raises `Refused`.
"""

import re
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from . import auth, filings, jsontext, keys, ledger
from .dossier_judge import judge_dossier
from .judge import judge
from .models import (
    Authority,
    Award,
    Edition,
    Filing,
    Matrix,
    PalmaresLine,
    ReferenceCode,
    Registry,
    Service,
    Token,
    new_tag,
)

KINDS = ("commune", "epci", "other")
STANDINGS = ("labelled", "level_unknown", "out_of_competition", "mention_only", "not_participating")


class Refused(Exception):
    """The change would leave something the contract does not admit."""


@transaction.atomic
def add_authority(
    siren: str, name: str, *, kind: str = "commune", insee: str | None = None, url: str = ""
) -> Authority:
    if not re.fullmatch(r"[0-9]{9}", siren) or kind not in KINDS:
        raise Refused(f"{siren}: nine digits, and a kind among {', '.join(KINDS)}.")
    return Authority.objects.create(siren=siren, name=name, kind=kind, insee=insee, url=url)


@transaction.atomic
def add_authorities(rows: list[dict]) -> int:
    """Adds many at once, all or none: `add_authority`'s arguments, and a `token` where given."""
    for row in rows:
        values = {name: value for name, value in row.items() if name != "token"}
        added = add_authority(**values)
        if "token" in row:
            issue_token(added.name, row["token"], [added.siren])
    return len(rows)


@transaction.atomic
def issue_token(name: str, token: str, sirens: list[str]) -> Token:
    """Accepts a token for these authorities, beside those that are accepted already."""
    issued = Token.objects.create(name=name, digest=auth.digest(token))
    issued.authorities.set([Authority.objects.get(siren=siren) for siren in sirens])
    return issued


@transaction.atomic
def retire_token(name: str, *, after: timedelta = timedelta(hours=24)) -> Token:
    """Ends a token; the contract leaves 24 hours, less is for one that leaked."""
    token = Token.objects.get(name=name)
    token.valid_until = timezone.now() + after
    token.save(update_fields=["valid_until"])
    return token


@transaction.atomic
def edit_service(siren: str, service_id: str, changes: dict[str, object]) -> Service:
    service = _service(siren, service_id)
    fields = {**service.fields, **changes}
    faults = judge(fields, lambda code: ReferenceCode.objects.filter(code=code).exists())
    if faults:
        raise Refused("; ".join(f"{fault.pointer} {fault.code}" for fault in faults))
    return ledger.declare(service.authority, service_id, fields, key=None, actor=ledger.REGISTRY)


@transaction.atomic
def delete_service(siren: str, service_id: str) -> Service:
    return ledger.withdraw(_service(siren, service_id), key=None, actor=ledger.REGISTRY)


def _service(siren: str, service_id: str) -> Service:
    return Service.objects.get(authority__siren=siren, service_id=service_id, fields__isnull=False)


@transaction.atomic
def publish_award(
    siren: str,
    year: int,
    *,
    standing: str = "labelled",
    level: int | None = None,
    award_id: str = "",
    source_url: str = "",
    distinctions: list[dict[str, object]] | None = None,
) -> Award:
    """Gives an authority its award of an edition, in place of the one it had."""
    if standing not in STANDINGS or level not in (None, 1, 2, 3, 4, 5):
        raise Refused(f"A standing among {', '.join(STANDINGS)}, and a level from 1 to 5 or none.")
    authority = Authority.objects.get(siren=siren)
    award, _ = Award.objects.update_or_create(
        authority=authority,
        edition=Edition.objects.get(year=year),
        defaults={
            "award_id": award_id or f"{siren}-{year}",
            "standing": standing,
            "level": level,
            "source_url": source_url,
            "distinctions": distinctions or [],
        },
    )
    _awards_changed(authority)
    publish_line(
        year,
        f"{siren}-{year}",
        siren=siren,
        insee=authority.insee,
        name=authority.name,
        standing=standing,
        level=level,
        source_url=source_url,
        distinctions=distinctions or [],
    )
    return award


@transaction.atomic
def withdraw_award(siren: str, award_id: str) -> None:
    award = Award.objects.get(authority__siren=siren, award_id=award_id)
    award.delete()
    _awards_changed(award.authority)
    award.edition.palmares.filter(line_id=f"{siren}-{award.edition.year}").delete()
    _palmares_changed(award.edition)


@transaction.atomic
def publish_line(year: int, line_id: str, **values: object) -> PalmaresLine:
    """Adds a line to the list of an edition, or changes it; values by the names of its fields.

    Who did not take part is in no list: their line goes.
    """
    edition = Edition.objects.get(year=year)
    if values.get("standing") == "not_participating":
        edition.palmares.filter(line_id=line_id).delete()
        line = PalmaresLine(edition=edition, line_id=line_id, **values)
    else:
        line, _ = PalmaresLine.objects.update_or_create(
            edition=edition, line_id=line_id, defaults=values
        )
    _palmares_changed(edition)
    return line


def _palmares_changed(edition: Edition) -> None:
    Edition.objects.filter(pk=edition.pk).update(palmares_tag=new_tag())


def _awards_changed(authority: Authority) -> None:
    authority.awards_tag = new_tag()
    authority.save(update_fields=["awards_tag"])


@transaction.atomic
def publish_edition(year: int, **values: object) -> Edition:
    """Adds or changes an edition; values by the names of `Edition`'s fields."""
    edition, _ = Edition.objects.update_or_create(
        year=year, defaults={**values, "palmares_tag": new_tag()}
    )
    Registry.objects.update(editions_tag=new_tag())
    return edition


def open_edition(year: int, *, closes_at: datetime | None = None) -> Edition:
    """Opens an edition now, until an instant or for as long as nobody closes it."""
    return publish_edition(year, opens_at=timezone.now(), closes_at=closes_at, published=False)


def close_edition(year: int) -> Edition:
    """Closes an edition now: what arrives within the second of `closes_at` would be in time."""
    Edition.objects.get(year=year)
    return publish_edition(year, closes_at=timezone.now() - timedelta(seconds=1))


@transaction.atomic
def file_dossier(siren: str, year: int, octets: bytes) -> Filing:
    """Enters a dossier that reached the registry another way, even after the closing."""
    try:
        faults = judge_dossier(jsontext.parse(octets), siren, year)
    except jsontext.NotJson as error:
        raise Refused(str(error)) from error
    if faults:
        raise Refused("; ".join(f"{fault.pointer} {fault.code}" for fault in faults))
    return filings.add(
        Authority.objects.get(siren=siren),
        Edition.objects.get(year=year),
        octets,
        key=None,
        actor=ledger.REGISTRY,
        received_at=timezone.now(),
    )


@transaction.atomic
def publish_matrix(document: dict[str, object]) -> Matrix:
    """Adds or corrects a version and makes it the current one.

    `document` has the contract's shape; a `replaces` left out is empty, and notes are not served.
    """
    try:
        version = str(document["version"])
        official = bool(document["official"])
        axes = [
            _branch(
                axis,
                themes=[
                    _branch(
                        theme,
                        services=[
                            _branch(service, replaces=list(service.get("replaces", [])))
                            for service in theme["services"]
                        ],
                    )
                    for theme in axis["themes"]
                ],
            )
            for axis in document["axes"]
        ]
    except (KeyError, TypeError, AttributeError) as error:
        raise Refused(f"Not a matrix of the contract's shape: {error!r}.") from error
    Matrix.objects.update(is_current=False)
    matrix, _ = Matrix.objects.update_or_create(
        version=version,
        defaults={"official": official, "axes": axes, "is_current": True, "tag": new_tag()},
    )
    Registry.objects.update(matrix_tag=new_tag())
    ReferenceCode.objects.bulk_create(
        [ReferenceCode(code=code) for code in _codes(axes)], ignore_conflicts=True
    )
    return matrix


def _branch(source: dict[str, object], **below: object) -> dict[str, object]:
    return {"code": str(source["code"]), "label": str(source["label"]), **below}


def _codes(axes: list[dict]) -> list[str]:
    themes = [theme for axis in axes for theme in axis["themes"]]
    return [service["code"] for theme in themes for service in theme["services"]]


@transaction.atomic
def prune(*, tombstones_before: datetime | None = None) -> tuple[int, int]:
    """Removes tombstones and stored answers that the contract no longer asks for.

    Tombstones go after 400 days, unless told otherwise; their feed's floor rises, so that readers
    who stopped before it start again. Returns how many tombstones and how many answers.
    """
    limit = tombstones_before or timezone.now() - timedelta(days=400)
    old = Service.objects.filter(fields__isnull=True, changed_at__lt=limit)
    for row in old.values("authority").annotate(highest=Max("sequence")):
        Authority.objects.filter(pk=row["authority"]).update(floor=row["highest"])
    removed, _ = old.delete()
    return removed, keys.forget_old()
