"""The list of one edition: each page read strictly, and pages that end."""

import itertools

import pytest

from wagtail_villes_internet.registry import errors
from wagtail_villes_internet.registry.decode import Malformed
from wagtail_villes_internet.registry.memory import MemoryRegistry
from wagtail_villes_internet.registry.palmares import (
    MOST_AWARDS,
    ListedAuthority,
    ListedAward,
    PalmaresPage,
    follow,
    parse_page,
)
from wagtail_villes_internet.registry.types import RemoteAward

from .hostile import answer, hostile, problem

LUNEL = {"siren": "213401458", "insee": "34145", "name": "Lunel", "place": "Hérault"}
BROMONT = {"siren": None, "insee": None, "name": "Bromont", "place": ""}
NOT = object()


def item(id="a1", authority=LUNEL, **changes) -> dict:
    return {
        "id": id,
        "edition": 2024,
        "standing": "labelled",
        "level": 5,
        "distinctions": [],
        "source_url": "",
        "authority": authority,
        **changes,
    }


def page(*items: dict, next: str | None = None, **changes) -> dict:
    return {"items": list(items), "next": next, "total": 2, "complete": False, **changes}


def without(value: dict, name: str) -> dict:
    return {key: member for key, member in value.items() if key != name}


def listed(number: int) -> ListedAward:
    return ListedAward(
        RemoteAward(f"a{number}", 2024, "labelled", 5, (), ""),
        ListedAuthority(None, None, f"Ville {number}", ""),
    )


def test_a_page_says_who_won_what_and_whether_it_is_all():
    read = parse_page(page(item(), item("a2", BROMONT), next="c", complete=True), 2024)

    assert [listed.authority for listed in read.items] == [
        ListedAuthority("213401458", "34145", "Lunel", "Hérault"),
        ListedAuthority(None, None, "Bromont", ""),
    ]
    assert [listed.award.level for listed in read.items] == [5, 5]
    assert (read.next, read.total, read.complete) == ("c", 2, True)


@pytest.mark.parametrize(
    "data",
    [
        [],
        without(page(), "items"),
        without(page(), "next"),
        without(page(), "complete"),
        page(complete="oui"),
        page(total=-1),
        page(next=""),
        page(next=3),
        page(item(edition=2023)),
        page(item(level=6)),
        page(item(standing="champion")),
        page(item(authority="Lunel")),
        page(item(authority=without(LUNEL, "siren"))),
        page(item(authority={**LUNEL, "siren": "34145"})),
        page(item(authority={**LUNEL, "insee": "34"})),
        page(item(authority={**LUNEL, "name": ""})),
        page(item(authority={**LUNEL, "place": 34})),
        page(item(authority={**LUNEL, "place": "x" * 256})),
    ],
)
def test_what_is_not_such_a_page_is_refused(data):
    with pytest.raises(Malformed):
        parse_page(data, 2024)


def test_pages_are_followed_over_http_without_a_token(client):
    with hostile(
        answer(200, page(item(), next="a b&c")), answer(200, page(item("a2", BROMONT)))
    ) as server:
        pages = list(client(server).palmares(2024))

        assert [listed.award.id for page in pages for listed in page.items] == ["a1", "a2"]
        assert [exchange.line.split()[1] for exchange in server.exchanges] == [
            "/api/v1/palmares/2024?limit=500",
            "/api/v1/palmares/2024?limit=500&cursor=a+b%26c",
        ]
        assert all("Authorization" not in exchange.headers for exchange in server.exchanges)


def test_the_next_page_is_only_asked_for_when_it_is_needed(client):
    with hostile(answer(200, page(item(), next="c"))) as server:
        next(client(server).palmares(2024))

        assert len(server.exchanges) == 1


def test_an_edition_nobody_knows(client):
    with hostile(problem(404, "/not-known")) as server, pytest.raises(errors.NotKnown):
        list(client(server).palmares(1999))


@pytest.mark.parametrize(
    "pages",
    [
        pytest.param([page(item(), next="b"), page(item("a2"), next="b")], id="a cursor twice"),
        pytest.param([page(item(), next="b"), page(item(), next=None)], id="an award twice"),
        pytest.param([page(item(), item())], id="an award twice in a page"),
        pytest.param([page(next="b")], id="an empty page with a next"),
    ],
)
def test_a_list_that_cannot_be_one_is_refused(pages):
    answers = iter(pages)

    with pytest.raises(errors.Unparsable):
        list(follow(lambda cursor: parse_page(next(answers), 2024)))


def test_a_list_without_an_end_is_left():
    numbers = itertools.count()
    asked = []

    def ask(cursor):
        asked.append(cursor)
        items = tuple(listed(next(numbers)) for _n in range(500))
        return PalmaresPage(items, f"c{len(asked)}", 10**9, complete=False)

    with pytest.raises(errors.Unparsable):
        list(follow(ask))

    assert len(asked) == MOST_AWARDS // 500 + 1


def test_the_registry_in_memory_pages_too():
    MemoryRegistry.forget_all()
    registry = MemoryRegistry({"name": __name__})
    registry.set_palmares(2024, [listed(number) for number in range(1_001)], complete=True)

    pages = list(registry.palmares(2024))

    assert [len(page.items) for page in pages] == [500, 500, 1]
    assert all(page.complete and page.total == 1_001 for page in pages)
    with pytest.raises(errors.NotKnown):
        list(registry.palmares(2023))
    MemoryRegistry.forget_all()
