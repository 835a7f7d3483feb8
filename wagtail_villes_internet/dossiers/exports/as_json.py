"""What a program reads: an envelope around the dossier and its annex, and the octets alone.

`dossier` and `annex` stand in the envelope octet for octet as they were frozen.
"""

from typing import Any, BinaryIO

from ...registry.canonical import canonical_json
from .errors import NotSent
from .facts import unofficial
from .marks import Export


def write(export: Export, output: BinaryIO) -> None:
    head = canonical_json(envelope(export)).encode()
    output.write(head.removesuffix(b"}") + b',"dossier":')
    output.write(export.octets)
    output.write(b',"annex":')
    output.write(export.annex)
    output.write(b"}\n")


def write_octets(export: Export, output: BinaryIO) -> None:
    """The very octets of the contract's dossier: what the receipt's SHA-256 is of.

    Raises `NotSent` for a draft.
    """
    if export.marks.is_draft:
        raise NotSent
    output.write(export.octets)


def envelope(export: Export) -> dict[str, Any]:
    """What a file says of the dossier, beside it. Instants are ISO 8601, `sha256` is of the octets
    of `dossier`, and `digest`, for a draft, what an agreement to it is over."""
    content, marks = export.content, export.marks
    receipt = marks.receipt
    return {
        "authority": content.authority["name"],
        "edition": content.year,
        "version": marks.number,
        "draft": marks.is_draft,
        "state": marks.state or None,
        "dated": marks.dated.isoformat(),
        "matrix_version": content.matrix_version,
        "matrix_official": content.is_official,
        "notice": None if content.is_official else unofficial(),
        "sha256": None if marks.is_draft else marks.sha256,
        "digest": marks.sha256 if marks.is_draft else None,
        "receipt": receipt
        and {
            "number": receipt.number,
            "received_at": receipt.received_at.isoformat(),
            "typed": receipt.typed,
        },
        "warnings": [flaw.message for flaw in marks.flaws],
    }
