"""Contents of dossiers, as values: a town a reader can picture, and any town at all."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from wagtail_villes_internet.dossiers.content import Content, Included, LeftOut, SignedOff

TOWN = {
    "name": "Lunel",
    "kind": "commune",
    "siren": "213401458",
    "insee": "34145",
    "department": "Hérault",
}


def matrix(official=False, version="1", **themes) -> dict[str, Any]:
    """A matrix of one axis: `theme=["code", …]`, each label told from its code."""
    return {
        "version": version,
        "official": official,
        "axes": [
            {
                "code": "vivre-ensemble",
                "label": "Vivre ensemble",
                "themes": [
                    {
                        "code": code,
                        "label": code.capitalize(),
                        "services": [{"code": one, "label": f"Label {one}"} for one in codes],
                    }
                    for code, codes in themes.items()
                ],
            }
        ],
    }


def service(id: str, title: str = "", codes=("a1",), reason: str = "", **fields) -> Included:
    said = {
        "kind": "service",
        "title": title or f"Service {id}",
        "summary": "",
        "description": "<p>Au guichet</p>",
        "url": "https://lunel.example/",
        "public": True,
        "reference_services": list(codes),
        "status": "active",
        "started_on": "2020-01-31",
        "ended_on": None,
        "provider": "authority",
        "audiences": ["residents"],
        "interactions": ["apply"],
        "offline_alternative": "",
        "location": {"lat": "43.674000", "lon": "4.135000"},
        **fields,
    }
    return Included(id, f"hash of {id}", said, reason)


def content(*included: Included, **said) -> Content:
    """A dossier of 2027 that holds these services."""
    facts = {
        "authority": dict(TOWN),
        "year": 2027,
        "matrix": matrix(aide=["a1", "a2"], culture=["c1"]),
        "statement": "Une année de travail",
        "answers": "Oui",
        **said,
    }
    return Content(included=included, **facts)


FULL = content(
    service("1", codes=["a1", "c1"]),
    service("2", reason="planned"),
    left_out=(LeftOut("3", "Ancien portail", "too_old", "Fermé"),),
    signed_off=(SignedOff("elected", date(2026, 11, 3)),),
)
"""One in which nothing is empty that may be said."""

texts = st.text(st.characters(codec="utf-8"), max_size=20)
codes = st.sampled_from(["a1", "a2", "c1", "gone"])
included = st.builds(
    service,
    st.uuids().map(str),
    title=texts,
    codes=st.lists(codes, max_size=3, unique=True),
    reason=texts,
    summary=texts,
    public=st.booleans(),
)
left_out = st.builds(LeftOut, st.uuids().map(str), texts, texts, texts)
signed_off = st.builds(SignedOff, st.sampled_from(["elected", "technical"]), st.dates())
contents = st.builds(
    Content,
    authority=st.fixed_dictionaries(dict.fromkeys(TOWN, texts)),
    year=st.integers(2000, 2100),
    matrix=st.builds(
        matrix, official=st.booleans(), version=texts, aide=st.just(["a1", "a2"]), b=st.just(["c1"])
    ),
    included=st.lists(included, max_size=4, unique_by=lambda one: one.id).map(tuple),
    left_out=st.lists(left_out, max_size=3).map(tuple),
    statement=texts,
    answers=texts,
    signed_off=st.lists(signed_off, max_size=2).map(tuple),
)
