"""Where a dossier stands, in sentences."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..dossiers.agreements import Standing
from ..dossiers.calendar import paris_day
from ..dossiers.comparing import Comparison, compare
from ..dossiers.content import Content
from ..dossiers.drafting import Draft
from ..dossiers.errors import Unreadable
from ..dossiers.freezing import STANDING, content_of
from ..dossiers.models import Filing

State = Filing.State


@dataclass(frozen=True)
class Since:
    """What is being prepared, beside `filing`, the last version filed. `comparison` is None where
    that one cannot be read any more, or says the same."""

    filing: Filing
    is_same: bool
    comparison: Comparison | None = None

    @property
    def is_filed(self) -> bool:
        """Whether `filing` says what is being prepared, and stands."""
        return self.is_same and self.filing.state in STANDING

    @property
    def words(self) -> str:
        """What differs, counted; empty for nothing, or nothing that can be told."""
        return ", ".join(_differences(self.comparison)) if self.comparison else ""


def since_last(filings: Sequence[Filing], content: Content) -> Since | None:
    """`content` beside the last of `filings` (latest first) that was not given up; None for none.

    Whether the same was agreed to does not count.
    """
    last = next((one for one in filings if one.state != State.GIVEN_UP), None)
    if last is None:
        return None
    try:
        before = content_of(last)
    except Unreadable:
        return Since(last, is_same=False)
    if before.digest == content.digest:
        return Since(last, is_same=True)
    return Since(last, is_same=False, comparison=compare(before, content))


def filing_sentence(filing: Filing) -> str:
    """What became of a version, in one sentence."""
    receipt = getattr(filing, "receipt", None)
    if filing.state == State.FILED and receipt:
        said = {
            "number": filing.number,
            "date": date_format(paris_day(receipt.received_at)),
            "receipt": receipt.number,
        }
        if not receipt.number:
            return _("Filed on %(date)s: version %(number)d.") % said
        if receipt.typed:
            return _(
                "Filed on %(date)s: version %(number)d, receipt no. %(receipt)s, typed in."
            ) % (said)
        return _("Filed on %(date)s: version %(number)d, receipt no. %(receipt)s.") % said
    sentences = {
        State.TO_SEND: _("Version %(number)d will be transmitted with the next synchronisation."),
        State.TO_COPY: _("Version %(number)d is to be copied into the association’s tool."),
        State.FILED: _("Version %(number)d is filed."),
        State.DISPUTED: _("Version %(number)d is filed, but its receipt is for something else."),
        State.REJECTED: _("Version %(number)d was refused: it is to be corrected."),
        State.TOO_LATE: _("Version %(number)d was refused: the campaign is closed."),
        State.CONFLICT: _("Version %(number)d waits: another dossier is filed at the registry."),
        State.GIVEN_UP: _("Version %(number)d was given up."),
    }
    return sentences[State(filing.state)] % {"number": filing.number}


def draft_sentence(draft: Draft, agreement: Standing) -> str:
    """What is being prepared, in one sentence."""
    count = len(draft.included)
    chosen = sum(line.candidate.counts for line in draft.left_out)
    without = len(draft.left_out) - chosen
    parts = [ngettext("%(n)d service in it", "%(n)d services in it", count) % {"n": count}]
    if chosen:
        parts.append(ngettext("%(n)d left out", "%(n)d left out", chosen) % {"n": chosen})
    if without:
        words = ngettext("%(n)d that does not count", "%(n)d that do not count", without)
        parts.append(words % {"n": without})
    if agreement.agreement:
        given = date_format(agreement.agreement.agreed_on)
        parts.append(_("agreement given on %(date)s") % {"date": given})
    elif agreement.required and agreement.stale:
        parts.append(_("agreement to be asked for again"))
    elif agreement.required and agreement.asked:
        parts.append(_("agreement asked for"))
    elif agreement.required:
        parts.append(_("agreement to be asked for"))
    return _("Being prepared: %(parts)s.") % {"parts": ", ".join(parts)}


def _differences(found: Comparison) -> Iterator[str]:
    counted = (
        (
            len(found.added),
            ngettext("%(n)d service added", "%(n)d services added", len(found.added)),
        ),
        (
            len(found.gone),
            ngettext("%(n)d service taken out", "%(n)d services taken out", len(found.gone)),
        ),
        (
            len(found.changed),
            ngettext("%(n)d service changed", "%(n)d services changed", len(found.changed)),
        ),
    )
    for number, words in counted:
        if number:
            yield words % {"n": number}
    if any(one.before != one.after for one in found.left_out):
        yield _("other services left out, or other reasons")
    if found.before.statement != found.after.statement:
        yield _("another statement")
    if found.before.answers != found.after.answers:
        yield _("other answers")
    if found.has_another_matrix:
        yield _("another version of the matrix")
    elif found.before.matrix != found.after.matrix:
        yield _("other words in the matrix")
    if found.before.authority != found.after.authority:
        yield _("another name or number of the local authority")
