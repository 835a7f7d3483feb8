"""What the block is measured against writes the same page."""

import pytest

from tests.factories import Town
from wagtail_villes_internet.blocks import addresses

from .bench import offer
from .block import BlockBench, as_read, queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def bench(monkeypatch):
    monkeypatch.setattr(addresses, "_finders", [])
    town = Town("Lunel")
    offer(town.authority, 20)
    return BlockBench(town)


def test_the_bare_template_writes_the_html_of_the_block(bench):
    assert as_read(bench.bare()()) == as_read(bench.kept()())


def test_what_is_counted_of_each(bench):
    assert [queries_of(each()) for each in (bench.bare, bench.kept, bench.read)] == [0, 1, 3]
    assert queries_of(bench.choosers()) == 1 + 20
