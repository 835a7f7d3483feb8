from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class VillesInternetConfig(AppConfig):
    name = "wagtail_villes_internet"
    label = "wagtail_villes_internet"
    verbose_name = _("Villes Internet")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from . import checks  # noqa: F401 (registers itself)
        from .blocks import purging
        from .bundled import load_bundled_data
        from .labels import signals  # noqa: F401
        from .labels.palmares import signals as palmares_signals  # noqa: F401
        from .services import reviews  # noqa: F401
        from .services import signals as services_signals  # noqa: F401
        from .sync import signals as sync_signals  # noqa: F401

        purging.connect()
        post_migrate.connect(load_bundled_data, sender=self)
