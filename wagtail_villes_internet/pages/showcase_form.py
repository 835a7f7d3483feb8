"""The form of « En un coup d’œil » in the admin."""

from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminPageForm


class ShowcasePageForm(WagtailAdminPageForm):
    """A new page comes with its title and its address, for what makes addresses out of titles
    drops the « œ » of « En un coup d’œil »; an editor may write others."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk is None and not self.instance.slug:
            title = _("At a glance")
            self.initial["title"] = title
            self.initial["slug"] = slugify(title.replace("œ", "oe").replace("’", " "))
