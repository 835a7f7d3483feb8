"""Says, on the home of the admin and on « Transmission », that something waits for somebody.

Silent otherwise, and always by hand: there, nothing is ever late. Read from what the last runs
left, in a number of queries that grows neither with the services nor with the authorities.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Count, Q
from django.utils import timezone
from wagtail.admin.ui.components import Component

from ..authorities.models import LocalAuthority
from ..authorities.scope import current_authority
from ..dossiers.models import Filing
from ..labels.models import VILLES_INTERNET, Edition
from ..registry.base import RegistryBackend
from ..sync.backoff import HOST, circuits_of
from ..sync.decisions import WENT_BACK
from ..sync.differences import CHANGED_THERE
from ..sync.filings import last_versions
from ..sync.models import Declaration
from .access import may_see_transmission
from .registry_of import automatic_backend, declarations_at

State = Declaration.State

# Contract, « How a client behaves »: one alert after 24 h, a stronger one as an edition closes.
LONG = timedelta(hours=24)
# What goes by itself is no alert before some run has come by.
A_WHILE = timedelta(hours=1)
SOON = timedelta(days=7)

COUNTS = {
    "rejected": Q(state=State.REJECTED),
    "conflicts": Q(state=State.CONFLICT),
    "proposals": CHANGED_THERE & ~Q(state__in=[State.HELD, State.CONFLICT]),
    "withdrawals": Q(state=State.HELD) & ~WENT_BACK,
    "went_back": Q(state=State.HELD) & WENT_BACK,
    "unknown_codes": Q(state=State.UNKNOWN_CODE),
}

DOSSIERS = {
    "dossiers_refused": Filing.State.REJECTED,
    "dossiers_too_late": Filing.State.TOO_LATE,
    "dossiers_conflicts": Filing.State.CONFLICT,
    "dossiers_disputed": Filing.State.DISPUTED,
    "dossiers_changed": Filing.State.FILED,
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """Counts of services and dossiers that wait for a person, and what keeps all from going.

    `token_refused`: a new token is needed. `silent_since`: the registry has not answered since
    then, which is long ago; `message` is why, where it is this authority that it does not answer.
    `closes_at`: an edition closes soon, which makes it all pressing, and `dossiers_unsent` worth
    saying after an hour, not a day. `dossiers_changed` were filed, then replaced or lost there.
    """

    rejected: int = 0
    conflicts: int = 0
    proposals: int = 0
    withdrawals: int = 0
    went_back: int = 0
    unknown_codes: int = 0
    dossiers_refused: int = 0
    dossiers_too_late: int = 0
    dossiers_conflicts: int = 0
    dossiers_disputed: int = 0
    dossiers_changed: int = 0
    dossiers_unsent: int = 0
    token_refused: bool = False
    silent_since: datetime | None = None
    message: str = ""
    closes_at: datetime | None = None

    @property
    def has_dossiers(self) -> bool:
        return bool(self.dossiers_unsent or any(getattr(self, name) for name in DOSSIERS))

    @property
    def status(self) -> str:
        """That of Wagtail's help block."""
        return "critical" if self.closes_at or self.token_refused else "warning"


def waiting_for(authority: LocalAuthority, backend: RegistryBackend) -> Waiting | None:
    """What waits at the registry behind `backend`, which is not asked; None for nothing."""
    found = (
        declarations_at(authority, backend)
        .order_by()
        .aggregate(**{name: Count("pk", filter=condition) for name, condition in COUNTS.items()})
    )
    found |= _kept_from_trying(authority, backend)
    dossiers, unsent = _dossiers(authority, backend)
    found |= dossiers
    if not (any(found.values()) or unsent):
        return None
    now = timezone.now()
    closing = Edition.objects.filter(
        programme__slug=VILLES_INTERNET, closes_at__gt=now, closes_at__lte=now + SOON
    )
    closes_at = closing.order_by("closes_at").values_list("closes_at", flat=True).first()
    patience = A_WHILE if closes_at else LONG
    found["dossiers_unsent"] = sum(frozen_at <= now - patience for frozen_at in unsent)
    return Waiting(**found, closes_at=closes_at) if any(found.values()) else None


def _dossiers(
    authority: LocalAuthority, backend: RegistryBackend
) -> tuple[dict[str, object], list[datetime]]:
    """Counts of dossiers by what their last version waits for, and since when others are unsent."""
    rows = last_versions(authority, backend.address)
    found: dict[str, object] = {
        name: sum(row.state == state for row in rows) for name, state in DOSSIERS.items()
    }
    return found, [row.frozen_at for row in rows if row.state == Filing.State.TO_SEND]


def _kept_from_trying(authority: LocalAuthority, backend: RegistryBackend) -> dict[str, object]:
    try:
        circuits = circuits_of(authority, backend)
    except ImproperlyConfigured:
        return {}
    rows = list(circuits.rows)
    long_ago = timezone.now() - LONG
    silent = [row for row in rows if row.token in (HOST, circuits.own) and row.since <= long_ago]
    # The registry's own silence before what it has against one authority.
    silent.sort(key=lambda row: row.token != HOST)
    return {
        "token_refused": any(map(circuits.refuses_token, rows)),
        "silent_since": silent[0].since if silent else None,
        "message": silent[0].message if silent and silent[0].token != HOST else "",
    }


class WaitingPanel(Component):
    """On the home of the admin, for those who may see the transmissions of their authority."""

    name = "villes_internet_waiting"
    order = 80
    template_name = "wagtail_villes_internet/desk/home_waiting.html"

    def __init__(self, request):
        self.request = request

    def get_context_data(self, parent_context=None):
        waiting = None
        if may_see_transmission(self.request.user):
            authority = current_authority(self.request)
            backend = automatic_backend(authority)
            waiting = waiting_for(authority, backend) if backend else None
        return {"waiting": waiting}
