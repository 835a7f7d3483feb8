"""The files of a yearly dossier: of a version that was filed, and of the draft."""

from io import BytesIO

from django.http import FileResponse, Http404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.generic import View

from ..dossiers.errors import DossierError
from ..dossiers.exports.formats import FORMATS, file_name, write
from ..dossiers.exports.marks import Export, of_draft, of_filing
from .dossier_screen import DossierMixin, DossierScreen, VersionMixin


class NoFileScreen(DossierScreen):
    """Says why there is no file, and where to go on."""

    page_title = gettext_lazy("No file")
    template_name = "wagtail_villes_internet/desk/dossier/no_file.html"


class ExportMixin(DossierMixin):
    """A file to download, for whoever may see the dossier; written before anything is sent."""

    http_method_names = ["get", "head"]

    def get(self, request, *args, **kwargs):
        name = kwargs["format"]
        if self.dossier is None or name not in FORMATS:
            raise Http404
        # A file is smaller than the dossier it is made of, which is held as well.
        output = BytesIO()
        try:
            export = self.export()
            write(export, name, output)
        except DossierError as error:
            return self.refuse(error)
        output.seek(0)
        response = FileResponse(
            output,
            as_attachment=True,
            filename=file_name(export, name),
            content_type=FORMATS[name].content_type,
        )
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "no-store"
        return response

    def export(self) -> Export:
        """What is exported. Raises `Http404` and `DossierError`."""
        raise NotImplementedError

    def refuse(self, error: DossierError) -> TemplateResponse:
        """A page of the admin that says why; 409, for nothing is wrong with what was asked."""
        screen = NoFileScreen()
        screen.setup(self.request, *self.args, **self.kwargs)
        context = screen.get_context_data(
            reason=str(error), for_provider=getattr(error, "for_provider", "")
        )
        response = screen.render_to_response(context)
        response.status_code = 409
        return response


class VersionExportView(ExportMixin, VersionMixin, View):
    """A version, from what was frozen and nothing else."""

    def export(self) -> Export:
        return of_filing(self.filing)


class DraftExportView(ExportMixin, View):
    """The dossier as it would be filed now."""

    def export(self) -> Export:
        if not FORMATS[self.kwargs["format"]].of_drafts:
            raise Http404
        return of_draft(self.draft, timezone.now())
