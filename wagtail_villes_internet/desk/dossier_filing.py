"""« Déposer »: everything that is filed, to be read, and the button that files it."""

from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from ..dossiers.agreements import Standing, signed_off, standing
from ..dossiers.calendar import OVER
from ..dossiers.campaign import calendar_of, countdown_text
from ..dossiers.content import Content
from ..dossiers.errors import DossierError
from ..dossiers.exports.formats import FORMATS
from ..dossiers.models import Filing
from ..dossiers.roles import may_file
from ..sync.filing import file
from .dossier_agreement import is_spoken_of
from .dossier_content import ShownContent
from .dossier_screen import DossierScreen
from .dossier_standing import Since, since_last
from .registry_of import registry_of


class FileView(DossierScreen):
    """GET shows exactly what would be filed now; POST files that, and nothing else."""

    of_a_begun_dossier = True
    right_to_post = staticmethod(may_file)
    template_name = "wagtail_villes_internet/desk/dossier/file.html"
    page_title = gettext_lazy("File the dossier")
    step = "file"

    @cached_property
    def content(self) -> Content:
        """With the agreement, which is sent too."""
        content = self.draft.content
        return content.signed(signed_off(self.dossier, content.digest))

    @cached_property
    def filings(self) -> list[Filing]:
        return list(self.dossier.filings.select_related("receipt"))

    @cached_property
    def agreement(self) -> Standing:
        return standing(self.dossier, self.content.digest)

    @cached_property
    def since(self) -> Since | None:
        return since_last(self.filings, self.content)

    def get_context_data(self, **kwargs):
        now = timezone.now()
        calendar = calendar_of(self.authority, self.year)
        return super().get_context_data(
            content=self.content,
            shown=ShownContent(self.content),
            agreement=self.agreement,
            is_without_agreement=not is_spoken_of(self.agreement),
            formats=FORMATS,
            since=self.since,
            is_filed_already=self.since is not None and self.since.is_filed,
            title_of_button=self._title_of_button(),
            is_misconfigured=self.backend is None,
            is_by_hand=self.is_by_hand,
            is_unread=self._is_unread(),
            is_over=calendar.phase(now) in OVER,
            countdown=countdown_text(calendar, now),
            **kwargs,
        )

    def _title_of_button(self) -> str:
        """What it does: by hand nothing is filed from here."""
        number = max((one.number for one in self.filings), default=0) + 1
        words = _("File version %(number)s")
        if self.is_by_hand:
            words = _("Freeze version %(number)s, to copy it")
        return words % {"number": number}

    def _is_unread(self) -> bool:
        """Whether nobody knows yet which codes the registry takes: no run has read its matrix."""
        if self.backend is None or self.is_by_hand:
            return False
        registry = registry_of(self.authority)
        return registry is None or registry.matrix_id is None

    def post(self, request, *args, **kwargs):
        if self.backend is None:
            messages.error(request, _("The settings of the registry cannot be used."))
            return self.get(request, *args, **kwargs)
        try:
            filing = file(
                self.dossier, self.backend, request.user, shown=request.POST.get("shown", "")
            )
        except DossierError as error:
            messages.error(request, str(error))
            return self.get(request, *args, **kwargs)
        messages.success(request, self._said(filing))
        return redirect(self.address("version", number=filing.number))

    def _said(self, filing: Filing) -> str:
        if filing.state == Filing.State.TO_SEND:
            said = _("Version %(number)d is kept as you read it. It goes with the next run.")
        else:
            said = _("Version %(number)d is kept as you read it.")
        return said % {"number": filing.number}
