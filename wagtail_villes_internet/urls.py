"""The package's public addresses; a host chooses where they stand. One is not public: `health.json`
answers whoever has MONITORING_TOKEN.

path("villes-internet/", include("wagtail_villes_internet.urls")),
"""

from django.urls import path

from .blocks import views
from .desk.health import health

app_name = "villes_internet"

urlpatterns = [
    path("health.json", health, name="health"),
    path("badge.svg", views.badge_svg, name="badge_svg"),
    path("badge.png", views.badge_png, name="badge_png"),
    path("badge/<int:year>.svg", views.pinned_svg, name="pinned_svg"),
    path("<slug:programme>/badge.svg", views.badge_svg, name="programme_badge_svg"),
    path("<slug:programme>/badge.png", views.badge_png, name="programme_badge_png"),
    path("<slug:programme>/badge/<int:year>.svg", views.pinned_svg, name="programme_pinned_svg"),
]
