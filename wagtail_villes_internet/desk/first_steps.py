"""What is left to do before residents see the badge and the services, each with whoever does it.

A step that takes access to the server says « À faire par votre prestataire », with a message to
copy. Pure but for `facts_for`, which reads in a number of queries that does not grow.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.models import Site

from ..authorities.models import LocalAuthority, VillesInternetSettings
from ..authorities.scope import is_operator
from ..blocks.presence import shows_something, takes_blocks, takes_blocks_on
from ..blocks.purging import ready_models
from ..conf import get_settings
from ..labels.models import Award
from ..matrix.store import current_matrix
from ..registry.base import get_backend
from ..registry.errors import Misconfigured
from ..services.models import DigitalService
from ..sync.models import Declaration
from ..sync.report import transmits_by_hand


class Code(StrEnum):
    AUTHORITY = "authority"
    MATRIX = "matrix"
    LABEL = "label"
    SERVICES = "services"
    PAGES = "pages"
    TRANSMISSION = "transmission"


# Those a town may do without: one that has no label yet, or whose templates use our tags.
SKIPPABLE = frozenset({Code.LABEL, Code.PAGES, Code.TRANSMISSION})


@dataclass(frozen=True, slots=True)
class Facts:
    """What a site has of what it takes. `is_configured`: the settings name a registry that can be
    spoken to, with a token where it asks for one, or none at all."""

    has_authority: bool = False
    has_matrix: bool = False
    has_award: bool = False
    has_live_service: bool = False
    takes_blocks: bool = False
    shows_something: bool = False
    is_configured: bool = True
    by_hand: bool = True
    has_transmitted: bool = False
    is_operator: bool = False
    host: str = ""
    skipped: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page is given the blocks, and how. `help` and `action` are sentences."""

    url: str
    action: str
    help: str


@dataclass(frozen=True, slots=True)
class FirstStep:
    """One step, with the link where it is done, or the message for whoever hosts the site.

    `others` are further links, each with its words.
    """

    code: Code
    title: str
    help: str
    done: bool
    url: str = ""
    action: str = ""
    message: str = ""
    others: tuple[tuple[str, str], ...] = ()

    @property
    def by_provider(self) -> bool:
        return bool(self.message) and not self.done

    @property
    def may_be_skipped(self) -> bool:
        return self.code in SKIPPABLE and not self.done


def first_steps(facts: Facts, place: Place | None = None) -> tuple[FirstStep, ...]:
    """Every step in its order, done or not. `place` is where a page may be given the blocks."""
    return (
        _authority(facts),
        FirstStep(
            Code.MATRIX,
            _("The association’s matrix"),
            _("The themes and reference services that your services are attached to."),
            done=facts.has_matrix,
            message=_message(_("Load the matrix"), "villes_internet_import_matrix FICHIER"),
        ),
        FirstStep(
            Code.LABEL,
            _("Your label"),
            _("State each year what your local authority won: the badge and its history follow."),
            done=facts.has_award or Code.LABEL in facts.skipped,
            url=reverse(Award.snippet_viewset.get_url_name("add")),
            action=_("State an award"),
        ),
        FirstStep(
            Code.SERVICES,
            _("Your first services"),
            _(
                "One by one (“Publish” is in the menu of the button “Save draft”), or all at once "
                "from your list: a spreadsheet, or pasted titles."
            ),
            done=facts.has_live_service,
            url=reverse(DigitalService.snippet_viewset.get_url_name("add")),
            action=_("Add a service"),
            others=((reverse("villes_internet_import:index"), _("Import a list")),),
        ),
        _pages(facts, place),
        _transmission(facts),
    )


def facts_for(user, authority: LocalAuthority | None) -> Facts:
    """What `authority` has; nothing for None."""
    if authority is None:
        host = Site.objects.order_by("-is_default_site").values_list("hostname", flat=True).first()
        return Facts(
            has_matrix=current_matrix() is not None,
            is_operator=is_operator(user),
            host=host or "",
        )
    bound = list(
        VillesInternetSettings.objects.filter(authority=authority).select_related("site__root_page")
    )
    is_configured, by_hand = _transmits(authority)
    return Facts(
        has_authority=bool(bound),
        has_matrix=current_matrix() is not None,
        has_award=Award.objects.filter(authority=authority).exists(),
        has_live_service=DigitalService.objects.of(authority).live().exists(),
        takes_blocks=takes_blocks(),
        shows_something=any(shows_something(setting.site) for setting in bound),
        is_configured=is_configured,
        by_hand=by_hand,
        has_transmitted=Declaration.objects.filter(
            authority=authority, acknowledged_at__isnull=False
        ).exists(),
        is_operator=is_operator(user),
        host=bound[0].site.hostname if bound else "",
        skipped={code for setting in bound for code in setting.skipped_steps},
    )


