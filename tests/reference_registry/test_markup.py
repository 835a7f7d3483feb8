"""The canonical HTML of a description: one spelling, and nothing refused but what breaks it."""

from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from registry.markup import markup_fault

calm = settings(derandomize=True, deadline=None, max_examples=400)


@pytest.mark.parametrize(
    "html",
    [
        "",
        "Du texte nu",
        "<p>Un paragraphe<br>et une suite.</p>",
        "<p><strong>gras</strong> et <em>italique</em></p>",
        "<ul><li>un</li><li><ol><li>deux</li></ol></li></ul>",
        "<ul></ul>",
        "<p></p>",
        "<p><p>odd and legal</p></p>",
        '<p><a href="https://lunel.fr/">le site</a></p>',
        '<a href="http://lunel.fr">a</a>',
        '<a href="mailto:mairie@lunel.example">écrire</a>',
        '<a href="tel:+33400000000">appeler</a>',
        '<a href="https://lunel.fr/?a=1&amp;b=&quot;c&quot;&lt;d&gt;">a</a>',
        "R&amp;D, &lt;p&gt; et « citation \" ' »",
        "&amp;lt; reste &amp;lt;",
        "Une ligne\net une autre",
    ],
)
def test_canonical_html_is_accepted(html):
    assert markup_fault(html) is None


@pytest.mark.parametrize(
    "html",
    [
        "<P>majuscule</P>",
        "<b>gras</b>",
        "<i>italique</i>",
        "<div>a</div>",
        "<script>alert(1)</script>",
        "<h2>titre</h2>",
        '<img src="a">',
        "<br/>",
        "<br />",
        "<br></br>",
        "</br>",
        "<p/>",
        "<p >a</p>",
        "<p>a</p >",
        "< p>a</p>",
        '<p class="a">a</p>',
        "<p data-block-key='x'>a</p>",
        "<a>sans adresse</a>",
        '<a href="">a</a>',
        "<a href='https://lunel.fr'>a</a>",
        "<a href=https://lunel.fr>a</a>",
        '<a HREF="https://lunel.fr">a</a>',
        '<a  href="https://lunel.fr">a</a>',
        '<a href="https://lunel.fr" >a</a>',
        '<a href="https://lunel.fr" rel="nofollow">a</a>',
        '<a href="https://lunel.fr" href="https://lunel.fr">a</a>',
        '<a href="https://lunel.fr">a',
        '<a href="/relatif">a</a>',
        '<a href="lunel.fr">a</a>',
        '<a href="javascript:alert(1)">a</a>',
        '<a href="java\nscript:alert(1)">a</a>',
        '<a href="JaVaScRiPt:alert(1)">a</a>',
        '<a href="data:text/html,a">a</a>',
        '<a href="ftp://lunel.fr">a</a>',
        '<a href="mailto:">a</a>',
        '<a href="tel:">a</a>',
        '<a href="https://">a</a>',
        '<a href="https://lunel.fr/?a=1&b=2">a</a>',
        '<a href="https://lunel.fr/?a=&#38;">a</a>',
        '<a href="https://lunel.fr/<">a</a>',
        '<a href="https://lunel.fr/>">a</a>',
        "<p>non fermé",
        "fermé</p>",
        "<strong><em>croisés</strong></em>",
        "<ul>texte<li>a</li></ul>",
        "<ul> <li>a</li></ul>",
        "<ul><p>a</p></ul>",
        "<ul><br></ul>",
        "<ul><ul><li>a</li></ul></ul>",
        '<ul><a href="https://lunel.fr"></a></ul>',
        "<li>orphelin</li>",
        "<ul><li><li>a</li></li></ul>",
        "<ul><li><p><li>a</li></p></li></ul>",
        "a & b",
        "a &amp b",
        "a < b",
        "a > b",
        "&nbsp;",
        "&eacute;",
        "&quot;",
        "&apos;",
        "&#39;",
        "&#x27;",
        "&AMP;",
        "<!-- commentaire -->",
        "<!DOCTYPE html>",
        "<![CDATA[a]]>",
        "<?php ?>",
        "<p",
        "<",
        "&",
    ],
)
def test_html_in_another_spelling_is_a_fault(html):
    assert markup_fault(html)


