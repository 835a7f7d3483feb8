"""Which authorities a person or a page may speak for.

Public pages find the authority from the Site that serves them; editors from the sites on whose
`VillesInternetSettings` their groups hold `view` or `change`, never from the host name.
"""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from wagtail.models import GroupSitePermission, Site

from .models import LocalAuthority, VillesInternetSettings

SESSION_KEY = "villes_internet_authority"
# Where `reach` keeps what it read, on the user.
CACHE = "_villes_internet_reach"
APP = VillesInternetSettings._meta.app_label
SEES = ("view_villesinternetsettings", "change_villesinternetsettings")


def authorities_for(user) -> QuerySet[LocalAuthority]:
    """The authorities whose drafts, awards and transmissions `user` may see.

    All for a superuser and for the operator (who holds the permission over every site).
    """
    if not user.is_authenticated or not user.is_active:
        return LocalAuthority.objects.none()
    if any(user.has_perm(f"{APP}.{codename}") for codename in SEES):
        return LocalAuthority.objects.all()
    # What Wagtail's policy for sites says too, in one query instead of two: each view asks.
    sites = GroupSitePermission.objects.filter(
        group__user=user,
        permission__content_type__app_label=APP,
        permission__codename__in=SEES,
    )
    bound = VillesInternetSettings.objects.filter(
        site__in=sites.values("site"), authority__isnull=False
    )
    return LocalAuthority.objects.filter(pk__in=bound.values("authority"))


def people_of(authority: LocalAuthority) -> QuerySet:
    """The people whose groups reach `authority`: `authorities_for` the other way round.

    Without those who reach every one.
    """
    sites = VillesInternetSettings.objects.filter(authority=authority).values("site")
    groups = GroupSitePermission.objects.filter(
        site__in=sites,
        permission__content_type__app_label=APP,
        permission__codename__in=SEES,
    )
    people = get_user_model().objects.filter(is_active=True)
    return people.filter(groups__in=groups.values("group")).distinct()


def is_operator(user) -> bool:
    """Whether `user` answers for every site of this installation."""
    return user.is_active and user.has_perm("wagtail_villes_internet.change_villesinternetsettings")


def reach(user) -> frozenset[int] | None:
    """The keys of the authorities `user` may work for; None for everyone's (the operator).

    Read once a request: kept on the user, as Wagtail keeps its own permissions.
    """
    if not hasattr(user, CACHE):
        mine = None
        if not is_operator(user):
            mine = frozenset(authorities_for(user).values_list("pk", flat=True))
        setattr(user, CACHE, mine)
    return getattr(user, CACHE)


def held(user, authority: LocalAuthority, *codenames: str) -> frozenset[str]:
    """Those of the package's permissions `codenames` that a group which also reaches `authority`
    gives `user`: who publishes in one town and reads in another does not publish there.

    One query; nothing for who is in no such group, the operator included.
    """
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    sites = VillesInternetSettings.objects.filter(authority=authority).values("site")
    groups = GroupSitePermission.objects.filter(
        site__in=sites,
        group__user=user,
        permission__content_type__app_label=APP,
        permission__codename__in=SEES,
    ).values("group")
    given = Permission.objects.filter(
        group__in=groups, content_type__app_label=APP, codename__in=codenames
    )
    return frozenset(given.values_list("codename", flat=True))


def within_reach(user, authority_id: int | None) -> bool:
    """Whether `user` may work for that authority."""
    mine = reach(user)
    return mine is None or authority_id in mine


def scoped(queryset: QuerySet, user) -> QuerySet:
    """What of `queryset`, rows with an `authority`, `user` may see."""
    mine = reach(user)
    return queryset if mine is None else queryset.filter(authority__in=mine)


def current_authority(request: HttpRequest) -> LocalAuthority | None:
    """The authority an editor is working for: the one they switched to, else their first."""
    cached = getattr(request, "_villes_internet_current_authority", False)
    if cached is not False:
        return cached
    mine = authorities_for(request.user)
    chosen = request.session.get(SESSION_KEY)
    authority = (mine.filter(pk=chosen).first() if chosen else None) or mine.first()
    request._villes_internet_current_authority = authority
    return authority


def public_settings(request: HttpRequest | None) -> VillesInternetSettings | None:
    """The setting of the site that serves `request`, read once a request; None when not bound.

    Never writes: a visitor's GET must not insert a row.
    """
    if request is None:
        return None
    name = VillesInternetSettings.get_cache_attr_name()
    if not hasattr(request, name):
        setattr(request, name, VillesInternetSettings.bound_to(Site.find_for_request(request)))
    return getattr(request, name)


def public_authority(request: HttpRequest | None) -> LocalAuthority | None:
    """The authority that the site serving `request` shows to residents."""
    settings = public_settings(request)
    return settings.authority if settings else None
