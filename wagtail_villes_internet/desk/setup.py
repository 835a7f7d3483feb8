"""Sets a town up: its site bound to its authority, and its groups with their rights.

One set of groups a town. « Webmestre » publishes and changes settings, « Référent » prepares and
files the yearly dossier, as a webmaster without a référent does too, « Élu » sees and agrees. The
rights on services and awards are the model's: which town's they reach follows from the settings of
the sites that each group may see (`authorities.scope`). Its pictures are in a collection of its
own, which the other towns do not see.
"""

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    GroupSitePermission,
    Site,
)

from ..authorities.models import LocalAuthority, VillesInternetSettings

APP = "wagtail_villes_internet"

READ = (
    *("view_digitalservice", "view_award", "view_declaration", "view_syncrun"),
    "view_dossier",
)
FILES = ("change_dossier", "file_dossier")
ROLES = {
    "Webmestre": (
        *READ,
        "add_digitalservice",
        "change_digitalservice",
        "delete_digitalservice",
        "publish_digitalservice",
        "lock_digitalservice",
        "unlock_digitalservice",
        "add_award",
        "change_award",
        "delete_award",
        *FILES,
    ),
    "Référent": (*READ, "add_digitalservice", "change_digitalservice", *FILES),
    "Élu": (*READ, "agree_dossier"),
}
# On the setting of this site only; it is what ties the group to the town.
SETTINGS = {
    "Webmestre": "change_villesinternetsettings",
    "Référent": "view_villesinternetsettings",
    "Élu": "view_villesinternetsettings",
}
PAGES = ("add_page", "change_page", "publish_page")
# On the collection of the town only, for those who fill in services.
IMAGES = ("add_image", "change_image", "choose_image")
ILLUSTRATES = ("Webmestre", "Référent")


class SetupError(ValueError):
    """The town cannot be set up so; the message says what to do."""


def find_site(host: str) -> Site:
    """The Wagtail site that answers at `host`, or `host:port`. Raises `SetupError`."""
    hostname, _colon, port = host.partition(":")
    sites = Site.objects.filter(hostname=hostname)
    if port:
        sites = sites.filter(port=port) if port.isdigit() else sites.none()
    found = list(sites[:2])
    if len(found) == 1:
        return found[0]
    known = ", ".join(
        f"{site.hostname}:{site.port}" for site in Site.objects.order_by("hostname", "port")[:20]
    )
    if found:
        raise SetupError(
            _("Several sites answer at %(host)s; give the port too. Known sites: %(known)s.")
            % {"host": host, "known": known}
        )
    raise SetupError(
        _(
            "No Wagtail site answers at %(host)s. Create it under Settings > Sites, or name one "
            "of these: %(known)s."
        )
        % {"host": host, "known": known or "-"}
    )


@transaction.atomic
def set_up(authority: LocalAuthority, site: Site) -> list[Group]:
    """Bind `site` to `authority` and give the town its groups; twice changes nothing.

    Raises `SetupError` when the site already shows another authority: a site is never rebound in
    silence.
    """
    settings = VillesInternetSettings.for_site(site)
    if settings.authority_id not in {None, authority.pk}:
        raise SetupError(
            _("The site %(site)s already shows %(other)s. Change that in its settings first.")
            % {"site": site.hostname, "other": settings.authority}
        )
    if settings.authority_id is None:
        settings.authority = authority
        settings.save()
    return [_group(role, authority, site) for role in ROLES]


def group_name(role: str, authority: LocalAuthority) -> str:
    """The group of `role` in this town, by a number as well as a name: names are shared."""
    return f"{role} {_town_name(authority)}"


def collection_of(authority: LocalAuthority) -> Collection:
    """Where the town keeps its pictures, made at the first call; wherever it was moved since."""
    name = _town_name(authority)
    found = Collection.objects.filter(name=name).first()
    return found or Collection.get_first_root_node().add_child(name=name)


def _town_name(authority: LocalAuthority) -> str:
    return f"{authority.name[:100]} ({authority.insee or authority.siren})"


def _group(role: str, authority: LocalAuthority, site: Site) -> Group:
    group, _created = Group.objects.get_or_create(name=group_name(role, authority))
    group.permissions.add(
        *Permission.objects.filter(content_type__app_label=APP, codename__in=ROLES[role]),
        Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin"),
    )
    GroupSitePermission.objects.get_or_create(
        group=group,
        site=site,
        permission=Permission.objects.get(content_type__app_label=APP, codename=SETTINGS[role]),
    )
    if role == "Webmestre":
        for permission in Permission.objects.filter(
            content_type__app_label="wagtailcore", codename__in=PAGES
        ):
            GroupPagePermission.objects.get_or_create(
                group=group, page=site.root_page, permission=permission
            )
    if role in ILLUSTRATES:
        for permission in Permission.objects.filter(
            content_type__app_label="wagtailimages", codename__in=IMAGES
        ):
            GroupCollectionPermission.objects.get_or_create(
                group=group, collection=collection_of(authority), permission=permission
            )
    return group
