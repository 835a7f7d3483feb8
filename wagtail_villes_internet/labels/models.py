"""What was won: programmes, their editions, the awards and their distinctions."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.images import get_image_model_string
from wagtail.models import RevisionMixin

from ..authorities.models import LocalAuthority

VILLES_INTERNET = "villes-internet"


class LabelProgramme(models.Model):
    """A label that is awarded by editions, such as Villes Internet and its one to five arobases.

    Programmes are shared: the operator writes them, and any town may state its awards in them.
    """

    class Symbol(models.TextChoices):
        AROBASE = "arobase", _("arobase")
        FLOWER = "flower", _("flower")
        STAR = "star", _("star")
        RING = "ring", _("ring")

    class Validity(models.TextChoices):
        """How long an award may be shown as the label of today (see `standing`)."""

        SIGN = "sign", _("until the sign of the next edition")
        MONTHS = "months", _("for a number of months")
        LASTING = "lasting", _("until another one is stated")

    slug = models.SlugField(_("identifier"), unique=True)
    name = models.CharField(_("name"), max_length=100)
    unit = models.CharField(
        _("unit, singular"), max_length=50, blank=True, help_text=_("Such as “arobase”.")
    )
    unit_plural = models.CharField(_("unit, plural"), max_length=50, blank=True)
    max_level = models.PositiveSmallIntegerField(
        _("highest level"), default=5, help_text=_("0 for a label without levels.")
    )
    symbol = models.CharField(
        _("symbol"), max_length=10, choices=Symbol.choices, default=Symbol.RING
    )
    validity = models.CharField(
        _("validity"), max_length=10, choices=Validity.choices, default=Validity.LASTING
    )
    validity_months = models.PositiveSmallIntegerField(
        _("number of months"),
        null=True,
        blank=True,
        help_text=_("Counted from the ceremony, or from January of the year where none is stated."),
    )
    url = models.URLField(_("address"), blank=True)

    class Meta:
        verbose_name = _("label programme")
        verbose_name_plural = _("label programmes")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.validity == self.Validity.MONTHS and not self.validity_months:
            raise ValidationError({"validity_months": _("Give the number of months.")})
        if self.max_level and not (self.unit and self.unit_plural):
            raise ValidationError({"unit": _("Levels are counted in something: name it.")})


class Edition(models.Model):
    """One edition of a programme, known by the year printed on the sign.

    The ordinal is stored, never computed: sources disagree, and 2009 does not exist. An edition
    belongs to everybody: towns read it; commands, the sync and the operator write it.
    """

    class State(models.TextChoices):
        UPCOMING = "upcoming", _("upcoming")
        OPEN = "open", _("open")
        CLOSED = "closed", _("closed")
        PUBLISHED = "published", _("published")

    programme = models.ForeignKey(
        LabelProgramme, verbose_name=_("programme"), on_delete=models.PROTECT
    )
    year = models.PositiveSmallIntegerField(_("year on the sign"))
    ordinal = models.PositiveSmallIntegerField(_("ordinal"), null=True, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.PUBLISHED
    )
    opens_at = models.DateTimeField(_("opens on"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes on"), null=True, blank=True)
    ceremony_on = models.DateField(_("ceremony"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=255, blank=True)
    labelled_count = models.PositiveIntegerField(_("authorities labelled"), null=True, blank=True)
    palmares_complete = models.BooleanField(
        _("complete list"),
        default=False,
        help_text=_("Whether the list known here names everyone that was labelled."),
    )
    source_url = models.URLField(_("source"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering = ["-year"]
        unique_together = [("programme", "year")]

    def __str__(self) -> str:
        return f"{self.programme} {self.year}"


class Award(RevisionMixin, ClusterableModel):
    """What one authority won in one edition: a standing, and a level or none.

    The registry's word comes before a typed one, and that before a line of a palmarès; what was
    overruled stays in the revisions (see `rules.settle`).
    """

    class Standing(models.TextChoices):
        LABELLED = "labelled", _("labelled")
        LEVEL_UNKNOWN = "level_unknown", _("labelled, level unknown")
        OUT_OF_COMPETITION = "out_of_competition", _("out of competition")
        MENTION_ONLY = "mention_only", _("mention without a level")
        NOT_PARTICIPATING = "not_participating", _("did not take part")

    WITHOUT_LEVEL = {Standing.LEVEL_UNKNOWN, Standing.MENTION_ONLY, Standing.NOT_PARTICIPATING}

    class Origin(models.TextChoices):
        REGISTRY = "registry", _("read in the registry")
        TYPED = "typed", _("typed on this site")
        PALMARES = "palmares", _("read in a published list")

    authority = models.ForeignKey(
        LocalAuthority,
        verbose_name=_("local authority"),
        on_delete=models.CASCADE,
        related_name="awards",
        editable=False,
    )
    edition = models.ForeignKey(
        Edition, verbose_name=_("edition"), on_delete=models.PROTECT, related_name="awards"
    )
    standing = models.CharField(
        _("standing"), max_length=20, choices=Standing.choices, default=Standing.LABELLED
    )
    level = models.PositiveSmallIntegerField(
        _("level"),
        null=True,
        blank=True,
        help_text=_("From 1 to 5 arobases; other labels have levels of their own."),
    )
    source_url = models.URLField(
        _("source"),
        max_length=500,
        blank=True,
        help_text=_("The page where this award can be read."),
    )
    photo = models.ForeignKey(
        get_image_model_string(),
        verbose_name=_("photograph"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_(
            "Of the ceremony or of the sign. Its description, if any, is read to the blind."
        ),
    )
    news_page = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name=_("news item of this site"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    news_url = models.URLField(
        _("or news item elsewhere"),
        max_length=500,
        blank=True,
        help_text=_("Used where no page of this site is chosen."),
    )
    origin = models.CharField(
        _("origin"), max_length=10, choices=Origin.choices, default=Origin.TYPED, editable=False
    )
    remote_id = models.CharField(max_length=255, blank=True, editable=False)
    vanished_at = models.DateTimeField(
        _("no longer in the registry since"), null=True, blank=True, editable=False
    )

    class Meta:
        verbose_name = _("award")
        verbose_name_plural = _("awards")
        ordering = ["-edition__year"]
        unique_together = [("authority", "edition")]

    def __str__(self) -> str:
        return f"{self.edition} · {self.summary}"

    @property
    def confirmed(self) -> bool:
        """Whether the registry says so today; otherwise the award is declared by the town."""
        return self.origin == self.Origin.REGISTRY and self.vanished_at is None

    @property
    def proof(self) -> str:
        """`confirmed` or `declared`, as `data-vi-proof` says it."""
        return "confirmed" if self.confirmed else "declared"

    @property
    def summary(self) -> str:
        """Standing or level in a few words, without the year."""
        if self.standing == self.Standing.LABELLED and self.level is not None:
            programme = self.edition.programme
            unit = programme.unit if self.level == 1 else programme.unit_plural
            return f"{self.level} {unit}"
        return self.get_standing_display()

    def with_content_json(self, content):
        """A former version of the award, that says nothing of whose it is nor of who stated it.

        Those are facts of today: a former « read in the registry » would be a false confirmation.
        """
        award = super().with_content_json(content)
        award.authority_id = self.authority_id
        award.origin = self.origin
        award.remote_id = self.remote_id
        award.vanished_at = self.vanished_at
        return award

    def clean(self) -> None:
        if self.standing in self.WITHOUT_LEVEL and self.level is not None:
            raise ValidationError({"level": _("This standing has no level.")})
        if not self.edition_id:
            return
        programme = self.edition.programme
        if not programme.max_level:
            if self.level is not None:
                raise ValidationError({"level": _("This label has no levels.")})
        elif self.level is None:
            if self.standing == self.Standing.LABELLED:
                message = _("Give the level, or choose the standing “labelled, level unknown”.")
                raise ValidationError({"level": message})
        elif not 1 <= self.level <= programme.max_level:
            raise ValidationError(
                {
                    "level": _("The level goes from 1 to %(highest)d %(units)s.")
                    % {"highest": programme.max_level, "units": programme.unit_plural}
                }
            )


class Distinction(models.Model):
    """A special mention inside an edition, with its own validity."""

    award = ParentalKey(Award, on_delete=models.CASCADE, related_name="distinctions")
    name = models.CharField(_("name"), max_length=255)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    class Meta:
        verbose_name = _("mention")
        verbose_name_plural = _("mentions")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name
