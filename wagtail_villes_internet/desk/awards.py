"""« Notre label »: the awards of the authority worked for."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import BaseColumn, Column
from wagtail.snippets.action_menu import SnippetActionMenu
from wagtail.snippets.views import snippets

from ..authorities.scope import current_authority
from ..labels.models import Award
from ..labels.record import label_records
from ..labels.story import may_be_excellent, sentence
from .award_form import confirmed_panels, typed_panels
from .exports import SafeCellsMixin
from .scoping import ScopedSnippetViewSet, desk_context
from .views import AuthorityCreateView
from .way_back import LeadsBack


def refusal() -> str:
    return _(
        "This award is confirmed by the registry: it can only be changed there. "
        "If it is wrong, tell the association."
    )


class ProofColumn(BaseColumn):
    cell_template_name = "wagtail_villes_internet/desk/cells/proof.html"


class AdditionsColumn(BaseColumn):
    """What would make the award more complete for residents."""

    cell_template_name = "wagtail_villes_internet/desk/cells/additions.html"

    def get_cell_context_data(self, instance, parent_context):
        context = super().get_cell_context_data(instance, parent_context)
        return {**context, "additions": additions(instance)}


class AwardIndexView(SafeCellsMixin, snippets.IndexView):
    page_title = gettext_lazy("Our label")
    list_export = ["edition.year", "get_standing_display", "level", "mentions", "proof", "source"]
    export_headings = {
        "edition.year": gettext_lazy("Edition"),
        "get_standing_display": gettext_lazy("Standing"),
        "mentions": gettext_lazy("Special mentions"),
        "proof": gettext_lazy("Confirmed"),
        "source": gettext_lazy("Source"),
    }

    @cached_property
    def add_item_label(self):
        return _("Add an award")

    def get_base_queryset(self):
        queryset = super().get_base_queryset()
        return queryset.select_related("edition__programme", "latest_revision").prefetch_related(
            "distinctions"
        )

    def to_row_dict(self, item):
        return {
            "edition.year": item.edition.year,
            "get_standing_display": item.get_standing_display(),
            "level": item.level,
            "mentions": mentions(item),
            "proof": str(_("Yes") if item.confirmed else _("No")),
            "source": item.source_url,
        }

    @cached_property
    def list_display(self):
        return [
            "__str__",
            Column("mentions", label=_("Special mentions"), accessor=mentions),
            ProofColumn("proof", label=_("Proof")),
            AdditionsColumn("additions", label=_("Could be added")),
        ]

    def get_context_data(self, *args, **kwargs):
        records = label_records(current_authority(self.request)).values()
        return super().get_context_data(
            *args,
            **desk_context(self.request),
            sentences=[said for record in records if (said := sentence(record))],
            may_be_excellent=any(may_be_excellent(record, localdate()) for record in records),
            **kwargs,
        )


def mentions(award: Award) -> str:
    return ", ".join(mention.name for mention in award.distinctions.all())


def additions(award: Award) -> list[str]:
    """What could be added to `award`, in the words of an editor; nothing where nobody took part."""
    if award.standing == Award.Standing.NOT_PARTICIPATING:
        return []
    lacking = []
    if not award.confirmed and not award.source_url:
        lacking.append(_("Source: the page where it can be read"))
    for mention in award.distinctions.all():
        if mention.valid_until is None:
            lacking.append(_("Until when the mention “%(name)s” is valid") % {"name": mention.name})
    if award.edition.ceremony_on is None:
        lacking.append(_("Ceremony: its day is not known (see “Editions”)"))
    if award.photo_id is None:
        lacking.append(_("Photograph"))
    if award.news_page_id is None and not award.news_url:
        lacking.append(_("News item"))
    return lacking


class NoAutosaveMixin:
    """An award has no draft: what is half typed must not go online by itself."""

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.autosave_enabled = False


class AwardCreateView(LeadsBack, NoAutosaveMixin, AuthorityCreateView):
    pass


class AwardEditView(LeadsBack, NoAutosaveMixin, snippets.EditView):
    """Shows what the registry confirms without a form; only what the town adds can be saved.

    Wagtail's « review this version » is made from this view: it would write the former version
    whole, and is refused.
    """

    def get_panel(self):
        if self.live_object.confirmed:
            return confirmed_panels().bind_to_model(self.model)
        return super().get_panel()

    def get_form_class(self):
        return self.panel.get_form_class()

    def run_before_hook(self):
        former = "revision_id" in self.kwargs
        asked = self.request.method == "POST" and (former or self.expects_json_response)
        if not asked or not self.live_object.confirmed:
            return super().run_before_hook()
        if self.expects_json_response:
            return self.json_error_response("confirmed", refusal())
        messages.error(self.request, refusal())
        return redirect(self.get_edit_url())

    @cached_property
    def can_delete(self):
        return not self.live_object.confirmed and self.user_has_permission_for_instance(
            "delete", self.object
        )

    def _get_action_menu(self):
        return SnippetActionMenu(
            self.request,
            view=self.view_name,
            instance=self.object,
            locked_for_user=self.live_object.confirmed and "revision_id" in self.kwargs,
        )


class AwardDeleteView(snippets.DeleteView):
    def run_before_hook(self):
        if self.object.confirmed:
            messages.error(self.request, refusal())
            return redirect(self.get_success_url())
        return super().run_before_hook()


class AwardViewSet(ScopedSnippetViewSet):
    model = Award
    url_prefix = "villes-internet/label"
    icon = "vi-label"
    menu_label = gettext_lazy("Our label")
    menu_name = "villes-internet-label"
    index_view_class = AwardIndexView
    add_view_class = AwardCreateView
    edit_view_class = AwardEditView
    delete_view_class = AwardDeleteView
    index_template_name = "wagtail_villes_internet/desk/award_list.html"
    list_per_page = 50
    export_filename = "label"
    inspect_view_enabled = True
    inspect_view_fields = ["edition", "standing", "level", "distinctions", "source_url", "origin"]

    def get_edit_handler(self):
        return typed_panels().bind_to_model(self.model)
