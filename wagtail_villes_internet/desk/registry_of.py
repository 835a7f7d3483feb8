"""The registry that transmits for an authority, where one does, and what is noted of it here.

It is never asked from the desk.
"""

from django.core.exceptions import ImproperlyConfigured
from django.db.models import QuerySet

from ..authorities.models import LocalAuthority
from ..registry.base import RegistryBackend, get_backend
from ..registry.errors import Misconfigured
from ..sync.models import Declaration, Registry
from ..sync.report import transmits_by_hand


def backend_in_settings() -> RegistryBackend | None:
    """The backend that the settings name, the manual one included; None where they cannot be used:
    « Transmission » says so.

    Already closed: it is there for its address.
    """
    try:
        backend = get_backend()
    except (Misconfigured, ImproperlyConfigured):
        return None
    backend.close()
    return backend


def automatic_backend(authority: LocalAuthority | None) -> RegistryBackend | None:
    """The same, where it transmits for `authority`; None by hand."""
    backend = backend_in_settings() if authority else None
    return None if backend is None or transmits_by_hand(authority, backend) else backend


def registry_of(authority: LocalAuthority | None) -> Registry | None:
    """None by hand, and where nothing was ever transmitted."""
    backend = automatic_backend(authority)
    return Registry.objects.filter(address=backend.address).first() if backend else None


def declarations_at(authority: LocalAuthority, backend: RegistryBackend) -> QuerySet[Declaration]:
    """The declarations of `authority` at the registry behind `backend`."""
    return Declaration.objects.filter(authority=authority, registry__address=backend.address)
