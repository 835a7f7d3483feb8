"""The pictures of the editor's guide: each is taken by the script, and shown with its words."""

import re

from guide_pictures import IMAGES, PICTURES

from .test_docs import DOCS, name, read

GUIDE = sorted((DOCS / "guide-editeur").glob("*.md"))
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")


def shown() -> set[str]:
    return {
        (page.parent / address).name for page in GUIDE for _, address in PICTURE.findall(read(page))
    }


def taken() -> set[str]:
    return {f"{picture.name}.png" for picture in PICTURES}


def test_every_picture_of_the_guide_is_taken_by_the_script():
    assert {path.name for path in IMAGES.iterdir()} == taken()


def test_the_guide_shows_every_picture_that_is_taken():
    assert shown() == taken()


def test_every_picture_of_the_guide_is_told_in_words():
    silent = [
        f"{name(page)}: {address}"
        for page in GUIDE
        for words, address in PICTURE.findall(read(page))
        if len(words.split()) < 4
    ]

    assert silent == []
