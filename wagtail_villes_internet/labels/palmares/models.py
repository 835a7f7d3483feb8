"""One line of a published list."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ...authorities.models import LocalAuthority
from ..models import Award, Edition
from .entries import DEDUCED, STATED, web_address


class PalmaresRow(models.Model):
    """One line of the published list of an edition, as printed, and whom it is about if known.

    Shared by every town and public: it is written by the import alone. Most lines are about towns
    that have no site here, so the numbers of the match are kept beside the key of the authority.
    """

    class Basis(models.TextChoices):
        STATED = STATED, _("stated by the source")
        DEDUCED = DEDUCED, _("deduced")

    edition = models.ForeignKey(
        Edition, verbose_name=_("edition"), on_delete=models.CASCADE, related_name="palmares"
    )
    key = models.CharField(max_length=255, editable=False)
    """Whom the line is about: a number where it is matched, else the name and place, folded."""
    name = models.CharField(_("name as printed"), max_length=255)
    place = models.CharField(_("department or region as printed"), max_length=255, blank=True)
    siren = models.CharField(_("SIREN number"), max_length=9, blank=True, db_index=True)
    insee = models.CharField(_("INSEE code"), max_length=5, blank=True)
    department = models.CharField(_("department code"), max_length=3, blank=True)
    region = models.CharField(_("region code"), max_length=3, blank=True)
    authority = models.ForeignKey(
        LocalAuthority,
        verbose_name=_("local authority"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="palmares_rows",
    )
    standing = models.CharField(
        _("standing"),
        max_length=20,
        choices=Award.Standing.choices,
        default=Award.Standing.LABELLED,
    )
    level = models.PositiveSmallIntegerField(_("level"), null=True, blank=True)
    mentions = models.JSONField(_("mentions"), default=list, blank=True)
    note = models.TextField(_("note"), blank=True)
    source = models.CharField(_("source"), max_length=500, blank=True)
    basis = models.CharField(_("basis"), max_length=10, choices=Basis.choices, default=Basis.STATED)

    class Meta:
        verbose_name = _("line of a published list")
        verbose_name_plural = _("published lists")
        ordering = ["-edition__year", "name", "pk"]
        unique_together = [("edition", "key")]

    def __str__(self) -> str:
        return f"{self.name} ({self.place})" if self.place else self.name

    @property
    def source_url(self) -> str:
        """The address of the source; empty where the source is words, such as a newspaper."""
        return web_address(self.source)

    @property
    def is_deduced(self) -> bool:
        return self.basis == self.Basis.DEDUCED
