"""Who asked for the agreement of an élu, who gave it and who noted it, in Wagtail's audit log."""

from typing import Any

from django.utils.translation import gettext_lazy as _

ASKED = "villes_internet.dossier_agreement_asked"
AGREED = "villes_internet.dossier_agreed"
NOTED = "villes_internet.dossier_agreement_noted"

# Each with its label and the sentence of the history.
ACTIONS = {
    ASKED: (_("Agreement asked for"), _("The agreement of an elected official was asked for")),
    AGREED: (_("Agreement given"), _("An elected official agreed to the dossier as it stood")),
    NOTED: (
        _("Agreement noted"),
        _("The agreement of an elected official, given outside the site, was noted"),
    ),
}


def register(actions: Any) -> None:
    """Name the actions in Wagtail's registry of log actions."""
    for action, (label, message) in ACTIONS.items():
        actions.register_action(action, label, message)
