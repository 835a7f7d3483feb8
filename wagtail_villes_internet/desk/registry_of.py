"""The registry that transmits for an authority, where one does. It is never asked from the desk."""

from django.core.exceptions import ImproperlyConfigured

from ..authorities.models import LocalAuthority
from ..registry.base import RegistryBackend, get_backend
from ..registry.errors import Misconfigured
from ..sync.report import transmits_by_hand


def automatic_backend(authority: LocalAuthority | None) -> RegistryBackend | None:
    """None by hand, and where the settings cannot be used: « Transmission » says so.

    Already closed: it is there for its address.
    """
    if authority is None:
        return None
    try:
        backend = get_backend()
    except (Misconfigured, ImproperlyConfigured):
        return None
    backend.close()
    return None if transmits_by_hand(authority, backend) else backend
