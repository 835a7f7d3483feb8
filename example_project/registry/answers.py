"""How an answer is written: JSON, its tag, and 304 when the reader has it already."""

import hashlib
import json

from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags

JSON = "application/json"
PROBLEM_JSON = "application/problem+json"


def json_response(
    members: dict[str, object], status: int = 200, headers: dict[str, str] | None = None
) -> HttpResponse:
    """A JSON answer; from 400 on it is a problem."""
    return HttpResponse(
        json.dumps(members, ensure_ascii=False, separators=(",", ":")),
        status=status,
        content_type=PROBLEM_JSON if status >= 400 else JSON,
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def tagged(request: HttpRequest, members: dict[str, object], tag: str) -> HttpResponse:
    """The answer to a GET: 304 when `If-None-Match` names the tag (weakly, RFC 9110, 13.1.2)."""
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Authorization"}
    known = [given.removeprefix("W/") for given in parse_etags(request.META.get(IF_NONE_MATCH, ""))]
    if "*" in known or tag in known:
        return HttpResponse(status=304, headers=headers)
    return json_response({**members, "etag": tag}, headers=headers)


IF_NONE_MATCH = "HTTP_IF_NONE_MATCH"


def joined_tag(*parts: object) -> str:
    """A strong tag for what is made of several things, none of which ever returns to a former
    state: tags, and numbers that only grow."""
    text = "\n".join(str(part) for part in parts)
    return f'"{hashlib.sha256(text.encode("utf-8")).hexdigest()[:40]}"'
