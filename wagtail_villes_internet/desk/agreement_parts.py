"""Which parts of a dossier changed between the moment it was shown and now."""

from django.utils.translation import gettext_lazy as _

from ..dossiers.content import Content, sha256
from ..registry.canonical import canonical_json

# How much of a part's SHA-256 goes with a form: enough to see that it is another, no more.
SHORT = 12
PARTS = {
    "town": _("who files it"),
    "services": _("the services, or what is said of them"),
    "left_out": _("what is left out, or why"),
    "statement": _("the statement"),
    "answers": _("the answers to the questionnaire"),
    "matrix": _("the list of themes of the association"),
}


def parts_of(content: Content) -> str:
    """The parts of `content`, each by the beginning of its SHA-256, in the order of `PARTS`: what
    goes with a form, beside the digest of the whole."""
    body, annex = content.body(), content.annex()
    said = {
        "town": annex["authority"],
        "services": annex["services"],
        "left_out": annex["left_out"],
        "statement": body["statement"],
        "answers": body["answers"],
        "matrix": annex["matrix"],
    }
    return ",".join(sha256(canonical_json(said[part]).encode())[:SHORT] for part in PARTS)


def changed_since(parts: str, content: Content) -> list[str]:
    """What of `content` is another than in `parts`, in words; empty where that cannot be said."""
    before, now = parts.split(","), parts_of(content).split(",")
    if len(before) != len(now):
        return []
    changed = zip(PARTS.values(), before, now, strict=True)
    return [str(label) for label, then, today in changed if then != today]
