from django.conf.urls.i18n import i18n_patterns
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail import views
from wagtail.admin import urls as wagtailadmin_urls


def minutes(request):
    """A page that the host forgot to open, or keeps to itself."""
    return HttpResponse("Minutes of the board")


# The host's part: its pages are public. Wagtail does not say so by itself.
login_not_required(views.serve)

urlpatterns = [
    path("admin/", include(wagtailadmin_urls)),
    *i18n_patterns(
        path("minutes/", minutes),
        path("villes-internet/", include("wagtail_villes_internet.urls")),
        path("", include(wagtail_urls)),
    ),
]
