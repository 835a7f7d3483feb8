"""One page with each form of the label's blocks and each standing, as HTML alone.

Made from records, without a database: what the blocks show does not depend on where it is kept.
"""

from datetime import date
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.html import format_html, mark_safe

from wagtail_villes_internet.blocks.label_presentation import badge_of, history_of, labels_of
from wagtail_villes_internet.labels.drawing import LAYOUTS, SIZES
from wagtail_villes_internet.labels.models import Award
from wagtail_villes_internet.labels.record import LabelRecord, Mention, Unstated, Won
from wagtail_villes_internet.labels.standing import Scale

Standing = Award.Standing
BLOCKS = "wagtail_villes_internet/blocks/"
TODAY = date(2024, 3, 1)
AROBASES = Scale("Villes Internet", "arobase", "arobases", 5)
FLOWERS = Scale("Villes et villages fleuris", "fleur", "fleurs", 4, "flower", "lasting")
STARS = Scale("Commune étoilée", "étoile", "étoiles", 3, "star", "lasting")
WITHOUT_LEVELS = Scale("Ville amie des abeilles", "", "", 0, "ring", "lasting")
MENTIONS = (Mention("Démocratie locale"), Mention("Excellence numérique", date(2027, 2, 8)))


def won(year=2024, standing=Standing.LABELLED, level=5, **more) -> Won:
    return Won(year, standing, level, "declared", **more)


def record(*rows, scale=AROBASES, name="Lunel") -> LabelRecord:
    return LabelRecord(scale, rows, name=name)


# What a badge may have to show, by the name it has in the tests.
BADGES = {
    "current": record(won(level=4)),
    "current-1": record(won(level=1)),
    "older": record(won(2022)),
    "out-of-competition": record(won(standing=Standing.OUT_OF_COMPETITION)),
    "out-of-competition-no-level": record(won(standing=Standing.OUT_OF_COMPETITION, level=None)),
    "level-unknown": record(won(standing=Standing.LEVEL_UNKNOWN, level=None)),
    "mention-only": record(won(standing=Standing.MENTION_ONLY, level=None)),
    "mentions": record(won(mentions=MENTIONS)),
    "flowers": record(won(level=3), scale=FLOWERS),
    "stars": record(won(level=2), scale=STARS),
    "without-levels": record(won(level=None), scale=WITHOUT_LEVELS),
}
ABSENT = record(won(2018, Standing.NOT_PARTICIPATING, None))
HISTORY = record(
    Unstated(2025, 2026),
    won(2024, mentions=MENTIONS, source_url="https://www.lunel.example/label", place="Paris",
        ceremony_on=date(2024, 2, 8), news_url="https://presse.example/"),
    won(2023, Standing.NOT_PARTICIPATING, None),
    won(2022, level=4),
    won(2021, Standing.OUT_OF_COMPETITION, 5),
    won(2020, level=5),
    Unstated(2018, 2019),
    won(2017, Standing.LEVEL_UNKNOWN, None),
    won(2016, level=3),
    won(2008, Standing.MENTION_ONLY, None),
)  # fmt: skip
LUNEL = record(won(2024), won(2023, level=4), won(2022, level=3))


def badge(record: LabelRecord, size="regular", layout="", today=TODAY) -> str:
    shown = badge_of(record, today, size, layout)
    return render_to_string(f"{BLOCKS}label_badge.html", {"badge": shown})


def history(record: LabelRecord, view: str) -> str:
    shown = history_of(record, TODAY, view)
    return render_to_string(f"{BLOCKS}label_history.html", {"history": shown})


def labels(*, as_lines=False) -> str:
    held = [BADGES["current"], BADGES["flowers"], BADGES["stars"], BADGES["without-levels"]]
    return render_to_string(
        f"{BLOCKS}labels.html", {"labels": labels_of(held, TODAY), "as_lines": as_lines}
    )


def pieces() -> dict[str, str]:
    """Each piece of the gallery by its name."""
    shown = {}
    for name, told in BADGES.items():
        for size in SIZES:
            shown[f"badge {name} {size}"] = badge(told, size)
    for layout in LAYOUTS:
        for size in SIZES:
            shown[f"badge current {size} {layout}"] = badge(BADGES["current"], size, layout)
            shown[f"badge older {size} {layout}"] = badge(BADGES["older"], size, layout)
    for view in ("timeline", "table", "chart"):
        shown[f"history {view}"] = history(HISTORY, view)
        shown[f"history short {view}"] = history(LUNEL, view)
    shown["labels badges"] = labels()
    shown["labels lines"] = labels(as_lines=True)
    return shown


def page(shown: dict[str, str] | None = None) -> str:
    """A whole page, valid by itself, in the look of a host that says nothing of looks."""
    css = Path(finders.find("wagtail_villes_internet/villes-internet.css")).read_text("utf-8")
    sections = [
        format_html(
            '<section id="{}"><h2>{}</h2>{}</section>',
            name.replace(" ", "-"),
            name,
            mark_safe(html),
        )  # fmt: skip
        for name, html in (shown or pieces()).items()
    ]
    return (
        '<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Blocs du label</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        "<style>:root { color-scheme: light dark } body { margin: 1rem; "
        "font-family: sans-serif; background: Canvas; color: CanvasText }"
        f"h2 {{ font-size: 1rem }}{css}</style></head>"
        f"<body><main><h1>Blocs du label</h1>{''.join(sections)}</main></body></html>"
    )


def unfolded(page):
    """The page with all that it folds away open."""
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    return page
