"""Where each declaration stands, what was sent for it, and what each run did."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..authorities.models import LocalAuthority
from ..dossiers.models import Filing
from ..matrix.models import Matrix

BY_HAND = ""


class Registry(models.Model):
    """A registry this site has spoken to, by its address; the empty address is « by hand ».

    Matrix and editions are read once a registry, not once a town.
    """

    address = models.CharField(_("address"), max_length=500, unique=True)
    matrix = models.ForeignKey(Matrix, null=True, blank=True, on_delete=models.SET_NULL)
    matrix_version = models.CharField(max_length=100, blank=True)
    matrix_etag = models.CharField(max_length=255, blank=True)
    editions_etag = models.CharField(max_length=255, blank=True)

    class Meta:
        verbose_name = _("registry")
        verbose_name_plural = _("registries")

    def __str__(self) -> str:
        return self.address or str(_("by hand"))


class Backoff(models.Model):
    """How long to leave a registry's host alone, or what shares a refused token there.

    One row a `host` (with its port), under an empty `token`; one a token that it refused, under its
    fingerprint; and one an authority that fails by itself (see `backoff`).
    """

    host = models.CharField(max_length=255)
    token = models.CharField(max_length=16, blank=True)
    failures = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()
    retry_at = models.DateTimeField()
    message = models.TextField(blank=True)

    class Meta:
        unique_together = [("host", "token")]

    def __str__(self) -> str:
        return self.host


class Link(models.Model):
    """One authority at one registry: how far its feed was read, and who is running now.

    `generation` counts the leases given: a runner that lost its lease finds another number and
    writes nothing; `holder` says which process has it. `wakeups` counts what asked for a run, so
    that a publication during a run is not forgotten. `instance` is the INSTANCE that writes here: a
    copy of the database under another name sends nothing. `queued_at`: when a task was asked to
    run for it, which has not begun.
    """

    authority = models.ForeignKey(LocalAuthority, on_delete=models.CASCADE)
    registry = models.ForeignKey(Registry, on_delete=models.CASCADE)
    instance = models.CharField(max_length=255, blank=True)
    epoch = models.CharField(max_length=36, blank=True)
    sequence = models.PositiveBigIntegerField(default=0)
    awards_etag = models.CharField(max_length=255, blank=True)
    dossiers_etag = models.CharField(max_length=255, blank=True)
    generation = models.PositiveBigIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    holder = models.CharField(max_length=255, blank=True)
    wakeups = models.PositiveBigIntegerField(default=0)
    served_wakeups = models.PositiveBigIntegerField(default=0)
    queued_at = models.DateTimeField(null=True, blank=True)
    last_run_at = models.DateTimeField(_("last run"), null=True, blank=True)
    last_success_at = models.DateTimeField(_("last success"), null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)

    class Meta:
        unique_together = [("authority", "registry")]

    def __str__(self) -> str:
        return f"{self.authority} → {self.registry}"


class Declaration(models.Model):
    """Where one service stands at one registry.

    It carries the service's remote id, not a key that a deletion would cascade over: what was
    declared must be withdrawn even when nothing is left of it here. `acknowledged` is the
    contract's body last acknowledged (None: nothing of ours is there), and is what « changed »
    and three-way merges are measured against. `etag` is the tag of what is there as last known,
    empty where nothing is. `remote` is the body read there, where it is not ours; `remote_hash` is
    the content hash of what is there, so that one that differs from `acknowledged_hash` without a
    `remote` says that the registry altered what it was sent. `problems` are the contract's field
    errors on the body whose hash is `rejected_hash`; given up, that body is not tried again.

    A field of `remote` that differs from `acknowledged` was changed there. Deciding on it, for one
    side or the other, makes `acknowledged` follow `remote` in that field (see `merge`).
    """

    class State(models.TextChoices):
        TO_SEND = "to_send", _("To be transmitted")
        SENT = "sent", _("Transmitted")
        REJECTED = "rejected", _("Refused: to be corrected")
        CONFLICT = "conflict", _("Two different versions")
        TO_WITHDRAW = "to_withdraw", _("To be withdrawn")
        HELD = "held", _("Waiting for confirmation")
        UNKNOWN_CODE = "unknown_code", _("Attachment to be confirmed")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        GIVEN_UP = "given_up", _("Given up")

    authority = models.ForeignKey(
        LocalAuthority,
        verbose_name=_("local authority"),
        on_delete=models.CASCADE,
        related_name="declarations",
    )
    registry = models.ForeignKey(Registry, verbose_name=_("registry"), on_delete=models.CASCADE)
    remote_id = models.CharField(_("remote id"), max_length=36)
    title = models.CharField(_("title"), max_length=255, blank=True)
    state = models.CharField(
        _("state"), max_length=20, choices=State.choices, default=State.TO_SEND
    )
    acknowledged = models.JSONField(null=True, blank=True)
    acknowledged_hash = models.CharField(max_length=64, blank=True)
    acknowledged_at = models.DateTimeField(_("transmitted on"), null=True, blank=True)
    etag = models.CharField(max_length=255, blank=True)
    remote = models.JSONField(null=True, blank=True)
    remote_hash = models.CharField(max_length=64, blank=True)
    problems = models.JSONField(default=list, blank=True)
    rejected_hash = models.CharField(max_length=64, blank=True)
    message = models.TextField(_("message"), blank=True)

    class Meta:
        verbose_name = _("transmission")
        verbose_name_plural = _("transmissions")
        ordering = ["title", "pk"]
        unique_together = [("authority", "registry", "remote_id")]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.title or self.remote_id


class Attempt(models.Model):
    """One frozen write: its key, its octets and its precondition, stored before the first send.

    A write whose answer was lost is sent again unchanged. `answered_at` is empty until the
    registry's word on it is known. `base` is what both sides agree on once it is taken, where that
    is not the body: what changed at the registry only goes back as it is there, and is still to be
    decided on. By hand, it is what `user` said to have copied, and when.
    """

    class Operation(models.TextChoices):
        PUT = "put", _("declare")
        DELETE = "delete", _("withdraw")

    declaration = models.ForeignKey(Declaration, on_delete=models.CASCADE, related_name="attempts")
    key = models.CharField(max_length=255, unique=True, default=uuid.uuid4)
    operation = models.CharField(max_length=10, choices=Operation.choices)
    body = models.TextField(blank=True)
    body_hash = models.CharField(max_length=64, blank=True)
    base = models.JSONField(null=True, blank=True)
    if_match = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    # Indexed for the few that have none yet, which each run looks for.
    answered_at = models.DateTimeField(null=True, blank=True, db_index=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    answer_etag = models.CharField(max_length=255, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        ordering = ["pk"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.operation} {self.key}"


class SyncRun(models.Model):
    """A run that did something, or failed. An idle run leaves a date on the link, no row here."""

    class Outcome(models.TextChoices):
        DONE = "done", _("done")
        PARTIAL = "partial", _("something is left")
        FAILED = "failed", _("failed")

    authority = models.ForeignKey(
        LocalAuthority,
        verbose_name=_("local authority"),
        on_delete=models.CASCADE,
        related_name="sync_runs",
    )
    registry = models.ForeignKey(Registry, verbose_name=_("registry"), on_delete=models.CASCADE)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    declared = models.PositiveIntegerField(_("declared"), default=0)
    withdrawn = models.PositiveIntegerField(_("withdrawn"), default=0)
    pulled = models.PositiveIntegerField(_("read"), default=0)
    left = models.PositiveIntegerField(_("left"), default=0)
    message = models.TextField(_("message"), blank=True)

    class Meta:
        verbose_name = _("synchronisation")
        verbose_name_plural = _("synchronisations")
        ordering = ["-started_at"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"

    @property
    def did_something(self) -> bool:
        return bool(self.declared or self.withdrawn or self.pulled)


class RemoteDossier(models.Model):
    """What stands at one registry as the dossier of one authority for one edition, as last read.

    `receipts` are those of every filing there, newest first, in the contract's shape; an empty
    `etag` says that nothing is filed there.
    """

    authority = models.ForeignKey(LocalAuthority, on_delete=models.CASCADE, related_name="+")
    registry = models.ForeignKey(Registry, on_delete=models.CASCADE, related_name="+")
    year = models.PositiveSmallIntegerField()
    etag = models.CharField(max_length=255, blank=True)
    key = models.CharField(max_length=255, blank=True)
    receipts = models.JSONField(default=list, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        unique_together = [("authority", "registry", "year")]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.authority} {self.year}"


class FilingAttempt(models.Model):
    """One frozen sending of one version of a dossier: key and precondition, stored before the
    first send. Its octets are those of the version."""

    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="attempts")
    key = models.CharField(max_length=255, unique=True, default=uuid.uuid4)
    if_match = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    # Indexed for the few that have none yet, which each run looks for.
    answered_at = models.DateTimeField(null=True, blank=True, db_index=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.key
