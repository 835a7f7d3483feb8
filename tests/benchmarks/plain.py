"""The same snippet without us: Wagtail's own viewset of the same model, at another address."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models import signals as of_models
from django.test import override_settings
from django.urls import include, path
from wagtail import signals as of_wagtail
from wagtail.admin.auth import require_admin_access
from wagtail.admin.panels import FieldPanel
from wagtail.log_actions import registry
from wagtail.models import ModelLogEntry
from wagtail.snippets.views.snippets import SnippetViewSet
from wagtail.utils.urlpatterns import decorate_urlpatterns

from tests.urls import urlpatterns as others
from wagtail_villes_internet.services.models import DigitalService

PACKAGE = "wagtail_villes_internet"
FIELDS = [
    *("title", "summary", "kind", "status", "reference_services", "url", "offline_alternative"),
    *("description", "provider", "department", "started_on", "ended_on", "latitude", "longitude"),
    *("public", "counted"),
]
SIGNALS = [
    *(of_models.pre_save, of_models.post_save, of_models.m2m_changed),
    *(of_wagtail.published, of_wagtail.unpublished),
]


class PlainViewSet(SnippetViewSet):
    model = DigitalService
    url_prefix = "plain"
    panels = [FieldPanel(name) for name in FIELDS]


plain = PlainViewSet(url_namespace="plain", url_prefix="plain")
# As Wagtail does with those that it is told of.
_patterns = decorate_urlpatterns(plain.get_urlpatterns(), require_admin_access)
urlpatterns = [
    path("admin/plain/", include((_patterns, plain.url_namespace))),
    *others,
]


@contextmanager
def without_us() -> Iterator[None]:
    """No receiver, no log of ours, and the plain viewset at `/admin/plain/`."""
    kept = {signal: signal.receivers for signal in SIGNALS}
    logs = registry.log_entry_models_by_type
    ours = registry.get_log_model_for_model(DigitalService)
    try:
        for signal, receivers in kept.items():
            signal.receivers = [entry for entry in receivers if not _is_ours(entry[1])]
            signal.sender_receivers_cache.clear()
        logs.register(DigitalService, value=ModelLogEntry)
        with override_settings(ROOT_URLCONF=__name__):
            yield
    finally:
        logs.register(DigitalService, value=ours)
        for signal, receivers in kept.items():
            signal.receivers = receivers
            signal.sender_receivers_cache.clear()


def _is_ours(receiver) -> bool:
    # Most are held by a weak reference, which is called to have what it is to.
    target = receiver() if type(receiver).__name__ in ("ReferenceType", "WeakMethod") else receiver
    return (getattr(target, "__module__", None) or "").startswith(PACKAGE)
