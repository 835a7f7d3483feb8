"""The Atom feed (RFC 4287) of the services that came last, for residents, the press and élus."""

import datetime
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.timezone import get_current_timezone

from ..services.listing import ListedService

LENGTH = 30
# What XML 1.0 cannot hold.
NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
CONTENT_TYPE = "application/atom+xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Described:
    """What the feed says of itself. Addresses are absolute; `identity` is that of the page, the
    same for good; `updated` stands for the date of a service where there is none yet."""

    identity: uuid.UUID
    title: str
    subtitle: str
    url: str
    feed_url: str
    author: str
    language: str
    updated: datetime.datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """A service, and the absolute address of its page."""

    listed: ListedService
    url: str


def newest(services: Iterable[ListedService]) -> list[ListedService]:
    """Those that were published last, the last first."""
    dated = [each for each in services if each.first_published_on]
    return sorted(dated, key=lambda each: each.first_published_on, reverse=True)[:LENGTH]


def atom(feed: Described, entries: Iterable[Entry]) -> bytes:
    """The feed as a document. An entry keeps its identity when its title or address changes."""
    document = _Feed(
        title=printable(feed.title),
        link=feed.url,
        description=None,
        subtitle=printable(feed.subtitle) or None,
        feed_url=feed.feed_url,
        feed_guid=_urn(uuid.uuid5(feed.identity, feed.language)),
        author_name=printable(feed.author),
        language=feed.language,
        fallback=feed.updated,
    )
    for entry in entries:
        published = _at_midnight(entry.listed.first_published_on)
        document.add_item(
            title=printable(entry.listed.title),
            link=entry.url,
            # Atom reads what it holds as HTML.
            description=escape(printable(entry.listed.summary)) or None,
            unique_id=_urn(uuid.UUID(entry.listed.remote_id)),
            pubdate=published,
            updateddate=published,
            language=entry.listed.language,
        )
    return document.writeString("utf-8").encode()


class _Feed(Atom1Feed):
    """Says the language of each entry; without an entry, it is as old as its page."""

    def item_attributes(self, item):
        attributes = super().item_attributes(item)
        language = item.get("language")
        return attributes | ({"xml:lang": language} if language else {})

    def latest_post_date(self):
        return super().latest_post_date() if self.items else self.feed["fallback"]


def _at_midnight(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(), get_current_timezone())


def _urn(identity: uuid.UUID) -> str:
    return f"urn:uuid:{identity}"


def printable(text: str) -> str:
    """`text` without what XML cannot hold."""
    return NOT_XML.sub("", text)
