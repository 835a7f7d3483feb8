"""What anybody may read: the matrix, the editions, an authority and its awards."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from . import campaign
from .answers import joined_tag, tagged
from .auth import Asker
from .models import Authority, Award, Edition, Matrix, Registry
from .problems import not_known


def current_matrix(request: HttpRequest) -> HttpResponse:
    """`GET matrix`"""
    matrix = _known_matrix(is_current=True)
    return tagged(request, _matrix_members(matrix), Registry.objects.get().matrix_tag)


def matrix_version(request: HttpRequest, version: str) -> HttpResponse:
    """`GET matrix/{version}`"""
    matrix = _known_matrix(version=version)
    return tagged(request, _matrix_members(matrix), matrix.tag)


def _known_matrix(**which: object) -> Matrix:
    matrix = Matrix.objects.filter(**which).first()
    if matrix is None:
        raise not_known("Version de la matrice")
    return matrix


def _matrix_members(matrix: Matrix) -> dict[str, object]:
    return {"version": matrix.version, "official": matrix.official, "axes": matrix.axes}


def editions(request: HttpRequest) -> HttpResponse:
    """`GET editions`"""
    now, rows = timezone.now(), list(Edition.objects.all())
    items = [edition_members(edition, now) for edition in rows]
    return tagged(request, {"items": items}, _editions_tag(Registry.objects.get(), rows, now))


def edition_members(edition: Edition, now: datetime) -> dict[str, object]:
    return {
        "year": edition.year,
        "ordinal": edition.ordinal,
        "opens_at": instant(edition.opens_at),
        "closes_at": instant(edition.closes_at),
        "ceremony_on": edition.ceremony_on and edition.ceremony_on.isoformat(),
        "place": edition.place,
        "labelled_count": edition.labelled_count,
        "state": state_of(edition, now),
    }


def state_of(edition: Edition, now: datetime) -> str:
    """The contract's word for an edition at that instant."""
    return campaign.state(now, edition.opens_at, edition.closes_at, published=edition.published)


def instant(value: datetime | None) -> str | None:
    """RFC 3339, with the offset of Paris that day."""
    return timezone.localtime(value).isoformat() if value else None


def _editions_tag(registry: Registry, rows: list[Edition], now: datetime) -> str:
    """The clock moves an edition through its states, and never back."""
    states = [f"{edition.year} {state_of(edition, now)}" for edition in rows]
    return joined_tag(registry.editions_tag, *states)


def authority(request: HttpRequest, asker: Asker) -> HttpResponse:
    """`GET authorities/{siren}`, with what may have changed for who shows a token."""
    shown = asker.authority
    members: dict[str, object] = {
        "siren": shown.siren,
        "insee": shown.insee,
        "name": shown.name,
        "kind": shown.kind,
        "url": shown.url,
    }
    changes = _what_may_have_changed(shown) if asker.token_name else {}
    return tagged(request, {**members, **changes}, joined_tag(shown.tag, *changes.values()))


def _what_may_have_changed(authority: Authority) -> dict[str, object]:
    registry = Registry.objects.get()
    matrix = Matrix.objects.filter(is_current=True).first()
    return {
        "epoch": str(registry.epoch),
        "sequence": authority.sequence,
        "awards_etag": authority.awards_tag,
        "dossiers_etag": authority.dossiers_tag,
        "matrix_version": matrix and matrix.version,
        "matrix_etag": registry.matrix_tag,
        "editions_etag": _editions_tag(registry, list(Edition.objects.all()), timezone.now()),
    }


def awards(request: HttpRequest, asker: Asker) -> HttpResponse:
    """`GET authorities/{siren}/awards`"""
    rows = asker.authority.awards.select_related("edition")
    items = [award_members(award) for award in rows]
    return tagged(request, {"items": items}, asker.authority.awards_tag)


def award_members(award: Award) -> dict[str, object]:
    return {
        "id": award.award_id,
        "edition": award.edition.year,
        "standing": award.standing,
        "level": award.level,
        "distinctions": award.distinctions,
        "source_url": award.source_url,
    }
