from django.apps import AppConfig


class TownConfig(AppConfig):
    name = "town"
    verbose_name = "Site de démonstration"
    default_auto_field = "django.db.models.BigAutoField"
