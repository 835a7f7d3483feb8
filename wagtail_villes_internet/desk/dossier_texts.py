"""The texts of a dossier: the statement, and the answers to the questionnaire."""

from django import forms
from django.shortcuts import redirect
from django.template.defaultfilters import floatformat
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from ..dossiers.agreements import is_required
from ..dossiers.drafting import write
from ..dossiers.errors import ChangedMeanwhile
from ..dossiers.models import Dossier
from ..registry.text import canonical_text
from .dossier_screen import DossierScreen

TEXTS = ("statement", "answers")


class TextsForm(forms.Form):
    """Both texts; as long as the model takes them once they are as they will be kept."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, rows in zip(TEXTS, (8, 24), strict=True):
            column = Dossier._meta.get_field(name)
            self.fields[name] = TextField(column, rows)


class TextField(forms.CharField):
    """A text of many lines. The length is that of the text kept, where a line end is one
    character: the browser counts so too."""

    def __init__(self, column, rows: int):
        self.longest = column.max_length
        super().__init__(
            label=capfirst(column.verbose_name),
            help_text=column.help_text,
            required=False,
            strip=False,
            widget=forms.Textarea(attrs={"rows": rows, "maxlength": self.longest}),
        )

    def clean(self, value):
        text = canonical_text(super().clean(value), multiline=True)
        if len(text) > self.longest:
            counts = {"longest": self.longest, "length": len(text)}
            raise forms.ValidationError(
                _("At most %(longest)s characters: this text has %(length)s.")
                % {name: floatformat(count, "0g") for name, count in counts.items()}
            )
        return text


class TextsView(DossierScreen):
    """Both texts. Where somebody else wrote in the meantime, both versions are shown, and nothing
    is kept before the person has seen the other."""

    of_a_begun_dossier = True
    template_name = "wagtail_villes_internet/desk/dossier/texts.html"
    page_title = gettext_lazy("Texts")
    step = "texts"

    def get_context_data(self, **kwargs):
        stored = {name: getattr(self.dossier, name) for name in TEXTS}
        kwargs.setdefault("form", TextsForm(initial=stored))
        return super().get_context_data(
            stored=stored,
            texts=[(field, stored[field.name]) for field in kwargs["form"]],
            **kwargs,
        )

    def post(self, request, *args, **kwargs):
        form = TextsForm(request.POST)
        if not form.is_valid():
            return self._again(form)
        seen = {name: request.POST.get(f"seen-{name}", "") for name in TEXTS}
        try:
            write(self.dossier, form.cleaned_data, seen)
        except ChangedMeanwhile as error:
            self.dossier.refresh_from_db(fields=TEXTS)
            messages.error(request, str(error))
            return self._again(form, others=self._others(form.cleaned_data))
        messages.success(request, _("The texts are kept."), buttons=self._next_steps())
        return redirect(self.address("texts"))

    def _next_steps(self) -> list[tuple]:
        """The button that leads on from texts that are kept."""
        if is_required(self.authority):
            label, url = _("Next step: the agreement"), self.agreement_address
        elif self.may_file:
            label, url = _("Next step: file"), self.address("file")
        else:
            return []
        return [messages.button(url, label)]

    def _again(self, form: TextsForm, **context):
        """The same page with what was typed, none of which is kept yet."""
        return self.render_to_response(self.get_context_data(form=form, is_unsaved=True, **context))

    def _others(self, typed: dict[str, str]) -> list[dict[str, str]]:
        """What somebody else kept, text by text, where it is not what was typed."""
        return [
            {"label": Dossier._meta.get_field(name).verbose_name, "text": stored}
            for name in TEXTS
            if (stored := getattr(self.dossier, name)) != typed[name]
        ]
