"""The images and pages of the host that a history shows, in one query each whatever their number.

No query where no award has any.
"""

from collections.abc import Iterable

from wagtail.images import get_image_model
from wagtail.images.models import SourceImageIOError
from wagtail.models import Page

from ..labels.record import LabelRecord
from .label_presentation import Media, Picture

PHOTO = "max-960x720"
ARTWORK = "max-800x800"


def media_of(record: LabelRecord | None, request=None) -> Media:
    """What the awards of `record` refer to, as far as it can be shown."""
    if record is None:
        return Media()
    photos = {won.photo for won in record.awards if won.photo}
    pages = {won.news_page for won in record.awards if won.news_page}
    return Media(
        photos=_photos(photos) if photos else {},
        pages=_pages(pages, request) if pages else {},
    )


def picture_of(image, alt: str = "") -> Picture | None:
    """An image as it is shown in place of the drawing; None where its file cannot be read."""
    if image is None:
        return None
    try:
        rendition = image.get_rendition(ARTWORK)
    except SourceImageIOError:
        return None
    return Picture(rendition.url, rendition.width, rendition.height, alt)


def _photos(keys: Iterable[int]) -> dict[int, Picture]:
    images = get_image_model()
    renditions = images.get_rendition_model().objects.filter(image__in=keys, filter_spec=PHOTO)
    found = {each.image_id: each for each in renditions.select_related("image")}
    if missing := set(keys) - set(found):
        for image in images.objects.filter(pk__in=missing):
            try:
                found[image.pk] = image.get_rendition(PHOTO)
            except SourceImageIOError:
                continue
    return {
        key: Picture(each.url, each.width, each.height, getattr(each.image, "description", ""))
        for key, each in found.items()
    }


def _pages(keys: Iterable[int], request) -> dict[int, str]:
    pages = Page.objects.live().filter(pk__in=keys)
    return {page.pk: url for page in pages if (url := page.get_url(request))}
