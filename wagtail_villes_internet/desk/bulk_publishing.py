"""Publishes, or unpublishes, several services at once.

What one request unpublishes of several has one uuid in the audit log: for the sync that is no
person's act on each of them, and many withdrawals wait to be confirmed (design decision 8).
"""

from django.utils.translation import gettext_lazy, ngettext

from ..services.changing import publish_latest, take_offline
from ..services.errors import AlreadyPublished, NotLive
from .bulk import ServiceBulkAction


class PublishBulkAction(ServiceBulkAction):
    display_name = gettext_lazy("Publish")
    action_type = "publish"
    aria_label = gettext_lazy("Publish the selected services")
    action_priority = 10
    question = gettext_lazy("Put the latest version of these services online?")
    explanation = gettext_lazy(
        "Those that are incomplete are left as they are, and you will be told what they lack."
    )
    confirm = gettext_lazy("Yes, publish")

    def refusals(self, services):
        published = {
            service.pk: str(AlreadyPublished())
            for service in services
            if service.live and not service.has_unpublished_changes
        }
        return published | super().refusals(services)

    def act(self, service):
        publish_latest(service, self.request.user)

    def done(self, count):
        return ngettext(
            "%(n)s service has been published.", "%(n)s services have been published.", count
        ) % {"n": count}


class UnpublishBulkAction(ServiceBulkAction):
    display_name = gettext_lazy("Unpublish")
    action_type = "unpublish"
    aria_label = gettext_lazy("Unpublish the selected services")
    action_priority = 20
    classes = {"serious"}
    question = gettext_lazy("Take these services off the site?")
    explanation = gettext_lazy(
        "Residents will not see them any more, and those that were declared become “to be "
        "withdrawn”. Their texts are kept as drafts."
    )
    confirm = gettext_lazy("Yes, unpublish")

    def refusals(self, services):
        offline = {service.pk: str(NotLive()) for service in services if not service.live}
        return offline | super().refusals(services)

    def act(self, service):
        take_offline(service, self.request.user)

    def done(self, count):
        return ngettext(
            "%(n)s service has been unpublished.", "%(n)s services have been unpublished.", count
        ) % {"n": count}
