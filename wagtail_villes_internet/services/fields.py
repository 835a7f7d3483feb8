"""A set of choices in one column."""

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _


class ChoiceSetField(models.JSONField):
    """A sorted list of codes out of a closed list, edited as check boxes.

    Kept as JSON because the contract sends it as an array without duplicates, and because such a
    list needs no table of its own.
    """

    def __init__(self, *args, codes: type[models.TextChoices] | None = None, **kwargs):
        self.codes = codes  # None only for the copies that migrations make
        kwargs.setdefault("default", list)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        # Neither the closed list nor its labels are part of the table.
        return name, "django.db.models.JSONField", args, kwargs

    def validate(self, value, model_instance):
        if not isinstance(value, list) or set(value) - set(self.codes.values):
            raise ValidationError(_("Choose from the list."))

    def clean(self, value, model_instance):
        return sorted(set(super().clean(value, model_instance)))

    def formfield(self, **kwargs):
        return forms.MultipleChoiceField(
            choices=self.codes.choices,
            widget=forms.CheckboxSelectMultiple,
            required=False,
            label=kwargs.get("label", capfirst(self.verbose_name)),
            help_text=self.help_text,
        )
