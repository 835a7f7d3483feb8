"""The canonical form of HTML (contract, « A service »): one text, one writing of it.

Our own reader and writer, so that no sanitiser's habits reach a hash. What is read is not a tree
of tags but lines of text that bear marks (a link, strong, em), in paragraphs and list items, as
editors think of them: `<b><i>` and `<i><b>` are then the same, tags nest whatever came in, and
writing twice changes nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from typing import NamedTuple, cast

from .text import canonical_link, normal

# Deeper lists become paragraphs of the deepest item: nobody reads them, and recursion must end.
MAX_LIST_DEPTH = 10

_MARKS = {"b": "strong", "strong": "strong", "i": "em", "em": "em"}
_LISTS = ("ul", "ol")
_SILENT = ("script", "style", "template", "title")
_BLOCKS = {
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "div", "pre", "blockquote", "address",
    "center", "body", "main", "section", "article", "aside", "header", "footer", "nav", "menu",
    "dir", "hgroup", "search", "form", "fieldset", "legend", "details", "summary", "dialog",
    "figure", "figcaption", "dl", "dt", "dd", "table", "caption", "thead", "tbody", "tfoot", "tr",
    "th", "td",
}  # fmt: skip
# HTML's own white space; others, such as the no-break space, are text.
_WHITE_SPACE = re.compile("[ \t\n\r\f]+")
# NFC joins « > » and U+0338 into one sign: after a tag it would eat the tag's end.
_EATS_TAG_END = re.compile("(^| )\u0338+")


class Marks(NamedTuple):
    """What a stretch of text bears. Tags are written in this order, from the outside in."""

    href: str | None = None
    strong: bool = False
    em: bool = False

    @property
    def tags(self) -> list[tuple[str, str]]:
        """Name and opening tag of each."""
        tags = []
        if self.href is not None:
            tags.append(("a", f'<a href="{escape(self.href, quote=False)}">'))
        return tags + [(name, f"<{name}>") for name in ("strong", "em") if getattr(self, name)]


@dataclass(slots=True)
class Line:
    """One paragraph's worth of marked text. White space is collapsed, `\\n` is a `<br>`."""

    paragraph: bool = False
    runs: list[tuple[Marks, str]] = field(default_factory=list)
    _gap: tuple[Marks, str] | None = None

    @property
    def empty(self) -> bool:
        return not self.runs

    def words(self, marks: Marks, text: str) -> None:
        if self._gap:
            self._append(*self._gap)
            self._gap = None
        self._append(marks, text)

    def space(self, marks: Marks) -> None:
        if self.runs and not self._gap:
            self._gap = (marks, " ")

    def line_break(self, marks: Marks) -> None:
        if not self.runs:
            return
        if self._gap and self._gap[1] != " ":
            self._gap = (self._gap[0], self._gap[1] + "\n")
        else:
            self._gap = (marks, "\n")

    def _append(self, marks: Marks, text: str) -> None:
        if self.runs and self.runs[-1][0] == marks:
            self.runs[-1] = (marks, self.runs[-1][1] + text)
        else:
            self.runs.append((marks, text))

    def write(self) -> Iterator[str]:
        if self.paragraph:
            yield "<p>"
        opened: list[tuple[str, str]] = []
        for marks, text in [*self.runs, (Marks(), "")]:
            wanted = marks.tags
            kept = 0
            while kept < min(len(opened), len(wanted)) and opened[kept] == wanted[kept]:
                kept += 1
            for name, _ in reversed(opened[kept:]):
                yield f"</{name}>"
            for _, tag in wanted[kept:]:
                yield tag
            opened = wanted
            yield escape(normal(text), quote=False).replace("\n", "<br>")
        if self.paragraph:
            yield "</p>"


@dataclass(slots=True)
class Box:
    """The whole text ("") or a list item ("li"), which hold lines and lists; or a list, which
    holds items."""

    name: str = ""
    children: list["Box | Line"] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        return all(child.empty for child in self.children)

    def write(self) -> Iterator[str]:
        if self.name:
            yield f"<{self.name}>"
        for child in self.children:
            if not child.empty:
                yield from child.write()
        if self.name:
            yield f"</{self.name}>"


