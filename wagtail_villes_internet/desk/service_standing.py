"""What a service's own form says of its transmission: what the registry refused, field by field,
and what somebody has to settle.

Nothing where the content that was refused is no longer the one to be declared. One query for a
service with nothing to say, none where no registry is configured or nothing is drawn.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from wagtail.admin.panels import FieldPanel, Panel

from ..declared.bodies import PROVISIONAL, bodies_of
from ..registry.canonical import content_hash
from ..registry.types import ServiceBody
from ..services.models import DigitalService
from ..sync.declarations import WITHDRAWAL
from ..sync.merge import merge
from ..sync.models import Declaration
from ..sync.wanted import known_codes_of
from .access import may_see_transmission
from .faults import Fault, faults_of
from .registry_of import automatic_backend, declarations_at

State = Declaration.State
SCREEN = "villes_internet_transmission:index"
DIFFERENCE = "villes_internet_transmission:difference"


@dataclass(frozen=True, slots=True)
class Settle:
    """Something to settle elsewhere, and the address where that is done."""

    message: str
    url: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What there is to say. `refusal` heads the `faults`; `given_up`: nobody waits for it."""

    refusal: str = ""
    faults: tuple[Fault, ...] = ()
    given_up: bool = False
    settle: Settle | None = None

    def at(self, field: str) -> list[str]:
        """The faults of one field of the form, which nobody waits for once they are given up."""
        if self.given_up:
            return []
        return [fault.message for fault in self.faults if fault.field == field]


NOTHING = Standing()


def standing_of(service: DigitalService) -> Standing:
    """What there is to say of a service that is stored; nothing of another."""
    if service.pk is None:
        return NOTHING
    backend = automatic_backend(service.authority)
    if backend is None:
        return NOTHING
    row = (
        declarations_at(service.authority, backend)
        .filter(remote_id=service.remote_id)
        .select_related("registry__matrix", "authority")
        .first()
    )
    if row is None:
        return NOTHING
    settle = _to_settle(row)
    if row.state == State.UNKNOWN_CODE and not row.rejected_hash:
        lacking = _unknown_references(row)
        heading = _("Attachment to be confirmed") if lacking else ""
        return Standing(heading, tuple(lacking), settle=settle)
    if row.rejected_hash and _is_wanted(row):
        given_up = row.state == State.GIVEN_UP
        heading = _("Refused by the registry, and given up") if given_up else ""
        faults = faults_of([row])[row.pk]
        return Standing(
            heading or _("Refused by the registry"), tuple(faults), given_up, settle=settle
        )
    return Standing(settle=settle)


def _to_settle(row: Declaration) -> Settle | None:
    if row.state == State.HELD:
        return Settle(_("Its transmission waits for somebody’s confirmation."), reverse(SCREEN))
    both_versions = reverse(DIFFERENCE, args=[row.remote_id])
    if row.state == State.CONFLICT:
        return Settle(
            _("The site and the registry say different things: somebody has to choose."),
            both_versions,
        )
    if row.remote is not None and row.etag:
        return Settle(
            _("It was changed at the registry: somebody has to say whether to take that."),
            both_versions,
        )
    return None


def _is_wanted(row: Declaration) -> bool:
    """Whether what was refused is what would be sent now."""
    body = bodies_of(row.authority, [row.remote_id]).get(row.remote_id)
    if body is None:
        return row.rejected_hash == WITHDRAWAL
    if row.acknowledged is not None and row.remote is not None:
        merged = merge(row.acknowledged, body.as_json(), row.remote)
        body = ServiceBody.from_json(merged.body)
    return row.rejected_hash == content_hash(body)


def _unknown_references(row: Declaration) -> list[Fault]:
    """The provisional reference services that the registry's matrix lacks (design decision 11)."""
    services = DigitalService.objects.of(row.authority).live().filter(translation_key=row.remote_id)
    provisional = dict(
        services.filter(reference_services__code__startswith=PROVISIONAL).values_list(
            "reference_services__code", "reference_services__label"
        )
    )
    unknown: Collection[str] = provisional.keys() - known_codes_of(row.registry)
    return [
        Fault(
            "reference_services",
            _("“%(item)s”: %(problem)s")
            % {
                "item": provisional[code],
                "problem": _("The registry’s matrix does not have it yet."),
            },
        )
        for code in sorted(unknown)
    ]


class StandingPanel(Panel):
    """On top of the form; not shown where there is nothing to say."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "wagtail_villes_internet/desk/panels/standing.html"

        def is_shown(self):
            return super().is_shown() and self.form is not None and self.form.standing != NOTHING

        def get_context_data(self, parent_context=None):
            standing = self.form.standing
            return {
                **super().get_context_data(parent_context),
                "standing": standing,
                "may_see": may_see_transmission(self.request.user),
                "screen": reverse(SCREEN),
            }


class JudgedFieldPanel(FieldPanel):
    """A field that says, beside its help, what the registry found wrong with it."""

    class BoundPanel(FieldPanel.BoundPanel):
        def get_editable_context_data(self):
            if faults := self.form.standing.at(self.field_name):
                said = format_html_join(
                    "", '<p class="error-message">{}</p>', ((fault,) for fault in faults)
                )
                self.help_text = format_html("{}{}", said, self.help_text)
            return super().get_editable_context_data()
