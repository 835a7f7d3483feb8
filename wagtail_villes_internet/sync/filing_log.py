"""What is noted of a dossier in Wagtail's audit log: who filed what, and what the registry said.

Numbers and hashes only, never what the dossier says.
"""

from typing import Any

from wagtail.log_actions import log

from ..dossiers.models import Filing

FILED = "villes_internet.dossier_filed"
RECEIPT = "villes_internet.dossier_receipt"
DISPUTED = "villes_internet.dossier_disputed"
REFUSED = "villes_internet.dossier_refused"
TOO_LATE = "villes_internet.dossier_too_late"
CONFLICT = "villes_internet.dossier_conflict"
GIVEN_UP = "villes_internet.dossier_given_up"
REPLACED = "villes_internet.dossier_replaced"
FILED_AGAIN = "villes_internet.dossier_filed_again"


def note(filing: Filing, action: str, user: Any = None, **data: Any) -> None:
    """One entry in the history of the dossier of `filing`; without a user, a run's."""
    known = {"version": filing.number, "sha256": filing.sha256, **data}
    log(filing.dossier, action, user=user, data=known)
