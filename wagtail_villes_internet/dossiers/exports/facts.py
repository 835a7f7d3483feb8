"""What every format says, in the same words: the heading, and the lines of the tables. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ...declared.bodies import PROVISIONAL
from ...declared.wording import field_label, said
from ..calendar import PARIS
from ..content import Content, Included, SignedOff
from ..models import Agreement, Filing
from .marks import Export, Marks

# A label in the language of whoever writes the file.
label_of = lazy(field_label, str)


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the heading; `name` is stable, for tests and styles."""

    name: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Column:
    """One fact of a service; `width` in characters, `label` a text or a lazy one."""

    name: str
    width: int
    label: object
    value: Callable[[Content, Included], str]


# By whether it has a number, and whether somebody typed it in.
RECEIPTS = {
    (True, True): gettext_lazy(
        "No. %(number)s, received on %(at)s, typed in by the local authority"
    ),
    (True, False): gettext_lazy("No. %(number)s, received on %(at)s, given by the registry"),
    (False, True): gettext_lazy(
        "Without a number, received on %(at)s, typed in by the local authority"
    ),
    (False, False): gettext_lazy("Without a number, received on %(at)s, given by the registry"),
}


def heading(export: Export) -> Iterator[Fact]:
    """Who files what, when, after which matrix, and how to check it."""
    content, marks = export.content, export.marks
    authority = content.authority
    yield Fact("authority", _("Local authority"), authority["name"])
    numbers = [f"SIREN {authority['siren']}" if authority["siren"] else ""]
    numbers.append(f"INSEE {authority['insee']}" if authority["insee"] else "")
    yield Fact("numbers", _("Numbers"), ", ".join(filter(None, numbers)))
    yield Fact("department", _("Department"), authority["department"])
    yield Fact("edition", _("Edition"), str(content.year))
    yield Fact("version", _("Version"), version(marks))
    yield Fact("state", _("State"), state(marks))
    yield Fact("dated", _("Drawn up on"), instant(marks.dated))
    yield Fact("matrix", _("Matrix"), matrix(content))
    if not content.is_official:
        yield Fact("notice", _("How it is arranged"), unofficial())
    yield Fact("sha256", _("SHA-256"), marks.sha256)
    yield Fact("check", _("To check it"), how_to_check(marks))
    yield Fact("receipt", _("Receipt"), receipt(marks))
    yield Fact("signed_off", _("Agreement"), agreement(content))
    yield Fact("services", _("Services"), str(len(content.included)))
    yield Fact("left_out", _("Left out"), str(len(content.left_out)))
    for flaw in marks.flaws:
        yield Fact(f"flaw-{flaw}", _("Warning"), flaw.message)


def version(marks: Marks) -> str:
    return _("draft, not filed") if marks.is_draft else str(marks.number)


def state(marks: Marks) -> str:
    """Where the version stands; that of a draft is that it is one."""
    return version(marks) if marks.is_draft else str(Filing.State(marks.state).label)


def instant(at: datetime) -> str:
    """In the days of Paris, whatever the server's."""
    local = at.astimezone(PARIS)
    return _("%(at)s (Paris time)") % {"at": date_format(local, "DATETIME_FORMAT")}


def matrix(content: Content) -> str:
    if not content.matrix_version:
        return _("no matrix")
    told = _("%(version)s (official)") if content.is_official else _("%(version)s (not official)")
    return told % {"version": content.matrix_version}


def unofficial() -> str:
    """Who placed the services under the themes, while the matrix is not the association's."""
    return _(
        "Arranged by the local authority after the public themes of the label; this does not "
        "commit the Villes Internet association."
    )


def how_to_check(marks: Marks) -> str:
    if marks.is_draft:
        return _("The agreement of an elected official to this draft is over these characters.")
    return _(
        "The file “octets filed” of this version, downloaded from the site, has this SHA-256: any "
        "program that computes one finds it again."
    )


