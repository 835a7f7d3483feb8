"""Why an address does not work, in words that a webmaster can act on."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .verdict import Reason

SAID = {
    Reason.DNS: gettext_lazy("There is no site of that name."),
    Reason.TIMEOUT: gettext_lazy("The site does not answer in time."),
    Reason.TLS: gettext_lazy("The site’s certificate is not valid: browsers warn residents off."),
    Reason.CONNECTION: gettext_lazy("The site refuses the connection, or breaks it off."),
    Reason.REDIRECTS: gettext_lazy("The address leads from one to another without an end."),
    Reason.NOT_FOUND_PAGE: gettext_lazy("The site answers with a page that says it was not found."),
    Reason.PRIVATE: gettext_lazy(
        "The address is in a private network: it cannot be checked, nor reached by residents."
    ),
    Reason.ADDRESS: gettext_lazy("This is not a complete web address."),
    "401": gettext_lazy("The page asks for a password: it cannot be checked from here."),
    "403": gettext_lazy("The site does not let programs in: look at it in your browser."),
    "404": gettext_lazy("The page is not found (404)."),
    "410": gettext_lazy("The page was taken away for good (410)."),
    "429": gettext_lazy("The site asks to be left alone for now (429)."),
    "500": gettext_lazy("The site is out of order (500)."),
    "503": gettext_lazy("The site is out of order for now (503)."),
}


def said(reason: str) -> str:
    """The words for a reason of `CheckedLink`; empty for none."""
    if not reason:
        return ""
    if reason in SAID:
        return str(SAID[reason])
    return _("The site answers with the error %(status)s.") % {"status": reason}
