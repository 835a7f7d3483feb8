"""What a registry holds, taken over: the site then declares the very same."""

import json

import pytest
from django.db import transaction
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter

from tests.factories import Town
from wagtail_villes_internet.declared.bodies import bodies_of
from wagtail_villes_internet.matrix.models import ReferenceService
from wagtail_villes_internet.registry.canonical import canonical_body, canonical_html, validate
from wagtail_villes_internet.registry.types import (
    AUDIENCES,
    INTERACTIONS,
    KINDS,
    PROVIDERS,
    SERVICE_FIELDS,
    STATUSES,
)
from wagtail_villes_internet.services.changing import change_live
from wagtail_villes_internet.services.errors import ChangeRefused
from wagtail_villes_internet.services.models import RICH_TEXT_FEATURES
from wagtail_villes_internet.sync.errors import TakeRefused
from wagtail_villes_internet.sync.taking import as_here, as_of_today, site_values

pytestmark = pytest.mark.django_db

CODES = ("p-rdv-titres", "p-formulaires", "p-paiement")

words = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=12
)
marked = st.one_of(
    words.map(lambda text: text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")),
    st.sampled_from(
        [
            "<strong>gras</strong>",
            "<em>fin</em>",
            "<strong><em>deux</em></strong>",
            '<a href="https://ville.example/?a=1&amp;b=2">lien</a>',
            '<a href="mailto:mairie@ville.example">écrire</a>',
            '<a href="tel:+33467878787">appeler</a>',
            "ligne<br>autre",
            "linktype=&quot;page&quot;",
        ]
    ),
)
texts = st.lists(marked, min_size=1, max_size=4).map(" ".join)
lists = st.builds(
    lambda tag, items: f"<{tag}>" + "".join(f"<li>{item}</li>" for item in items) + f"</{tag}>",
    st.sampled_from(["ul", "ol"]),
    st.lists(texts, min_size=1, max_size=3),
)
# What Draftail can write: paragraphs, and lists one level deep.
draftails = st.lists(
    st.builds("<p>{}</p>{}".format, texts, st.one_of(st.just(""), lists)), max_size=3
).map("".join)
# What only a registry has: bare text, lists in lists, paragraphs in items.
others = st.sampled_from(
    [
        "texte nu",
        "<ul><li>a<ul><li>b</li></ul></li></ul>",
        "<ul><li><p>a</p><p>b</p></li></ul>",
        "<em><ul><li>x</li></ul></em>",
        "<p><p>x</p></p>",
        "<p></p>",
    ]
)
addresses = st.one_of(
    st.just(""),
    st.builds("https://ville.example/{}".format, words),
    st.sampled_from(["http://ville.example", "https://é.example/à?x=é#y", "HTTPS://V.example/"]),
)
days = st.one_of(st.none(), st.dates().map(str))
degrees = st.tuples(st.floats(-90, 90), st.floats(-180, 180))
VALUES = {
    "kind": st.sampled_from(KINDS),
    "title": words,
    "summary": st.one_of(st.just(""), words, st.just("deux\nlignes")),
    "description": st.one_of(draftails, others),
    "url": addresses,
    "public": st.booleans(),
    "reference_services": st.lists(st.sampled_from(CODES), min_size=1, max_size=3, unique=True),
    "status": st.sampled_from(STATUSES),
    "started_on": days,
    "ended_on": days,
    "provider": st.sampled_from(PROVIDERS),
    "audiences": st.lists(st.sampled_from(AUDIENCES), unique=True, max_size=4),
    "interactions": st.lists(st.sampled_from(INTERACTIONS), unique=True, max_size=4),
    "offline_alternative": st.one_of(st.just(""), words),
    "location": st.one_of(
        st.none(), degrees.map(lambda p: {"lat": f"{p[0]:.6f}", "lon": f"{p[1]:.6f}"})
    ),
}
# Any contract body, and the fields of it that somebody takes.
contract_bodies = st.fixed_dictionaries(VALUES)


@pytest.fixture
def town():
    return Town("Lunel")


def taken(town, theirs, fields):
    """The body that the site declares once those fields are taken; nothing is left behind."""
    with transaction.atomic():
        service = town.service(title="Avant", references=["p-rdv-titres"])
        change_live(service, site_values(theirs, fields), town.webmestre)
        body = bodies_of(town.authority, [service.remote_id])[service.remote_id]
        transaction.set_rollback(True)
    return body


def test_the_codes_of_these_tests_are_of_the_matrix():
    assert ReferenceService.objects.filter(code__in=CODES).count() == len(CODES)


@given(contract_bodies, st.sets(st.sampled_from(SERVICE_FIELDS), min_size=1))
@settings(max_examples=50, suppress_health_check=list(HealthCheck))  # leaves nothing in the town
def test_what_is_taken_is_declared_as_it_stands_there(town, theirs, fields):
    here = as_here(theirs)
    assume(not validate(here))
    fields -= {"started_on", "ended_on"} if len(fields & {"started_on", "ended_on"}) == 1 else set()
    try:
        body = taken(town, theirs, fields)
    except ChangeRefused:
        # Django's idea of an address is narrower than the contract's.
        assert "url" in fields
        return

    for name in fields - {"status"}:
        assert getattr(body, name) == getattr(here, name), name
    if "status" in fields:
        # Its dates come true by themselves, here and there alike.
        dated = {"started_on": body.started_on, "ended_on": body.ended_on}
        assert body.status == as_of_today({"status": here.status, **dated})["status"]


@given(contract_bodies)
@settings(max_examples=50)
def test_a_value_in_the_form_of_this_site_is_taken_to_the_octet(theirs):
    here = as_here(theirs).as_json()

    assert as_here(here).as_json() == here


def description(html) -> str:
    """What is stored of a description that stands at the registry."""
    return site_values(canonical_body(description=html).as_json(), ["description"])["description"]


@given(draftails)
@settings(max_examples=150)
@example("<p>x</p><ul><li>a</li></ul><p>y</p>")
def test_saving_the_form_afterwards_changes_no_octet_of_a_description(html):
    """Draftail reads what was taken, and writes it its own way: `b` for `strong`, block keys."""
    html = canonical_html(html)
    assume(html)
    converter = ContentstateConverter(features=RICH_TEXT_FEATURES)

    stored = converter.to_database_format(converter.from_database_format(description(html)))

    assert canonical_html(stored) == html


@given(others)
def test_the_form_opens_whatever_was_taken(html):
    converter = ContentstateConverter(features=RICH_TEXT_FEATURES)

    assert json.loads(converter.from_database_format(description(html)))["blocks"]


def test_a_reference_service_that_is_not_known_here_is_refused_by_its_code():
    theirs = canonical_body(title="X", reference_services=["p-rdv-titres", "tvi-99"]).as_json()

    with pytest.raises(TakeRefused, match="tvi-99"):
        site_values(theirs, ["reference_services"])


def test_a_date_that_does_not_exist_is_refused():
    theirs = {**canonical_body(title="X").as_json(), "started_on": "2024-02-31"}

    with pytest.raises(TakeRefused, match="2024-02-31"):
        site_values(theirs, ["started_on"])


def test_nothing_but_the_fields_taken_is_given():
    theirs = canonical_body(title="X", summary="Y", location=("43.1", "4")).as_json()

    assert set(site_values(theirs, ["title", "location"])) == {"title", "latitude", "longitude"}
