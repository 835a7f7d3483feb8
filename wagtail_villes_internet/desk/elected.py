"""« L'essentiel »: the page of an élu, without a word of the trade, on a phone.

The label and its history, where the town stands, what is new, and what waits for their agreement.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec

from django.contrib.auth.models import Permission
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from ..authorities.models import LocalAuthority
from ..authorities.scope import APP, current_authority
from ..blocks.label_presentation import badge_of, history_of
from ..dossiers import agreements, roles
from ..dossiers.calendar import paris_day
from ..dossiers.campaign import calendar_of, countdown_text, current_year
from ..dossiers.comparing import previous_of
from ..dossiers.content import Content
from ..dossiers.errors import Unreadable
from ..dossiers.freezing import STANDING, content_of
from ..dossiers.models import Agreement, Dossier, Filing
from ..labels.record import label_record
from ..sync.report import status
from .dossier_agreement import state_of, waits_for_an_elu
from .dossier_screen import NAMESPACE, DossierMixin
from .scoping import desk_context

TITLE = gettext_lazy("The essentials")
SCREEN = f"{NAMESPACE}:elected"
# Titles that are read; the others are counted.
MOST_NEW = 12
COMING = {
    Filing.State.TO_SEND: gettext_lazy("The dossier is ready, and still has to arrive."),
    Filing.State.TO_COPY: gettext_lazy("The dossier is ready, and still has to arrive."),
    Filing.State.DISPUTED: gettext_lazy(
        "What the association says it received is not what was sent: the staff have to see to it."
    ),
    Filing.State.REJECTED: gettext_lazy("The dossier came back: the staff have to correct it."),
    Filing.State.CONFLICT: gettext_lazy("The dossier came back: the staff have to correct it."),
    Filing.State.TOO_LATE: gettext_lazy("The dossier arrived after the closing."),
}


@dataclass(frozen=True, slots=True)
class New:
    """What a dossier has that the one before had not: the first titles, and how many more.

    `year` is that of the one before; None where there is none.
    """

    year: int | None
    titles: tuple[str, ...] = ()
    more: int = 0


class ElectedView(DossierMixin, WagtailAdminTemplateMixin, TemplateView):
    """The one page of an élu, of the edition that the town works on."""

    http_method_names = ["get", "head"]
    template_name = "wagtail_villes_internet/desk/dossier/elected.html"
    page_title = TITLE
    header_icon = "vi-label"

    @cached_property
    def year(self) -> int:
        return current_year(self.authority)

    def get_breadcrumbs_items(self):
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs):
        now, today = timezone.now(), localdate()
        record = label_record(self.authority)
        context = super().get_context_data(
            **desk_context(self.request),
            authority=self.authority,
            year=self.year,
            dossier=self.dossier,
            badge=badge_of(record, today),
            history=history_of(record, today),
            countdown=countdown_text(calendar_of(self.authority, self.year), now),
            transmitted=self._transmitted(),
            **kwargs,
        )
        if self.dossier is None:
            return context
        content = self.draft.content
        standing = agreements.standing(self.dossier, content.digest)
        return context | {
            "count": len(content.included),
            "filed": list(self._filed()),
            "new": new_in(self.dossier, content),
            "standing": standing,
            "state": state_of(standing),
            "waits": waits_for_an_elu(standing) and (standing.asked or not self._is_on_its_way),
            "may_agree": roles.may_agree(self.request.user, self.authority),
            "agreement_url": self.address("agreement"),
            "diagnosis_url": self.address("diagnosis"),
            "pdf_url": self._paper(),
        }

    def _transmitted(self) -> str:
        """Whether the association, or the registry, has what the site holds, in a sentence."""
        if self.backend is None:
            return ""
        now = status(self.authority, self.backend)
        if not now.automatic:
            if not now.to_copy:
                return _("The association has all your services as they are on the site.")
            return ngettext(
                "%(n)d service is to be copied into the association’s tool.",
                "%(n)d services are to be copied into the association’s tool.",
                now.to_copy,
            ) % {"n": now.to_copy}
        if not now.left:
            return _("The registry has all your services as they are on the site.")
        return ngettext(
            "%(n)d service is still to be passed on to the registry, new or changed.",
            "%(n)d services are still to be passed on to the registry, new or changed.",
            now.left,
        ) % {"n": now.left}

    @cached_property
    def _versions(self) -> list[Filing]:
        """Those that somebody means to file, the last first."""
        filings = self.dossier.filings.exclude(state=Filing.State.GIVEN_UP)
        return list(filings.select_related("receipt").defer("octets", "annex"))

    @property
    def _is_on_its_way(self) -> bool:
        """Whether a version stands, sent or to be sent: what changes on the site afterwards asks
        nothing of an élu, until somebody means to file again and asks."""
        return any(one.state in STANDING for one in self._versions)

    @property
    def _received(self) -> Filing | None:
        return next((one for one in self._versions if one.state == Filing.State.FILED), None)

    def _filed(self) -> Iterator[str]:
        """What became of the dossier, in sentences: what was received, and what came after it."""
        versions, received = self._versions, self._received
        if received:
            receipt = getattr(received, "receipt", None)
            day = paris_day(receipt.received_at if receipt else received.frozen_at)
            yield _("The dossier %(year)d is filed, since %(date)s.") % {
                "year": self.year,
                "date": date_format(day),
            }
        if versions and versions[0] is not received:
            yield str(COMING[Filing.State(versions[0].state)])
        if not versions:
            yield _("The dossier %(year)d is not filed yet.") % {"year": self.year}

    def _paper(self) -> str:
        """The address of the PDF of what was received, else of the draft; empty where this
        installation makes none."""
        if find_spec("weasyprint") is None:
            return ""
        if self._received:
            return self.address("version_file", number=self._received.number, format="pdf")
        return self.address("draft_file", format="pdf")


def new_in(dossier: Dossier, content: Content) -> New:
    """What `content` of `dossier` has that the last version filed before it had not."""
    filing = previous_of(dossier)
    if filing is None:
        return New(None)
    try:
        before = {each.id for each in content_of(filing).included}
    except Unreadable:
        return New(None)
    titles = [each.title for each in content.included if each.id not in before]
    return New(filing.dossier.year, tuple(titles[:MOST_NEW]), max(0, len(titles) - MOST_NEW))


def agrees_somewhere(user) -> bool:
    """Whether a group of `user` lets them agree for some town; on each page of the admin, hence
    without a query but for superusers, who have every right and are no élus for that."""
    if not user.is_superuser:
        return user.has_perm(f"{APP}.{roles.AGREE}")
    rights = Permission.objects.filter(group__user=user, content_type__app_label=APP)
    return user.is_active and rights.filter(codename=roles.AGREE).exists()


def may_agree_here(request) -> bool:
    """Whether the person who looks agrees for the authority they work for."""
    if not agrees_somewhere(request.user):
        return False
    authority = current_authority(request)
    return authority is not None and roles.may_agree(request.user, authority)


class ElectedMenuItem(MenuItem):
    """« L'essentiel » in the menu, for those who may agree for some town."""

    def __init__(self, order: int):
        super().__init__(
            TITLE,
            reverse_lazy(SCREEN),
            name="villes-internet-elected",
            icon_name="user",
            order=order,
        )

    def is_shown(self, request):
        return agrees_somewhere(request.user)


class ElectedPanel(Component):
    """On the home of the admin, for an élu: the way to their page, and what waits for them."""

    name = "villes_internet_elected"
    order = 60
    template_name = "wagtail_villes_internet/desk/home_elected.html"

    def __init__(self, request):
        self.request = request

    def get_context_data(self, parent_context=None):
        if not may_agree_here(self.request):
            return {}
        authority = current_authority(self.request)
        return {
            "authority": authority,
            "url": reverse(SCREEN),
            "asked": asked_dossier(authority),
        }


def asked_dossier(authority: LocalAuthority) -> Dossier | None:
    """The dossier of the year, where an agreement was asked for and is not given.

    As it was asked: whether the dossier changed since is said on the page itself.
    """
    year = current_year(authority)
    dossier = Dossier.objects.filter(authority=authority, year=year).exclude(asked_sha256="")
    asked = dossier.first()
    if asked is None:
        return None
    given = asked.agreements.filter(
        role=Agreement.Role.ELECTED, shown_sha256=asked.asked_sha256
    ).exists()
    return None if given else asked
