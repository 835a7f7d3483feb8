"""The versions of the matrix side by side, what differs between two, and which one is in use.

Shared by every town: read here by all; taken into use by the operator alone, since the services of
every town follow.
"""

from operator import attrgetter
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet
from wagtail.log_actions import log

from ..authorities.scope import is_operator
from ..matrix.diff import difference
from ..matrix.models import Matrix
from ..matrix.store import as_data, current_matrix, hold
from ..services.remapping.taking_into_use import Outcome, foresee, take_into_use
from .access import AllowedMixin
from .advanced import advanced_breadcrumbs

INDEX = "villes_internet_versions:index"
TAKEN = "villes_internet.matrix_taken"


def register(actions: Any) -> None:
    """Name what the operator decides in Wagtail's registry of log actions."""
    actions.register_action(
        TAKEN,
        gettext_lazy("Taken into use"),
        gettext_lazy("Taken into use: the services of every town follow"),
    )


def versions() -> QuerySet[Matrix]:
    """Those that are stored, with their counts: the one in use, then the latest first."""
    return Matrix.objects.order_by("-is_current", "-loaded_at", "-pk").annotate(
        axes_count=Count("axes", distinct=True),
        themes_count=Count("axes__themes", distinct=True),
        services_count=Count("axes__themes__placements__service", distinct=True),
    )


class VersionsView(AllowedMixin, WagtailAdminTemplateMixin, TemplateView):
    template_name = "wagtail_villes_internet/desk/matrix_versions.html"
    page_title = gettext_lazy("Versions of the matrix")
    header_icon = "list-ul"

    def get_breadcrumbs_items(self):
        return advanced_breadcrumbs(self.page_title)

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            versions=versions(), may_take=is_operator(self.request.user), **kwargs
        )


class DifferenceView(AllowedMixin, WagtailAdminTemplateMixin, TemplateView):
    """What differs from one version to another, `old` and `new` in the address. Without them, from
    the first stored to the next, of the one in use and the latest of the others; where one is
    given, the other end is the one in use, or the latest where that is the one given."""

    template_name = "wagtail_villes_internet/desk/matrix_difference.html"
    page_title = gettext_lazy("What differs between two versions")
    header_icon = "list-ul"

    def get_breadcrumbs_items(self):
        return version_breadcrumbs(self.page_title)

    def get_context_data(self, **kwargs):
        stored = list(versions())
        old, new = self._ends(stored)
        found = difference(as_data(old), as_data(new)) if old and new else None
        return super().get_context_data(
            versions=stored,
            old=old,
            new=new,
            difference=found,
            levels=[
                (_("Axes"), found.axes),
                (_("Themes"), found.themes),
                (_("Reference services"), found.services),
            ]
            if found
            else [],
            **kwargs,
        )

    def _ends(self, stored: list[Matrix]) -> tuple[Matrix | None, Matrix | None]:
        old, new = self._chosen("old", stored), self._chosen("new", stored)
        if old is None and new is None:
            ends = sorted(stored[:2], key=attrgetter("pk"))
            return (ends[0], ends[-1]) if ends else (None, None)
        return old or _counterpart(new, stored), new or _counterpart(old, stored)

    def _chosen(self, name: str, stored: list[Matrix]) -> Matrix | None:
        key = self.request.GET.get(name)
        if key is None:
            return None
        for matrix in stored:
            if str(matrix.pk) == key:
                return matrix
        raise Http404


def _counterpart(matrix: Matrix, stored: list[Matrix]) -> Matrix:
    return next((other for other in stored if other != matrix), matrix)


class TakeView(AllowedMixin, WagtailAdminTemplateMixin, TemplateView):
    """GET says what taking a version into use would do to the services; POST does it."""

    allowed = staticmethod(is_operator)
    template_name = "wagtail_villes_internet/desk/matrix_take.html"
    page_title = gettext_lazy("Take into use")
    header_icon = "list-ul"

    @cached_property
    def matrix(self) -> Matrix:
        return get_object_or_404(versions(), pk=self.kwargs["matrix"])

    def get_breadcrumbs_items(self):
        return version_breadcrumbs(self.page_title)

    def get_page_subtitle(self):
        return str(self.matrix)

    def get_context_data(self, **kwargs):
        current = current_matrix()
        return {
            **super().get_context_data(**kwargs),
            "matrix": self.matrix,
            "current": current,
            "outcome": None if self.matrix.is_current else foresee(self.matrix),
            "difference_query": f"old={current.pk}&new={self.matrix.pk}" if current else "",
        }

    def post(self, request, *args, **kwargs):
        with transaction.atomic():
            hold()
            current = current_matrix()
            if request.POST.get("instead_of") != (str(current.pk) if current else ""):
                messages.warning(
                    request, _("Another version was taken into use meanwhile: look again.")
                )
                return redirect(request.path)
            outcome = take_into_use(self.matrix)
            log(self.matrix, TAKEN, user=request.user)
        messages.success(request, done(outcome))
        return redirect(INDEX)


def done(outcome: Outcome) -> str:
    """What was done to the services, in a sentence or two."""
    said = [
        _("The matrix “%(version)s” is in use.") % {"version": outcome.matrix},
        ngettext(
            "%(n)s service has followed by itself.",
            "%(n)s services have followed by themselves.",
            outcome.services,
        )
        % {"n": outcome.services},
    ]
    if waiting := outcome.waiting_services:
        said.append(
            ngettext(
                "%(n)s service waits for somebody of its town to choose.",
                "%(n)s services wait for somebody of their town to choose.",
                waiting,
            )
            % {"n": waiting}
        )
    return " ".join(said)


def version_breadcrumbs(label: object) -> list[dict[str, object]]:
    *above, here = advanced_breadcrumbs(label)
    return [*above, {"url": reverse(INDEX), "label": VersionsView.page_title}, here]


class VersionsViewSet(ViewSet):
    name = "villes_internet_versions"
    url_prefix = "villes-internet/matrices"
    icon = "list-ul"

    def get_urlpatterns(self):
        return [
            path("", self.construct_view(VersionsView), name="index"),
            path("differences/", self.construct_view(DifferenceView), name="differences"),
            path("<int:matrix>/prendre/", self.construct_view(TakeView), name="take"),
        ]
