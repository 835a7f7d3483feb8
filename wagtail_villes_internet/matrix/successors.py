"""Where the codes that a version no longer places have gone. Pure.

Versions say what each of their reference services replaces: over the years that makes chains, and
circles where one goes back to an earlier version.
"""

from collections.abc import Collection, Mapping


def successors(
    code: str, replaced_by: Mapping[str, Collection[str]], placed: Collection[str]
) -> tuple[str, ...]:
    """The codes that `placed` holds and that `code` leads to, sorted; itself where it is placed.

    `replaced_by`: what replaces each code directly, in any version. One answer: the meaning is
    kept, and nobody has to choose (a new code for the same, two merged into one). Several: it was
    split. None: it was removed.
    """
    found, seen, ahead = set(), {code}, [code]
    while ahead:
        here = ahead.pop()
        if here in placed:
            found.add(here)
            continue
        further = set(replaced_by.get(here, ())) - seen
        seen |= further
        ahead.extend(further)
    return tuple(sorted(found))
