"""Forgets the addresses that pages keep, whenever the pages at them come, go or move."""

from collections.abc import Iterable

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from wagtail.models import PageViewRestriction, Site
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from ..authorities.catalogue import touch_all
from ..authorities.models import VillesInternetSettings
from .base_page import Page
from .models import LabelPage, ServicesPage

# The pages whose address others keep.
KEPT = (LabelPage, ServicesPage)


def forget(instance: Page, **kwargs: object) -> None:
    _forget_at(instance.url_path)


def forget_added(instance: Page, created: bool, **kwargs: object) -> None:
    # A page that a script adds is live at once, and published by nobody.
    if created and instance.live:
        _forget_at(instance.url_path)


for _model in KEPT:
    for _signal in (page_published, page_unpublished, post_delete):
        _signal.connect(forget, sender=_model)
    post_save.connect(forget_added, sender=_model)


@receiver(post_save, sender=Site)
def forget_site(instance: Site, **kwargs: object) -> None:
    _forget_of([instance.pk])


@receiver(page_slug_changed)
def forget_renamed(instance, **kwargs: object) -> None:
    _forget_under(instance)


@receiver(post_page_move)
def forget_moved(
    instance, url_path_before: str = "", url_path_after: str = "", **kwargs: object
) -> None:
    _forget_under(instance, url_path_before, url_path_after)


@receiver([post_save, post_delete], sender=PageViewRestriction)
def forget_restricted(instance: PageViewRestriction, **kwargs: object) -> None:
    # Deleted with its page, it leads nowhere any more: the page's own deletion is heard.
    if page := Page.objects.filter(pk=instance.page_id).first():
        _forget_under(page)


def _forget_under(page, *url_paths: str) -> None:
    """Where `page` is, or holds, a page whose address is kept: it is another now."""
    if any(model.objects.descendant_of(page, inclusive=True).exists() for model in KEPT):
        _forget_at(page.url_path, *url_paths)


def _forget_at(*url_paths: str) -> None:
    sites = {
        path.site_id
        for path in Site.get_site_root_paths()
        for url_path in url_paths
        if url_path.startswith(path.root_path)
    }
    _forget_of(sites)


def _forget_of(sites: Iterable[int]) -> None:
    authorities = VillesInternetSettings.objects.filter(site__in=sites, authority__isnull=False)
    touch_all(authorities.values("authority"))
