"""Why a version of the dossier waits, where the registry cannot be reached, and until when."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ..authorities.models import LocalAuthority
from ..dossiers.models import Filing
from ..registry.base import RegistryBackend
from ..sync.backoff import HOST, LONGEST_WAIT, circuits_of
from .dossier_standing import filing_sentence


@dataclass(frozen=True, slots=True)
class Delay:
    """Nothing goes to the registry at `address` for now. `retry_at` is None where any run tries;
    `is_silent`: it does not answer at all."""

    address: str
    retry_at: datetime | None
    is_silent: bool

    def sentence(self, number: int) -> str:
        """What becomes of the version of that number."""
        if self.is_silent:
            said = _("The registry does not answer: version %(number)d waits; %(when)s.")
        else:
            said = _("Nothing could be transmitted: version %(number)d waits; %(when)s.")
        return said % {"number": number, "when": self._when()}

    def _when(self) -> str:
        if self.retry_at is None:
            return _("next attempt with the next synchronisation")
        at = timezone.localtime(self.retry_at)
        if at.date() == timezone.localdate():
            return _("next attempt at %(time)s") % {"time": date_format(at, "TIME_FORMAT")}
        return _("next attempt on %(date)s") % {"date": date_format(at, "SHORT_DATETIME_FORMAT")}


def delay_of(authority: LocalAuthority, backend: RegistryBackend | None) -> Delay | None:
    """What keeps `authority` from transmitting, as the last runs left it; None for nothing.

    The registry is not asked.
    """
    if backend is None or not backend.automatic or not authority.siren:
        return None
    try:
        circuits = circuits_of(authority, backend)
    except ImproperlyConfigured:
        return None
    rows = list(circuits.rows)
    if not rows:
        return None
    now = timezone.now()
    later = [row.retry_at for row in rows if now < row.retry_at <= now + LONGEST_WAIT]
    return Delay(
        backend.address,
        retry_at=max(later, default=None),
        is_silent=any(row.token == HOST for row in rows),
    )


def standing_sentence(filing: Filing, delay: Delay | None) -> str:
    """What became of a version, and why it waits where it does; see `filing_sentence`."""
    waits = filing.state == Filing.State.TO_SEND
    if waits and delay and filing.registry_address == delay.address:
        return delay.sentence(filing.number)
    return filing_sentence(filing)
