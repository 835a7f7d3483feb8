"""Where the admin of an authority is, for the links of a mail."""

from urllib.parse import urlsplit

from wagtail.admin.utils import get_admin_base_url

from .models import LocalAuthority, VillesInternetSettings

# What `wagtail start` writes in the settings of a new project.
UNSET = {"example.com", "www.example.com"}


def is_unset() -> bool:
    """Whether `WAGTAILADMIN_BASE_URL` is still the address that a new project comes with."""
    return urlsplit(get_admin_base_url() or "").hostname in UNSET


def admin_address(authority: LocalAuthority) -> str:
    """The address before the path, `https://www.lunel.example`: that of the settings, or that of
    the town's own site where nobody set one. Empty where neither is known: the name that a browser
    asked for is not to be trusted in a mail."""
    if not is_unset():
        return get_admin_base_url() or ""
    bound = VillesInternetSettings.objects.filter(authority=authority).select_related("site")
    first = bound.order_by("-site__is_default_site", "site").first()
    return first.site.root_url if first else ""
