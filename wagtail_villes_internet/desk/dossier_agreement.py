"""The agreement of an élu to a dossier: what they agree to, on one page, and asking for it.

Reading never agrees, and nobody agrees to what they were not shown.
"""

from datetime import timedelta
from enum import StrEnum

from django.db import transaction
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.log_actions import log, registry

from ..authorities.admin_address import admin_address
from ..dossiers import agreements, roles
from ..dossiers.agreements import Standing
from ..dossiers.content import Content
from ..dossiers.errors import NotAsShown
from ..dossiers.models import Agreement, Dossier, Notice, Scan
from ..dossiers.telling import addresses
from .agreement_log import AGREED, ASKED
from .agreement_mail import send_request
from .agreement_parts import changed_since, parts_of
from .dossier_content import ShownContent
from .dossier_screen import DossierAction, DossierScreen

# Within this time, asking again for the same version writes no second mail.
ONCE_IN = timedelta(hours=1)


class State(StrEnum):
    """Where the agreement to a dossier stands, in a word."""

    GIVEN = "given"
    STALE = "stale"
    ASKED = "asked"
    MISSING = "missing"
    NOT_REQUIRED = "not_required"


def state_of(standing: Standing) -> State:
    """The most telling thing to say: what was given, or what became of it, comes first."""
    if standing.agreement:
        return State.GIVEN
    if standing.stale:
        return State.STALE
    if standing.asked:
        return State.ASKED
    return State.MISSING if standing.required else State.NOT_REQUIRED


def waits_for_an_elu(standing: Standing) -> bool:
    """Whether somebody has to agree: it is required, or was asked for."""
    return standing.agreement is None and (standing.required or standing.asked)


def is_spoken_of(standing: Standing) -> bool:
    """Whether an agreement is required, was asked for or was ever given: without, nobody needs to
    read of one."""
    return state_of(standing) != State.NOT_REQUIRED


class AgreementMixin:
    """A screen about the agreement to a dossier that was begun, as it stands now."""

    of_a_begun_dossier = True

    @cached_property
    def content(self) -> Content:
        return self.draft.content

    @cached_property
    def standing(self) -> Standing:
        return agreements.standing(self.dossier, self.content.digest)


class AgreementView(AgreementMixin, DossierScreen):
    """GET shows everything that an élu agrees to; POST agrees to what was shown."""

    right_to_post = staticmethod(roles.may_agree)
    template_name = "wagtail_villes_internet/desk/dossier/agreement.html"
    page_title = gettext_lazy("Agreement of the elected official")
    header_icon = "check"
    step = "agreement"
    # What changed since it was shown, where that is why nothing was agreed to.
    changed: list[str] | None = None

    def post(self, request, *args, **kwargs):
        try:
            self._agree(request.POST.get("shown", ""))
        except NotAsShown:
            self.changed = changed_since(request.POST.get("parts", ""), self.content)
            return self.get(request, *args, **kwargs)
        messages.success(
            request, _("Your agreement to the dossier %(year)d is noted.") % {"year": self.year}
        )
        return redirect(self.address("agreement"))

    @transaction.atomic
    def _agree(self, shown: str) -> None:
        # Agreeing twice at once is agreeing once, and is noted once.
        Dossier.objects.select_for_update().get(pk=self.dossier.pk)
        before = set(self.dossier.agreements.values_list("pk", flat=True))
        given = agreements.agree(self.dossier, self.content.digest, self.request.user, shown=shown)
        if given.pk not in before:
            data = {"year": self.year, "sha256": given.shown_sha256}
            log(self.dossier, AGREED, user=self.request.user, data=data)

    def get_context_data(self, **kwargs):
        user = self.request.user
        return super().get_context_data(
            content=self.content,
            shown=ShownContent(self.content),
            parts=parts_of(self.content),
            standing=self.standing,
            state=state_of(self.standing),
            changed=self.changed,
            given=self._given(),
            has_agreed=self._has_agreed(),
            may_agree=roles.may_agree(user, self.authority),
            may_note=roles.may_note_agreement(user, self.authority),
            hand_on=address_to_hand_on(self),
            **kwargs,
        )

    def _has_agreed(self) -> bool:
        """Whether the person who looks agreed to it themselves, as it stands."""
        mine = self.dossier.agreements.filter(user=self.request.user, outside=False)
        return mine.filter(shown_sha256=self.content.digest).exists()

    def _given(self) -> list[tuple[Agreement, int | None]]:
        """Every agreement, the last first, each with the key of its scan."""
        # Not the scans themselves, of which each may weigh 5 MB.
        scans = Scan.objects.filter(agreement__dossier=self.dossier)
        keys = dict(scans.values_list("agreement", "pk"))
        return [(one, keys.get(one.pk)) for one in self.dossier.agreements.all()]


class AskView(AgreementMixin, DossierAction):
    """Asks for the agreement of an élu to the dossier as it stands, and writes to them."""

    right_to_post = staticmethod(roles.may_prepare)

    def post(self, request, *args, **kwargs):
        if self.standing.agreement:
            messages.info(request, _("An elected official has agreed to it already."))
        else:
            self._ask()
        return redirect(self.address("agreement"))

    def _ask(self) -> None:
        to = addresses(self.authority, Notice.Mailbox.ELECTED)
        entry = self._note(is_mailed=bool(to))
        if entry is None:
            messages.info(
                self.request,
                _("It was asked for less than an hour ago: no second message was sent."),
            )
        elif not to:
            said = _(
                "The agreement is asked for. No mailbox of the elected official is in the "
                "settings: here is the address to hand on: %(address)s"
            )
            messages.warning(self.request, said % {"address": address_to_hand_on(self)})
        elif send_request(self.authority, self.year, address_in_mails(self), to):
            messages.success(
                self.request,
                _("The agreement is asked for: the message went to the elected official."),
            )
        else:
            entry.data = {**entry.data, "mailed": False}
            entry.save(update_fields=["data"])
            said = _(
                "The agreement is asked for, but the message did not go: here is the address to "
                "hand on: %(address)s"
            )
            messages.warning(self.request, said % {"address": address_to_hand_on(self)})

    @transaction.atomic
    def _note(self, *, is_mailed: bool):
        """The entry of the audit log; None where a mail for that version went within the hour."""
        Dossier.objects.select_for_update().get(pk=self.dossier.pk)
        asked = registry.get_logs_for_instance(self.dossier).filter(
            action=ASKED, timestamp__gt=timezone.now() - ONCE_IN
        )
        digest = self.content.digest
        if any(one.data.get("sha256") == digest and one.data.get("mailed") for one in asked):
            return None
        agreements.ask(self.dossier, digest, self.request.user)
        data = {"year": self.year, "sha256": digest, "mailed": is_mailed}
        return log(self.dossier, ASKED, user=self.request.user, data=data)


def address_in_mails(view) -> str:
    """Where the dossier of `view` is read and agreed to; empty where no
    address of the admin is known."""
    base = admin_address(view.authority)
    return f"{base}{view.address('agreement')}" if base else ""


def address_to_hand_on(view) -> str:
    """The same, for the person who looks."""
    return address_in_mails(view) or view.request.build_absolute_uri(view.address("agreement"))
