"""Last year's dossier beside this year's."""

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..declared.wording import field_label
from ..dossiers.comparing import Comparison, compare, previous_of
from ..dossiers.errors import Unreadable
from ..dossiers.freezing import content_of
from ..dossiers.models import Filing
from .dossier_screen import DossierScreen


class CompareView(DossierScreen):
    """What moved since the last version of the last year or, in the first year, since the last
    version of this one."""

    http_method_names = ["get", "head"]
    of_a_begun_dossier = True
    template_name = "wagtail_villes_internet/desk/dossier/compare.html"
    page_title = gettext_lazy("Compare")

    @cached_property
    def previous(self) -> Filing | None:
        return previous_of(self.dossier)

    @cached_property
    def comparison(self) -> Comparison | None:
        """None where nothing was filed before, or it cannot be read any more."""
        if self.previous is None:
            return None
        try:
            before = content_of(self.previous)
        except Unreadable:
            return None
        return compare(before, self.draft.content)

    def get_context_data(self, **kwargs):
        found = self.comparison
        return super().get_context_data(
            previous=self.previous,
            comparison=found,
            then=self._then(),
            now=_("today") if self._is_of_this_year() else self.year,
            changed=[(one, [field_label(name) for name in one.fields]) for one in found.changed]
            if found
            else [],
            left_out=[one for one in found.left_out if one.before != one.after] if found else [],
            **kwargs,
        )

    def _is_of_this_year(self) -> bool:
        return self.previous is not None and self.previous.dossier.year == self.year

    def _then(self) -> str:
        """What the former side is called: its year or, within one, its version."""
        if self.previous is None:
            return ""
        if self._is_of_this_year():
            return _("version %(number)d") % {"number": self.previous.number}
        return str(self.previous.dossier.year)
