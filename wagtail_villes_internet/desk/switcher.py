"""Lets somebody who works for several authorities say for which one now."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.admin.views.generic.base import BaseListingView
from wagtail.admin.viewsets.base import ViewSet

from ..authorities.models import LocalAuthority
from ..authorities.scope import SESSION_KEY, authorities_for, current_authority
from .access import AllowedMixin


class SwitchView(AllowedMixin, BaseListingView):
    """GET lists the authorities of the person, with a search; POST chooses one of them.

    Any other is not found, whether it exists or not.
    """

    model = LocalAuthority
    page_title = gettext_lazy("Choose a local authority")
    header_icon = "vi-label"
    template_name = "wagtail_villes_internet/desk/switch.html"
    results_template_name = "wagtail_villes_internet/desk/switch_results.html"
    index_url_name = "villes_internet_switch:index"
    index_results_url_name = "villes_internet_switch:results"
    is_searchable = True
    search_fields = ["name", "siren", "insee", "department_name"]
    default_ordering = ("name", "pk")
    paginate_by = 50

    def get_base_queryset(self):
        return authorities_for(self.request.user)

    def post(self, request, *args, **kwargs):
        wanted = request.POST.get("authority", "")
        mine = authorities_for(request.user)
        authority = get_object_or_404(mine, pk=int(wanted) if wanted.isdecimal() else 0)
        request.session[SESSION_KEY] = authority.pk
        messages.success(request, _("You now work for %(authority)s.") % {"authority": authority})
        return redirect(get_valid_next_url_from_request(request) or reverse("wagtailadmin_home"))

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            current=current_authority(self.request),
            next_url=get_valid_next_url_from_request(self.request),
            **kwargs,
        )


class SwitchViewSet(ViewSet):
    name = "villes_internet_switch"
    url_prefix = "villes-internet/collectivite"

    def get_urlpatterns(self):
        return [
            path("", self.construct_view(SwitchView), name="index"),
            path("results/", self.construct_view(SwitchView, results_only=True), name="results"),
        ]
