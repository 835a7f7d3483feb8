"""Services that look like the same one, typed twice: much the same title, or the same address.

Pure, but for `others_of`. It warns and never refuses: two services may share the address of a
portal.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..authorities.models import LocalAuthority
from ..words import kinship, telling_words
from .models import DigitalService

ALIKE = 0.8
"""From which likeness on two titles are told to be much the same (1: the same words)."""


MOST_WORDS = 20
"""How many words of a title are compared: each with each of another, and that with every service
at each letter typed."""


@dataclass(frozen=True, slots=True)
class Known:
    """A service that is there already. The translations of one share its `remote_id`."""

    remote_id: str
    pk: int
    title: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Like:
    """A service that may be the same one: by its title, its address, or both."""

    known: Known
    likeness: float
    same_title: bool
    same_address: bool


def likes(
    title: str, url: str, known: Iterable[Known], *, remote_id: str = "", limit: int = 5
) -> list[Like]:
    """Which of the `known` services look like one of that title and address, the likest first.

    `remote_id`: the service's own, whose translations are no duplicates. Each service once, at most
    `limit` in all.
    """
    found: dict[str, Like] = {}
    for one in known:
        if one.remote_id == remote_id or not one.remote_id:
            continue
        near = likeness(title, one.title)
        address = bool(url) and same_address(url, one.url)
        if near < ALIKE and not address:
            continue
        like = Like(one, near, near >= ALIKE, address)
        if one.remote_id not in found or near > found[one.remote_id].likeness:
            found[one.remote_id] = like
    return sorted(found.values(), key=lambda like: (-like.likeness, like.known.pk))[:limit]


def likeness(title: str, other: str) -> float:
    """From 0, no word in common, to 1, the same words; both ways alike."""
    words, others = telling_words(title)[:MOST_WORDS], telling_words(other)[:MOST_WORDS]
    if not words or not others:
        return 0.0
    shared = sum(max(kinship(word, second) for second in others) for word in words)
    shared += sum(max(kinship(word, second) for second in words) for word in others)
    return shared / (len(words) + len(others))


def same_address(url: str, other: str) -> bool:
    """Whether two addresses lead to one place: « http » and « www » aside."""
    plain = _plain_address(url)
    return plain is not None and plain == _plain_address(other)


def _plain_address(url: str) -> tuple[str, str, str] | None:
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    if not parts.netloc:
        return None
    return parts.netloc.lower().removeprefix("www."), parts.path.rstrip("/"), parts.query


def others_of(authority: LocalAuthority) -> list[Known]:
    """The services of one authority, drafts included; one query."""
    rows = DigitalService.objects.of(authority).order_by("pk")
    fields = ("translation_key", "pk", "title", "url")
    return [
        Known(str(remote_id), pk, title, url)
        for remote_id, pk, title, url in rows.values_list(*fields).iterator()
    ]
