"""Writes to the people of a town who may publish, when one of its services waits for them."""

from functools import partial

from django.db import transaction
from wagtail.admin.mail import GroupApprovalTaskStateSubmissionEmailNotifier
from wagtail.models import TaskState
from wagtail.signals import task_submitted

from ..services.workflow import TownReviewTask, reviewers_of


class ReviewMail(GroupApprovalTaskStateSubmissionEmailNotifier):
    """Wagtail's message, to other people: its own goes to the groups of its own task."""

    def __call__(self, instance=None, **kwargs):
        # A mail is not sent inside a transaction, nor for what is rolled back.
        send = partial(super().__call__, instance=instance, **kwargs)
        transaction.on_commit(send, robust=True)

    def can_handle(self, instance, **kwargs):
        return isinstance(instance.task.specific, TownReviewTask)

    def get_recipient_users(self, task_state, user=None, **kwargs):
        people = reviewers_of(task_state.workflow_state.content_object.authority)
        return people.exclude(pk=user.pk) if user else people


def announce_reviews() -> None:
    """Have the message written at each submission."""
    task_submitted.connect(
        ReviewMail(), sender=TaskState, weak=False, dispatch_uid="villes_internet_review_mail"
    )
