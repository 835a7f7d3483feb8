"""Who may enter the screens of the desk that show no single object."""

from django.core.exceptions import PermissionDenied

from ..authorities.models import LocalAuthority
from ..authorities.scope import held, is_operator
from ..dossiers.roles import AGREE, CHANGE, FILE, VIEW

APP = "wagtail_villes_internet"
PUBLISH = "publish_digitalservice"
READ = ("view_digitalservice", "change_digitalservice", "view_award", "change_award")


def may_read(user) -> bool:
    """Whether `user` works with services or awards at all, or is the operator."""
    return is_operator(user) or any(user.has_perm(f"{APP}.{codename}") for codename in READ)


def may_see_services(user) -> bool:
    return any(user.has_perm(f"{APP}.{codename}_digitalservice") for codename in ("view", "change"))


def may_see_transmission(user) -> bool:
    return user.has_perm(f"{APP}.view_declaration")


def may_see_dossier(user) -> bool:
    """Whether `user` works with the yearly dossier of some authority; of which one, and for what,
    is asked of `dossiers.roles`."""
    return is_operator(user) or any(
        user.has_perm(f"{APP}.{codename}") for codename in (VIEW, CHANGE, FILE, AGREE)
    )


def may_tick_off(user) -> bool:
    """Who prepares the services also says which ones are copied."""
    return user.has_perm(f"{APP}.change_digitalservice")


def may_decide(user) -> bool:
    """Who publishes also says what is given up, what leaves the registry, and what services become
    in another matrix: residents see it at once."""
    return user.has_perm(f"{APP}.{PUBLISH}")


def may_decide_for(user, authority: LocalAuthority) -> bool:
    """The same of one authority, through a group of its own; and the operator."""
    return is_operator(user) or bool(held(user, authority, PUBLISH))


class AllowedMixin:
    """Refuses the view to whom `allowed` is false for, as Wagtail refuses its own."""

    allowed = staticmethod(may_read)

    def dispatch(self, request, *args, **kwargs):
        if not self.allowed(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


def shown_to(allowed):
    """A mixin of menu items: shown to the users that `allowed` is true for."""

    class Shown:
        def is_shown(self, request):
            return allowed(request.user)

    return Shown
