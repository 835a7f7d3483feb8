"""Tells every process that what a town's pages show has changed.

What pages keep in a cache is kept under the `catalogue_version` of the site's setting, read from
the database at each page. A new version is written in the transaction of the change: other
processes see both or neither, and what an older version kept is never read again. Versions are
drawn and not counted, so that a rolled back change, or a copied database, never comes back to one
under which something else was kept.
"""

import uuid
from collections.abc import Iterable

from django.db.models import QuerySet
from django.dispatch import Signal

from .models import LocalAuthority, VillesInternetSettings

touched = Signal()
"""Sent in the transaction of a change, with `authorities`: whose pages show something else. A host
whose own cache holds such pages may listen to it."""


def touch(authority: LocalAuthority | int) -> None:
    """Make every process forget what it keeps of `authority` (or of the one with this key)."""
    touch_all([authority])


def touch_all(authorities: Iterable[LocalAuthority | int]) -> None:
    """The same of several authorities, or of a queryset of them, in one query."""
    if not isinstance(authorities, QuerySet):
        authorities = list(authorities)
    VillesInternetSettings.objects.filter(authority__in=authorities).update(
        catalogue_version=uuid.uuid4()
    )
    touched.send(VillesInternetSettings, authorities=authorities)
