"""The package's settings: one dict, `WAGTAIL_VILLES_INTERNET`, read and validated once.

    WAGTAIL_VILLES_INTERNET = {
        "REGISTRY": {"BACKEND": "dotted.path.ToBackend", "OPTIONS": {"url": "https://…/api/v1/"}},
        "REGISTRY_TOKENS": {"213401458": "…"},   # or a dotted callable: SIREN → token or None
        "MAX_WITHDRAW_PERCENT": 20,
        "INSTANCE": "production",
        "COG_FILE": "/srv/site/cog.csv.xz",   # a table of communes later than the bundled one
        "MONITORING_TOKEN": "…",   # opens health.json to whoever watches over the installation
        "PAGES_BASE_TEMPLATE": "base.html",   # what the ready pages extend
    }

Every key may be left out. Without REGISTRY, transmission is by hand.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.dispatch import receiver
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.module_loading import import_string

NAME = "WAGTAIL_VILLES_INTERNET"
KEYS = (
    "REGISTRY",
    "REGISTRY_TOKENS",
    "MAX_WITHDRAW_PERCENT",
    "INSTANCE",
    "COG_FILE",
    "MONITORING_TOKEN",
    "PAGES_BASE_TEMPLATE",
)
SIREN = re.compile(r"[0-9]{9}")
# What RFC 6750 lets a bearer token be made of; a line end in one would forge a header.
TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")

PAGES_BASE_TEMPLATE = "wagtail_villes_internet/pages/base.html"

TokenSource = Callable[[str], str | None]


@dataclass(frozen=True)
class Settings:
    """The validated settings. Tokens are reached by `token_for` and never shown by `repr`."""

    registry_backend: str | None = None
    registry_options: dict[str, Any] = field(default_factory=dict)
    max_withdraw_percent: int = 20
    instance: str | None = None
    cog_file: Path | None = None
    pages_base_template: str = PAGES_BASE_TEMPLATE
    has_tokens: bool = False
    _tokens: TokenSource = field(default=lambda siren: None, repr=False, compare=False)
    _monitoring_token: str | None = field(default=None, repr=False, compare=False)

    def token_for(self, siren: str) -> str | None:
        """The bearer token of the authority of that SIREN, or None where it has none.

        Raises `ImproperlyConfigured`, without the token, for one that no header can carry and
        when the callable that gives tokens fails.
        """
        try:
            token = self._tokens(siren)
        except Exception as error:
            fault = f"names a callable that failed for {siren} ({type(error).__name__})"
        else:
            if token is None or _is_token(token):
                return token
            fault = f"gives an empty or malformed token for {siren}"
            # A traceback may be shown with the values it met.
            del token
        raise _wrong("REGISTRY_TOKENS", fault)

    def token_fingerprint(self, siren: str) -> str:
        """A name for that authority's token that says nothing of it; empty where it has none.

        A refused token stops what shares it until the token changes: this is how one tells.
        """
        if not (token := self.token_for(siren)):
            return ""
        salt = "wagtail_villes_internet.token"
        return salted_hmac(salt, token, algorithm="sha256").hexdigest()[:16]

    def lets_monitor(self, token: str) -> bool:
        """Whether `token` opens the health view; none does where MONITORING_TOKEN is not set."""
        expected = self._monitoring_token
        return expected is not None and constant_time_compare(token, expected)


@cache
def get_settings() -> Settings:
    """The settings of this installation; the same object until `setting_changed`.

    Raises `ImproperlyConfigured` with the key at fault.
    """
    try:
        return read(getattr(settings, NAME, {}))
    except ImproperlyConfigured as error:
        fault = str(error)
    # Raised from here: the frames of `read` hold the tokens, and a traceback may show them.
    raise ImproperlyConfigured(fault)


def read(value: object) -> Settings:
    """The settings that the given dict means. Raises `ImproperlyConfigured`."""
    given = _dict(value, NAME)
    _no_other_key(given, KEYS, NAME)
    backend, options = _registry(given.get("REGISTRY"))
    percent = given.get("MAX_WITHDRAW_PERCENT", 20)
    if not isinstance(percent, int) or isinstance(percent, bool) or not 0 <= percent <= 100:
        raise _wrong("MAX_WITHDRAW_PERCENT", "must be a whole number from 0 to 100")
    instance = given.get("INSTANCE")
    if instance is not None and not (isinstance(instance, str) and 0 < len(instance) <= 255):
        raise _wrong("INSTANCE", "must be a text of 1 to 255 characters")
    cog_file = given.get("COG_FILE")
    if cog_file is not None and not (
        isinstance(cog_file, str | Path) and Path(cog_file).is_absolute()
    ):
        raise _wrong("COG_FILE", "must be the absolute path of a file")
    monitoring_token = given.get("MONITORING_TOKEN")
    if monitoring_token is not None and not _is_token(monitoring_token):
        raise _wrong("MONITORING_TOKEN", "must be a bearer token of RFC 6750, a text without space")
    base_template = given.get("PAGES_BASE_TEMPLATE", PAGES_BASE_TEMPLATE)
    if not isinstance(base_template, str) or not base_template.strip():
        raise _wrong("PAGES_BASE_TEMPLATE", "must be the name of a template")
    tokens = given.get("REGISTRY_TOKENS")
    return Settings(
        registry_backend=backend,
        registry_options=options,
        max_withdraw_percent=percent,
        instance=instance,
        cog_file=Path(cog_file) if cog_file is not None else None,
        pages_base_template=base_template,
        has_tokens=bool(tokens),
        _tokens=_token_source(tokens),
        _monitoring_token=monitoring_token,
    )


@receiver(setting_changed, dispatch_uid="wagtail_villes_internet.conf")
def _forget(*, setting: str, **kwargs: object) -> None:
    if setting == NAME:
        get_settings.cache_clear()


def _registry(value: object) -> tuple[str | None, dict[str, Any]]:
    if value is None:
        return None, {}
    given = _dict(value, "REGISTRY")
    _no_other_key(given, ("BACKEND", "OPTIONS"), "REGISTRY")
    backend = given.get("BACKEND")
    if not isinstance(backend, str) or "." not in backend:
        raise _wrong("REGISTRY", "needs a BACKEND, the dotted path of a class")
    return backend, dict(_dict(given.get("OPTIONS", {}), "REGISTRY.OPTIONS"))


def _token_source(value: object) -> TokenSource:
    if value is None:
        return lambda siren: None
    if isinstance(value, str):
        try:
            source = import_string(value)
        except ImportError:
            raise _wrong("REGISTRY_TOKENS", "names a callable that cannot be imported") from None
        if not callable(source):
            raise _wrong("REGISTRY_TOKENS", "names something that cannot be called")
        return source
    if not isinstance(value, Mapping):
        raise _wrong("REGISTRY_TOKENS", "must map SIREN to token, or be a callable's dotted path")
    for siren, token in value.items():
        if not isinstance(siren, str) or not SIREN.fullmatch(siren):
            raise _wrong("REGISTRY_TOKENS", "has a key that is not a SIREN, a text of nine digits")
        if not _is_token(token):
            raise _wrong("REGISTRY_TOKENS", f"has an empty or malformed token for {siren}")
    return dict(value).get


def _is_token(value: object) -> bool:
    return isinstance(value, str) and TOKEN.fullmatch(value) is not None


def _dict(value: object, name: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _wrong(name, "must be a dict")
    return value


def _no_other_key(given: Mapping[str, Any], known: tuple[str, ...], name: str) -> None:
    if unknown := sorted(str(key) for key in given if key not in known):
        names = ", ".join(unknown)
        raise _wrong(name, f"does not know {names}; its keys are {', '.join(known)}")


def _wrong(name: str, what: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name if name == NAME else f'{NAME}: {name}'} {what}.")
