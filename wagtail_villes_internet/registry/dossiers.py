"""A filed dossier, as a registry answers it (contract, `authorities/{siren}/dossiers/{year}`)."""

from . import members as read
from .decode import Malformed
from .members import Object, an_object
from .types import DossierWrite, DossierWritten, FiledReceipt, StoredDossier

# Contract, « Sizes ».
MAX_OCTETS = 8 * 1024 * 1024


def stored(data: object, siren: str, year: int) -> StoredDossier:
    """`GET`: what is filed. Raises `Malformed`, for the dossier of another town or year too."""
    given = an_object(data)
    dossier = an_object(read.member(given, "dossier"))
    if read.year(dossier, "edition") != year or read.text(dossier, "authority") != siren:
        raise Malformed("another dossier")
    receipts = tuple(map(_receipt, read.objects(given, "receipts")))
    if not receipts:
        raise Malformed("receipts")
    return StoredDossier(read.tag(given), read.key(given), dossier, receipts)


def written(data: object, write: DossierWrite, *, status: int, replayed: bool) -> DossierWritten:
    """The 2xx answer to that filing, and to no other: its receipt carries the filing's key.

    A receipt for other octets than ours still comes through: it is a fact to show to somebody.
    """
    given = an_object(data)
    receipt = _receipt(an_object(read.member(given, "receipt")))
    if receipt.key != write.key:
        raise Malformed("the answer to another filing")
    return DossierWritten(status, read.tag(given), receipt, replayed)


def _receipt(given: Object) -> FiledReceipt:
    return FiledReceipt(
        number=read.name_(given, "number"),
        received_at=read.instant(given, "received_at"),
        sha256=read.sha256(given, "sha256"),
        key=read.key(given),
    )
