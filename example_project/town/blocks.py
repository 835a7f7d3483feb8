"""What an editor of the demo town can put in the body of a page."""

from wagtail import blocks

from wagtail_villes_internet.blocks import get_blocks


class CardBlock(blocks.StructBlock):
    page = blocks.PageChooserBlock(label="Page")
    text = blocks.TextBlock(label="Texte", max_length=200)

    class Meta:
        label = "Renvoi"
        icon = "link"


class CardsBlock(blocks.ListBlock):
    """Ways on to other pages, side by side where there is room."""

    def __init__(self, **kwargs):
        super().__init__(CardBlock(), **kwargs)

    class Meta:
        template = "town/blocks/cards.html"
        label = "Renvois vers des pages"
        icon = "list-ul"


def body_blocks():
    """The blocks of a body, made anew for each field: Wagtail does not want them shared."""
    return [
        (
            "text",
            blocks.RichTextBlock(
                label="Texte",
                icon="pilcrow",
                features=["h2", "h3", "bold", "italic", "ul", "ol", "link"],
                template="town/blocks/text.html",
            ),
        ),
        ("cards", CardsBlock()),
        *get_blocks(),
    ]
