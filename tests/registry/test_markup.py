"""Rich text in the contract's one writing."""

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wagtail_villes_internet.registry.canonical import canonical_html
from wagtail_villes_internet.registry.markup import (
    _EATS_TAG_END,
    _WHITE_SPACE,
    MAX_LIST_DEPTH,
    _Reader,
)
from wagtail_villes_internet.registry.rules import is_contract_html
from wagtail_villes_internet.registry.text import normal

from .reference_html import is_acceptable
from .values import calm


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (None, ""),
        ("", ""),
        # What Draftail stores.
        ('<p data-block-key="k1"><b>Gras</b> et <i>penché</i></p>',
         "<p><strong>Gras</strong> et <em>penché</em></p>"),
        ('<p data-block-key="k1">un<br/>deux</p>', "<p>un<br>deux</p>"),
        ('<p data-block-key="k1"></p><p data-block-key="k2">x</p>', "<p>x</p>"),
        ('<ul><li data-block-key="k">un<ul><li>deux</li></ul></li></ul>',
         "<ul><li>un<ul><li>deux</li></ul></li></ul>"),
        ('<p><a linktype="page" id="3">page supprimée</a></p>', "<p>page supprimée</p>"),
        # One writing of what looks the same.
        ("<b><i>x</i></b>", "<strong><em>x</em></strong>"),
        ("<i><b>x</b></i>", "<strong><em>x</em></strong>"),
        ("<b>a</b><strong>b</strong>", "<strong>ab</strong>"),
        ("<b>a</b> <b>b</b>", "<strong>a</strong> <strong>b</strong>"),
        ("<b>a<i>b</b>c</i>", "<strong>a<em>b</em></strong><em>c</em>"),
        ('<b><a href="https://v.example">x</a></b>',
         '<a href="https://v.example"><strong>x</strong></a>'),
        ("<strong></strong><p><em> </em></p>", ""),
        ("  <p>  a \n  b  </p>\n\n<p>c</p> ", "<p>a b</p><p>c</p>"),
        ("<p>a <br> <br/> b<br></p>", "<p>a<br><br>b</p>"),
        ("<p>a\xa0\xa0b</p>", "<p>a\xa0\xa0b</p>"),
        ("<P>A</P><STRONG>b</STRONG>", "<p>A</p><strong>b</strong>"),
        # References.
        ("&eacute; &amp; &lt;b&gt; &#39; &quot; &nbsp;", "é &amp; &lt;b&gt; ' \" \xa0"),
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("&amp;lt;", "&amp;lt;"),
        ("e&#x301;", "é"),
        ("e<span>\u0301</span>", "é"),
        # Links.
        ('<a href="https://v.example/?a=1&b=2" rel="nofollow" title="t">x</a>',
         '<a href="https://v.example/?a=1&amp;b=2">x</a>'),
        ("<a href='mailto:a@v.example'>x</a>", '<a href="mailto:a@v.example">x</a>'),
        ('<a href="//v.example">x</a><a href="/y">y</a><a href="#z">z</a>', "xyz"),
        ('<a href="javascript:alert(1)">x</a>', "x"),
        ('<a href=" java\nscript:alert(1)">x</a>', "x"),
        ('<a href="https://v.example" href="https://evil.example">x</a>',
         '<a href="https://v.example">x</a>'),
        ('<a href="https://v.example">a<a href="https://w.example">b</a>c</a>',
         '<a href="https://v.example">a</a><a href="https://w.example">b</a>c'),
        ('<a href="https://v.example"></a>', ""),
        ('<a href="https://v.example"><p>a</p><p>b</p></a>',
         '<p><a href="https://v.example">a</a></p><p><a href="https://v.example">b</a></p>'),
        # What the contract has no tag for.
        ("<h2>Titre</h2><div>un</div><div>deux</div>", "<p>Titre</p><p>un</p><p>deux</p>"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "<p>a</p><p>b</p>"),
        ("a<script>alert(1)</script>b<style>p{}</style>c", "abc"),
        ("a<template><p>b</p></template><title>c</title>d", "ad"),
        ("a<!-- note -->b<?php ?>c<!DOCTYPE html>", "abc"),
        ('<img src=x onerror=alert(1)>a<iframe src="https://v.example"></iframe>', "a"),
        ("<u>a</u><span>b</span>", "ab"),
        # What is set apart stays apart.
        ("a<hr>b", "a<p>b</p>"),
        ("a<ul></ul>b", "a<p>b</p>"),
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        # Lists.
        ("<ul>\n<li>a</li>\n<li> </li>\n</ul>", "<ul><li>a</li></ul>"),
        ("<ul>a<li>b</li></ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<ul><li>a</li><ol><li>b</li></ol></ul>",
         "<ul><li>a<ol><li>b</li></ol></li></ul>"),
        ("<ul><ol><li>b</li></ol></ul>", "<ul><li><ol><li>b</li></ol></li></ul>"),
        ("<li>seul</li>", "<p>seul</p>"),
        ("<ul><li>a<li>b</ul>c", "<ul><li>a</li><li>b</li></ul>c"),
        ("<ul><li><p>a</p><p>b</p></li></ul>", "<ul><li><p>a</p><p>b</p></li></ul>"),
        ("<p>a<ul><li>b</li></ul></p>", "<p>a</p><ul><li>b</li></ul>"),
        ("<ul><li>a</ol></li></ul>b", "<ul><li>a</li></ul>b"),
        # NFC must not join a mark with the end of a tag.
        ("<b>\u0338x</b>", "<strong>x</strong>"),
        ("<p>a<br>\u0338x</p>", "<p>a<br>x</p>"),
        ("&gt;\u0338", "≯"),
        ("a\x00\ud800b", "ab"),
    ],
)  # fmt: skip
def test_one_writing(html, expected):
    assert canonical_html(html) == expected


