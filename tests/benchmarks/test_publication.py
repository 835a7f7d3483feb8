"""Publishing costs two queries more than the same snippet without us, and no network."""

import pytest

from wagtail_villes_internet.registry.transport import Transport

from .publication import queries_to_publish

pytestmark = pytest.mark.django_db


def test_publishing_takes_two_queries_more_than_the_same_snippet_without_us(monkeypatch):
    asked = []
    monkeypatch.setattr(Transport, "exchange", lambda *args, **kwargs: asked.append(args))

    plain, ours = queries_to_publish(plain=True), queries_to_publish(plain=False)

    assert len(ours) - len(plain) <= 2
    assert asked == []
