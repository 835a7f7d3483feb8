"""The way back to « Tableau de bord » from the forms that its first steps lead to.

The session keeps for which authority steps were left when the dashboard was last looked at: saving
a service or an award asks nothing of the database for it.
"""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from ..authorities.models import LocalAuthority

KEY = "villes_internet_first_steps"


def note(request: HttpRequest, authority: LocalAuthority | None) -> None:
    """Keep that first steps are left for `authority`; None for nobody."""
    key = authority.pk if authority else None
    if request.session.get(KEY) != key:
        request.session[KEY] = key


class LeadsBack:
    """Put in front of a view that saves something of an authority: while first steps are left, its
    message leads back to the dashboard."""

    def get_success_buttons(self):
        buttons = super().get_success_buttons()
        if self.request.session.get(KEY) != self.object.authority_id:
            return buttons
        back = messages.button(
            reverse("villes_internet_dashboard:index"), _("Back to the dashboard")
        )
        return [*buttons, back]
