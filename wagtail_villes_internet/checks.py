"""What a webmaster's `manage.py check` says before anything goes wrong."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import get_template
from django.template.loader_tags import BlockNode, ExtendsNode
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.translation import gettext as _

from .authorities.admin_address import is_unset
from .conf import get_settings
from .registry.base import get_backend
from .registry.errors import Misconfigured

Check = Callable[..., Iterable[CheckMessage]]


def in_the_language_of_the_site(check: Check) -> Check:
    """Speak as our commands do: Django runs checks with every translation turned off."""

    @wraps(check)
    def run(*args: Any, **kwargs: Any) -> Iterable[CheckMessage]:
        with translation.override(settings.LANGUAGE_CODE):
            return list(check(*args, **kwargs))

    return run


@register("wagtail_villes_internet")
@in_the_language_of_the_site
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
                hint=_("See REGISTRY in WAGTAIL_VILLES_INTERNET."),
                id="wagtail_villes_internet.E002",
            )
        ]
    if not lacks_token:
        return []
    return [
        Warning(
            _(
                "A registry is configured, and no authority has a token: nothing can be "
                "transmitted."
            ),
            hint=_("Give REGISTRY_TOKENS in WAGTAIL_VILLES_INTERNET the token of each SIREN."),
            id="wagtail_villes_internet.W003",
        )
    ]


@register("wagtail_villes_internet")
@in_the_language_of_the_site
def check_modeladmin(app_configs: Any = None, **kwargs: Any) -> Iterable[CheckMessage]:
    """W001: without wagtail_modeladmin the registers of transmissions have no templates."""
    if apps.is_installed("wagtail_modeladmin"):
        return []
    return [
        Warning(
            _(
                "“wagtail_modeladmin” is not in INSTALLED_APPS: the registers of transmissions "
                "and synchronisations cannot be shown."
            ),
            hint=_("Add “wagtail_modeladmin” to INSTALLED_APPS."),
            id="wagtail_villes_internet.W001",
        )
    ]


@register("wagtail_villes_internet")
@in_the_language_of_the_site
def check_sqlite(app_configs: Any = None, **kwargs: Any) -> Iterable[CheckMessage]:
    """W002: two processes that read, then write, lock each other out of SQLite unless its
    transactions are IMMEDIATE."""
    database = settings.DATABASES.get("default", {})
    mode = str(database.get("OPTIONS", {}).get("transaction_mode", "")).upper()
    if "sqlite" not in database.get("ENGINE", "") or mode in ("IMMEDIATE", "EXCLUSIVE"):
        return []
    return [
        Warning(
            _(
                "The site and the synchronisation share a SQLite database whose transactions are "
                "not IMMEDIATE: under load they fail with “database is locked”."
            ),
            hint=_("In %(place)s: %(options)s.")
            % {
                "place": 'DATABASES["default"]["OPTIONS"]',
                "options": '{"transaction_mode": "IMMEDIATE", '
                '"timeout": 20, "init_command": "PRAGMA journal_mode=WAL"}',
            },
            id="wagtail_villes_internet.W002",
        )
    ]


@register("wagtail_villes_internet")
@in_the_language_of_the_site
def check_site_settings(app_configs: Any = None, **kwargs: Any) -> Iterable[CheckMessage]:
    """W004: without wagtail.contrib.settings no site can be bound to its authority by hand."""
    if apps.is_installed("wagtail.contrib.settings"):
        return []
    return [
        Warning(
            _(
                "“wagtail.contrib.settings” is not in INSTALLED_APPS: the admin cannot say which "
                "local authority a site shows."
            ),
            hint=_("Add “wagtail.contrib.settings” to INSTALLED_APPS."),
            id="wagtail_villes_internet.W004",
        )
    ]


@register("wagtail_villes_internet")
@in_the_language_of_the_site
def check_admin_address(app_configs: Any = None, **kwargs: Any) -> Iterable[CheckMessage]:
    """W007: the address of the admin is still that of a new project, and mails would lead there."""
    if not is_unset():
        return []
    return [
        Warning(
            _("WAGTAILADMIN_BASE_URL is still that of a new project: mails would lead nowhere."),
            hint=_("Set the address of the site, such as %(address)s.")
            % {"address": '"https://www.ville.example"'},
            id="wagtail_villes_internet.W007",
        )
    ]


@register("wagtail_villes_internet")
@in_the_language_of_the_site
def check_ready_pages(app_configs: Any = None, **kwargs: Any) -> Iterable[CheckMessage]:
    """What the ready pages need, where they are installed. E003: the base template cannot be read.
    W005: it lacks a block that they fill. W006: our addresses, the badge's among them, lead
    nowhere."""
    if not apps.is_installed("wagtail_villes_internet.pages"):
        return []
    return [*_check_base_template(), *_check_addresses()]


def _check_base_template() -> Iterable[CheckMessage]:
    try:
        name = get_settings().pages_base_template
    except ImproperlyConfigured:
        return  # E001 says so
    try:
        blocks = block_names(get_template(name).template)
    except (TemplateDoesNotExist, TemplateSyntaxError, AttributeError) as error:
        yield Error(
            _("The ready pages cannot extend “%(name)s”: %(reason)s.")
            % {"name": name, "reason": error or type(error).__name__},
            hint=_(
                "Correct PAGES_BASE_TEMPLATE in WAGTAIL_VILLES_INTERNET: the name of a Django "
                "template of your site, or leave it out."
            ),
            id="wagtail_villes_internet.E003",
        )
        return
    for missing in sorted({"content", "extra_css"} - blocks):
        yield Warning(
            _(
                "The template “%(name)s” has no block “%(block)s”: what the ready pages write "
                "there is not shown."
            )
            % {"name": name, "block": missing},
            hint=(
                _("Add %(tags)s to “%(name)s”, in its <head>, or replace “%(page)s”.")
                if missing == "extra_css"
                else _("Add %(tags)s to “%(name)s”, or replace “%(page)s”.")
            )
            % {
                "tags": f"{{% block {missing} %}}{{% endblock %}}",
                "name": name,
                "page": "wagtail_villes_internet/pages/page.html",
            },
            id="wagtail_villes_internet.W005",
        )


def block_names(template: Any) -> set[str]:
    """The blocks that a template extending this one may fill, those of its parents included."""
    names = {node.name for node in template.nodelist.get_nodes_by_type(BlockNode)}
    for extends in template.nodelist.get_nodes_by_type(ExtendsNode):
        # A parent named by a variable is known when a page is asked for, not before.
        if isinstance(parent := extends.parent_name.var, str):
            names |= block_names(get_template(parent).template)
    return names


def _check_addresses() -> Iterable[CheckMessage]:
    try:
        reverse("villes_internet:badge_svg")
    except NoReverseMatch:
        yield Warning(
            _(
                "The addresses of the package, those of the badge among them, are not in "
                "ROOT_URLCONF."
            ),
            hint=_("Add %(path)s to urlpatterns, before Wagtail’s own.")
            % {"path": 'path("villes-internet/", include("wagtail_villes_internet.urls"))'},
            id="wagtail_villes_internet.W006",
        )
