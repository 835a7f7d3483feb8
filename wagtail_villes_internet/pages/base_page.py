"""The page model that the ready pages stand on: Wagtail's, or the one that a host put in its place
(`WAGTAIL_PAGE_MODEL`, from Wagtail 8.0)."""

from importlib import import_module

from django.apps import apps
from django.conf import settings

PAGE_MODEL = getattr(settings, "WAGTAIL_PAGE_MODEL", None) or "wagtailcore.Page"

_label, _name = PAGE_MODEL.split(".")
# Django may not have come to that application yet: the order of INSTALLED_APPS is the host's.
import_module(f"{apps.get_app_config(_label).name}.models")
Page = apps.get_registered_model(_label, _name)
