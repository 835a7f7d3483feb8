"""A version that was filed, read from what was frozen; and its receipt, typed in by hand."""

from datetime import date, datetime, time
from urllib.parse import urlsplit

from django import forms
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from ..dossiers.calendar import PARIS, paris_day
from ..dossiers.content import Content
from ..dossiers.errors import DossierError, Unreadable
from ..dossiers.exports.formats import FORMATS
from ..dossiers.freezing import content_of, type_receipt, untype_receipt
from ..dossiers.models import Filing, Receipt
from ..dossiers.roles import may_file
from ..dossiers.sealing import verify
from .delays import standing_sentence
from .dossier_campaign import DayField
from .dossier_content import ShownContent
from .dossier_decisions import decisions_on, faults_in
from .dossier_screen import DossierScreen, VersionMixin

State = Filing.State


class ReceiptForm(forms.Form):
    """What the association answered, copied here."""

    received_on = DayField(label=gettext_lazy("Received on"))
    number = forms.CharField(
        label=gettext_lazy("Number of the receipt"),
        required=False,
        max_length=255,
        help_text=gettext_lazy("As it stands on the receipt; leave it empty where there is none."),
    )

    def __init__(self, *args, filing: Filing, **kwargs):
        super().__init__(*args, **kwargs)
        self.frozen_on = paris_day(filing.frozen_at)
        self.fields["received_on"].widget.attrs["min"] = self.frozen_on.isoformat()

    def clean_received_on(self) -> date:
        day = self.cleaned_data["received_on"]
        if day < self.frozen_on:
            raise forms.ValidationError(
                _("This version was frozen on %(date)s: it cannot have been received before.")
                % {"date": date_format(self.frozen_on)}
            )
        if day > paris_day(datetime.now(PARIS)):
            raise forms.ValidationError(_("A receipt cannot be of a day that is yet to come."))
        return day


class VersionView(VersionMixin, DossierScreen):
    """One version as it was filed. POST types its receipt in, or takes that back."""

    right_to_post = staticmethod(may_file)
    template_name = "wagtail_villes_internet/desk/dossier/version.html"

    def get_page_subtitle(self):
        return _("Version %(number)d") % {"number": self.filing.number}

    @property
    def receipt(self) -> Receipt | None:
        return getattr(self.filing, "receipt", None)

    @property
    def takes_typed_receipt(self) -> bool:
        """Whether no registry answers for it."""
        return not self.filing.registry_address and self.filing.state in (
            State.TO_COPY,
            State.FILED,
        )

    @cached_property
    def content(self) -> Content | None:
        """None where it was altered beyond reading."""
        try:
            return content_of(self.filing)
        except Unreadable:
            return None

    def get_context_data(self, **kwargs):
        kwargs.setdefault("form", ReceiptForm(initial=self._typed(), filing=self.filing))
        return super().get_context_data(
            filing=self.filing,
            registry_host=_host(self.filing.registry_address),
            receipt=self.receipt,
            received_on=paris_day(self.receipt.received_at) if self.receipt else None,
            sentence=standing_sentence(self.filing, self.delay),
            flaws=verify(self.filing),
            content=self.content,
            shown=ShownContent(self.content) if self.content else None,
            takes_typed_receipt=self.takes_typed_receipt,
            formats=FORMATS,
            decisions=decisions_on(self.filing),
            faults=list(dict.fromkeys(faults_in(self.filing, self.content))),
            is_to_copy=self.filing.state == State.TO_COPY,
            **kwargs,
        )

    def _typed(self) -> dict[str, object]:
        if self.receipt is None:
            return {}
        return {
            "received_on": paris_day(self.receipt.received_at),
            "number": self.receipt.number,
        }

    def post(self, request, *args, **kwargs):
        form = ReceiptForm(request.POST, filing=self.filing)
        try:
            if "undo" in request.POST:
                untype_receipt(self.filing, request.user)
                messages.success(request, _("Undone: this version is to be copied."))
            elif form.is_valid():
                self._type(form)
                messages.success(request, _("The receipt is noted, as typed in here."))
            else:
                return self.render_to_response(self.get_context_data(form=form))
        except DossierError as error:
            messages.error(request, str(error))
        return redirect(self.address("version", number=self.filing.number))

    def _type(self, form: ReceiptForm) -> None:
        received_at = datetime.combine(form.cleaned_data["received_on"], time.min, PARIS)
        type_receipt(
            self.filing,
            self.request.user,
            number=form.cleaned_data["number"],
            received_at=received_at,
        )


def _host(address: str) -> str:
    """What people know a registry by; empty by hand."""
    return urlsplit(address).netloc or address
