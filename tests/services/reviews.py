"""A review before publication, as a host sets one up for any content."""

from wagtail.models import GroupApprovalTask, Workflow, WorkflowState, WorkflowTask


def start_review(service, user) -> WorkflowState:
    """Submit the latest version of `service`, which somebody has to approve."""
    if not service.latest_revision:
        service.save_revision(user=user)
    workflow = Workflow.objects.create(name="Relecture")
    task = GroupApprovalTask.objects.create(name="Relire")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    return workflow.start(service, user)
