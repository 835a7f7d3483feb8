"""The yearly dossier of an authority: its campaign, what it says, what was filed and agreed to."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..authorities.models import LocalAuthority


class Campaign(models.Model):
    """What one authority notes of the campaign of one edition: dates, until the registry gives
    some, whether it sits this one out, and what the association asks outside the site.

    Known by the year on the sign, since the edition may not be listed yet. The dates typed are the
    town's own: nobody else sees them (see `campaign.calendar`).
    """

    authority = models.ForeignKey(
        LocalAuthority,
        verbose_name=_("local authority"),
        on_delete=models.CASCADE,
        related_name="campaigns",
        editable=False,
    )
    year = models.PositiveSmallIntegerField(_("year on the sign"))
    opens_on = models.DateField(_("opens on"), null=True, blank=True)
    closes_on = models.DateField(_("closes on"), null=True, blank=True)
    ceremony_on = models.DateField(_("ceremony"), null=True, blank=True)
    sits_out = models.BooleanField(_("no dossier for this edition"), default=False)

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["-year"]
        unique_together = [("authority", "year")]
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.year)


class Step(models.Model):
    """One thing that the association asks outside the site, in one campaign: done, and by whom.

    A row for what was done or noted only. `note` stays here: it may name people.
    """

    class Code(models.TextChoices):
        MEMBERSHIP = "membership", _("Membership up to date")
        ACCOUNT = "account", _("Account on villes-internet.net")
        ATTACHED = "attached", _("Attached to the page of the local authority")
        REFERENCED = "referenced", _("Actions referenced")
        CEREMONY = "ceremony", _("Ceremony: who goes?")

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="steps")
    code = models.CharField(max_length=20, choices=Code.choices)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=255, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        unique_together = [("campaign", "code")]
        default_permissions = ()

    def __str__(self) -> str:
        return self.get_code_display()


class Notice(models.Model):
    """A mail about the closing of a campaign that was sent to one mailbox: never twice.

    By the closing date it spoke of: where the closing is moved, what is said of the new date is
    another notice.
    """

    class Mailbox(models.TextChoices):
        TECHNICAL = "technical", _("webmaster")
        ELECTED = "elected", _("elected official")

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="notices")
    mailbox = models.CharField(max_length=10, choices=Mailbox.choices)
    closes_on = models.DateField()
    days = models.PositiveSmallIntegerField()
    sent_at = models.DateTimeField()

    class Meta:
        unique_together = [("campaign", "mailbox", "closes_on", "days")]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.closes_on} - {self.days}"


class Dossier(models.Model):
    """What one authority files for one edition, as it is being prepared.

    The services are not in it: they are read off the site each time, but for the choices made
    about some of them. What was filed is in its `filings`, which nothing changes any more.
    `asked_at`, `asked_sha256`: when the agreement of an élu was asked for, and to what.
    """

    authority = models.ForeignKey(
        LocalAuthority,
        verbose_name=_("local authority"),
        on_delete=models.PROTECT,
        related_name="dossiers",
        editable=False,
    )
    year = models.PositiveSmallIntegerField(_("year on the sign"))
    statement = models.TextField(
        _("statement"),
        blank=True,
        max_length=20_000,
        help_text=_("What the town wants to say of its year, in its own words."),
    )
    answers = models.TextField(
        _("answers to the questionnaire"),
        blank=True,
        max_length=100_000,
        help_text=_("One free text, until the association makes its questions public."),
    )
    carried_from = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    opened_at = models.DateTimeField(auto_now_add=True)
    asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    asked_sha256 = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("yearly dossier")
        verbose_name_plural = _("yearly dossiers")
        ordering = ["-year"]
        unique_together = [("authority", "year")]
        default_permissions = ("view", "change")
        permissions = [
            ("file_dossier", _("Can file the yearly dossier")),
            ("agree_dossier", _("Can agree to the yearly dossier, as an elected official")),
        ]

    def __str__(self) -> str:
        return str(self.year)


class Choice(models.Model):
    """A service that somebody left out of a dossier, or took in against the rules, and why.

    By its remote id, so that a choice outlives the service it is about.
    """

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="choices")
    remote_id = models.CharField(max_length=36)
    title = models.CharField(max_length=255, blank=True)
    included = models.BooleanField(default=False)
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        unique_together = [("dossier", "remote_id")]
        default_permissions = ()

    def __str__(self) -> str:
        return self.title or self.remote_id


class Filing(models.Model):
    """One version of a dossier, frozen when somebody filed it, and what became of it.

    `octets` are the very octets sent, `annex` those of what it takes to read them without the site
    (labels, full services: see `content.Content`), each with its SHA-256; `seal` is over both (see
    `sealing`). These columns are written once. `registry_address` is where it goes, empty by hand.
    """

    class State(models.TextChoices):
        TO_SEND = "to_send", _("To be transmitted")
        TO_COPY = "to_copy", _("To be copied")
        FILED = "filed", _("Filed")
        DISPUTED = "disputed", _("Filed, but the receipt does not match")
        REJECTED = "rejected", _("Refused: to be corrected")
        TOO_LATE = "too_late", _("Refused: the campaign is closed")
        CONFLICT = "conflict", _("Another dossier is filed at the registry")
        GIVEN_UP = "given_up", _("Given up")

    # Those of a version that the association has.
    RECEIVED = (State.FILED, State.DISPUTED)
    FROZEN = frozenset(
        {
            *("dossier", "number", "octets", "sha256", "annex", "annex_sha256"),
            *("seal", "registry_address", "frozen_at", "user"),
        }
    )

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="filings")
    number = models.PositiveSmallIntegerField(_("version"))
    octets = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    annex = models.BinaryField()
    annex_sha256 = models.CharField(max_length=64)
    seal = models.CharField(max_length=64)
    registry_address = models.CharField(max_length=500, blank=True)
    frozen_at = models.DateTimeField(_("frozen on"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices)
    message = models.TextField(_("message"), blank=True)
    problems = models.JSONField(default=list, blank=True)

    class Meta:
        verbose_name = _("version filed")
        verbose_name_plural = _("versions filed")
        ordering = ["-number"]
        unique_together = [("dossier", "number")]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.dossier} ({self.number})"

    def save(self, *args, update_fields=None, **kwargs):
        """Raises `TypeError` where it would write a frozen column again."""
        if self.pk is not None and (update_fields is None or self.FROZEN & set(update_fields)):
            raise TypeError("What was filed is never changed.")
        super().save(*args, update_fields=update_fields, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("What was filed is never deleted.")

    @property
    def is_settled(self) -> bool:
        """Whether nothing more happens to it by itself."""
        return self.state not in (self.State.TO_SEND, self.State.TO_COPY)


class Receipt(models.Model):
    """What says that a version was received: the registry's word, or one typed here.

    `sha256` is what the registry says to have received, to be compared with that of the version;
    empty where somebody typed a receipt without one.
    """

    filing = models.OneToOneField(Filing, on_delete=models.PROTECT, related_name="receipt")
    number = models.CharField(_("number"), max_length=255, blank=True)
    received_at = models.DateTimeField(_("received on"))
    sha256 = models.CharField(max_length=64, blank=True)
    key = models.CharField(max_length=255, blank=True)
    typed = models.BooleanField(default=False)
    noted_at = models.DateTimeField(auto_now_add=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        default_permissions = ()

    def __str__(self) -> str:
        return self.number or f"{self.received_at:%Y-%m-%d}"


class Agreement(models.Model):
    """An élu's agreement to exactly what they were shown: the SHA-256 of it, role, date and user.

    `outside`: it was given outside the site, and `user` noted that. Rows are added, never changed:
    whether one counts follows from the digest of the dossier as it stands (see `agreements`).
    """

    class Role(models.TextChoices):
        ELECTED = "elected", _("elected official")
        TECHNICAL = "technical", _("member of staff")

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="agreements")
    shown_sha256 = models.CharField(max_length=64)
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.ELECTED)
    agreed_on = models.DateField(_("date"))
    outside = models.BooleanField(_("given outside the site"), default=False)
    noted_at = models.DateTimeField(auto_now_add=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        ordering = ["-pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.agreed_on}"


class Scan(models.Model):
    """The paper an agreement was given on. In the database, since it shows a signature: a file
    beside the site's pictures would be served to whoever guesses its address."""

    agreement = models.OneToOneField(Agreement, on_delete=models.CASCADE, related_name="scan")
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=50)
    octets = models.BinaryField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
