"""« Fiche Villes Internet »: the address of a service's page in the association's tool, typed."""

from django import forms
from django.core.validators import URLValidator
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from wagtail.admin.forms.models import WagtailAdminModelForm

from ..services.association_pages import keep_page_address, page_address

NAME = "association_page"


class AssociationPageField(forms.URLField):
    """An `https` or `http` address, which may be left out; « www… » is completed."""

    default_validators = [URLValidator(schemes=["https", "http"])]
    default_error_messages = {
        "invalid": gettext_lazy("This is not a complete web address (https://…).")
    }

    def __init__(self, **kwargs):
        defaults = {"required": False, "max_length": 2000, "assume_scheme": "https"}
        super().__init__(**{**defaults, **kwargs})


class AssociationPageForm(WagtailAdminModelForm):
    """The form of a service, with the address of its page beside the service's own fields."""

    association_page = AssociationPageField(
        label=gettext_lazy("Villes Internet page"),
        help_text=gettext_lazy(
            "The address of this service’s page in the association’s tool. Neither shown to "
            "residents nor transmitted; “Transmission” leads there."
        ),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and not self.is_bound:
            self.initial[NAME] = page_address(self.instance.authority_id, self.instance.remote_id)

    @cached_property
    def changed_data(self):
        """Without the address: it is no part of a draft, which it must not make look changed."""
        return [name for name in super().changed_data if name != NAME]

    def keep_association_page(self) -> None:
        """Note the address typed for the service that was saved, published or not."""
        typed = self.cleaned_data[NAME]
        if self[NAME].html_name not in self.data:
            return
        if typed != page_address(self.instance.authority_id, self.instance.remote_id):
            keep_page_address(self.instance.authority, self.instance.remote_id, typed)


class KeepsAssociationPage:
    """Put in front of a view that saves an `AssociationPageForm`, a preview's excepted."""

    def save_instance(self):
        saved = super().save_instance()
        self.form.keep_association_page()
        return saved
