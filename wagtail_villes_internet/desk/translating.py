"""Keeps « Traduire » of `wagtail.contrib.simple_translation` to each person's own towns.

Its view tells somebody of another town that an object exists. Imported where that app is installed.
"""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import path
from wagtail.contrib.simple_translation.views import SubmitSnippetTranslationView

from ..authorities.scope import APP


class ScopedTranslateView(SubmitSnippetTranslationView):
    """Makes drafts of a service in other languages (`DigitalService.copy_for_translation`)."""

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, app_label=APP, **kwargs)

    def get_object(self):
        try:
            return super().get_object()
        except (PermissionDenied, ValueError):  # of another town; or no key at all
            raise Http404 from None


def urls() -> list:
    """Wagtail's own address, for our models: to be put before Wagtail's."""
    return [
        path(
            f"translation/submit/snippet/{APP}/<slug:model_name>/<str:pk>/",
            ScopedTranslateView.as_view(),
            name="villes_internet_translate",
        )
    ]
