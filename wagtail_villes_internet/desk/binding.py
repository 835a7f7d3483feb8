"""Says plainly when a site is bound to no authority: it can show neither label nor service."""

from wagtail.admin.ui.components import Component

from ..authorities.models import VillesInternetSettings
from ..authorities.scope import current_authority, is_operator

SHOWN_SITES = 5


def unbound_sites(user):
    """The sites that `user` may set, or work for, and that show no authority."""
    policy = VillesInternetSettings.get_permission_policy()
    bound = VillesInternetSettings.objects.filter(authority__isnull=False)
    return (
        policy.sites_user_has_any_permission_for(user, {"view", "change"})
        .exclude(pk__in=bound.values("site"))
        .order_by("hostname", "port")
    )


class BindingPanel(Component):
    """On the home of the admin, for those concerned; nothing when all is bound."""

    name = "villes_internet_binding"
    order = 90
    template_name = "wagtail_villes_internet/desk/home_binding.html"

    def __init__(self, user):
        self.user = user

    def get_context_data(self, parent_context=None):
        sites = list(unbound_sites(self.user)[: SHOWN_SITES + 1])
        return {
            "sites": sites[:SHOWN_SITES],
            "more": len(sites) > SHOWN_SITES,
            "may_bind": is_operator(self.user),
        }


class WorkingForPanel(Component):
    """On the home of the admin, for somebody who works for several authorities."""

    name = "villes_internet_working_for"
    order = 91
    template_name = "wagtail_villes_internet/desk/home_working_for.html"

    def __init__(self, request):
        self.request = request

    def get_context_data(self, parent_context=None):
        return {"authority": current_authority(self.request)}
