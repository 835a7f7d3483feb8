"""What a webmaster's `manage.py check` says before anything goes wrong."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured

from .conf import get_settings
from .registry.base import get_backend
from .registry.errors import Misconfigured


@register("wagtail_villes_internet")
def check_settings(app_configs: Any = None, **kwargs: Any) -> Iterable[CheckMessage]:
    """E001: the settings cannot be read. E002: the registry they name cannot be spoken to, an
    `http://` address outside this machine included. W003: it is automatic and has no token."""
    try:
        configured = get_settings()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="wagtail_villes_internet.E001")]
    try:
        with get_backend() as backend:
            lacks_token = backend.automatic and backend.needs_token and not configured.has_tokens
    except Misconfigured as error:
        return [
            Error(
                str(error),
                hint="See REGISTRY in WAGTAIL_VILLES_INTERNET.",
                id="wagtail_villes_internet.E002",
            )
        ]
    if not lacks_token:
        return []
    return [
        Warning(
            "A registry is configured, and no authority has a token: nothing can be transmitted.",
            hint="Give REGISTRY_TOKENS in WAGTAIL_VILLES_INTERNET the token of each SIREN.",
            id="wagtail_villes_internet.W003",
        )
    ]


@register("wagtail_villes_internet")
def check_modeladmin(app_configs: Any = None, **kwargs: Any) -> Iterable[CheckMessage]:
    """W001: without wagtail_modeladmin the registers of transmissions have no templates."""
    if apps.is_installed("wagtail_modeladmin"):
        return []
    return [
        Warning(
            "“wagtail_modeladmin” is not in INSTALLED_APPS: the registers of transmissions and "
            "synchronisations cannot be shown.",
            hint="Add “wagtail_modeladmin” to INSTALLED_APPS.",
            id="wagtail_villes_internet.W001",
        )
    ]


@register("wagtail_villes_internet")
def check_sqlite(app_configs: Any = None, **kwargs: Any) -> Iterable[CheckMessage]:
    """W002: two processes that read, then write, lock each other out of SQLite unless its
    transactions are IMMEDIATE."""
    database = settings.DATABASES.get("default", {})
    mode = str(database.get("OPTIONS", {}).get("transaction_mode", "")).upper()
    if "sqlite" not in database.get("ENGINE", "") or mode in ("IMMEDIATE", "EXCLUSIVE"):
        return []
    return [
        Warning(
            "The site and the synchronisation share a SQLite database whose transactions are not "
            "IMMEDIATE: under load they fail with “database is locked”.",
            hint='In DATABASES["default"]["OPTIONS"]: {"transaction_mode": "IMMEDIATE", '
            '"timeout": 20, "init_command": "PRAGMA journal_mode=WAL"}.',
            id="wagtail_villes_internet.W002",
        )
    ]
