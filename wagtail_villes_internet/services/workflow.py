"""« Relecture par la collectivité »: one task of Wagtail's workflows that serves every town.

Wagtail assigns one workflow to all services, and its own task asks only whether a person is in one
of its groups, whatever the service. This one asks about the service.
"""

from django.contrib.auth.models import Permission
from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.locks import WorkflowLock
from wagtail.models import Task, TaskState

from ..authorities.models import LocalAuthority
from ..authorities.scope import people_of, scoped, within_reach
from .models import DigitalService

PUBLISH = "publish_digitalservice"


def may_review(user, service: object) -> bool:
    """Whether `user` reaches the authority of `service`, and may publish its services."""
    return (
        isinstance(service, DigitalService)
        and user.has_perm(f"{DigitalService._meta.app_label}.{PUBLISH}")
        and within_reach(user, service.authority_id)
    )


def reviewers_of(authority: LocalAuthority) -> QuerySet:
    """The people who are told that a service of `authority` waits to be read."""
    may_publish = Permission.objects.filter(
        content_type__app_label=DigitalService._meta.app_label, codename=PUBLISH
    )
    return people_of(authority).filter(
        Q(pk__in=may_publish.values("group__user")) | Q(pk__in=may_publish.values("user"))
    )


def of_services(path: str = "") -> Q:
    """Which workflow states are about a service; `path` leads to the state, as in `"state__"`."""
    return Q(**{f"{path}base_content_type": DigitalService.get_base_content_type()})


def of_services_within_reach(user, path: str = "") -> Q:
    """Which workflow states are about a service of an authority that `user` works for."""
    services = scoped(DigitalService.objects.all(), user)
    keys = services.order_by().values_list(Cast("pk", output_field=CharField()))
    return of_services(path) & Q(**{f"{path}object_id__in": keys})


class ReviewLock(WorkflowLock):
    """Keeps a service as it was submitted, and says what its author may do meanwhile."""

    def get_message(self, user) -> str | None:
        if not self.for_user(user):
            return None
        return _(
            "This service waits to be read by somebody who may publish it. Until then it cannot be "
            "changed; whoever submitted it may take it back."
        )


class TownReviewTask(Task):
    """A service waits for somebody of its own authority who may publish it."""

    lock_class = ReviewLock

    class Meta:
        verbose_name = gettext_lazy("review by the local authority")
        verbose_name_plural = gettext_lazy("reviews by the local authority")

    @classmethod
    def get_description(cls) -> str:
        return _(
            "For digital services: the people of the local authority who may publish a service "
            "approve it. One such task serves every local authority of this site."
        )

    def start(self, workflow_state, user=None):
        service = workflow_state.content_object
        if service.locked_by is not None and not self._is_theirs(service, service.locked_by):
            # Else nobody who may approve it could.
            service.locked, service.locked_by, service.locked_at = False, None, None
            service.save(update_fields=["locked", "locked_by", "locked_at"])
        return super().start(workflow_state, user=user)

    def user_can_access_editor(self, obj, user) -> bool:
        return self._is_theirs(obj, user)

    def locked_for_user(self, obj, user) -> bool:
        return not self._is_theirs(obj, user)

    def user_can_lock(self, obj, user) -> bool:
        return self._is_theirs(obj, user)

    def user_can_unlock(self, obj, user) -> bool:
        # Wagtail asks nobody else during a review, and a colleague may be away.
        return self._is_theirs(obj, user)

    def get_actions(self, obj, user) -> list[tuple[str, str, bool]]:
        if not self._is_theirs(obj, user):
            return []
        return [
            ("reject", _("Request changes"), True),
            ("approve", _("Approve"), False),
            ("approve", _("Approve with comment"), True),
        ]

    def on_action(self, task_state, user, action_name, comment="", **kwargs):
        # The form hands over whatever was posted with it; a comment is all there is to say.
        return super().on_action(task_state, user, action_name, comment=comment)

    def get_task_states_user_can_moderate(self, user, **kwargs) -> QuerySet[TaskState]:
        if not user.has_perm(f"{DigitalService._meta.app_label}.{PUBLISH}"):
            return TaskState.objects.none()
        states = self.task_states.filter(status=TaskState.STATUS_IN_PROGRESS)
        return states.filter(of_services_within_reach(user, "workflow_state__"))

    @staticmethod
    def _is_theirs(obj: object, user) -> bool:
        # A page may be given any task: there, it is the superuser's alone.
        return user.is_superuser or may_review(user, obj)
