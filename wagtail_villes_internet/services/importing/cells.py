"""From what somebody typed in a cell to a value of a service. Pure; every doubt is a `CellError`.

Texts come out as the registry contract takes them (« A service »): NFC, LF, no control character.
"""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db.models import TextChoices
from django.utils import translation
from django.utils.html import linebreaks
from django.utils.translation import gettext as _

from ...sanitize import MAX_LENGTH, clean_html, clean_text
from ...words import plain_words
from ..rules import is_web_address
from .errors import CellError

PARTS = re.compile(r"[;|\n]")
LIST_PARTS = re.compile(r"[;|,\n]")

# An export puts an apostrophe before what a spreadsheet would take for a formula.
ESCAPED = re.compile(r"'(?=[=+\-@\t\r\n])")
LINE_END = re.compile("\r\n|[\r\x85\u2028\u2029]")
SPACE = re.compile("[\t\v\f]")
FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
# What another tool wrote, rather than a person: an element or a reference of HTML.
MARKUP = re.compile(
    r"(?i)</?(?:p|br|div|span|ul|ol|li|a|b|i|em|strong|h[1-6])\b[^<>]*>"
    r"|&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8}\d?);"
)
AROUND_BLOCKS = re.compile(r"\s*(</?(?:p|ul|ol|li)>|<br/?>)\s*")
LONGEST_DESCRIPTION = 20_000


def plain(typed: str) -> str:
    """The text of a cell, on as many lines as it was typed on."""
    text = LINE_END.sub("\n", ESCAPED.sub("", typed, count=1))
    if MARKUP.search(text):
        text = clean_text(text)
    return unicodedata.normalize("NFC", FORBIDDEN.sub("", SPACE.sub(" ", text))).strip()


def text(typed: str, longest: int, *, one_line: bool = False) -> str:
    found = plain(typed)
    if one_line:
        found = " ".join(found.split())
    return _no_longer(found, longest)


def description(typed: str) -> str:
    """Paragraphs of the text, or the HTML that is allowed, as Wagtail's editor reads it."""
    typed = LINE_END.sub("\n", ESCAPED.sub("", typed, count=1))
    if len(typed) > MAX_LENGTH:
        _no_longer(typed, LONGEST_DESCRIPTION)
    html = typed if MARKUP.search(typed) else linebreaks(plain(typed), autoescape=True)
    return _no_longer(allowed_html(html), LONGEST_DESCRIPTION)


def allowed_html(html: str) -> str:
    """The HTML with what is allowed in it and no more, and no space that nobody sees.

    The same for what an editor saved: its paragraphs have keys, and `b` where we have `strong`.
    """
    html = AROUND_BLOCKS.sub(r"\1", clean_html(html))
    html = unicodedata.normalize("NFC", FORBIDDEN.sub("", SPACE.sub(" ", html))).strip()
    # Wagtail's editor breaks on a `<br>`.
    return html.replace("<br>", "<br/>")


def _no_longer(found: str, longest: int) -> str:
    if len(found) > longest:
        raise CellError(
            _("%(length)d characters: %(longest)d at most.")
            % {"length": len(found), "longest": longest}
        )
    return found


# Addresses and places.

BARE_HOST = re.compile(r"(?i)[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:[/?#]\S*)?")


def address(typed: str) -> str:
    """A web address; « www.lunel.com » is completed."""
    found = plain(typed)
    if BARE_HOST.fullmatch(found):
        found = f"https://{found}"
    with suppress(ValidationError):
        URLValidator(schemes=["https", "http"])(found)
        if is_web_address(found):
            return _no_longer(found, 2000)
    raise CellError(_("“%(text)s” is no web address (https://…).") % {"text": short(found)})


def coordinate(typed: str, bound: int) -> Decimal:
    """Degrees, with a point or a comma, no further from zero than `bound`."""
    try:
        found = Decimal(plain(typed).replace(",", ".").rstrip("° "))
        if abs(found) <= bound:
            return found.quantize(Decimal("0.000001"))
    except (InvalidOperation, ValueError):
        pass
    raise CellError(
        _("“%(text)s” is no number of degrees from -%(bound)d to %(bound)d.")
        % {"text": short(typed), "bound": bound}
    )


# Dates.

MONTHS = (
    ("janvier", "janv", "january", "jan"),
    ("fevrier", "fevr", "fev", "february", "feb"),
    ("mars", "march", "mar"),
    ("avril", "avr", "april", "apr"),
    ("mai", "may"),
    ("juin", "june", "jun"),
    ("juillet", "juil", "july", "jul"),
    ("aout", "august", "aug"),
    ("septembre", "sept", "september", "sep"),
    ("octobre", "oct", "october"),
    ("novembre", "nov", "november"),
    ("decembre", "dec", "december"),
)
MONTH = {name: number for number, names in enumerate(MONTHS, 1) for name in names}
AROUND_DATES = frozenset(
    ("depuis", "le", "la", "l", "en", "du", "de", "d", "des", "au", "a", "jusqu", "fin", "annee")
    + ("since", "from", "until", "on", "in", "the", "of", "year")
)
MIDNIGHT = re.compile(r"[T ]00:00(?::00(?:\.0+)?)?(?:Z|\+00:00)?$")
DAY_ZERO = date(1899, 12, 30)
"""What a spreadsheet counts days from."""
SERIALS = range(20_000, 80_000)  # 1954 to 2119
YEARS = range(1900, 2101)