def receipt(marks: Marks) -> str:
    if marks.receipt is None:
        return _("none yet")
    at = marks.receipt.received_at
    # Of a receipt that was typed in, only the day is known.
    told = date_format(at.astimezone(PARIS)) if marks.receipt.typed else instant(at)
    facts = {"number": marks.receipt.number, "at": told}
    return str(RECEIPTS[bool(marks.receipt.number), marks.receipt.typed]) % facts


def agreement(content: Content) -> str:
    return ", ".join(map(_signed, content.signed_off)) or _("no agreement")


def _signed(one: SignedOff) -> str:
    roles = dict(Agreement.Role.choices)
    facts = {"role": roles.get(one.role, one.role), "day": date_format(one.on)}
    return _("%(role)s, on %(day)s") % facts


def _themes(content: Content, service: Included) -> str:
    return "\n".join(_places(content, service, "label"))


def _axes(content: Content, service: Included) -> str:
    return "\n".join(_places(content, service, "axis_label"))


def _places(content: Content, service: Included, name: str) -> dict[str, None]:
    """In the order of the matrix, each once."""
    return {
        getattr(theme, name): None
        for theme in content.themes
        if any(code in service.codes for code, _label, _offered in theme.references)
    }


def _references(content: Content, service: Included) -> str:
    return "\n".join(reference(content, code) for code in service.codes)


def reference(content: Content, code: str) -> str:
    """The code of a reference service and its label, as the filed matrix has them. A provisional
    code is of this module alone: the label says more to a reader."""
    label = content.labels.get(code)
    if label and code.startswith(PROVISIONAL):
        return label
    return f"{code} – {label}" if label else code


def _field(name: str, width: int) -> Column:
    def value(content: Content, service: Included) -> str:
        return said(name, service.fields.get(name), content.labels)

    return Column(name, width, label_of(name), value)


COLUMNS: tuple[Column, ...] = (
    _field("title", 40),
    Column("themes", 30, gettext_lazy("Theme(s)"), _themes),
    Column("axes", 24, gettext_lazy("Axis or axes"), _axes),
    Column("reference_services", 40, gettext_lazy("Reference services"), _references),
    _field("kind", 14),
    _field("summary", 50),
    _field("description", 60),
    _field("url", 40),
    _field("audiences", 24),
    _field("interactions", 24),
    _field("status", 14),
    _field("started_on", 18),
    _field("ended_on", 18),
    _field("provider", 22),
    _field("offline_alternative", 40),
    _field("location", 24),
    _field("public", 14),
    Column("reason", 40, gettext_lazy("Taken in because"), lambda content, service: service.reason),
    Column("id", 38, gettext_lazy("Identifier"), lambda content, service: service.id),
)


def service_row(content: Content, service: Included) -> dict[str, str]:
    """The facts of one service, by the name of their column."""
    return {column.name: column.value(content, service) for column in COLUMNS}


def theme_rows(content: Content) -> Iterator[tuple[str, str, str, str, str]]:
    """Axis, theme, code and label of the reference service, title of a service that corresponds to
    it: one line each, and one of the theme alone where it has none. Codes that the matrix does not
    place come last, without a theme."""
    for theme in content.themes:
        for code, label, offered in theme.references:
            for each in offered:
                yield theme.axis_label, theme.label, code, label, each.title
        if not theme.services:
            yield theme.axis_label, theme.label, "", "", _("no service")
    for service in content.included:
        for code in service.codes:
            if code not in content.labels:
                yield "", "", code, "", service.title


def texts(content: Content) -> Iterator[Fact]:
    """The statement and the answers, whole; each only where it is written."""
    if content.statement:
        yield Fact("statement", _("Statement"), content.statement)
    if content.answers:
        yield Fact("answers", _("Answers to the questionnaire"), content.answers)


def caption(export: Export) -> str:
    """One line that names the whole: the title of a file."""
    facts = {"authority": export.content.authority["name"], "year": export.content.year}
    return _("Villes Internet dossier %(year)d – %(authority)s") % facts
