from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VillesInternetConfig(AppConfig):
    name = "wagtail_villes_internet"
    label = "wagtail_villes_internet"
    verbose_name = _("Villes Internet")
    default_auto_field = "django.db.models.BigAutoField"
