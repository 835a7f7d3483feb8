"""The list of checks: each a function of the probe, a section of the contract and a sentence."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from .probe import Probe

BASES = _("Bases")
ERRORS = _("Errors")
TAGS = _("Tags")
ORDER = _("Order of judgement")
KEYS = _("Keys")
EPOCH = _("Epoch")
PAGING = _("Paging")
STORED = _("Stored as sent")
SIZES = _("Sizes")
RESOURCES = _("Resources")
FEED = _("The feed")
BATCH = _("Batches")
SERVICE = _("A service")
DOSSIER = _("A dossier")

Function = Callable[[Probe], None]


@dataclass(frozen=True)
class Check:
    """`name` is the function's, with dashes; `section` is the contract's."""

    name: str
    section: object
    title: object
    run: Function


# By all modules, in the order they were imported.
ADDED: list[Check] = []


def check(section: object, title: object) -> Callable[[Function], Function]:
    """Adds a function to the list.

    It raises `Mismatch` where the registry is wrong, `NotNow` where there is nothing to check.
    """

    def add(function: Function) -> Function:
        ADDED.append(Check(function.__name__.replace("_", "-"), section, title, function))
        return function

    return add
