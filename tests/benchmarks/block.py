"""The block of the services beside what it is measured against, on one request of one town.

The bare template writes the same HTML from dictionaries made before the clock starts: the cost of
writing it, which no list can avoid. The chooser page is what an integrator writes first: a list of
choosers, and a template that goes through each service's relations.
"""

import gzip
import time
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from pathlib import Path

from django.core.cache import cache
from django.db import connection
from django.template import Context, Engine, Template
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from wagtail.blocks import ListBlock
from wagtail.models import Site
from wagtail.snippets.blocks import SnippetChooserBlock

from tests.factories import Town
from wagtail_villes_internet.blocks import ServicesByThemeBlock
from wagtail_villes_internet.services.models import DigitalService

TEMPLATES = Path(__file__).with_name("templates")
BARE = "services_by_theme.html"
CHOOSERS = """<ul>{% for service in services %}<li>
<h3>{% if service.url %}<a href="{{ service.url }}">{{ service.title }}</a>{% else %}
{{ service.title }}{% endif %}</h3>
<p>{{ service.reference_services.all.0.label }}</p><p>{{ service.summary }}</p>
<p>{{ service.offline_alternative }}</p></li>{% endfor %}</ul>"""


@dataclass(frozen=True)
class Cost:
    """Milliseconds of the processor, at best of several times, and queries."""

    ms: float
    queries: int


class BlockBench:
    """One town whose services are shown by the block, by the bare template and by choosers."""

    def __init__(self, town: Town, **options) -> None:
        self.town = town
        self.block = ServicesByThemeBlock()
        self.value = self.block.to_python(options)
        self.engine = Engine(dirs=[TEMPLATES])

    def request(self):
        request = RequestFactory().get("/", headers={"host": self.town.site.hostname})
        Site.find_for_request(request)  # Which Wagtail has done before any block is shown.
        return request

    def kept(self) -> Callable[[], str]:
        """The block, as most visits show it."""
        request = self.request()

        def render() -> str:
            # As another visit: nothing stays with the request but the site.
            asked = copy(request)
            with translation.override("fr"):
                return self.block.render(self.value, {"request": asked, "id": "0"})

        return render

    def read(self) -> Callable[[], str]:
        """The block, when nothing is kept."""
        kept = self.kept()

        def render() -> str:
            cache.clear()
            return kept()

        return render

    def bare(self) -> Callable[[], str]:
        """What writes the same HTML, with all that it says at hand."""
        with translation.override("fr"):
            context = self.block.get_context(self.value, {"request": self.request(), "id": "0"})
            shown = {
                **{name: context[name] for name in ("anchor", "axis_level", "theme_level")},
                "services": _as_dicts(context["services"]),
            }
        template = self.engine.get_template(BARE)
        return lambda: template.render(Context(shown))

    def choosers(self) -> Callable[[], str]:
        """A page of choosers, as it comes from the database."""
        keys = list(self.town.authority.digital_services.values_list("pk", flat=True))
        block, template = ListBlock(SnippetChooserBlock(DigitalService)), Template(CHOOSERS)
        return lambda: template.render(Context({"services": block.to_python(keys)}))


def costs(renders: Mapping[str, Callable[[], str]], rounds: int = 20) -> dict[str, Cost]:
    """What each costs, in turns, so that a busy moment of the machine falls on all of them."""
    queries = {name: queries_of(render) for name, render in renders.items()}
    best = dict.fromkeys(renders, float("inf"))
    for _round in range(rounds):
        for name, render in renders.items():
            started = time.process_time()
            render()
            best[name] = min(best[name], time.process_time() - started)
    return {name: Cost(best[name] * 1000, queries[name]) for name in renders}


def queries_of(render: Callable[[], str]) -> int:
    """Once it has been rendered a first time."""
    render()
    with CaptureQueriesContext(connection) as captured:
        render()
    return len(captured)


def zipped(html: str) -> int:
    return len(gzip.compress(html.encode()))


def as_read(html: str) -> str:
    """The HTML without what no reader sees: the spaces between its elements."""
    return "".join(line.strip() for line in html.splitlines())


def _as_dicts(value):
    """The same, of dictionaries, lists and texts alone."""
    if hasattr(value, "__dataclass_fields__"):
        value = {
            name: getattr(value, name)
            for name in dir(value)
            if not name.startswith("_") and not callable(getattr(value, name))
        }
    if isinstance(value, dict):
        return {name: _as_dicts(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_as_dicts(each) for each in value]
    return value
