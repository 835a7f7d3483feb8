"""The addresses of a service beside those of every snippet: what its title calls to mind, and its
copy."""

from django.urls import path

from .duplicating import DuplicateView
from .echoes import EchoesView


class ServiceAddresses:
    """Put in front of the viewset of services."""

    echoes_view_class = EchoesView
    duplicate_view_class = DuplicateView

    def get_edit_view_kwargs(self, **kwargs):
        return super().get_edit_view_kwargs(
            **{"duplicate_url_name": self.get_url_name("duplicate"), **kwargs}
        )

    def get_urlpatterns(self):
        return [
            *super().get_urlpatterns(),
            path("echoes/", self.construct_view(self.echoes_view_class), name="echoes"),
            path(
                f"duplicate/<{self.pk_path_converter}:pk>/",
                self.construct_view(self.duplicate_view_class),
                name="duplicate",
            ),
        ]
