"""Joins the package to Wagtail's admin."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from .authorities.logs import AuthorityLogEntry
from .labels.models import Award
from .services.models import DigitalService


@hooks.register("register_log_actions")
def register_scoped_logs(actions):
    for model in (DigitalService, Award):
        actions.register_model(model, AuthorityLogEntry)
    actions.register_action(
        "villes_internet.award_overruled",
        _("Another value came from the registry"),
        _("The registry gives another value; the former one is kept in this history"),
    )
    actions.register_action(
        "villes_internet.award_vanished",
        _("No longer in the registry"),
        _("This award is no longer in the registry; it is kept, as declared by the authority"),
    )
