"""« Importer des services »: a file or a list of titles is checked, shown, then imported."""

from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView, View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.widgets.button import Button

from ..authorities.scope import current_authority
from ..matrix.suggesting import entries_in_use
from ..services.importing.columns import HEADINGS
from ..services.importing.errors import ImportingError
from ..services.importing.model_file import model_file
from ..services.importing.planning import What
from ..services.importing.reading import MOST_BYTES, MOST_LINES, Lines, read_file, read_titles
from ..services.importing.store import check, import_lines
from ..services.importing.towns import ACTIONS, ADDED, CHANGED, UNDONE
from ..services.importing.undoing import can_be_undone, undo
from ..services.models import DigitalService
from ..tables.errors import TableError
from .access import APP, AllowedMixin, may_decide
from .bulk import CHANGED_AT_ONCE
from .exports import TextCellsMixin
from .import_files import Kept, keep, kept_for, last_imports, reported
from .scoping import desk_context
from .standing import edit_url

INDEX = "villes_internet_import:index"
SHOWN = 100
"""Lines of one list on one screen; the spreadsheet of those refused has them all."""
PUBLISHED_AT_ONCE = CHANGED_AT_ONCE
"""Services that one request puts online; more wait for the list's bulk action, or the command."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TITLE = gettext_lazy("Import services")

# What the history of a service says: the label and the sentence of each action.
SAID = {
    ADDED: (gettext_lazy("Imported"), gettext_lazy("Made by an import")),
    CHANGED: (gettext_lazy("Changed by an import"), gettext_lazy("Changed by an import")),
    UNDONE: (
        gettext_lazy("Import undone"),
        gettext_lazy("The version before the import was put back"),
    ),
}


def register(actions: Any) -> None:
    """Name what an import does in Wagtail's registry of log actions."""
    for action in ACTIONS:
        actions.register_action(action, *SAID[action])


def may_import(user: Any) -> bool:
    return user.has_perm(f"{APP}.add_digitalservice")


def import_buttons(user: Any) -> list[Button]:
    """The way from the list of services, for who may take it."""
    if not may_import(user):
        return []
    return [Button(TITLE, url=reverse(INDEX), icon_name="upload")]


