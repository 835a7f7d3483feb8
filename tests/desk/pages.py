"""Reads a page of the admin as a person does."""

from html import unescape


def text(response) -> str:
    """The HTML on one line, its references and no-break spaces resolved."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return " ".join(unescape(content.decode()).replace("\xa0", " ").split())
