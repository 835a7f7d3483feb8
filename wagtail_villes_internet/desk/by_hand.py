"""Transmission by hand: ticking off what was copied, on the screen « Transmission »."""

from django.contrib import messages
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import View

from ..authorities.models import LocalAuthority
from ..authorities.scope import current_authority
from ..registry.base import get_backend
from ..registry.errors import Misconfigured
from ..services.association_pages import keep_page_address
from ..services.models import DigitalService
from ..sync import by_hand
from ..sync.errors import NotAsShown
from ..sync.models import Declaration
from ..sync.report import transmits_by_hand
from .access import AllowedMixin, may_tick_off
from .association_page import AssociationPageField
from .scoping import posted_id

SCREEN = "villes_internet_transmission:index"


class OnlyByHandMixin:
    """Leads back to « Transmission », which says why, where nobody copies by hand."""

    def dispatch(self, request, *args, **kwargs):
        if self.authority is None or not self._is_by_hand():
            return redirect(SCREEN)
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def authority(self) -> LocalAuthority | None:
        return current_authority(self.request)

    def _is_by_hand(self) -> bool:
        try:
            backend = get_backend()
        except (Misconfigured, ImproperlyConfigured):
            return False
        with backend:
            return transmits_by_hand(self.authority, backend)


class TickOffView(AllowedMixin, OnlyByHandMixin, View):
    """POST says « C'est recopié » of one line as it was shown, with the address of its page in
    the association's tool where that was typed; or undoes the last time it was said."""

    allowed = staticmethod(may_tick_off)
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        remote_id = self._own_id()
        if "undo" in request.POST:
            by_hand.unmark(self.authority, remote_id)
            messages.success(request, _("Undone: the service is to be copied again."))
        else:
            self._tick_off(remote_id)
        return redirect(SCREEN)

    def _tick_off(self, remote_id: str) -> None:
        posted = self.request.POST
        try:
            page = AssociationPageField().clean(posted["page"]) if "page" in posted else None
            by_hand.mark_copied(
                self.authority, remote_id, self.request.user, shown=posted.get("shown", "")
            )
        except ValidationError as error:
            refused = _("Nothing was noted. The address of the Villes Internet page: %(problem)s")
            messages.error(self.request, refused % {"problem": " ".join(error.messages)})
        except NotAsShown as error:
            messages.error(self.request, str(error))
        else:
            if page is not None:
                keep_page_address(self.authority, remote_id, page)
            messages.success(self.request, _("Noted as copied."))

    def _own_id(self) -> str:
        """The remote id posted, where it is one of the authority's; any other is not found."""
        remote_id = posted_id(self.request)
        services = DigitalService.objects.of(self.authority).filter(translation_key=remote_id)
        rows = Declaration.objects.filter(authority=self.authority, remote_id=remote_id)
        if not services.exists() and not rows.exists():
            raise Http404
        return remote_id
