"""What the registry keeps. Every tag is made by `new_tag`, so that none is ever used twice."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone


def new_tag() -> str:
    """A strong entity tag, quotes included, that no resource ever had (contract, Tags)."""
    return f'"{uuid.uuid4().hex}"'


class Registry(models.Model):
    """The one row about the whole: made by a migration, read by `Registry.objects.get()`."""

    epoch = models.UUIDField(default=uuid.uuid4)
    # Renewed with any correction of any version, and whenever another version becomes current.
    matrix_tag = models.CharField(max_length=40, default=new_tag)
    editions_tag = models.CharField(max_length=40, default=new_tag)
    # The parts of the demonstration's data already loaded once; none is ever loaded again.
    demo_parts = models.JSONField(default=list)

    def __str__(self) -> str:
        return str(self.epoch)


class Authority(models.Model):
    """A commune, an EPCI or another territory, and the state of its feed."""

    siren = models.CharField(max_length=9, unique=True)
    insee = models.CharField(max_length=5, null=True, blank=True)
    name = models.CharField(max_length=255)
    kind = models.CharField(max_length=10)
    url = models.URLField(max_length=500, blank=True, default="")
    # The last sequence given out, and the highest of a tombstone removed since (0: none).
    sequence = models.PositiveBigIntegerField(default=0)
    floor = models.PositiveBigIntegerField(default=0)
    tag = models.CharField(max_length=40, default=new_tag)
    awards_tag = models.CharField(max_length=40, default=new_tag)
    dossiers_tag = models.CharField(max_length=40, default=new_tag)

    class Meta:
        ordering = ["name", "siren"]

    def __str__(self) -> str:
        return self.name


class TokenQuerySet(models.QuerySet):
    def valid(self) -> "TokenQuerySet":
        return self.filter(Q(valid_until=None) | Q(valid_until__gt=timezone.now()))


class Token(models.Model):
    """A bearer token of one authority, or of an operator with a list. Only its digest is kept."""

    name = models.CharField(max_length=100, unique=True)
    digest = models.CharField(max_length=64, unique=True)
    authorities = models.ManyToManyField(Authority, related_name="tokens")
    # Set when the token is retired; it is accepted until then, beside the one that follows it.
    valid_until = models.DateTimeField(null=True, blank=True)

    objects = TokenQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class Matrix(models.Model):
    """One version of the referential: `axes` in the contract's shape, ready to be answered."""

    version = models.CharField(max_length=100, unique=True)
    official = models.BooleanField(default=False)
    axes = models.JSONField(default=list)
    is_current = models.BooleanField(default=False)
    tag = models.CharField(max_length=40, default=new_tag)

    def __str__(self) -> str:
        return self.version


class ReferenceCode(models.Model):
    """A code of any matrix version ever published; none is ever removed."""

    code = models.CharField(max_length=255, unique=True)

    def __str__(self) -> str:
        return self.code


class Edition(models.Model):
    """One edition of the label. What is not established is null, never computed."""

    year = models.PositiveSmallIntegerField(unique=True)
    ordinal = models.PositiveSmallIntegerField(null=True, blank=True)
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    ceremony_on = models.DateField(null=True, blank=True)
    place = models.CharField(max_length=255, null=True, blank=True)
    labelled_count = models.PositiveIntegerField(null=True, blank=True)
    published = models.BooleanField(default=False)
    palmares_complete = models.BooleanField(default=False)
    palmares_tag = models.CharField(max_length=40, default=new_tag)

    class Meta:
        ordering = ["year"]

    def __str__(self) -> str:
        return str(self.year)


class Award(models.Model):
    """What one authority obtained at one edition."""

    award_id = models.CharField(max_length=100)
    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="awards")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="awards")
    standing = models.CharField(max_length=20)
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    distinctions = models.JSONField(default=list)
    source_url = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ["edition__year", "award_id"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "award_id"], name="award_id_once"),
            models.UniqueConstraint(fields=["authority", "edition"], name="award_edition_once"),
        ]

    def __str__(self) -> str:
        return self.award_id


