"""The association's referential, version by version."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Matrix(models.Model):
    """One version of the referential. Its counts of axes, themes and services are data.

    Shared by every authority. A version that is not official says so wherever it is shown.
    """

    version = models.CharField(_("version"), max_length=100, unique=True)
    edition = models.PositiveSmallIntegerField(
        _("edition of the label"),
        null=True,
        blank=True,
        help_text=_("The year, where it is known."),
    )
    official = models.BooleanField(_("official"), default=False)
    is_current = models.BooleanField(_("in use"), default=False)
    loaded_at = models.DateTimeField(_("loaded on"), auto_now=True)

    class Meta:
        verbose_name = _("matrix")
        verbose_name_plural = _("matrices")
        ordering = ["-loaded_at"]

    def __str__(self) -> str:
        return self.version


class Axis(models.Model):
    """« Domaine » for residents, « axe » for editors."""

    matrix = models.ForeignKey(Matrix, on_delete=models.CASCADE, related_name="axes")
    code = models.CharField(_("code"), max_length=100)
    label = models.CharField(_("label"), max_length=255)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("axis")
        verbose_name_plural = _("axes")
        ordering = ["position", "pk"]
        unique_together = [("matrix", "code")]

    def __str__(self) -> str:
        return self.label


class Theme(models.Model):
    """« Thème » for residents, « enjeu » for editors."""

    axis = models.ForeignKey(Axis, on_delete=models.CASCADE, related_name="themes")
    code = models.CharField(_("code"), max_length=100)
    label = models.CharField(_("label"), max_length=255)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        ordering = ["axis__position", "position", "pk"]
        unique_together = [("axis", "code")]

    def __str__(self) -> str:
        return self.label


class ReferenceService(models.Model):
    """One service of the referential, known by a code that never changes meaning.

    One row a code, whatever the versions that list it: `Placement` says where each version puts
    it. Never deleted, only replaced, so that no service and no draft loses its attachment.
    """

    code = models.CharField(_("code"), max_length=100, unique=True)
    label = models.CharField(_("label"), max_length=255)
    in_use = models.BooleanField(default=False, editable=False)
    """Whether the matrix in use places it: written when a version is stored or taken into use, so
    that whoever holds a row knows it without a query."""

    replaced_by = models.ManyToManyField(
        "self", symmetrical=False, related_name="replaces", blank=True
    )

    class Meta:
        verbose_name = _("reference service")
        verbose_name_plural = _("reference services")
        ordering = ["label", "code"]

    def __str__(self) -> str:
        return self.label


class Placement(models.Model):
    """Where one version of the matrix puts a reference service."""

    theme = models.ForeignKey(Theme, on_delete=models.CASCADE, related_name="placements")
    service = models.ForeignKey(
        ReferenceService, on_delete=models.PROTECT, related_name="placements"
    )
    label = models.CharField(_("label"), max_length=255, blank=True)
    """What this version calls it: `ReferenceService` bears the label of the version in use."""
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        unique_together = [("theme", "service")]

    def __str__(self) -> str:
        return f"{self.theme}: {self.service}"