class ImportForm(forms.Form):
    """A file, or titles; `lines` are what it holds."""

    file = forms.FileField(
        label=gettext_lazy("A file"),
        required=False,
        help_text=gettext_lazy("The model filled in, or any other list: .xlsx or .csv."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt,.json"}),
    )
    titles = forms.CharField(
        label=gettext_lazy("Or titles, one a line"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy(
            "Each becomes a draft, for which a place in the matrix is suggested after its title."
        ),
    )

    lines: Lines
    name = ""

    def clean(self):
        cleaned = super().clean()
        file, titles = cleaned.get("file"), cleaned.get("titles", "").strip()
        if self.errors:
            return cleaned
        if bool(file) == bool(titles):
            raise forms.ValidationError(_("Choose a file, or paste titles: one of the two."))
        try:
            self.lines = self._read(file) if file else read_titles(titles)
        except (ImportingError, TableError) as error:
            self.add_error("file" if file else "titles", str(error))
        self.name = file.name[:200] if file else str(_("pasted titles"))
        return cleaned

    def _read(self, file: UploadedFile) -> Lines:
        if (file.size or 0) > MOST_BYTES:
            raise ImportingError(
                _("The file is too big: %(most)d MB at most, and %(lines)d lines.")
                % {"most": MOST_BYTES // 1024 // 1024, "lines": MOST_LINES}
            )
        with NamedTemporaryFile() as copy:
            for chunk in file.chunks():
                copy.write(chunk)
            copy.flush()
            return read_file(Path(copy.name))


class ImportScreenMixin(AllowedMixin, WagtailAdminTemplateMixin):
    """What the screens of an import share: for whom, and where one is."""

    allowed = staticmethod(may_import)
    page_title = TITLE
    header_icon = "upload"

    @cached_property
    def authority(self):
        return current_authority(self.request)

    def get_breadcrumbs_items(self):
        services = DigitalService.snippet_viewset
        return [
            *self.breadcrumbs_items,
            {"url": reverse(services.get_url_name("list")), "label": services.menu_label},
            {"url": "", "label": self.page_title},
        ]

    def get_context_data(self, **kwargs):
        return super().get_context_data(**desk_context(self.request), **kwargs)


class ImportView(ImportScreenMixin, FormView):
    """GET asks for a file or for titles; POST checks them and shows what they would change."""

    form_class = ImportForm
    template_name = "wagtail_villes_internet/desk/import.html"

    def post(self, request, *args, **kwargs):
        # The template says why there is nothing to fill in.
        if self.authority is None:
            return self.get(request, *args, **kwargs)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form):
        kept = keep(self.request.user, self.authority.pk, form.name, form.lines)
        return redirect("villes_internet_import:import", upload=kept.upload.pk)

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            headings=HEADINGS.values(),
            past=last_imports(self.request.user, self.authority.pk) if self.authority else [],
            most_lines=MOST_LINES,
            most_megabytes=MOST_BYTES // 1024 // 1024,
            **kwargs,
        )


class ModelView(AllowedMixin, View):
    """The spreadsheet to fill in."""

    allowed = staticmethod(may_import)

    def get(self, request, *args, **kwargs):
        response = HttpResponse(model_file(entries_in_use()), content_type=XLSX)
        name = slugify(_("digital services model"))
        response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
        return response


class OfOneImportMixin:
    """Put in front of a view of one import: its sender's, for the authority worked for."""

    def dispatch(self, request, *args, **kwargs):
        if self.allowed(request.user) and not self._is_worked_for():
            messages.warning(
                request, _("This import is for another local authority: switch to it first.")
            )
            return redirect(INDEX)
        return super().dispatch(request, *args, **kwargs)

    def _is_worked_for(self) -> bool:
        authority = current_authority(self.request)
        return authority is not None and self.kept.authority_id == authority.pk

    @cached_property
    def kept(self) -> Kept:
        return kept_for(self.request.user, self.kwargs["upload"])

    def back(self):
        return redirect("villes_internet_import:import", upload=self.kwargs["upload"])


class ImportedView(OfOneImportMixin, ImportScreenMixin, TemplateView):
    """GET shows what an import would do, then what it did; POST does it, once."""

    CHECKED = "wagtail_villes_internet/desk/import_checked.html"
    DONE = "wagtail_villes_internet/desk/import_done.html"

    def get_template_names(self):
        return [self.DONE if self.kept.report else self.CHECKED]

    def post(self, request, *args, **kwargs):
        with transaction.atomic():
            # Somebody presses twice: the second finds it done.
            kept = kept_for(request.user, self.kwargs["upload"], locked=True)
            if kept.report is None:
                publish = "publish" in request.POST and may_decide(request.user)
                outcome = check(kept.lines, self.authority, request.user)
                publish = publish and _may_be_published(outcome.steps) <= PUBLISHED_AT_ONCE
                kept.keep_report(
                    import_lines(kept.lines, self.authority, request.user, publish=publish)
                )
        return self.back()

    def get_context_data(self, **kwargs):
        kept = self.kept
        context = super().get_context_data(kept=kept, shown=SHOWN, **kwargs)
        report = kept.report or reported(check(kept.lines, self.authority, self.request.user))
        by_what: dict[str, list[dict[str, Any]]] = {str(what): [] for what in What}
        for step in report["steps"]:
            by_what[step["what"]].append(step)
        context |= {"steps": by_what, "ignored": ", ".join(kept.lines.ignored)}
        if kept.report:
            return context | self._done(report, by_what)
        publishable = sum(step["may_be_published"] for step in report["steps"])
        return context | {
            "publishable": publishable if may_decide(self.request.user) else 0,
            "too_many_to_publish": publishable > PUBLISHED_AT_ONCE,
            "to_import": len(by_what[What.ADD]) + len(by_what[What.CHANGE]),
        }

    def _done(self, report: dict[str, Any], by_what: dict[str, Any]) -> dict[str, Any]:
        there = set(
            DigitalService.objects.of(self.authority)
            .filter(pk__in=[step["pk"] for step in report["steps"] if step["pk"]])
            .values_list("pk", flat=True)
        )
        undone = report.get("undone")
        for step in [*report["steps"], *(undone["kept"] if undone else [])]:
            step["edit_url"] = edit_url(step["pk"]) if step["pk"] in there else ""
        return {
            "undone": undone,
            "can_be_undone": can_be_undone(self.authority, report["key"], self.request.user),
            "published": len(report["published"]),
        }


class RefusedView(OfOneImportMixin, AllowedMixin, TextCellsMixin, View):
    """The refused lines as XLSX, each with its reasons: to be corrected, and imported again."""

    allowed = staticmethod(may_import)

    def get(self, request, *args, **kwargs):
        report = self.kept.report or reported(
            check(self.kept.lines, current_authority(request), request.user)
        )
        refused = [step for step in report["steps"] if step["what"] == What.REFUSED]
        fields = [name for name in HEADINGS if name in (self.kept.lines.headers or ("title",))]
        self.list_export = ["line", "reasons", *fields]
        self.export_headings = {
            "line": _("Line"),
            "reasons": _("Reason"),
            **{name: HEADINGS[name] for name in fields},
        }
        return self.as_spreadsheet(self._rows(refused), self.FORMAT_XLSX)

    def _rows(self, refused):
        lines = {line.number: line for line in self.kept.lines.lines}
        for step in refused:
            yield {
                "line": step["number"],
                "reasons": "\n".join(_reason(problem) for problem in step["problems"]),
                **lines[step["number"]].cells,
            }

    def to_row_dict(self, item):
        return {name: item.get(name, "") for name in self.list_export}

    def get_heading(self, queryset, field):
        return str(self.export_headings[field])

    def get_filename(self):
        return slugify(_("refused lines"))


class UndoView(OfOneImportMixin, AllowedMixin, View):
    """POST takes an import back, as far as nobody touched what it wrote."""

    allowed = staticmethod(may_import)
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        with transaction.atomic():
            kept = kept_for(request.user, self.kwargs["upload"], locked=True)
            if kept.report:
                authority = current_authority(request)
                kept.keep_undone(undo(authority, kept.report["key"], request.user))
        return self.back()


def _reason(problem: dict[str, str]) -> str:
    if not problem["column"]:
        return problem["reason"]
    return _("%(column)s: %(reason)s") % problem


def _may_be_published(steps) -> int:
    return sum(step.may_be_published for step in steps)


class ImportViewSet(ViewSet):
    name = "villes_internet_import"
    url_prefix = "villes-internet/importer"

    def get_urlpatterns(self):
        return [
            path("", self.construct_view(ImportView), name="index"),
            path("modele/", self.construct_view(ModelView), name="model"),
            path("<int:upload>/", self.construct_view(ImportedView), name="import"),
            path("<int:upload>/refusees/", self.construct_view(RefusedView), name="refused"),
            path("<int:upload>/annuler/", self.construct_view(UndoView), name="undo"),
        ]
