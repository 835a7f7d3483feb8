"""How the list of services is narrowed down."""

import django_filters
from django import forms
from django.db.models import Q, QuerySet, TextChoices, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet

from .. import days
from ..authorities.scope import current_authority
from ..matrix.models import Theme
from ..services.models import Audience, DigitalService
from .service_rows import broken_in, broken_links, missing

Services = QuerySet[DigitalService]
Status = DigitalService.Status


class Remark(TextChoices):
    INCOMPLETE = "incomplete", gettext_lazy("To be completed")
    BROKEN_LINK = "link", gettext_lazy("A link does not work")


def theme_choices() -> list[tuple[str, str]]:
    """The themes of the matrix in use, by code."""
    themes = Theme.objects.filter(axis__matrix__is_current=True).order_by(
        "axis__position", "position", "pk"
    )
    return list(themes.values_list("code", "label"))


def _boxes(label, choices, method: str) -> django_filters.MultipleChoiceFilter:
    return django_filters.MultipleChoiceFilter(
        label=label, choices=choices, method=method, widget=forms.CheckboxSelectMultiple
    )


class ServiceFilterSet(WagtailFilterSet):
    """Narrows `listed` services; several answers to one question mean any of them."""

    remark = _boxes(gettext_lazy("Remarks"), Remark.choices, "with_remark")
    status = _boxes(gettext_lazy("Progress today"), Status.choices, "at_progress")
    theme = _boxes(gettext_lazy("Themes"), theme_choices, "of_theme")
    audience = _boxes(gettext_lazy("For whom"), Audience.choices, "for_audience")

    class Meta:
        model = DigitalService
        fields = ["public", "counted", "live"]

    def with_remark(self, services: Services, name: str, values: list[str]) -> Services:
        """In Python: the reasons are told in one place, `services.rules`."""
        if not values:
            return services
        broken = frozenset()
        if Remark.BROKEN_LINK in values:
            broken = broken_links(current_authority(self.request))
        found = [
            service.pk
            for service in services
            if (Remark.INCOMPLETE in values and missing(service)) or broken_in(service, broken)
        ]
        return services.filter(pk__in=found)

    def at_progress(self, services: Services, name: str, values: list[str]) -> Services:
        """As `services.rules.status_on` tells it."""
        if not values:
            return services
        today = days.today()
        over = Q(status=Status.ENDED) | Q(ended_on__lt=today)
        waiting = Q(status=Status.PLANNED) & (Q(started_on=None) | Q(started_on__gt=today))
        of = {Status.ENDED: over, Status.PLANNED: ~over & waiting, Status.ACTIVE: ~over & ~waiting}
        wanted = Q(pk__in=[])
        for value in values:
            wanted |= of[value]
        return services.filter(wanted)

    def of_theme(self, services: Services, name: str, values: list[str]) -> Services:
        if not values:
            return services
        attached = DigitalService.reference_services.through.objects.filter(
            referenceservice__placements__theme__axis__matrix__is_current=True,
            referenceservice__placements__theme__code__in=values,
        )
        return services.filter(pk__in=attached.values("digitalservice"))

    def for_audience(self, services: Services, name: str, values: list[str]) -> Services:
        if not values:
            return services
        # As a text: SQLite does not look into a list.
        wanted = Q(pk__in=[])
        for value in values:
            wanted |= Q(audiences_text__contains=f'"{value}"')
        return services.alias(audiences_text=Cast("audiences", TextField())).filter(wanted)
