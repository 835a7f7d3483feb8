"""Files a yearly dossier from the desk: read as the registry would take it, frozen, sent by a run.

Nothing here speaks to the registry.
"""

from django.db import transaction

from ..dossiers.drafting import Draft, draft_of
from ..dossiers.freezing import freeze
from ..dossiers.models import Dossier, Filing
from ..registry.base import RegistryBackend
from .models import BY_HAND, Registry
from .report import transmits_by_hand
from .tasks import enqueue_on_commit
from .wanted import known_codes_of


def draft_at(dossier: Dossier, backend: RegistryBackend) -> Draft:
    """`dossier` as it would be filed now with the registry behind `backend`, or by hand.

    A service whose code that registry does not know yet is left out of it, with that reason.
    """
    if transmits_by_hand(dossier.authority, backend):
        return draft_of(dossier)
    registry = Registry.objects.filter(address=backend.address).first()
    return draft_of(dossier, known_codes_of(registry) if registry else frozenset())


@transaction.atomic
def file(dossier: Dossier, backend: RegistryBackend, user, *, shown: str) -> Filing:
    """Freeze the version that `user` was `shown` (its digest), for the next run to send.

    By hand, for somebody to copy. Raises what `freezing.freeze` does.
    """
    by_hand = transmits_by_hand(dossier.authority, backend)
    filing = freeze(
        dossier,
        draft_at(dossier, backend).content,
        user,
        shown=shown,
        registry_address=BY_HAND if by_hand else backend.address,
    )
    enqueue_on_commit(dossier.authority_id)
    return filing
