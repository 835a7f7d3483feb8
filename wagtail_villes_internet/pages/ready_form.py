"""The form of the ready pages in the admin."""

from django.utils.text import slugify
from wagtail.admin.forms import WagtailAdminPageForm


class ReadyPageForm(WagtailAdminPageForm):
    """A new page comes with the usual title of its type and an address; an editor may write others.

    The address as well, for what makes addresses out of titles drops the « œ » of « En un coup
    d’œil ».
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk is None and not self.instance.slug:
            title = str(self.instance.usual_title)
            self.initial["title"] = title
            self.initial["slug"] = slugify(title.replace("œ", "oe").replace("’", " "))