class _Reader(HTMLParser):
    """Any HTML → one `Box`. What the contract has no tag for is a paragraph, or nothing."""

    def __init__(self, base_url: str) -> None:
        super().__init__(convert_charrefs=True)
        self.base_url = base_url
        self.root = Box()
        self.boxes = [self.root]
        self.line = Line()
        self.href: str | None = None
        self.depth = {"strong": 0, "em": 0}
        self.silent: list[str] = []

    @property
    def marks(self) -> Marks:
        return Marks(self.href, self.depth["strong"] > 0, self.depth["em"] > 0)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self.silent.append(tag)
        elif self.silent:
            return
        elif tag == "br":
            self.line.line_break(self.marks)
        elif tag == "a":
            self.href = canonical_link(dict(reversed(attrs)).get("href"), self.base_url)
        elif tag in _MARKS:
            self.depth[_MARKS[tag]] += 1
        elif tag in _LISTS:
            self._open_list(tag)
        elif tag == "li":
            self._open_item()
        elif tag in _BLOCKS:
            self._end_line(next_is_paragraph=True)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # `<b/>` opens in HTML; of the tags read here only `br` closes itself.
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self.silent:
            if tag == self.silent[-1]:
                self.silent.pop()
        elif tag == "a":
            self.href = None
        elif tag in _MARKS:
            self.depth[_MARKS[tag]] = max(0, self.depth[_MARKS[tag]] - 1)
        elif tag in _LISTS or tag == "li":
            self._end_line()
            self._close(tag)
        elif tag in _BLOCKS:
            self._end_line()

    def handle_data(self, data: str) -> None:
        if self.silent:
            return
        text = _EATS_TAG_END.sub(r"\1", normal(_WHITE_SPACE.sub(" ", data)))
        marks = self.marks
        if text.startswith(" "):
            self.line.space(marks)
        if words := " ".join(filter(None, text.split(" "))):
            self.line.words(marks, words)
            if text.endswith(" "):
                self.line.space(marks)

    def _end_line(self, *, next_is_paragraph: bool = False) -> None:
        line, self.line = self.line, Line(paragraph=next_is_paragraph)
        if line.empty:
            return
        if self.boxes[-1].name in _LISTS:
            self._push("li")
        box = self.boxes[-1]
        last = next((child for child in reversed(box.children) if not child.empty), None)
        if isinstance(last, Line) and not last.paragraph:
            # Two bare lines that something set apart must not run into each other.
            line.paragraph = True
        box.children.append(line)

    def _open_list(self, tag: str) -> None:
        self._end_line()
        if sum(box.name in _LISTS for box in self.boxes) >= MAX_LIST_DEPTH:
            self.line.paragraph = True
            return
        if (outer := self.boxes[-1]).name in _LISTS:
            # A list right inside a list, as word processors write it, belongs to the item before.
            if outer.children:
                self.boxes.append(cast(Box, outer.children[-1]))
            else:
                self._push("li")
        self._push(tag)

    def _open_item(self) -> None:
        self._end_line()
        if not any(box.name in _LISTS for box in self.boxes):
            self.line.paragraph = True
            return
        while self.boxes[-1].name not in _LISTS:
            self.boxes.pop()
        self._push("li")

    def _push(self, name: str) -> None:
        box = Box(name)
        self.boxes[-1].children.append(box)
        self.boxes.append(box)

    def _close(self, name: str) -> None:
        for depth in range(len(self.boxes) - 1, 0, -1):
            if self.boxes[depth].name == name:
                del self.boxes[depth:]
                return

    def close(self) -> None:
        super().close()
        self._end_line()


def canonical_html(value: object, *, base_url: str = "") -> str:
    """Rich text, or any HTML, as the contract writes it. Idempotent.

    Takes what Draftail stores once Wagtail has expanded its links: `b` becomes `strong`, `i`
    becomes `em`, block keys and other attributes go, a heading becomes a paragraph, an empty
    paragraph goes. A link that is not absolute `https`, `http`, `mailto` or `tel` leaves its text,
    unless `base_url` completes it.
    """
    reader = _Reader(base_url)
    reader.feed("" if value is None else str(value))
    reader.close()
    return "".join(reader.root.write())
