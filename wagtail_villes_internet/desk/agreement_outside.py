"""« Accord recueilli hors du site »: noting it, with a scan of the paper, and reading that scan."""

from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View
from wagtail.admin import messages
from wagtail.log_actions import log

from .. import days
from ..dossiers import agreements, roles
from ..dossiers.agreements import LARGEST_SCAN, kind_of_scan
from ..dossiers.errors import BadScan, DossierError, NotAsShown
from ..dossiers.models import Dossier, Scan
from .agreement_log import NOTED
from .dossier_agreement import AgreementMixin, state_of
from .dossier_screen import DossierMixin, DossierScreen

ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


class OutsideForm(forms.Form):
    """The day an élu agreed outside the site, and a scan of the paper."""

    agreed_on = forms.DateField(
        label=gettext_lazy("Day of the agreement"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    scan = forms.FileField(
        label=gettext_lazy("Scan of the signed paper (optional)"),
        required=False,
        help_text=gettext_lazy(
            "PDF, JPEG or PNG, 5 MB at most. Kept in the database, shown to the people of the "
            "local authority only, never transmitted."
        ),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["agreed_on"].widget.attrs["max"] = days.today().isoformat()
        for name, field in self.fields.items():
            if field.help_text:
                field.widget.attrs["aria-describedby"] = f"help-{name}"

    def clean_agreed_on(self):
        day = self.cleaned_data["agreed_on"]
        if day > days.today():
            raise forms.ValidationError(_("This day is yet to come."))
        return day

    def clean_scan(self) -> tuple[str, bytes] | None:
        """The name and the octets of the file; None for no file."""
        upload = self.cleaned_data["scan"]
        if not upload:
            return None
        # Before it is read: nobody has to hold a film in memory.
        if upload.size > LARGEST_SCAN:
            raise forms.ValidationError(str(BadScan()))
        octets = upload.read()
        try:
            kind_of_scan(octets)
        except BadScan as error:
            raise forms.ValidationError(str(error)) from error
        return upload.name, octets


class NoteOutsideView(AgreementMixin, DossierScreen):
    """Notes that an élu agreed, outside the site, to the dossier as it stands."""

    right = right_to_post = staticmethod(roles.may_note_agreement)
    template_name = "wagtail_villes_internet/desk/dossier/outside.html"
    page_title = gettext_lazy("Agreement given outside the site")
    header_icon = "check"
    step = "agreement"
    is_changed = False

    @cached_property
    def form(self) -> OutsideForm:
        if self.request.method == "POST":
            return OutsideForm(self.request.POST, self.request.FILES)
        return OutsideForm()

    def post(self, request, *args, **kwargs):
        if not self.form.is_valid():
            return self.get(request, *args, **kwargs)
        try:
            self._note(request.POST.get("shown", ""), **self.form.cleaned_data)
        except NotAsShown:
            self.is_changed = True
            return self.get(request, *args, **kwargs)
        except DossierError as error:
            self.form.add_error(None, str(error))
            return self.get(request, *args, **kwargs)
        messages.success(request, _("The agreement given outside the site is noted."))
        return redirect(self.address("agreement"))

    @transaction.atomic
    def _note(self, shown: str, agreed_on, scan) -> None:
        user = self.request.user
        # One at a time, as `note_outside` does it: the history names each agreement once.
        dossier = Dossier.objects.select_for_update().get(pk=self.dossier.pk)
        known = set(dossier.agreements.values_list("pk", flat=True))
        noted = agreements.note_outside(
            self.dossier, self.content.digest, user, shown=shown, agreed_on=agreed_on, scan=scan
        )
        if noted.pk in known:
            return
        data = {
            "year": self.year,
            "sha256": noted.shown_sha256,
            "agreed_on": agreed_on.isoformat(),
            "has_scan": scan is not None,
        }
        log(self.dossier, NOTED, user=user, data=data)

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            form=self.form,
            content=self.content,
            standing=self.standing,
            state=state_of(self.standing),
            is_changed=self.is_changed,
            **kwargs,
        )


class ScanView(DossierMixin, View):
    """A scan, to those who may see the dossiers of that town: to be kept, never to be shown by the
    browser as a page of this site."""

    http_method_names = ["get", "head"]

    def get(self, request, *args, **kwargs):
        of_this_dossier = Scan.objects.filter(
            agreement__dossier__authority=self.authority, agreement__dossier__year=self.year
        )
        scan = get_object_or_404(of_this_dossier, pk=kwargs["pk"])
        # Not the name it came with, which may say who signed, or end in anything.
        name = f"accord-{self.year}-{scan.pk}.{ENDINGS.get(scan.content_type, 'bin')}"
        return HttpResponse(
            bytes(scan.octets),
            content_type=scan.content_type,
            headers={
                "Content-Disposition": f'attachment; filename="{name}"',
                "Content-Security-Policy": "sandbox; default-src 'none'",
                "X-Content-Type-Options": "nosniff",
                "Cache-Control": "no-store",
            },
        )
