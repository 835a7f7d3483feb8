from django.apps import AppConfig, apps
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

PACKAGE = "wagtail_villes_internet"


class VillesInternetPagesConfig(AppConfig):
    name = "wagtail_villes_internet.pages"
    label = "villes_internet_pages"
    verbose_name = _("Villes Internet: ready pages")
    default_auto_field = "django.db.models.BigAutoField"

    def import_models(self):
        if not apps.is_installed(PACKAGE):
            raise ImproperlyConfigured(
                f"“{self.name}” needs “{PACKAGE}”: add “{PACKAGE}” to INSTALLED_APPS."
            )
        super().import_models()

    def ready(self):
        from ..blocks.addresses import register
        from ..blocks.purging import register_pages
        from . import signals  # noqa: F401 (registers itself)
        from .finder import addresses_on
        from .models import LabelPage, ServicesPage, ShowcasePage

        register(addresses_on)
        register_pages(LabelPage)
        register_pages(ServicesPage)
        register_pages(ShowcasePage)
