"""Residents notice nothing of what is not for them: by no way there is, in no language.

Each case first puts up what residents see, then does what they must not notice: whatever they read
stays as it was, to the letter. So neither a title nor a count of what is hidden can show.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone, translation
from wagtail.models import Locale

from tests.factories import Town
from tests.services.reviews import start_review
from tests.services.ways import SECRET, WAYS_TO_ONE, looks
from wagtail_villes_internet.matrix.models import Placement
from wagtail_villes_internet.services.copying import duplicate
from wagtail_villes_internet.services.models import DigitalService

pytestmark = pytest.mark.django_db

Case = Callable[[Town, Town], Iterator[DigitalService | None]]

YESTERDAY = date.today() - timedelta(days=1)
LATER = timezone.now() + timedelta(days=2)
SECRETS = {
    "title": SECRET,
    "summary": SECRET,
    "description": f"<p>{SECRET}</p>",
    "url": f"https://lunel.example/{SECRET.replace(' ', '-')}",
    "offline_alternative": SECRET,
    "department": SECRET,
}


def again(service) -> DigitalService:
    return DigitalService.objects.get(pk=service.pk)


def online(town: Town, **fields) -> DigitalService:
    service = town.service(**{"title": "Cantine", **fields})
    service.save_revision().publish()
    return again(service)


def draft(service: DigitalService, **fields):
    """Save a draft that says what nobody may read; its revision."""
    version = again(service).get_latest_revision_as_object()
    for name, value in (SECRETS | fields).items():
        setattr(version, name, value)
    return version.save_revision(clean=False)


def hidden(**fields) -> Case:
    """A service that was never shown, beside one that is."""

    def case(town, other):
        yield online(town)
        yield town.service(**(SECRETS | fields))

    return case


def draft_of_a_live_one(town, other):
    yield (service := online(town))
    draft(service)
    yield service


def scheduled(town, other):
    yield None
    service = town.service(live=False, **SECRETS)
    draft(service, go_live_at=LATER).publish()
    call_command("publish_scheduled")
    yield service


def scheduled_change_of_a_live_one(town, other):
    yield (service := online(town))
    draft(service, go_live_at=LATER).publish()
    call_command("publish_scheduled")
    yield service


def expired(town, other):
    yield None
    service = town.service(live=False)
    draft(service, expire_at=timezone.now() - timedelta(minutes=1)).publish()
    call_command("publish_scheduled")
    yield service


def unpublished(town, other):
    yield None
    service = online(town, **SECRETS)
    service.unpublish()
    yield service


def deleted(town, other):
    yield None
    service = online(town, **SECRETS)
    service.delete()
    service.pk = None
    yield None


def out_of_the_matrix(town, other):
    yield online(town)
    placement = Placement.objects.filter(service__code="p-formulaires")
    service = town.service(references=["p-formulaires"], **SECRETS)
    placement.update(service=placement.first().service.__class__.objects.create(code="autre"))
    yield service


def submitted(town, other):
    yield None
    service = town.service(live=False, **SECRETS)
    start_review(service, town.referent)
    yield service


def change_submitted(town, other):
    yield (service := online(town))
    draft(service)
    start_review(again(service), town.referent)
    yield service


def change_refused(town, other):
    yield (service := online(town))
    draft(service)
    state = start_review(again(service), town.referent).current_task_state
    state.reject(user=town.webmestre, comment=SECRET)
    yield service


def draft_translation(town, other):
    yield (service := online(town))
    english = Locale.objects.create(language_code="en")
    translated = service.copy_for_translation(english)
    for name, value in SECRETS.items():
        setattr(translated, name, value)
    translated.save()
    yield translated


def internal_translation(town, other):
    yield (service := online(town))
    english = Locale.objects.create(language_code="en")
    translated = service.copy_for_translation(english)
    for name, value in (SECRETS | {"public": False, "live": True}).items():
        setattr(translated, name, value)
    translated.save()
    yield translated


def translation_of_an_internal_one(town, other):
    yield None
    service = online(town, public=False, **SECRETS)
    translated = service.copy_for_translation(Locale.objects.create(language_code="en"))
    translated.save()
    translated.save_revision().publish()
    yield again(translated)


def copied(town, other):
    yield (service := online(town))
    draft(service)
    copy = duplicate(again(service), town.webmestre)
    yield copy


def of_another_town(town, other):
    yield online(town)
    yield online(other, **SECRETS)


CASES: dict[str, Case] = {
    "a draft": hidden(live=False),
    "a draft of a live one": draft_of_a_live_one,
    "scheduled": scheduled,
    "a change that is scheduled": scheduled_change_of_a_live_one,
    "expired": expired,
    "unpublished": unpublished,
    "deleted": deleted,
    "internal": hidden(public=False),
    "ended": hidden(status=DigitalService.Status.ENDED),
    "over since yesterday": hidden(ended_on=YESTERDAY),
    "incomplete: no reference service": hidden(references=[]),
    "incomplete: no title": hidden(title=" "),
    "incomplete: not a web address": hidden(url="ftp://lunel.example/"),
    "incomplete: ends before it starts": hidden(started_on=date.max, ended_on=date(2999, 1, 1)),
    "incomplete: half a place": hidden(latitude=43),
    "incomplete: a summary too long": hidden(summary=SECRET + "." * 500),
    "out of the matrix in use": out_of_the_matrix,
    "submitted for review": submitted,
    "a change submitted for review": change_submitted,
    "a change sent back by its reviewer": change_refused,
    "a translation nobody has published": draft_translation,
    "a translation that is internal": internal_translation,
    "a translation of an internal one": translation_of_an_internal_one,
    "a copy": copied,
    "another town's": of_another_town,
}


@pytest.fixture
def lunel():
    return Town("Lunel")


@pytest.fixture
def beziers():
    return Town("Béziers")


# Each in the language of the site, and in English where the language makes a difference.
TRIED = [(name, "fr") for name in CASES] + [
    (name, "en") for name in CASES if "translation" in name or name == "a draft of a live one"
]


@pytest.mark.parametrize(("name", "language"), TRIED)
def test_residents_notice_nothing(lunel, beziers, name, language):
    ways, steps = looks(lunel), CASES[name](lunel, beziers)
    next(steps)
    with translation.override(language):
        before = {way: look() for way, look in ways.items()}

    service = next(steps)
    cache.clear()
    with translation.override(language):
        after = {way: look() for way, look in ways.items()}
        told = {way: tell(lunel, service) for way, tell in WAYS_TO_ONE.items() if service}

    assert [way for way, said in (after | told).items() if says_the_secret(said)] == []
    assert [way for way in ways if after[way] != before[way]] == []


def says_the_secret(said: str) -> bool:
    return any(words in said for words in (SECRET, SECRET.replace(" ", "-")))


def test_by_each_way_residents_notice_what_is_for_them(lunel):
    """What shows nothing at all would pass the test above."""
    ways = looks(lunel)
    before = {way: look() for way, look in ways.items()}

    service = online(lunel, **SECRETS)
    after = {way: look() for way, look in ways.items()}

    assert [way for way in ways if after[way] == before[way]] == []
    assert [
        way for way, tell in WAYS_TO_ONE.items() if not says_the_secret(tell(lunel, service))
    ] == []
