"""Joins the package to Wagtail's admin."""

from wagtail import hooks

from .authorities.logs import AuthorityLogEntry
from .labels.models import Award
from .services.models import DigitalService


@hooks.register("register_log_actions")
def register_scoped_logs(actions):
    for model in (DigitalService, Award):
        actions.register_model(model, AuthorityLogEntry)
