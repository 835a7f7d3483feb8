"""Keeps what somebody sent to be imported, from the check to the import and its report.

In Wagtail's own place for a file that waits for the rest of its form, compressed and under a name
that nobody guesses. It is its sender's alone, and forgotten after a month.
"""

import json
import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import islice
from secrets import token_hex
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from wagtail.models import UploadedFile

from ..sanitize import clean_text
from ..services.importing.cells import short
from ..services.importing.columns import HEADINGS
from ..services.importing.planning import Step, What
from ..services.importing.reading import Lines
from ..services.importing.store import Outcome
from ..services.importing.undoing import Undone
from ..services.models import DigitalService
from ..tables.columns import Line

PREFIX = "import-services-"
KEPT_FOR = timedelta(days=30)
LISTED = 10
TEXTS = ("title", "summary", "url", "description", "offline_alternative", "department")
"""The fields of which the screen says what they were and what they become, shortened."""


@dataclass
class Kept:
    """One import. `report`: what came of it, as `reported` says it; None before it is done."""

    upload: UploadedFile
    authority_id: int
    name: str
    lines: Lines
    report: dict[str, Any] | None = None

    def keep_report(self, outcome: Outcome) -> None:
        self._keep(reported(outcome) | {"done_at": timezone.now().isoformat()})

    def keep_undone(self, undone: Undone) -> None:
        """Note what was taken back, beside what was before, and what stays now."""
        before = (self.report or {}).get("undone", {})
        said = {
            "deleted": before.get("deleted", 0) + undone.deleted,
            "restored": before.get("restored", 0) + undone.restored,
            "kept": [asdict(one) for one in undone.kept],
        }
        self._keep((self.report or {}) | {"undone": said})

    def _keep(self, report: dict[str, Any]) -> None:
        self.report = report
        before = self.upload.file.name
        self.upload.file = _file(self)
        self.upload.save()
        # Not before all is kept: an import that is rolled back can be made again.
        transaction.on_commit(partial(self.upload.file.storage.delete, before))


def keep(user: Any, authority_id: int, name: str, lines: Lines) -> Kept:
    """Keep `lines`, sent by `user` for that authority; `name`: what the file is called."""
    _forget_old()
    upload = UploadedFile(for_content_type=_content_type(), uploaded_by_user=user)
    kept = Kept(upload, authority_id, name, lines)
    upload.file = _file(kept)
    upload.save()
    return kept


def kept_for(user: Any, pk: int, *, locked: bool = False) -> Kept:
    """What `user` sent under that key; anybody else's, or a forgotten one, is not found."""
    uploads = _uploads(user)
    upload = (uploads.select_for_update() if locked else uploads).filter(pk=pk).first()
    if upload is None:
        raise Http404
    try:
        document = _document(upload)
    except FileNotFoundError:
        raise Http404 from None
    lines = Lines(
        tuple(Line(number, cells, fault) for number, cells, fault in document["lines"]),
        document["headers"],
        tuple(document["ignored"]),
    )
    return Kept(upload, document["authority"], document["name"], lines, document["report"])


@dataclass(frozen=True, slots=True)
class Past:
    """An import that is done, as a list of them says it."""

    upload_id: int
    name: str
    done_at: datetime | None
    added: int
    changed: int
    is_undone: bool


def last_imports(user: Any, authority_id: int) -> list[Past]:
    """What `user` imported last for that authority and is still kept, the latest first."""
    found = (_past(upload, authority_id) for upload in _uploads(user).order_by("-pk"))
    return list(islice(filter(None, found), LISTED))


def _past(upload: UploadedFile, authority_id: int) -> Past | None:
    try:
        document = _document(upload)
    except FileNotFoundError:
        return None
    report = document["report"]
    if document["authority"] != authority_id or not report:
        return None
    count = Counter(step["what"] for step in report["steps"])
    return Past(
        upload.pk,
        document["name"],
        parse_datetime(report.get("done_at", "")),
        count[What.ADD],
        count[What.CHANGE],
        "undone" in report,
    )


def reported(outcome: Outcome) -> dict[str, Any]:
    """What a screen says of an outcome, as JSON keeps it."""
    return {
        "key": outcome.key,
        "published": sorted(outcome.published),
        "steps": [_said(step, outcome) for step in outcome.steps],
    }


def _said(step: Step, outcome: Outcome) -> Mapping[str, Any]:
    return {
        "number": step.number,
        "title": step.title,
        "what": str(step.what),
        "pk": step.pk,
        "fields": [str(HEADINGS[name]) for name in step.fields],
        "texts": [
            {
                "field": str(HEADINGS[name]),
                "before": _shown(before),
                "after": _shown(step.values[name]),
            }
            for name, before in step.before.items()
            if name in TEXTS
        ],
        "may_be_published": step.may_be_published,
        "published": step.pk in outcome.published,
        "problems": [
            {"column": problem.column, "reason": problem.reason} for problem in step.problems
        ],
        "reason": step.reason,
        "notes": [
            said for said in (step.note, outcome.not_published.get(step.pk or 0, "")) if said
        ],
    }


def _file(kept: Kept) -> ContentFile:
    document = {
        "authority": kept.authority_id,
        "name": kept.name,
        "lines": [(line.number, dict(line.cells), line.fault) for line in kept.lines.lines],
        "headers": dict(kept.lines.headers),
        "ignored": kept.lines.ignored,
        "report": kept.report,
    }
    name = f"{PREFIX}{timezone.localdate():%Y%m%d}-{token_hex(16)}.z"
    return ContentFile(zlib.compress(json.dumps(document).encode()), name=name)


def _shown(value: str | None) -> str:
    return short(clean_text(value or ""))


def _uploads(user: Any) -> QuerySet[UploadedFile]:
    return UploadedFile.objects.filter(
        for_content_type=_content_type(), uploaded_by_user=user, file__contains=PREFIX
    )


def _document(upload: UploadedFile) -> dict[str, Any]:
    with upload.file.open() as file:
        return json.loads(zlib.decompress(file.read()))


def _forget_old() -> None:
    oldest = timezone.localdate() - KEPT_FOR
    uploads = UploadedFile.objects.filter(for_content_type=_content_type())
    for upload in uploads.filter(file__contains=PREFIX):
        day = upload.file.name.rpartition(PREFIX)[2][:8]
        if day.isdecimal() and date.fromisoformat(day) < oldest:
            upload.file.delete(save=False)
            upload.delete()


def _content_type() -> ContentType:
    return ContentType.objects.get_for_model(DigitalService)
