"""Empties the front-end cache of what a town's pages show as soon as it changes.

By Wagtail's own machinery, and only where the host installed `wagtail.contrib.frontend_cache`: it
costs nothing elsewhere. Which pages hold our blocks is read from Wagtail's reference index, where
each block says that it shows an authority, whichever that is (see `TownBlock`). Nothing is asked of
the network in a request: a task finds the pages and has them purged.
"""

import threading
from collections.abc import Iterable, Iterator

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import IntegerField, Q, QuerySet
from django.db.models.functions import Cast
from django.urls import NoReverseMatch, reverse
from django_tasks import task
from wagtail.contrib.frontend_cache.utils import PurgeBatch
from wagtail.models import Page, ReferenceIndex, Site

from ..authorities.catalogue import touched
from ..authorities.models import LocalAuthority, VillesInternetSettings

APP = "wagtail.contrib.frontend_cache"
# The package's own addresses; those with a year or another label last ten minutes at most.
ADDRESSES = (
    *("badge_svg", "badge_png", "label_json", "labels_csv", "services_json", "services_csv"),
)
_page_models: list[type] = []


class _Waiting(threading.local):
    """The keys of the authorities to purge when the transaction at hand is committed."""

    def __init__(self) -> None:
        self.authorities: set[int] = set()


_waiting = _Waiting()


def register_pages(model: type) -> None:
    """Say that the pages of `model` show a town's label or services without a block of ours."""
    if model not in _page_models:
        _page_models.append(model)


def ready_models() -> tuple[type, ...]:
    """The types of such pages."""
    return tuple(_page_models)


def connect() -> None:
    """Listen to what changes, if the host has a front-end cache."""
    if apps.is_installed(APP):
        touched.connect(on_touched, sender=VillesInternetSettings)


def on_touched(authorities: Iterable[LocalAuthority | int] | QuerySet, **kwargs: object) -> None:
    bound = VillesInternetSettings.objects.filter(authority__in=authorities)
    _waiting.authorities.update(bound.values_list("authority", flat=True))
    # Again at each change: one that is rolled back takes its own with it. The first purges all.
    transaction.on_commit(_purge_waiting, robust=True)


def _purge_waiting() -> None:
    keys, _waiting.authorities = sorted(_waiting.authorities), set()
    if keys:
        purge_towns.enqueue(keys)


@task()
def purge_towns(authority_pks: list[int]) -> None:
    """Purge the pages of these authorities' sites that show what we keep, and our addresses."""
    bound = VillesInternetSettings.objects.filter(authority__in=authority_pks)
    batch = PurgeBatch()
    for setting in bound.select_related("site__root_page"):
        batch.add_urls(f"{setting.site.root_url}{path}" for path in _paths())
        batch.add_pages(pages_that_show(setting.site))
    if batch.urls:
        batch.purge()


def pages_that_show(site: Site) -> QuerySet:
    """The live pages of `site`, in all its languages, that show its authority's label or services.

    A page saved before the front-end cache was installed is found once Wagtail's
    `rebuild_references_index` was run; what template tags show is not found.
    """
    index = ReferenceIndex.objects.filter(
        base_content_type=ContentType.objects.get_for_model(Page),
        to_content_type=ContentType.objects.get_for_model(ContentType),
        to_object_id=str(ContentType.objects.get_for_model(LocalAuthority).pk),
    )
    shows = Q(pk__in=index.values(key=Cast("object_id", IntegerField())))
    for model in _page_models:
        shows |= Q(content_type=ContentType.objects.get_for_model(model))
    under = Q()
    for root in site.root_page.get_translations(inclusive=True):
        under |= Q(path__startswith=root.path)
    return Page.objects.live().filter(under & shows).specific(defer=True)


def _paths() -> Iterator[str]:
    for name in ADDRESSES:
        try:
            yield reverse(f"villes_internet:{name}")
        except NoReverseMatch:  # The host does not include our addresses.
            return