def day(typed: str, *, last: bool = False) -> date:
    """A date as people write it: `2021`, `03/2021`, « mars 2021 », `15/03/2021`, ISO, the number
    that a spreadsheet makes of it. A year or a month alone is its first day, or its `last`.
    """
    words = [word for word in plain_words(MIDNIGHT.sub("", plain(typed))) if word]
    words = [word for word in words if word not in AROUND_DATES]
    with suppress(ValueError):
        match [MONTH.get(word) or int(word.removesuffix("er")) for word in words]:
            case [serial] if serial in SERIALS:
                return DAY_ZERO + timedelta(days=serial)
            case [year] if year in YEARS:
                return date(year, 12, 31) if last else date(year, 1, 1)
            case [year, month] if year in YEARS:
                return _of_month(year, month, last)
            case [month, year] if year in YEARS:
                return _of_month(year, month, last)
            case [year, month, of_month] if year in YEARS:
                return date(year, month, of_month)
            case [of_month, month, year] if year in YEARS:
                return date(year, month, of_month)
            case [of_month, month, year] if 0 <= year < 100 and len(words[2]) == 2:
                return date(year + (2000 if year < 70 else 1900), month, of_month)
    raise CellError(
        _("“%(text)s” is no date. Write 2021, 03/2021 or 15/03/2021.") % {"text": short(typed)}
    )


def _of_month(year: int, month: int, last: bool) -> date:
    first = date(year, month, 1)
    return first.replace(day=monthrange(year, month)[1]) if last else first


# Choices.

YES = {"oui", "o", "yes", "y", "vrai", "true", "1", "x", "ok"}
NO = {"non", "n", "no", "faux", "false", "0"}
TICKS = {"✓", "✔", "☑"}
ARTICLES = {"le", "la", "les", "l", "des", "du", "de", "d", "un", "une", "the", "a", "an", "au"}
# What people write instead of the label of a choice, folded and without articles.
ALSO = {
    "residents": ("habitants", "tous", "tous publics", "tout public", "grand public", "public"),
    "families": ("parents", "enfants"),
    "youth": ("jeunesse", "jeune public", "adolescents", "etudiants"),
    "elders": ("seniors", "personnes agees", "retraites"),
    "disabled": ("personnes handicapees", "handicap", "personnes handicap"),
    "jobseekers": ("demandeurs emploi", "personnes en recherche emploi", "chomeurs"),
    "visitors": ("touristes",),
    "associations": ("monde associatif",),
    "businesses": ("professionnels", "commercants", "commerces", "acteurs economiques"),
    "agents": ("personnel", "agents municipaux", "agents territoriaux"),
    "elected": ("elus municipaux",),
    "inform": ("information", "informer", "consulter informations"),
    "apply": ("demande", "demander", "demarche", "demarches", "inscription", "s inscrire"),
    "book": ("reserver", "reservation", "prendre rendez vous", "rendez vous"),
    "pay": ("paiement",),
    "report": ("signaler", "signalement"),
    "consult": ("donner avis", "avis", "concertation", "consultation", "participer"),
    "planned": ("prevu", "prevue", "a venir", "projet"),
    "active": ("en cours", "actif", "active", "en ligne", "ouvert", "en fonctionnement"),
    "ended": ("terminee", "arrete", "arretee", "ferme", "fermee", "fini", "finie"),
    "authority": ("collectivite", "commune", "ville", "mairie"),
    "intercommunal": ("intercommunalite", "intercommunal", "agglomeration"),
    "contractor": ("prestataire", "delegataire", "entreprise"),
}


def yes_no(typed: str) -> bool:
    words = " ".join(plain_words(typed))
    if words in YES or typed.strip() in TICKS:
        return True
    if words in NO:
        return False
    raise CellError(_("“%(text)s” is neither yes nor no.") % {"text": short(typed)})


def choice(typed: str, choices: type[TextChoices]) -> str:
    """The code of the choice that a cell names, by code or by label, in French or in English."""
    found = _by_name(choices).get(folded(plain(typed)))
    if found is None:
        raise CellError(
            _("“%(text)s” is none of: %(choices)s.")
            % {"text": short(typed), "choices": ", ".join(map(str, choices.labels))}
        )
    return found


def choice_set(typed: str, choices: type[TextChoices]) -> list[str]:
    """The codes, sorted, of the choices that a cell names, parted by `;`, `,`, `|` or lines."""
    return sorted({choice(part, choices) for part in parts(typed, LIST_PARTS)})


def parts(typed: str, separator: re.Pattern[str] = PARTS) -> list[str]:
    return [part.strip() for part in separator.split(typed) if part.strip()]


def folded(label: str) -> str:
    """A label as it is compared: no accents, no articles, one space between words."""
    return " ".join(word for word in plain_words(label) if word not in ARTICLES)


@cache
def _by_name(choices: type[TextChoices]) -> Mapping[str, str]:
    names = {}
    for member in choices:
        for name in (member.value, *ALSO.get(member.value, ()), *_labels(member)):
            names[folded(name)] = member.value
    return names


def _labels(member: TextChoices) -> Iterable[str]:
    for language in ("en", "fr"):
        with translation.override(language):
            yield str(member.label)


def short(typed: str) -> str:
    """What a message shows of a cell."""
    found = " ".join(plain(typed).split())
    return found if len(found) <= 60 else f"{found[:59]}…"
