"""JSON from somebody one does not trust."""

import pytest

from wagtail_villes_internet.registry.decode import Malformed, decode


def read(octets: bytes, max_depth: int = 5) -> object:
    return decode(octets, max_depth=max_depth)


def test_json_in_utf_8():
    assert read('{"é": [1, -2.5, true, null, "\\ud83d\\ude00"]}'.encode()) == {
        "é": [1, -2.5, True, None, "😀"]
    }


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"<html>",
        b'{"a": 1',
        b'{"a": 1} x',
        b"\xff\xfe",
        b'"\xe9"',
        b"\xef\xbb\xbf{}",
        b"NaN",
        b"[Infinity]",
        b"[-Infinity]",
        b'{"a": 1, "a": 1}',
        b'[{"b": {"a": 1, "\\u0061": 2}}]',
        b'"\\ud800"',
        b'{"\\udfff": 1}',
        b'["a\\u0000b"]',
        b"9" * 5000,
        b"[" * 100_000,
        b'{"a":' * 100_000,
    ],
)
def test_what_is_not_taken(octets):
    with pytest.raises(Malformed):
        read(octets)


def test_depth_is_counted_in_lists_and_objects():
    assert read(b'[[[[{"a": 1}]]]]') == [[[[{"a": 1}]]]]
    with pytest.raises(Malformed):
        read(b"[[[[[[]]]]]]")
    with pytest.raises(Malformed):
        read(b'{"a":{"a":{"a":{"a":{"a":{}}}}}}')


def test_the_error_does_not_say_what_came():
    with pytest.raises(Malformed) as caught:
        read(b'{"secret": ')

    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None