class PalmaresLine(models.Model):
    """One line of the list of an edition: an authority that need not be one of this registry."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="palmares")
    line_id = models.CharField(max_length=200)
    siren = models.CharField(max_length=9, null=True, blank=True)
    insee = models.CharField(max_length=5, null=True, blank=True)
    name = models.CharField(max_length=255)
    place = models.CharField(max_length=255, blank=True, default="")
    standing = models.CharField(max_length=20)
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    distinctions = models.JSONField(default=list)
    source_url = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ["line_id"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "line_id"], name="palmares_line_once"),
        ]

    def __str__(self) -> str:
        return self.line_id


class Service(models.Model):
    """A declared service, or the tombstone of one: `fields` is what was sent, or null."""

    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="services")
    service_id = models.CharField(max_length=36)
    fields = models.JSONField(null=True)
    content_hash = models.CharField(max_length=64, blank=True)
    tag = models.CharField(max_length=40)
    # Of the write that made this state; null when the registry wrote.
    key = models.CharField(max_length=255, null=True)
    sequence = models.PositiveBigIntegerField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["authority", "service_id"], name="service_id_once"),
            models.UniqueConstraint(fields=["authority", "sequence"], name="service_sequence_once"),
        ]

    def __str__(self) -> str:
        return self.service_id

    @property
    def is_withdrawn(self) -> bool:
        return self.fields is None

    def members(self) -> dict[str, object]:
        """The representation, or the tombstone, as feeds and answers show it."""
        if self.is_withdrawn:
            return {
                "id": self.service_id,
                "deleted": True,
                "sequence": self.sequence,
                "key": self.key,
            }
        return {
            **self.fields,
            "id": self.service_id,
            "etag": self.tag,
            "hash": self.content_hash,
            "key": self.key,
            "sequence": self.sequence,
        }


class Dossier(models.Model):
    """What one authority files for one edition: its last filing, and all those before."""

    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="dossiers")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="dossiers")
    tag = models.CharField(max_length=40, default=new_tag)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["authority", "edition"], name="dossier_once"),
        ]

    def __str__(self) -> str:
        return f"{self.authority} {self.edition}"


class Filing(models.Model):
    """One version of a dossier, its octets as they were sent. Filings are added, never changed."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="filings")
    number = models.CharField(max_length=50, unique=True)
    octets = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    # Of the request that brought it; null when the registry entered it.
    key = models.CharField(max_length=255, null=True)
    # A token's name, or « registry ».
    actor = models.CharField(max_length=100)
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.number

    def save(self, *args: object, **kwargs: object) -> None:
        """Adds the filing. Raises `TypeError` on one that is kept already."""
        if self.pk is not None:
            raise TypeError("A filing is never changed.")
        super().save(*args, **kwargs)


class StoredAnswer(models.Model):
    """The first answer given to an idempotency key, without its epoch. `resource` is the id of a
    service, or `dossiers/` and a year."""

    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="answers")
    key = models.CharField(max_length=255)
    resource = models.CharField(max_length=36)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    members = models.JSONField()
    stored_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["authority", "key"], name="answer_key_once"),
        ]

    def __str__(self) -> str:
        return self.key


class LogLine(models.Model):
    """One change of one service. Lines are added, never changed."""

    CREATE, REPLACE, WITHDRAW = "create", "replace", "withdraw"
    OPERATIONS = [(CREATE, "création"), (REPLACE, "modification"), (WITHDRAW, "retrait")]

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="log")
    sequence = models.PositiveBigIntegerField()
    service_id = models.CharField(max_length=36)
    operation = models.CharField(max_length=10, choices=OPERATIONS)
    # Empty for what does not concern residents: a firewall is declared, not announced.
    public_title = models.CharField(max_length=255, blank=True)
    key = models.CharField(max_length=255, null=True)
    # A token's name, or « registry ».
    actor = models.CharField(max_length=100)
    hash_before = models.CharField(max_length=64, blank=True)
    hash_after = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["authority", "-sequence"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "sequence"], name="log_sequence_once"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.operation}"

    def save(self, *args: object, **kwargs: object) -> None:
        """Adds the line. Raises `TypeError` on one that is written already."""
        if self.pk is not None:
            raise TypeError("The log is only ever added to.")
        super().save(*args, **kwargs)
