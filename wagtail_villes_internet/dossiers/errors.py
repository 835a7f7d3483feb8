"""What can keep something from being done to a dossier. The texts are safe to show."""

from django.utils.translation import gettext_lazy as _


class DossierError(Exception):
    """Nothing was changed; the text says why, and what to do."""

    message = _("Nothing was changed.")

    def __init__(self, message: object = None) -> None:
        super().__init__(self.message if message is None else message)

    def __str__(self) -> str:
        return str(self.args[0])


class NotAsShown(DossierError):
    """The dossier is no longer what the person saw when they decided."""

    message = _("The dossier has changed in the meantime: read it again before you decide.")


class ChangedMeanwhile(DossierError):
    """Somebody else wrote the same text since it was opened."""

    message = _("Somebody else has changed this text in the meantime. Both are kept below.")


class ReasonMissing(DossierError):
    """A service is left out without a word."""

    message = _("Say why this service is left out.")


class ReasonTooLong(DossierError):
    """More words than are kept of why a service is left out, or taken in."""

    message = _("The reason is too long: say it in 500 characters at most.")


class NotIncludable(DossierError):
    """A service that cannot be part of a dossier as it stands."""

    message = _("This service cannot be part of the dossier as it stands.")


class NothingToFile(DossierError):
    """A dossier without a service."""

    message = _("No service is part of this dossier: there is nothing to file.")


class AgreementMissing(DossierError):
    """An élu has not agreed to what is to be filed."""

    message = _("An elected official has not agreed to the dossier as it stands.")


class TooLarge(DossierError):
    """More than the contract takes (8 MiB)."""

    message = _("The dossier is too large to be transmitted: shorten the texts, or the list.")


class BadScan(DossierError):
    """A file that is no scan of a paper, or is too large."""

    message = _("The scan must be a PDF, JPEG or PNG file of at most 5 MB.")


class YetToCome(DossierError):
    """A day or a moment of what has happened, that is yet to come."""

    message = _("This has happened already: it cannot bear a date that is yet to come.")


class TooEarly(DossierError):
    """A day or a moment of what has happened, before that could happen."""

    message = _("This bears a date at which it cannot have happened yet.")


class NoReceipt(DossierError):
    """A receipt that cannot be typed in or taken back."""

    message = _("This version takes no typed receipt.")


class Unreadable(DossierError):
    """What was frozen cannot be read any more: it was altered in the database."""

    message = _("What was filed cannot be read: it was altered in the database.")
