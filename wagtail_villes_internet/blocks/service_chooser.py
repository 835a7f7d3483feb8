"""One service, chosen by an editor."""

from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import get_active_log_context
from wagtail.snippets.blocks import SnippetChooserBlock

from ..authorities.scope import authorities_for
from ..services.models import DigitalService

MODEL = DigitalService._meta.label


class ServiceChooserBlock(SnippetChooserBlock):
    """A service among those of the editor's own authorities.

    It says which one, not what residents see of it: that comes from the listing of the site, which
    holds neither drafts nor the services of another town. Hosts' migrations name Wagtail's own
    block, so that they stand without this one.
    """

    def __init__(self, **kwargs):
        super().__init__(MODEL, **{"label": _("Service")} | kwargs)

    def deconstruct(self):
        return "wagtail.snippets.blocks.SnippetChooserBlock", [MODEL], self._constructor_args[1]

    def value_from_form(self, value):
        # The chooser offers none of another town; a posted form may hold any key, and what is sent
        # back with its title would tell that of a draft.
        service = super().value_from_form(value)
        user = get_active_log_context().user
        if service is None or user is None:
            return service
        mine = authorities_for(user).filter(pk=service.authority_id)
        return service if mine.exists() else None

    def get_api_representation(self, value, context=None):
        """The remote id, under which `services.json` tells the rest."""
        return value.remote_id if value else None
