"""What two sides say of one service, in words that can be compared by eye."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from ..declared.wording import LINK, contract_html
from ..registry.types import SERVICE_FIELDS
from .contents import Words

# Where a few words changed among many.
TEXTS = {"title", "summary", "description", "offline_alternative"}
# A description holds 3,500 words; ten thousand that repeat take ten seconds to compare.
MOST_WORDS = 4000


@dataclass(frozen=True, slots=True)
class ComparedField:
    """One field as it is shown: `base` is what both sides said before, the words that each side
    changed since are marked in `mine` and `theirs`.

    `alike`: the two read the same, and differ in formatting only.
    """

    name: str
    label: str
    base: str
    mine: SafeString
    theirs: SafeString
    alike: bool
    choice: str = ""


class Comparison:
    """Says fields to an editor; reads the reference services of all of them in one query."""

    def __init__(self, fields: Iterable[Mapping[str, Any]]):
        """`fields`: the values of `reference_services`, wherever they stand in these."""
        codes = (
            code
            for field in fields
            if field["name"] == "reference_services"
            for side in ("base", "mine", "theirs")
            for code in field[side] or ()
        )
        self._words = Words(codes)

    def field(self, field: Mapping[str, Any], *, has_base: bool = True) -> ComparedField:
        name = field["name"]
        base, mine, theirs = (self._text(name, field[side]) for side in ("base", "mine", "theirs"))
        before = base if has_base else None
        return ComparedField(
            name,
            self._words.label(name),
            base,
            _marked(name, before, mine),
            _marked(name, before, theirs),
            alike=mine == theirs,
            choice=field.get("choice", ""),
        )

    def _text(self, name: str, value: Any) -> str:
        if name == "description" and value:
            # The whole address, its scheme included: it may be all that changed.
            value = LINK.sub(r"\2 (\1)", contract_html(value))
        return self._words.value(name, value)


def changed_fields(base: Mapping[str, Any] | None, theirs: Mapping[str, Any]) -> list[dict]:
    """The fields in which two bodies differ, for `Comparison`."""
    before = base or {}
    return [
        {"name": name, "base": before.get(name), "mine": None, "theirs": theirs[name]}
        for name in SERVICE_FIELDS
        if name in theirs and before.get(name) != theirs[name]
    ]


def _marked(name: str, before: str | None, text: str) -> SafeString:
    """The text, escaped, with what is not in `before` marked where it is a part of it."""
    if name not in TEXTS or not before or not text:
        return conditional_escape(text)
    if max(len(before.split()), len(text.split())) > MOST_WORDS:
        return conditional_escape(text)
    parts = list(_parts(before, text))
    if all(is_new or not part.strip() for is_new, part in parts):
        return conditional_escape(text)
    return format_html_join(
        "",
        "{}",
        ((format_html("<mark>{}</mark>", part) if is_new else part,) for is_new, part in parts),
    )


def _parts(before: str, text: str) -> Iterator[tuple[bool, str]]:
    """The text in parts, each with whether `before` lacks it.

    By whole words: Wagtail's `diff_text` goes by signs, and loses its way in a long text.
    """
    old, new = before.split(), re.findall(r"\s*\S+", text)
    words = [word.strip() for word in new]
    for kind, _start, _end, start, end in SequenceMatcher(None, old, words).get_opcodes():
        part = "".join(new[start:end])
        word = part.lstrip()
        if part:
            # The space before a part is nobody's change.
            yield False, part.removesuffix(word)
            yield kind != "equal", word
