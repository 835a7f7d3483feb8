"""Asks the élu of a town for their agreement, by mail: no name of a person, and one address."""

import logging
from collections.abc import Iterator

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext as _

from ..authorities.models import LocalAuthority

logger = logging.getLogger(__name__)


def send_request(authority: LocalAuthority, year: int, address: str, to: list[str]) -> bool:
    """Write to the mailboxes `to` that the dossier of `year` is to be read at `address`, which is
    empty where the installation has none of its own.

    Returns whether it went; a mail that does not go raises nothing. In the language of the site.
    """
    # On one line: a name that holds an end of line would write headers of its own.
    town = " ".join(authority.name.split())
    with translation.override(settings.LANGUAGE_CODE):
        mail = EmailMessage(
            subject=_("%(town)s: your agreement to the Villes Internet dossier %(year)d")
            % {"town": town, "year": year},
            body="\n".join(_lines(town, year, address)),
            to=to,
        )
    try:
        mail.send()
    except Exception:
        # Whatever a mail backend raises, of which there are many.
        logger.exception("the request for an agreement of %s was not sent", authority.pk)
        return False
    return True


def _lines(town: str, year: int, address: str) -> Iterator[str]:
    yield _(
        "The dossier of %(town)s for the label “Territoires, Villes et Villages Internet” "
        "%(year)d is ready to be read, and waits for your agreement."
    ) % {"town": town, "year": year}
    yield ""
    if address:
        yield _("Read it and give your agreement here:")
        yield address
    else:
        yield _("Log in to the administration of the site, then open “The essentials”.")
    yield ""
    yield _("You agree to exactly what you read there: if it changes, you are asked again.")
    yield _("A question? Ask the staff who prepare it before you agree.")
