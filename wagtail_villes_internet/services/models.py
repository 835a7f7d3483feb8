"""What the town offers: its digital services."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import Case, IntegerField, When
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail.coreutils import get_supported_content_language_variant
from wagtail.fields import RichTextField
from wagtail.images import get_image_model_string
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    PreviewableMixin,
    RevisionMixin,
    TranslatableMixin,
    WorkflowMixin,
)
from wagtail.search import index

from ..authorities.models import LocalAuthority
from ..matrix.models import ReferenceService
from .fields import ChoiceSetField
from .remapping.following import follow

RICH_TEXT_FEATURES = ["bold", "italic", "ul", "ol", "link"]


# The columns of a row that was never online, locked nor scheduled.
NEVER_PUBLISHED = {
    "live": False,
    "has_unpublished_changes": True,
    "live_revision": None,
    "latest_revision": None,
    "first_published_at": None,
    "last_published_at": None,
    "go_live_at": None,
    "expire_at": None,
    "expired": False,
    "locked": False,
    "locked_at": None,
    "locked_by": None,
}


class Audience(models.TextChoices):
    RESIDENTS = "residents", _("all residents")
    FAMILIES = "families", _("families")
    YOUTH = "youth", _("young people")
    ELDERS = "elders", _("older people")
    DISABLED = "disabled", _("people with disabilities")
    JOBSEEKERS = "jobseekers", _("job seekers")
    NEWCOMERS = "newcomers", _("newcomers")
    VISITORS = "visitors", _("visitors")
    ASSOCIATIONS = "associations", _("associations")
    BUSINESSES = "businesses", _("businesses")
    AGENTS = "agents", _("staff")
    ELECTED = "elected", _("elected officials")


class Interaction(models.TextChoices):
    INFORM = "inform", _("get information")
    APPLY = "apply", _("apply")
    BOOK = "book", _("book")
    PAY = "pay", _("pay")
    REPORT = "report", _("report a problem")
    CONSULT = "consult", _("give an opinion")


class DigitalServiceQuerySet(models.QuerySet):
    def of(self, authority: LocalAuthority | None) -> "DigitalServiceQuerySet":
        """The services of one authority; none for None."""
        return self.filter(authority=authority) if authority else self.none()

    def live(self) -> "DigitalServiceQuerySet":
        return self.filter(live=True)

    def foremost_first(self) -> "DigitalServiceQuerySet":
        """By remote id, and under each first the translation that speaks for the others.

        That is the one in the site's default language, else the oldest.
        """
        language = get_supported_content_language_variant(settings.LANGUAGE_CODE)
        rank = Case(
            When(locale__language_code=language, then=0), default=1, output_field=IntegerField()
        )
        return self.order_by("translation_key", rank, "pk")

    def by_remote_id(self) -> dict[str, tuple[int, str]]:
        """The key and the title of the oldest translation of each, by remote id."""
        # The oldest last, so that it is the one kept.
        rows = self.order_by("-pk").values_list("translation_key", "pk", "title")
        return {str(remote_id): (pk, title) for remote_id, pk, title in rows.iterator()}


class DigitalService(
    WorkflowMixin,
    PreviewableMixin,
    DraftStateMixin,
    LockableMixin,
    RevisionMixin,
    TranslatableMixin,
    index.Indexed,
    ClusterableModel,
):
    """What the town offers with digital means: a service, a project, a place, an event.

    The fields are those of the registry contract's service, and three of ours: the department in
    charge, « montrer aux habitants » (`public`) and « compter dans le dossier » (`counted`).
    The remote id is `translation_key`: the translations of one service are one declaration.
    """

    class Kind(models.TextChoices):
        SERVICE = "service", _("service")
        PROJECT = "project", _("project")
        PLACE = "place", _("place")
        EVENT = "event", _("event")

    class Status(models.TextChoices):
        PLANNED = "planned", _("planned")
        ACTIVE = "active", _("in service")
        ENDED = "ended", _("ended")

    class Provider(models.TextChoices):
        AUTHORITY = "authority", _("the local authority")
        INTERCOMMUNAL = "intercommunal", _("the intercommunality")
        ASSOCIATION = "association", _("an association")
        CONTRACTOR = "contractor", _("a contractor")

    authority = models.ForeignKey(
        LocalAuthority,
        verbose_name=_("local authority"),
        on_delete=models.PROTECT,
        related_name="digital_services",
        editable=False,
    )
    title = models.CharField(_("title"), max_length=255)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.SERVICE)
    summary = models.TextField(
        _("summary"),
        max_length=500,
        blank=True,
        help_text=_("What it is for, in a sentence or two, for a resident."),
    )
    description = RichTextField(
        _("description"), blank=True, features=RICH_TEXT_FEATURES, max_length=20_000
    )
    url = models.URLField(
        _("web address"),
        max_length=2000,
        blank=True,
        help_text=_("Where to use it. A service without an address is shown just as well."),
    )
    offline_alternative = models.TextField(
        _("without Internet"),
        max_length=500,
        blank=True,
        help_text=_("How to get the same service at the desk, by post or by telephone."),
    )
    reference_services = ParentalManyToManyField(
        ReferenceService,
        verbose_name=_("reference services"),
        related_name="digital_services",
        help_text=_("What it corresponds to in the matrix; its themes follow from that."),
    )
    image = models.ForeignKey(
        get_image_model_string(),
        verbose_name=_("picture"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Shown beside the service, where a list has room for it. Not transmitted."),
    )
    audiences = ChoiceSetField(_("for whom"), codes=Audience)
    interactions = ChoiceSetField(_("what one can do"), codes=Interaction)
    status = models.CharField(
        _("progress"), max_length=10, choices=Status.choices, default=Status.ACTIVE
    )
    started_on = models.DateField(_("since"), null=True, blank=True)
    ended_on = models.DateField(_("until"), null=True, blank=True)
    provider = models.CharField(
        _("provided by"), max_length=20, choices=Provider.choices, default=Provider.AUTHORITY
    )
    department = models.CharField(
        _("department in charge"),
        max_length=255,
        blank=True,
        help_text=_("Inside the local authority. Not transmitted."),
    )
    latitude = models.DecimalField(
        _("latitude"), max_digits=9, decimal_places=6, null=True, blank=True
    )
    longitude = models.DecimalField(
        _("longitude"), max_digits=9, decimal_places=6, null=True, blank=True
    )
    public = models.BooleanField(
        _("show to residents"),
        default=True,
        help_text=_("Untick for an internal measure, such as the security of the network."),
    )
    counted = models.BooleanField(
        _("count in the dossier"),
        default=True,
        help_text=_("Untick to withdraw it from what is declared for the label."),
    )

    is_being_saved = False
    """While it is, its relations are written in the transaction of its row."""

    objects = DigitalServiceQuerySet.as_manager()

    search_fields = [
        index.SearchField("title", boost=2),
        index.AutocompleteField("title"),
        index.SearchField("summary"),
        index.FilterField("authority"),
        index.FilterField("live"),
        index.FilterField("public"),
        index.FilterField("status"),
        index.FilterField("locale"),
    ]

    class Meta:
        verbose_name = _("digital service")
        verbose_name_plural = _("digital services")
        ordering = ["title", "pk"]
        unique_together = [("translation_key", "locale")]

    def __str__(self) -> str:
        return self.title

    @property
    def remote_id(self) -> str:
        """The lower-case UUID under which registries know this service, once and for good."""
        return str(self.translation_key)

    def with_content_json(self, content):
        """What a revision holds, attached as the matrix in use has it."""
        found = super().with_content_json(content)
        held = list(found.reference_services.all())
        followed = follow(held, self.authority_id, self.translation_key)
        if followed is not held:
            found.reference_services = followed
        return found

    def get_preview_template(self, request, mode_name):
        return "wagtail_villes_internet/services/service_preview.html"

    def get_preview_context(self, request, mode_name):
        # A list of one: the preview shows it with the template that lists them all.
        return {**super().get_preview_context(request, mode_name), "services": [self]}

    def copy_for_translation(self, locale, exclude_fields=None):
        """An unsaved draft in `locale`: the same service, under the same remote id.

        Wagtail copies the latest version whole, « en ligne » and its schedule included, which would
        publish what nobody has translated.
        """
        translation = super().copy_for_translation(locale, exclude_fields)
        for name, value in NEVER_PUBLISHED.items():
            setattr(translation, name, value)
        return translation

    def save_revision(self, *args, overwrite_revision=None, **kwargs):
        """Save a version; a version that was submitted to review is never written over."""
        if overwrite_revision is not None and overwrite_revision.task_states.exists():
            overwrite_revision = None
        return super().save_revision(*args, overwrite_revision=overwrite_revision, **kwargs)

    def save(self, *args, **kwargs):
        # Live row, relations and indexes land together: a killed process leaves all or nothing.
        with transaction.atomic():
            self.is_being_saved = True
            try:
                return super().save(*args, **kwargs)
            finally:
                self.is_being_saved = False

    def publish(self, *args, **kwargs):
        """Publish a revision, in one transaction.

        A process killed between the row and the clean-up of its schedule would lose it for good.
        """
        with transaction.atomic():
            return super().publish(*args, **kwargs)


class AssociationPage(models.Model):
    """The address of a service's page (« fiche ») in the association's tool.

    Kept by remote id: the translations of a service share it, no draft holds it back, and it
    outlives the service, which must still be found there to be taken out.
    """

    authority = models.ForeignKey(LocalAuthority, on_delete=models.CASCADE, related_name="+")
    remote_id = models.UUIDField()
    url = models.URLField(_("page on the association’s site"), max_length=2000)

    class Meta:
        unique_together = [("authority", "remote_id")]

    def __str__(self) -> str:
        return self.url
