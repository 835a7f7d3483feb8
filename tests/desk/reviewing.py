"""A workflow of Wagtail's for the services, as the operator sets one up."""

from django.contrib.contenttypes.models import ContentType
from wagtail.models import Task, Workflow, WorkflowContentType, WorkflowTask

from wagtail_villes_internet.services.models import DigitalService
from wagtail_villes_internet.services.workflow import TownReviewTask


def assign(task: Task) -> Workflow:
    """Give the services a workflow of that one task."""
    workflow = Workflow.objects.create(name="Relecture")
    WorkflowTask.objects.create(workflow=workflow, task=task)
    WorkflowContentType.objects.create(
        content_type=ContentType.objects.get_for_model(DigitalService), workflow=workflow
    )
    return workflow


def town_review() -> Workflow:
    """One task for every town, « Relecture par la collectivité »."""
    return assign(TownReviewTask.objects.create(name="Relecture par la collectivité"))
