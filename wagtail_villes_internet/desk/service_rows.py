"""What a row of the list of services says, and of its export: constant queries, however many."""

from collections.abc import Callable, Collection
from datetime import date
from operator import attrgetter
from types import SimpleNamespace

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Exists, OuterRef, Prefetch, QuerySet
from django.db.models.functions import Cast
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from wagtail.admin.ui.tables import BaseColumn
from wagtail.models import Revision, WorkflowMixin, WorkflowState

from .. import days
from ..authorities.models import LocalAuthority
from ..matrix.models import Placement, ReferenceService
from ..services.links.addresses import addresses_in
from ..services.links.models import CheckedLink
from ..services.models import Audience, DigitalService, Interaction
from ..services.rules import shortcomings, status_on

Status = DigitalService.Status


def listed(queryset: QuerySet[DigitalService]) -> QuerySet[DigitalService]:
    """Services with all that a row of the list or of an export reads, in three queries."""
    placed = Placement.objects.filter(theme__axis__matrix__is_current=True).select_related("theme")
    mine = {
        "base_content_type": ContentType.objects.get_for_model(DigitalService),
        "object_id": Cast(OuterRef("pk"), output_field=CharField()),
    }
    queryset = queryset.select_related("latest_revision").annotate(
        scheduled=Exists(Revision.objects.filter(**mine, approved_go_live_at__isnull=False)),
        reviewed=Exists(
            WorkflowState.objects.filter(**mine, status=WorkflowState.STATUS_IN_PROGRESS)
        ),
    )
    return queryset.prefetch_related(
        Prefetch(
            "reference_services",
            ReferenceService.objects.prefetch_related(
                Prefetch("placements", placed, to_attr="current_placements")
            ),
        )
    )


def broken_links(authority: LocalAuthority | None) -> frozenset[str]:
    """The addresses of the services of `authority` that were found broken; one query."""
    links = CheckedLink.objects.filter(authority=authority, state=CheckedLink.State.BROKEN)
    return frozenset(links.values_list("url", flat=True))


def themes_of(service: DigitalService) -> list[str]:
    """The themes of `service` in the matrix in use, without duplicates; see `listed`."""
    labels = {
        placement.theme.label: None
        for reference in service.reference_services.all()
        for placement in reference.current_placements
    }
    return sorted(labels)


def progress(service: DigitalService, today: date | None = None) -> str:
    """Its progress today, whatever it was when somebody typed it; when a project opens."""
    start = service.started_on
    now = status_on(service.status, start, service.ended_on, today or days.today())
    if now == Status.PLANNED and start is not None:
        return _("planned, opens on %(day)s") % {"day": date_format(start, "SHORT_DATE_FORMAT")}
    return str(Status(now).label)


def publication(service: DigitalService) -> str:
    """« en ligne », « brouillon »…: Wagtail's words, which ask two queries a service."""
    facts = SimpleNamespace(
        live=service.live,
        expired=service.expired,
        approved_schedule=service.scheduled,
        workflow_in_progress=service.reviewed
        and getattr(settings, "WAGTAIL_WORKFLOW_ENABLED", True),
        has_unpublished_changes=service.has_unpublished_changes,
    )
    return WorkflowMixin.status_string.fget(facts)


def missing(service: DigitalService) -> list[str]:
    """Why a live service is shown nowhere and declared to nobody; empty for a draft."""
    if not service.live:
        return []
    references = service.reference_services.all()
    reasons = [found.message for found in shortcomings(service, references)]
    if references and not themes_of(service):
        reasons.append(_("None of its reference services is in the matrix in use."))
    return reasons


def broken_in(service: DigitalService, broken: Collection[str]) -> list[str]:
    """Which of the `broken` addresses the service leads to."""
    if not broken:
        return []
    addresses = addresses_in(service.url, service.description)
    return [address for address in addresses if address in broken]


class RemarksColumn(BaseColumn):
    """What is out of the ordinary: what is missing, what leads nowhere, what residents or the
    dossier do not see. `broken`: addresses, see `broken_links`."""

    cell_template_name = "wagtail_villes_internet/desk/cells/remarks.html"

    def __init__(self, name: str, *, broken: Collection[str] = (), **kwargs):
        super().__init__(name, **kwargs)
        self.broken = broken

    def get_cell_context_data(self, instance, parent_context):
        context = super().get_cell_context_data(instance, parent_context)
        return {
            **context,
            "reasons": missing(instance),
            "broken": broken_in(instance, self.broken),
        }


def _labels(choices, codes) -> str:
    names = dict(choices.choices)
    return ", ".join(str(names.get(code, code)) for code in codes)


def _yes_no(name: str) -> Callable[[DigitalService], str]:
    return lambda service: str(_("Yes") if getattr(service, name) else _("No"))


EXPORTED: dict[str, Callable[[DigitalService], object]] = {
    "title": attrgetter("title"),
    "kind": DigitalService.get_kind_display,
    "status": progress,
    "themes": lambda service: ", ".join(themes_of(service)),
    "reference_services": lambda service: ", ".join(
        f"{row.label} ({row.code})" for row in service.reference_services.all()
    ),
    "summary": attrgetter("summary"),
    "url": attrgetter("url"),
    "offline_alternative": attrgetter("offline_alternative"),
    "audiences": lambda service: _labels(Audience, service.audiences),
    "interactions": lambda service: _labels(Interaction, service.interactions),
    "provider": DigitalService.get_provider_display,
    "department": attrgetter("department"),
    "started_on": attrgetter("started_on"),
    "ended_on": attrgetter("ended_on"),
    "latitude": attrgetter("latitude"),
    "longitude": attrgetter("longitude"),
    "public": _yes_no("public"),
    "counted": _yes_no("counted"),
    "live": _yes_no("live"),
    "missing": lambda service: " ".join(missing(service)),
}
