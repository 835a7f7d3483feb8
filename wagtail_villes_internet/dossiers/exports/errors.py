"""What can keep a dossier from being exported. The texts are safe to show."""

from django.utils.translation import gettext_lazy as _

from ..errors import DossierError


class Altered(DossierError):
    """What is kept of a version is no longer what was filed: no file would tell the truth."""

    message = _(
        "What is kept of this version is no longer what was filed: it was altered in the database. "
        "No file is made of it; restore it from a backup."
    )


class NotSent(DossierError):
    """The octets of a draft."""

    message = _("A draft has no octets yet: they exist once the dossier is filed.")


class PdfUnavailable(DossierError):
    """The extra `[pdf]`, or a library that it stands on, is missing on the server. `for_provider`
    is what to hand on to whoever runs it."""

    message = _(
        "The PDF is not installed on this site: ask your provider for it, with the message below. "
        "The spreadsheet and the other files say the same of the dossier."
    )
    for_provider = _(
        "Hello. To print our yearly dossier, install the module wagtail-villes-internet of our "
        "website again with its extra [pdf], which brings WeasyPrint and font-lato. On the "
        "server it also needs the library Pango; on Debian or Ubuntu: "
        "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
    )


class PangoMissing(PdfUnavailable):
    message = _(
        "The PDF cannot be drawn on this site yet, a piece is missing on the server: ask your "
        "provider for it, with the message below. The spreadsheet and the other files say the "
        "same of the dossier."
    )
    for_provider = _(
        "Hello. To print our yearly dossier, the server of our website needs the library Pango. "
        "On Debian or Ubuntu: "
        "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
    )