def test_ten_thousand_open_elements_break_nothing():
    assert markup_fault("<em>" * 10_000 + "</em>" * 10_000) is None
    assert markup_fault("<em>" * 10_000)


class Speller(HTMLParser):
    """Spells what the standard library read, in the contract's form: the second opinion."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.spelling = ""
        self.open_tags: list[str] = []
        self.sound = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.sound &= tag in ("p", "br", "strong", "em", "ul", "ol", "li", "a")
        in_list = bool(self.open_tags) and self.open_tags[-1] in ("ul", "ol")
        self.sound &= in_list == (tag == "li")
        names = [name for name, _ in attrs]
        self.sound &= names == (["href"] if tag == "a" else [])
        if attrs:
            href = escaped(attrs[0][1] or "").replace('"', "&quot;")
            self.spelling += f'<{tag} href="{href}">'
        else:
            self.spelling += f"<{tag}>"
        if tag != "br":
            self.open_tags.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.sound = False

    def handle_endtag(self, tag: str) -> None:
        self.sound &= bool(self.open_tags) and self.open_tags.pop() == tag
        self.spelling += f"</{tag}>"

    def handle_data(self, data: str) -> None:
        self.sound &= not (self.open_tags and self.open_tags[-1] in ("ul", "ol"))
        self.spelling += escaped(data)


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def second_opinion(html: str) -> bool:
    """Canonical is what spelling it again leaves as it was, in a sound tree."""
    speller = Speller()
    speller.feed(html)
    speller.close()
    return speller.sound and not speller.open_tags and speller.spelling == html


PIECES = [
    *(f"<{tag}>" for tag in ("p", "strong", "em", "ul", "ol", "li", "br")),
    *(f"</{tag}>" for tag in ("p", "strong", "em", "ul", "ol", "li", "a")),
    '<a href="https://lunel.fr/?a&amp;b">',
    '<a href="tel:1">',
    "<a>",
    '<p id="a">',
    "<br/>",
    "&amp;",
    "&lt;",
    "&quot;",
    "&eacute;",
    "a",
    "é",
    '"',
    "'",
    ">",
]


@given(st.lists(st.sampled_from(PIECES), max_size=6).map("".join))
@example("<ul><li>a</li></ul>")
@calm
def test_the_standard_library_agrees_on_any_mixture(html):
    assert (markup_fault(html) is None) == second_opinion(html)


def elements(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    flow = st.lists(inner, max_size=3).map("".join)
    items = st.lists(flow.map(lambda html: f"<li>{html}</li>"), max_size=3).map("".join)
    return st.one_of(
        *(
            flow.map(lambda html, tag=tag: f"<{tag}>{html}</{tag}>")
            for tag in ("p", "strong", "em")
        ),
        *(items.map(lambda html, tag=tag: f"<{tag}>{html}</{tag}>") for tag in ("ul", "ol")),
        flow.map(lambda html: f'<a href="https://lunel.fr/">{html}</a>'),
        st.just("<br>"),
    )


documents = st.lists(
    st.recursive(st.text("aé&<>\"'\u00a0\n", max_size=5).map(escaped), elements, max_leaves=8),
    max_size=4,
).map("".join)


@given(documents)
@calm
def test_every_tree_in_canonical_form_is_accepted(html):
    assert markup_fault(html) is None
    assert second_opinion(html)


@given(st.text("<>/ =\"'&;!-abehilmopqrstu", max_size=30))
@calm
def test_the_standard_library_agrees_on_any_text(text):
    assert (markup_fault(text) is None) == second_opinion(text)
