"""Runs the checks against one registry."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ..errors import RegistryError
from . import bodies, feeds, filings, reads, writes
from .checks import ADDED, Check
from .probe import Mismatch, NotNow, Probe, shown

CHECKS = [
    check
    for subject in (reads, writes, bodies, feeds, filings)
    for check in ADDED
    if check.run.__module__ == subject.__name__
]


class CannotRun(Exception):
    """The registry could not be checked at all; the text says why."""


@dataclass(frozen=True)
class Result:
    """What came of a check: `fault` is None where the registry passed, or where the check could
    not be made today, for the reason in `skipped`."""

    check: Check
    fault: Mismatch | None
    skipped: str = ""


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
            try:
                yield Result(check, _fault(probe, check))
            except NotNow as reason:
                yield Result(check, None, str(reason))


def _fault(probe: Probe, check: Check) -> Mismatch | None:
    """Raises `NotNow`."""
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
