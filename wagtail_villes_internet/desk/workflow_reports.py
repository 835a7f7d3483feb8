"""Keeps Wagtail's lists of reviews to each person's own towns: two reports and two home panels.

The reports list the objects of every model that a person may change, and name whoever submitted
one. They have no hook and their addresses cannot be taken, hence a patch, as in `site_history`.
"""

import functools

from django.contrib.auth import get_user_model
from wagtail.admin.views.home import (
    UserObjectsInWorkflowModerationPanel,
    WorkflowObjectsToModeratePanel,
)
from wagtail.admin.views.reports.workflows import (
    WorkflowReportFilterSet,
    WorkflowTasksView,
    WorkflowView,
)

from ..authorities.scope import within_reach
from ..services.models import DigitalService
from ..services.workflow import of_services, of_services_within_reach


class ScopedReportFilterSet(WorkflowReportFilterSet):
    """Offers the people who submitted something that the report shows, and nobody else."""

    def __init__(self, *args, request=None, **kwargs):
        super().__init__(*args, request=request, **kwargs)
        report = WorkflowView()
        report.setup(request)
        shown = report.get_queryset().order_by().values("requested_by")
        people = get_user_model().objects.order_by(get_user_model().USERNAME_FIELD)
        self.filters["requested_by"].queryset = people.filter(pk__in=shown)


def keep_reports_to_the_towns() -> None:
    """Let the reports on reviews show a service to the people of its own authority alone."""
    _scope(WorkflowView, "")
    _scope(WorkflowTasksView, "workflow_state__")
    WorkflowView.filterset_class = ScopedReportFilterSet


def _scope(view: type, path: str) -> None:
    listed = view.get_queryset

    @functools.wraps(listed)
    def get_queryset(self):
        theirs = of_services_within_reach(self.request.user, path)
        return listed(self).filter(~of_services(path) | theirs)

    view.get_queryset = get_queryset


def is_seen(user, obj: object) -> bool:
    """Whether a list of reviews may name `obj` to `user`: services are their town's."""
    return not isinstance(obj, DigitalService) or within_reach(user, obj.authority_id)


class ScopedSubmittedPanel(UserObjectsInWorkflowModerationPanel):
    """What the person submitted, as long as they still work for that town."""

    def get_context_data(self, parent_context):
        context = super().get_context_data(parent_context)
        user = parent_context["request"].user
        states = context["workflow_states"]
        context["workflow_states"] = [
            state for state in states if is_seen(user, state.content_object)
        ]
        return context


class ScopedToReviewPanel(WorkflowObjectsToModeratePanel):
    """What waits for the person's approval, of the towns they work for."""

    def get_context_data(self, parent_context):
        context = super().get_context_data(parent_context)
        user = parent_context["request"].user
        context["states"] = [state for state in context["states"] if is_seen(user, state["obj"])]
        return context


SCOPED = {
    UserObjectsInWorkflowModerationPanel: ScopedSubmittedPanel,
    WorkflowObjectsToModeratePanel: ScopedToReviewPanel,
}


def scope_panels(panels: list) -> None:
    """Put ours in the place of Wagtail's panels on reviews."""
    panels[:] = [SCOPED[type(panel)]() if type(panel) in SCOPED else panel for panel in panels]
