"""Whether a site shows anything of ours yet, and whether its pages could.

Read from the definitions of the page types and from the pages' own text: the reference index says
it only where the host has a front-end cache. What template tags show is not found.
"""

from collections.abc import Iterable, Iterator

from django.db.models import Q, TextField
from django.db.models.functions import Cast
from wagtail.blocks import Block, ListBlock
from wagtail.blocks.stream_block import BaseStreamBlock
from wagtail.blocks.struct_block import BaseStructBlock
from wagtail.fields import StreamField
from wagtail.models import Page, Site, get_page_models

from .base import TownBlock
from .purging import ready_models

# Definitions may hold themselves.
DEEPEST = 10


def takes_blocks() -> bool:
    """Whether some page type of this installation shows, or has a place for, something of ours."""
    return bool(ready_models()) or any(True for _found in _places())


def takes_blocks_on(page: Page) -> bool:
    """Whether `page` is of a type with a place for our blocks."""
    return any(model is page.specific_class for model, _field, _names in _places())


def shows_something(site: Site) -> bool:
    """Whether a live page of `site` shows the label or the services of its authority."""
    pages = Page.objects.live().descendant_of(site.root_page, inclusive=True)
    ready = Q()
    for model in ready_models():
        ready |= Q(pk__in=model._base_manager.values("page_ptr_id"))
    if ready and pages.filter(ready).exists():
        return True
    return any(
        model._base_manager.filter(live=True, path__startswith=site.root_page.path)
        .annotate(_text=Cast(field, TextField()))
        .filter(_named(names))
        .exists()
        for model, field, names in _places()
    )


def _named(names: Iterable[str]) -> Q:
    found = Q()
    for name in names:
        # As Django writes JSON, and as PostgreSQL writes it again.
        found |= Q(_text__contains=f'"type": "{name}"')
    return found


def _places() -> Iterator[tuple[type[Page], str, frozenset[str]]]:
    """Each page type and field with a place for our blocks, and the names they have there."""
    for model in get_page_models():
        for field in model._meta.get_fields():
            if isinstance(field, StreamField):
                names = frozenset(_names(field.stream_block, 0))
                if names:
                    yield model, field.name, names


def _names(block: Block, depth: int) -> Iterator[str]:
    if depth > DEEPEST:
        return
    if isinstance(block, ListBlock):
        yield from _names(block.child_block, depth + 1)
    elif isinstance(block, BaseStreamBlock | BaseStructBlock):
        for name, child in block.child_blocks.items():
            if isinstance(child, TownBlock):
                yield name
            else:
                yield from _names(child, depth + 1)
