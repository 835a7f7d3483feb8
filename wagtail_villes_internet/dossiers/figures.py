"""The figures of a dossier, for those who look at it at a glance. Counts, never shares. Pure."""

from dataclasses import dataclass

from .content import Content


@dataclass(frozen=True, slots=True)
class Figures:
    """How many services a dossier has and leaves out with a reason, how many themes they cover, and
    how many are new since another one; None where there is no other."""

    included: int
    left_out: int
    themes: int
    new: int | None = None


def figures(content: Content, before: Content | None = None) -> Figures:
    """The figures of `content`; `before` is what it is compared with (`comparing`)."""
    known = {each.id for each in before.included} if before else set()
    return Figures(
        included=len(content.included),
        left_out=len(content.left_out),
        themes=sum(bool(theme.covered) for theme in content.themes),
        new=sum(each.id not in known for each in content.included) if before else None,
    )
