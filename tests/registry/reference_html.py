"""A second opinion on the contract's HTML, that shares nothing with the package's own.

It reads character by character where the package matches expressions, and follows the contract's
sentences in their order.
"""

ELEMENTS = ("p", "br", "strong", "em", "ul", "ol", "li", "a")
SCHEMES = ("https://", "http://", "mailto:", "tel:")


def is_acceptable(html: str) -> bool:
    """Whether a registry that follows the contract to the letter takes this description."""
    try:
        _read(html)
    except (_RefusedError, IndexError):
        return False
    return True


class _RefusedError(Exception):
    pass


def _refuse_unless(condition: bool) -> None:
    if not condition:
        raise _RefusedError


def _read(html: str) -> None:
    path: list[str] = []
    rest = html
    while rest:
        in_list = bool(path) and path[-1] in ("ul", "ol")
        if rest[0] != "<":
            # « li directly in ul or ol and nothing else there »
            _refuse_unless(not in_list)
            rest = _after_character(rest, ("&amp;", "&lt;", "&gt;"))
            continue
        tag, _, rest = rest[1:].partition(">")
        if tag.startswith("/"):
            _refuse_unless(bool(path) and path.pop() == tag[1:])
            continue
        name, space, attribute = tag.partition(" ")
        _refuse_unless(name in ELEMENTS)
        _refuse_unless(in_list == (name == "li"))
        # « no attribute but one double-quoted href, required on a »
        _refuse_unless(bool(space) == (name == "a"))
        if name == "a":
            _refuse_unless(attribute.startswith('href="') and attribute.endswith('"'))
            _read_href(attribute[6:-1])
        if name != "br":
            path.append(name)
    _refuse_unless(not path)


def _read_href(written: str) -> None:
    _refuse_unless(written.lower().startswith(SCHEMES) and not written.endswith(":"))
    rest = written
    while rest:
        _refuse_unless(rest[0] not in '"<> ')
        rest = _after_character(rest, ("&amp;", "&lt;", "&gt;", "&quot;"))


def _after_character(rest: str, references: tuple[str, ...]) -> str:
    _refuse_unless(rest[0] != ">")
    if rest[0] != "&":
        return rest[1:]
    for reference in references:
        if rest.startswith(reference):
            return rest[len(reference) :]
    raise _RefusedError
