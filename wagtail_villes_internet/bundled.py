"""The data that ships with the package and is loaded on `migrate`: matrix and editions."""

from django.db import DEFAULT_DB_ALIAS

from .labels import editions
from .matrix import store


def load_bundled_data(*, using=DEFAULT_DB_ALIAS, apps=None, **kwargs) -> None:
    """Load the provisional matrix and the known editions where there are none; else do nothing.

    On `post_migrate` and not in a migration, so that later vintages need no migration and a
    flushed test database gets them back. Does nothing when the package was migrated back to zero.
    """
    if using != DEFAULT_DB_ALIAS:
        return
    if apps is not None:
        try:
            apps.get_model("wagtail_villes_internet", "Placement")
        except LookupError:
            return
    store.load_bundled()
    editions.load_bundled()
