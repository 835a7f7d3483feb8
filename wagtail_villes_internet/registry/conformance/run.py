"""Runs the checks against one registry."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ..errors import RegistryError
from . import bodies, feeds, reads, writes
from .checks import ADDED, Check
from .probe import Mismatch, Probe, shown

CHECKS = [
    check
    for subject in (reads, writes, bodies, feeds)
    for check in ADDED
    if check.run.__module__ == subject.__name__
]


class CannotRun(Exception):
    """The registry could not be checked at all; the text says why."""


@dataclass(frozen=True)
class Result:
    """What came of a check: `fault` is None where the registry passed."""

    check: Check
    fault: Mismatch | None


def prepare(probe: Probe) -> None:
    """Finds what the checks need: an answer, a token that opens, a code of the matrix.

    Raises `CannotRun`.
    """
    try:
        found = probe.get(probe.services)
        axes = probe.get("matrix", token=None).get("axes")
    except RegistryError as error:
        raise CannotRun(str(error)) from None
    if found.status in (401, 403):
        raise CannotRun(_("The registry refuses this token for this authority."))
    try:
        probe.code = next(
            service["code"]
            for axis in axes
            for theme in axis["themes"]
            for service in theme["services"]
        )
    except (StopIteration, TypeError, KeyError):
        raise CannotRun(
            _("The registry's matrix has no reference service to declare under.")
        ) from None


def run(probe: Probe, only: Collection[str] = ()) -> Iterator[Result]:
    """Each check of the list, or those named, and what came of it."""
    for check in CHECKS:
        if not only or check.name in only:
            yield Result(check, _fault(probe, check))


def _fault(probe: Probe, check: Check) -> Mismatch | None:
    try:
        check.run(probe)
    except Mismatch as fault:
        return fault
    except RegistryError as error:
        return Mismatch(_("answer"), _("an answer of the contract"), str(error))
    except (AttributeError, KeyError, LookupError, TypeError, ValueError) as error:
        # A member of another kind than the contract's, where the check went on reading.
        return Mismatch(_("answer"), _("an answer of the contract"), shown(repr(error)))
    return None
