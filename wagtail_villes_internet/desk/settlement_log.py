"""What the history of a service says of what was settled between the site and a registry."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.log_actions import LogFormatter

from ..sync import settling
from .contents import Words

# Those that bear on a whole service, each with its label and its sentence.
DECISIONS = {
    settling.DECLARED_AGAIN: (
        gettext_lazy("To be declared again"),
        gettext_lazy("Somebody withdrew it at the registry; it is to be declared again"),
    ),
    settling.NO_LONGER_COUNTED: (
        gettext_lazy("No longer counted"),
        gettext_lazy("Somebody withdrew it at the registry; it is no longer counted here"),
    ),
    settling.WITHDRAWN_AS_WELL: (
        gettext_lazy("To be withdrawn as well"),
        gettext_lazy("It was changed at the registry and is not declared here; to be withdrawn"),
    ),
}


class SettledFormatter(LogFormatter):
    """Names the fields by side; their values are on the screen that settles the service."""

    label = gettext_lazy("Settled with the registry")

    def format_message(self, log_entry):
        chosen = {
            name: field.get("choice") for name, field in log_entry.data.get("fields", {}).items()
        }
        parts = [str(self.label)]
        if kept := _labels(chosen, settling.Choice.MINE):
            parts.append(_("kept from the site: %s") % kept)
        if taken := _labels(chosen, settling.Choice.THEIRS):
            parts.append(_("taken from the registry: %s") % taken)
        return " – ".join(parts)


def _labels(chosen: dict[str, str], choice: str) -> str:
    return ", ".join(Words.label(name) for name, side in chosen.items() if side == choice)


def register(actions) -> None:
    """Name the decisions in Wagtail's registry of log actions."""
    actions.register_action(settling.SETTLED)(SettledFormatter)
    for action, (label, message) in DECISIONS.items():
        actions.register_action(action, label, message)
