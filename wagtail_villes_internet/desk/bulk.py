"""Deletes several objects at once, never another town's.

Wagtail 7.4 deletes whatever keys the address holds; 8.0 shows their titles.
"""

from django.shortcuts import get_list_or_404
from wagtail.snippets.bulk_actions.delete import DeleteBulkAction

from ..labels.models import Award
from ..services.models import DigitalService
from .scoping import of_current_authority, scoped


class ScopedDeleteBulkAction(DeleteBulkAction):
    """Takes the place of Wagtail's « delete » for the models of the desk."""

    models = [DigitalService, Award]

    def get_queryset(self, model, object_ids):
        return get_list_or_404(scoped(model.objects.all(), self.request.user), pk__in=object_ids)

    def get_all_objects_in_listing_query(self, parent_id):
        # « All » means all that the list shows: those of the authority worked for.
        mine = of_current_authority(self.model.objects.all(), self.request)
        return mine.values_list("pk", flat=True)

    def check_perm(self, snippet):
        # What the registry confirms is not the town's to delete.
        if isinstance(snippet, Award) and snippet.confirmed:
            return False
        return super().check_perm(snippet)