def skip(authority: LocalAuthority, code: str) -> None:
    """Note that a step is needless here. Raises `ValueError` for one that is not."""
    if Code(code) not in SKIPPABLE:
        raise ValueError(code)
    for setting in VillesInternetSettings.objects.filter(authority=authority):
        if code not in setting.skipped_steps:
            setting.skipped_steps = [*setting.skipped_steps, code]
            setting.save(update_fields=["skipped_steps", "catalogue_version"])


def _transmits(authority: LocalAuthority) -> tuple[bool, bool]:
    try:
        with get_backend() as backend:
            by_hand = transmits_by_hand(authority, backend)
            needs_token = not by_hand and backend.needs_token
        lacks = needs_token and not get_settings().token_fingerprint(authority.siren or "")
    except (Misconfigured, ImproperlyConfigured):
        return False, False
    return not lacks, by_hand


def _authority(facts: Facts) -> FirstStep:
    help = _("Which local authority this site is that of.")
    if facts.is_operator:
        return FirstStep(
            Code.AUTHORITY,
            _("Your local authority"),
            help,
            done=facts.has_authority,
            url=reverse("villes_internet_authorities:index"),
            action=_("Choose the local authority"),
        )
    command = f"villes_internet_create_authority SIREN --site {facts.host or 'www.exemple.fr'}"
    return FirstStep(
        Code.AUTHORITY,
        _("Your local authority"),
        help,
        done=facts.has_authority,
        message=_message(_("Bind our site to our local authority (our SIREN: …)"), command),
    )


def place_on(site: Site | None) -> Place:
    """Where the blocks go on `site`: its home page, where that takes them; else a new page."""
    blocks = _(
        "Under “Content”, click on + and choose, under “Villes Internet”, “Badge of the label” and "
        "“Digital services by theme”; then publish."
    )
    if site is None:
        return Place(reverse("wagtailadmin_explore_root"), _("Open the pages"), blocks)
    root = site.root_page
    if takes_blocks_on(root):
        url = reverse("wagtailadmin_pages:edit", args=[root.pk])
        return Place(url, _("Change the home page"), blocks)
    url = reverse("wagtailadmin_pages:add_subpage", args=[root.pk])
    if ready_models():
        help = _(
            "Create the ready page “At a glance”: the badge and your services are in it. Publish "
            "it."
        )
        return Place(url, _("Create a page"), help)
    return Place(url, _("Create a page"), blocks)


def _pages(facts: Facts, place: Place | None) -> FirstStep:
    title = _("A page with the badge and the services")
    done = facts.shows_something or Code.PAGES in facts.skipped
    if facts.takes_blocks:
        place = place or place_on(None)
        return FirstStep(Code.PAGES, title, place.help, done, url=place.url, action=place.action)
    help = _("No page of this site can show them yet.")
    message = _(
        "Hello,\n\nNo page of our Wagtail site can show the blocks of wagtail-villes-internet yet. "
        "Either add “wagtail_villes_internet.pages” to INSTALLED_APPS and run migrate, which gives "
        "ready pages; or add *get_blocks() of wagtail_villes_internet.blocks to the StreamField of "
        "our pages, then run makemigrations and migrate.\n\nThank you."
    )
    return FirstStep(Code.PAGES, title, help, done, message=message)


def _transmission(facts: Facts) -> FirstStep:
    title = _("The transmission to the association")
    done = facts.is_configured and (facts.has_transmitted or Code.TRANSMISSION in facts.skipped)
    url = reverse("villes_internet_transmission:index")
    if not facts.is_configured:
        message = _(
            "Hello,\n\nThe registry of wagtail-villes-internet is not configured correctly for our "
            "local authority: please run manage.py check, and check REGISTRY and REGISTRY_TOKENS "
            "in the settings WAGTAIL_VILLES_INTERNET.\n\nThank you."
        )
        help = _("The settings of the site do not allow it yet.")
        return FirstStep(Code.TRANSMISSION, title, help, done, message=message)
    if facts.by_hand:
        help = _(
            "By hand: copy each service into the association’s tool, then click on “It is copied”."
        )
    else:
        help = _("By itself: the next synchronisation sends what is published.")
    return FirstStep(
        Code.TRANSMISSION, title, help, done, url=url, action=_("See what is to be transmitted")
    )


def _message(what: str, command: str) -> str:
    """A message to whoever hosts the site, ready to be copied."""
    words = {"what": what, "command": f"python manage.py {command}"}
    return (
        _(
            "Hello,\n\nFor wagtail-villes-internet on our Wagtail site, could you please: "
            "%(what)s.\n\n%(command)s\n\nThank you."
        )
        % words
    )
