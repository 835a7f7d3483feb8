"""A description is copied as a text that loses nothing: neither items, nor where links lead."""

import pytest

from wagtail_villes_internet.declared.wording import plain_text
from wagtail_villes_internet.desk.contents import Words
from wagtail_villes_internet.registry.canonical import canonical_html


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Le matin</p><p>et le <b>soir</b></p>", "Le matin\net le soir"),
        ("<p>Un<br>Deux</p>", "Un\nDeux"),
        ("<p>Ouvert :</p><ul><li>lundi</li><li>mardi</li></ul>", "Ouvert :\n- lundi\n- mardi"),
        ("Ouvert :<ul><li><p>lundi</p></li></ul>", "Ouvert :\n- lundi"),
        ("<ul><li>ici<ul><li>là</li></ul></li></ul>", "- ici\n- là"),
        (
            '<p>Voir <a href="https://a.example/?a=1&amp;b=2">le <em>site</em></a>.</p>',
            "Voir le site (https://a.example/?a=1&b=2).",
        ),
        ('<a href="https://a.example/">https://a.example/</a>', "https://a.example/"),
        ('<a href="mailto:a@a.example">a@a.example</a>', "a@a.example"),
        ("<p>3 &lt; 4 &amp; 5</p>", "3 < 4 & 5"),
        ("", ""),
    ],
)
def test_html_is_read_as_a_text(markup, text):
    assert plain_text(canonical_html(markup)) == text


@pytest.mark.parametrize(
    "markup", ["<" * 60 + "a>" * 60, "<sc<sc" * 200, "<a " * 3000, '<a href="' * 2200]
)
def test_what_is_no_html_at_all_can_be_read_too(markup):
    """Django refuses to strip such a text of its tags, and would answer 400."""
    assert "<script" not in plain_text(f"<p>Ouvert</p>{markup}")


@pytest.mark.django_db
def test_a_description_is_said_so():
    assert Words([]).value("description", "<p>Voir</p><ul><li>ici</li></ul>") == "Voir\n- ici"
