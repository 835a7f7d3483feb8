"""Who holds the label, and which Wagtail site shows it."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.models import PreviewableMixin, Site

from .siren import validate_insee, validate_siren


class LocalAuthority(models.Model):
    """A commune, an EPCI or another territory.

    Known by its SIREN, then by its INSEE code, never by its name: 1,441 names of communes are
    shared. A territory without a SIREN (94 communes of the 2026 table) can only transmit by hand.
    """

    class Kind(models.TextChoices):
        COMMUNE = "commune", _("Commune")
        EPCI = "epci", _("Intercommunality (EPCI)")
        OTHER = "other", _("Other territory")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.COMMUNE)
    name = models.CharField(_("name"), max_length=255)
    siren = models.CharField(
        _("SIREN number"),
        max_length=9,
        unique=True,
        null=True,
        blank=True,
        validators=[validate_siren],
        help_text=_("Nine digits. Without it, transmission is by hand only."),
    )
    insee = models.CharField(
        _("INSEE code"),
        max_length=5,
        unique=True,
        null=True,
        blank=True,
        validators=[validate_insee],
    )
    department = models.CharField(_("department code"), max_length=3, blank=True)
    department_name = models.CharField(_("department"), max_length=100, blank=True)
    region = models.CharField(_("region code"), max_length=3, blank=True)
    region_name = models.CharField(_("region"), max_length=100, blank=True)
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)

    class Meta:
        verbose_name = _("local authority")
        verbose_name_plural = _("local authorities")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return f"{self.name} ({self.department_name})" if self.department_name else self.name

    def clean(self) -> None:
        # Unique columns: an empty string would clash with the next empty string.
        self.siren = self.siren or None
        self.insee = self.insee or None


@register_setting(icon="vi-label", order=900)
class VillesInternetSettings(PreviewableMixin, BaseSiteSetting):
    """Binds one Wagtail site to one authority.

    Who may view or change it (Wagtail's permissions per site) belongs to that authority; who may
    change it for every site is the operator, and alone may bind a site.
    """

    authority = models.ForeignKey(
        LocalAuthority,
        verbose_name=_("local authority"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="site_settings",
        help_text=_("The local authority whose label and services this site shows."),
    )

    technical_email = models.EmailField(
        _("mailbox of the webmaster"),
        blank=True,
        help_text=_(
            "Where messages such as the list of broken links go. Left empty, they go to the people "
            "who may change this page. Never shown, exported or transmitted."
        ),
    )
    elected_email = models.EmailField(
        _("mailbox of the elected official"),
        blank=True,
        help_text=_(
            "Where requests for agreement and the dates of the yearly dossier go. Left empty, "
            "nothing goes there. Never shown, exported or transmitted."
        ),
    )
    agreement_required = models.BooleanField(
        _("an elected official agrees before the dossier is filed"),
        default=False,
        help_text=_("Each time, to exactly what is filed: a later change asks again."),
    )
    skipped_steps = models.JSONField(default=list, editable=False)
    """The first steps of the desk that somebody declared needless here (see `desk.first_steps`)."""
    catalogue_version = models.UUIDField(default=uuid.uuid4, editable=False)
    """Another one at each change of what the pages show of the authority (see `catalogue`)."""

    select_related = ["authority"]

    panels = [
        HelpPanel(template="wagtail_villes_internet/desk/settings_binding.html"),
        # The permission over every site: somebody who may change one site must not rebind it.
        FieldPanel("authority", permission="wagtail_villes_internet.change_villesinternetsettings"),
        FieldPanel("technical_email"),
        FieldPanel("elected_email"),
        FieldPanel("agreement_required"),
    ]

    class Meta:
        verbose_name = _("Villes Internet")
        verbose_name_plural = _("Villes Internet")

    def __str__(self) -> str:
        return str(self.authority) if self.authority_id else str(_("No local authority chosen"))

    def get_preview_template(self, request, mode_name):
        return "wagtail_villes_internet/desk/settings_preview.html"

    def get_preview_context(self, request, mode_name):
        # The preview speaks for the object being edited, not for the site that serves the admin.
        setattr(request, self.get_cache_attr_name(), self)
        return super().get_preview_context(request, mode_name)

    def save(self, *args, **kwargs):
        # A form that was open meanwhile must not bring back a version that was left.
        self.catalogue_version = uuid.uuid4()
        super().save(*args, **kwargs)

    @classmethod
    def bound_to(cls, site: Site | None) -> "VillesInternetSettings | None":
        """The setting of `site` with its authority, in one query; None where there is none.

        Public pages use this and not `for_request()`, which inserts a row on a visitor's GET.
        """
        return cls.base_queryset().filter(site=site).first() if site else None
