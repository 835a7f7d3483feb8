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
    """The extra `[pdf]`, or a library that it stands on, is missing on the server."""

    message = _(
        "PDF files need WeasyPrint, which is not installed on the server: "
        "pip install 'wagtail-villes-internet[pdf]'"
    )


class PangoMissing(PdfUnavailable):
    message = _(
        "PDF files need the library Pango, which is not installed on the server. On Debian or "
        "Ubuntu: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
    )
