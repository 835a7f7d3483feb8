"""The package's public addresses; a host chooses where they stand. One is not public: `health.json`
answers whoever has MONITORING_TOKEN.

path("villes-internet/", include("wagtail_villes_internet.urls")),
"""

from django.urls import path

from .blocks import views
from .desk.health import health
from .opendata import views as open_data

app_name = "villes_internet"

urlpatterns = [
    path("health.json", health, name="health"),
    path("badge.svg", views.badge_svg, name="badge_svg"),
    path("badge.png", views.badge_png, name="badge_png"),
    path("badge/<int:year>.svg", views.pinned_svg, name="pinned_svg"),
    path("label.json", open_data.label_json, name="label_json"),
    path("labels.csv", open_data.labels_csv, name="labels_csv"),
    path("services.json", open_data.services_json, name="services_json"),
    path("services.csv", open_data.services_csv, name="services_csv"),
    path("<slug:programme>/badge.svg", views.badge_svg, name="programme_badge_svg"),
    path("<slug:programme>/badge.png", views.badge_png, name="programme_badge_png"),
    path("<slug:programme>/badge/<int:year>.svg", views.pinned_svg, name="programme_pinned_svg"),
]