def test_relative_links_are_completed_with_the_sites_address():
    html = canonical_html('<p><a href="/contact/">x</a></p>', base_url="https://v.example/")

    assert html == '<p><a href="https://v.example/contact/">x</a></p>'


def test_lists_nested_without_end_are_written_all_the_same():
    html = canonical_html("<ul><li>x" * 5000)

    assert html.count("<ul>") == MAX_LIST_DEPTH
    assert html.count("x") == 5000
    assert is_acceptable(html)
    assert canonical_html(html) == html


PIECES = [
    *("<p>", "</p>", "<p ", "<ul>", "</ul>", "<ol>", "</ol>", "<li>", "</li>", "<br>", "<hr>"),
    *("<b>", "</b>", "<strong>", "</strong>", "<i>", "</i>", "<em>", "</em>", "<h2>", "</h2>"),
    *("<a>", "<a href=", "</a>", "<div>", "</div>", "<script>", "</script>", "<!--", "-->"),
    *("<", ">", "&", ";", "=", '"', "'", "&amp;", "&lt;", "&nbsp;", "&#0;", "&#x338;"),
    # Marks that NFC joins with what stands before them, or puts in another order.
    *("\u0338", "\u0301", "\u0334", "\u0323"),
    *(" ", "\n", "\t", "\x00", "\xa0", "\u2028", "\ud800", "e", "x"),
]
fragments = st.lists(
    st.one_of(
        st.sampled_from(PIECES),
        st.builds('<a href="{}">'.format, st.text(max_size=8)),
        st.builds('<a href="https://v.example/{}">'.format, st.text(max_size=8)),
        st.text(max_size=6),
    ),
    max_size=25,
).map("".join)


@calm
@given(fragments)
@example("<b>a <i> </i>\u0301b</b>")
@example("<p>e</p>\u0301")
@example('<a href="https://v.example/>\u0301">x</a>')
def test_whatever_comes_in_a_registry_takes_what_comes_out(html):
    once = canonical_html(html)

    assert is_acceptable(once)
    assert is_contract_html(once)
    assert unicodedata.is_normalized("NFC", once)
    assert canonical_html(once) == once


class WordByWord(_Reader):
    """Reads a text as it is thought of: words, and the white space between them."""

    def handle_data(self, data):
        if self.silent:
            return
        text = _EATS_TAG_END.sub(r"\1", normal(_WHITE_SPACE.sub(" ", data)))
        for word in re.findall(" +|[^ ]+", text):
            if word.startswith(" "):
                self.line.space(self.marks)
            else:
                self.line.words(self.marks, word)


@calm
@given(fragments)
@example(" a\x00 b \x00 ")
@example("<b> a <i> \u0338 b</i> </b>c<br> \x00<br>")
def test_a_text_read_at_once_is_its_words_one_by_one(html):
    reader = WordByWord("")
    reader.feed(html)
    reader.close()

    assert canonical_html(html) == "".join(reader.root.write())


contract_fragments = st.lists(
    st.sampled_from(
        [
            "<p>", "</p>", "<ul>", "</ul>", "<ol>", "</ol>", "<li>", "</li>", "<strong>",
            "</strong>", "<em>", "</em>", "<br>", "<br/>", "<a>", '<a href="https://v.example">',
            '<a href="mailto:">', '<a href="/x">', '<a href="https://v.example/?a&b">',
            '<a href="https://v.example/?a&amp;b&quot;">', "</a>", "<P>", "&amp;", "&lt;", "&gt;",
            "&quot;", "&#65;", "&", ">", '"', "x", " ", "<!--x-->", "<p class=x>", "</br>",
            '</a href="https://v.example">',
        ]
    ),
    max_size=7,
).map("".join)  # fmt: skip


@calm
@given(contract_fragments)
@example("<p>a</p>")
@example("<ul><li>a</li></ul>")
@example("<ul> <li>a</li></ul>")
@example('<a href="https://v.example/?a&amp;b&quot;">x</a>')
def test_html_is_judged_as_the_contracts_sentences_say(html):
    assert is_contract_html(html) == is_acceptable(html)


@pytest.mark.parametrize(
    "html", ["<p><p>odd, and legal</p></p>", "<em><ul><li>x</li></ul></em>", "bare text", "\"'"]
)
def test_only_what_breaks_the_contract_is_refused(html):
    assert is_contract_html(html)


@pytest.mark.parametrize(
    "html",
    [
        *("<li", "a<", "<P>a</P>", "<p>a", "a</p>", "<p/>", "<br/>", "<p ></p>", "<a>x</a>"),
        *("&eacute;", '<a href="https://v.example/?&eacute;">x</a>'),
    ],
)
def test_another_writing_is_refused(html):
    assert not is_contract_html(html)
