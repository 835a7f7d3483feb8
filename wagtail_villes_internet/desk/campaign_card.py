"""The campaign of the year on « Tableau de bord ».

Its countdown, where the dossier stands, and what of it waits for the person who looks.
"""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..authorities.models import LocalAuthority
from ..dossiers import campaign
from ..dossiers.models import Dossier, Filing
from ..dossiers.roles import may_file, may_prepare, may_see
from ..registry.base import RegistryBackend
from ..sync.filings import last_of_each
from .access import may_see_transmission
from .delays import delay_of, standing_sentence
from .dossier_screen import NAMESPACE, OVERVIEW, VERSION
from .registry_of import automatic_backend

State = Filing.State
# Days before the closing from which the campaign is shown as a warning.
PRESSING = 7
WAITING = {
    State.TO_COPY: gettext_lazy(
        "Version %(number)d of the dossier %(year)d is to be copied into the association’s tool."
    ),
    State.REJECTED: gettext_lazy(
        "Version %(number)d of the dossier %(year)d was refused: it is to be corrected."
    ),
    State.CONFLICT: gettext_lazy(
        "Version %(number)d of the dossier %(year)d waits: another dossier is filed at the "
        "registry."
    ),
    State.DISPUTED: gettext_lazy(
        "Version %(number)d of the dossier %(year)d is filed, but its receipt is for something "
        "else."
    ),
}


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing that waits for the person who looks, and where it is done."""

    label: str
    url: str


class CampaignCard:
    """The campaign that `authority` works on, as `user` may see it.

    `url` and `dossier`, where the dossier is and how it stands, are empty for who may not see it,
    and for an edition that is sat out without a version of it. `dates_url` is for who prepares,
    where the dates are lacking or the edition is sat out.
    """

    def __init__(self, user, authority: LocalAuthority):
        now = timezone.now()
        self.user, self.authority = user, authority
        self.year = campaign.current_year(authority, now)
        calendar = campaign.calendar_of(authority, self.year)
        phase = calendar.phase(now)
        self.sits_out = calendar.sits_out
        self.text = (
            campaign.absence_text(self.year)
            if self.sits_out
            else campaign.countdown_text(calendar, now)
        )
        self.urgency = campaign.urgency(calendar, now)
        self.is_ahead = not self.sits_out and phase in (
            campaign.Phase.OPEN,
            campaign.Phase.UPCOMING,
        )
        self.may_see = may_see(user, authority)
        self.url = self.dossier = self.dates_url = ""
        if self.may_see and (self.last or not self.sits_out):
            self.url = reverse(OVERVIEW, args=[self.year])
            self.dossier = self._where_it_stands()
        if (self.sits_out or phase == campaign.Phase.UNKNOWN) and may_prepare(user, authority):
            self.dates_url = reverse(f"{NAMESPACE}:dates", args=[self.year])

    @cached_property
    def last(self) -> Filing | None:
        """The last version of the dossier that nobody gave up."""
        filings = Filing.objects.filter(dossier__authority=self.authority, dossier__year=self.year)
        filings = filings.exclude(state=State.GIVEN_UP).select_related("receipt")
        return filings.defer("octets", "annex").first()

    @cached_property
    def is_begun(self) -> bool:
        return Dossier.objects.filter(authority=self.authority, year=self.year).exists()

    @cached_property
    def backend(self) -> RegistryBackend | None:
        return automatic_backend(self.authority)

    @property
    def is_pressing(self) -> bool:
        """Whether the closing is near, and nothing is filed."""
        is_filed = self.may_see and self.last is not None and self.last.state == State.FILED
        return self.urgency is not None and self.urgency <= PRESSING and not is_filed

    @cached_property
    def todo(self) -> Todo | None:
        """What whoever files has to do about the dossier now; None for anybody else."""
        label = self._what_waits()
        if not label or not may_file(self.user, self.authority):
            return None
        if self.last is None:
            return Todo(label, self.url)
        kwargs = {"year": self.year, "number": self.last.number}
        return Todo(label, reverse(VERSION, kwargs=kwargs))

    def _where_it_stands(self) -> str:
        if self.last is None:
            if self.is_begun:
                return _("The dossier is being prepared.")
            return _("The dossier %(year)s is not begun yet.") % {"year": self.year}
        waits = self.last.state == State.TO_SEND
        delay = delay_of(self.authority, self.backend) if waits else None
        return standing_sentence(self.last, delay)

    def _what_waits(self) -> str:
        if not self.url:
            return ""
        if self.last is not None:
            if self.last.state not in WAITING or self._is_said_beside():
                return ""
            said = WAITING[State(self.last.state)]
            return said % {"number": self.last.number, "year": self.year}
        if not self.is_pressing:
            return ""
        said = _("The dossier %(year)d is to be prepared, then filed before the closing.")
        if self.is_begun:
            said = _("The dossier %(year)d is to be filed before the closing.")
        return said % {"year": self.year}

    def _is_said_beside(self) -> bool:
        """Whether `WaitingPanel` says it: what a registry answered, to who sees transmissions."""
        address = self.last.registry_address
        if not address or self.backend is None or self.backend.address != address:
            return False
        if not may_see_transmission(self.user):
            return False
        return last_of_each(address).filter(pk=self.last.pk).exists()
