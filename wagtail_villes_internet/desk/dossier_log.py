"""What the history of a yearly dossier says of its filing."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.log_actions import LogFormatter

from ..sync import filing_log

# Each with its label; the sentence names the version as well.
LABELS = {
    filing_log.FILED: gettext_lazy("Dossier filed"),
    filing_log.RECEIPT: gettext_lazy("Receipt of the registry"),
    filing_log.DISPUTED: gettext_lazy("Receipt for another content"),
    filing_log.REFUSED: gettext_lazy("Refused by the registry"),
    filing_log.TOO_LATE: gettext_lazy("Refused: the campaign is closed"),
    filing_log.CONFLICT: gettext_lazy("Another dossier stands at the registry"),
    filing_log.GIVEN_UP: gettext_lazy("Version given up"),
    filing_log.REPLACED: gettext_lazy("To be filed in the place of what stands at the registry"),
    filing_log.FILED_AGAIN: gettext_lazy("To be filed again, unchanged"),
}


class FilingFormatter(LogFormatter):
    """The label, the version it is about, and the number of the receipt where there is one."""

    def format_message(self, log_entry):
        data = log_entry.data
        parts = [str(self.label)]
        if version := data.get("version"):
            parts.append(_("version %s") % version)
        if receipt := data.get("receipt"):
            parts.append(_("receipt %s") % receipt)
        if newer := data.get("replaced_by"):
            parts.append(_("replaced by version %s") % newer)
        return " – ".join(parts)


def register(actions: Any) -> None:
    """Name what becomes of a filing in Wagtail's registry of log actions."""
    for action, label in LABELS.items():
        formatter = type("Filing", (FilingFormatter,), {"label": label})
        actions.register_action(action)(formatter)
