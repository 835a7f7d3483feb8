"""What a frozen attempt may be, and what is shown of errors."""

import pickle
from dataclasses import FrozenInstanceError

import pytest
from django.utils.translation import override

from wagtail_villes_internet.registry import errors
from wagtail_villes_internet.registry.types import DossierWrite, Tombstone, Write

from .values import ID, a_body, put


@pytest.mark.parametrize(
    "attempt",
    [
        ("k", "post", ID, None, "{}"),
        ("", "put", ID, None, "{}"),
        ("k" * 256, "put", ID, None, "{}"),
        ('a"b', "put", ID, None, "{}"),
        ("a\\b", "put", ID, None, "{}"),
        ("a\nb", "put", ID, None, "{}"),
        ("é", "put", ID, None, "{}"),
        ("k", "put", ID.upper(), None, "{}"),
        ("k", "put", "../x", None, "{}"),
        ("k", "put", ID, "*", "{}"),
        ("k", "put", ID, 'W/"v"', "{}"),
        ("k", "put", ID, '"v", "w"', "{}"),
        ("k", "put", ID, '"v"\r\nX: y', "{}"),
        ("k", "put", ID, None, None),
        ("k", "delete", ID, None, None),
        ("k", "delete", ID, '"v"', "{}"),
    ],
)
def test_an_attempt_the_contract_cannot_carry_is_never_made(attempt):
    with pytest.raises(ValueError, match=r"."):
        Write(*attempt)


@pytest.mark.parametrize("key", ["k", "k" * 255, "a key, with (signs)"])
def test_a_key_is_printable_ascii(key):
    assert Write(key, "put", ID, '"v"', "{}").key == key


@pytest.mark.parametrize(
    "attempt",
    [
        ("", 2026, None, b"{}"),
        ("k" * 256, 2026, None, b"{}"),
        ("a\nb", 2026, None, b"{}"),
        ("k", 0, None, b"{}"),
        ("k", 10_000, None, b"{}"),
        ("k", 2026, "*", b"{}"),
        ("k", 2026, 'W/"v"', b"{}"),
        ("k", 2026, '"v"\r\nX: y', b"{}"),
    ],
)
def test_a_filing_the_contract_cannot_carry_is_never_made(attempt):
    with pytest.raises(ValueError, match=r"."):
        DossierWrite(*attempt)


@pytest.mark.parametrize(
    ("value", "name"), [(put(), "id"), (a_body(), "title"), (Tombstone(ID, 1, None), "sequence")]
)
def test_values_do_not_change_once_made(value, name):
    with pytest.raises(FrozenInstanceError):
        setattr(value, name, "other")
    assert not hasattr(value, "__dict__")
    assert pickle.loads(pickle.dumps(value)) == value


ERRORS = [
    errors.RegistryError(),
    errors.Misconfigured("Here is why."),
    errors.NotAutomatic(),
    errors.Unreachable(),
    errors.Unparsable(),
    errors.Busy(30.0),
    errors.Unauthorized(),
    errors.Forbidden(),
    errors.NotKnown(),
    errors.UnknownDossier(),
    errors.UnknownService(),
    errors.WithdrawnService(Tombstone(ID, 3, None)),
    errors.PreconditionFailed('"v"'),
    errors.InProgress(),
    errors.CampaignClosed(),
    errors.KeyReused(),
    errors.UnknownCode("2026"),
    errors.Rejected(451),
    errors.TooLarge(),
    errors.RedirectRefused(),
    errors.SequenceGone("e"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_every_error_has_a_sentence_for_the_webmaster(error):
    with override("en"):
        assert isinstance(error, errors.RegistryError)
        assert str(error).endswith(".")
        assert "{" not in str(error)


def test_no_error_of_the_hierarchy_is_forgotten_here():
    def below(kind):
        return {kind}.union(*(below(child) for child in kind.__subclasses__()))

    assert below(errors.RegistryError) == {type(error) for error in ERRORS}


def test_an_error_says_what_it_knows():
    assert str(errors.Rejected(451)).count("451") == 1
    assert errors.Unreachable(retry_after=3.0, epoch="e").retry_after == 3.0
    assert errors.Unreachable(epoch="e").epoch == "e"
    assert errors.SequenceGone("e").epoch == "e"
    assert str(errors.Misconfigured("Here is why.")) == "Here is why."
