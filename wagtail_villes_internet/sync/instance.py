"""Keeps a copy of the database, a staging site say, from transmitting in the town's name."""

from django.utils.crypto import salted_hmac
from wagtail.models import Site

from ..conf import get_settings
from .errors import AnotherInstance
from .models import Link


def this_instance() -> str:
    """The INSTANCE of the settings; by default a name derived from `SECRET_KEY` and the host of
    the default site, one of which differs on a copy that was set up with any care."""
    if configured := get_settings().instance:
        return configured
    host = Site.objects.filter(is_default_site=True).values_list("hostname", flat=True).first()
    salt = "wagtail_villes_internet.instance"
    return salted_hmac(salt, host or "", algorithm="sha256").hexdigest()[:16]


def is_copy() -> bool:
    """Whether others transmitted from this database, and this instance never did. By hand, nothing
    tells a copy."""
    links = Link.objects.exclude(instance="")
    return links.exists() and not links.filter(instance=this_instance()).exists()


def claim(link: Link, *, adopt: bool) -> None:
    """Note that this instance transmits over `link`, which nobody did yet; or does, with `adopt`.

    Raises `AnotherInstance` where another one did: over this link or, for one never used, over any.
    """
    mine = this_instance()
    if link.instance == mine:
        return
    others = Link.objects.exclude(instance__in=("", mine))
    if not adopt and (link.instance or others.exists()):
        raise AnotherInstance
    Link.objects.filter(pk=link.pk).update(instance=mine)
