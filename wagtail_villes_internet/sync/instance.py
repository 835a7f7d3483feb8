"""Keeps a copy of the database, a staging site say, from transmitting in the town's name."""

from django.conf import settings
from django.utils.crypto import salted_hmac
from wagtail.models import Site

from ..conf import get_settings
from .errors import AnotherInstance
from .models import Link


def own_names() -> tuple[str, ...]:
    """The names of this installation, today's first: the INSTANCE of the settings; by default one
    derived from `SECRET_KEY` and the host of the default site, one of which differs on a copy that
    was set up with any care, and those that the keys of `SECRET_KEY_FALLBACKS` gave it."""
    if configured := get_settings().instance:
        return (configured,)
    host = Site.objects.filter(is_default_site=True).values_list("hostname", flat=True).first()
    salt = "wagtail_villes_internet.instance"
    return tuple(
        salted_hmac(salt, host or "", secret=key, algorithm="sha256").hexdigest()[:16]
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    )


def is_copy() -> bool:
    """Whether others transmitted from this database, and this instance never did. By hand, nothing
    tells a copy."""
    links = Link.objects.exclude(instance="")
    return links.exists() and not links.filter(instance__in=own_names()).exists()


def claim(link: Link, *, adopt: bool) -> None:
    """Note that this instance transmits over `link`, which nobody did yet; or does, with `adopt`.

    Raises `AnotherInstance` where another one did: over this link or, for one never used, over any.
    """
    mine = own_names()
    if link.instance == mine[0]:
        return
    if not adopt and link.instance not in mine:
        others = Link.objects.exclude(instance__in=("", *mine))
        if link.instance or others.exists():
            raise AnotherInstance
    Link.objects.filter(pk=link.pk).update(instance=mine[0])
