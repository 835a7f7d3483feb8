"""What the create views of the desk's viewsets share."""

from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from wagtail.models import Locale, TranslatableMixin
from wagtail.snippets.views import snippets

from ..authorities.scope import current_authority

NO_AUTHORITY = "wagtail_villes_internet/desk/no_authority.html"


class AuthorityCreateView(snippets.CreateView):
    """Creates for the authority worked for: it is never a field, nor read from what is posted."""

    def get_initial_form_instance(self):
        instance = super().get_initial_form_instance() or self.model()
        instance.authority = current_authority(self.request)
        return instance

    def get(self, request, *args, **kwargs):
        if current_authority(request) is None:
            return self._explain()
        return super().get(request, *args, **kwargs)

    def post(self, request, *args, **kwargs):
        if current_authority(request) is None:
            return self._explain()
        return super().post(request, *args, **kwargs)

    def _explain(self):
        if self.expects_json_response:
            return self.json_error_response("no_authority", _("No local authority is yours."))
        return TemplateResponse(
            self.request,
            NO_AUTHORITY,
            {
                "header_title": _("No local authority is yours."),
                "breadcrumbs_items": self.get_breadcrumbs_items(),
                "header_icon": self.get_header_icon(),
            },
        )


class AuthorityPreviewOnCreateView(snippets.PreviewOnCreateView):
    def get_object(self):
        authority = current_authority(self.request)
        if authority is None:
            raise PermissionDenied
        instance = super().get_object()
        instance.authority = authority
        if isinstance(instance, TranslatableMixin) and instance.locale_id is None:
            # As it will be saved: on a site of one language, Wagtail leaves that to the saving.
            instance.locale = Locale.get_default()
        return instance
