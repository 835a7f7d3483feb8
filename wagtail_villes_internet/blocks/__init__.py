"""StreamField blocks that show a town's label and digital services.

Their names and arguments are an interface: hosts freeze them in their migrations.
"""

from wagtail.blocks import Block

from .featured import FeaturedServicesBlock
from .figures import KeyFiguresBlock
from .labels import LabelBadgeBlock, LabelHistoryBlock, LabelsBlock
from .mosaic import ThemeMosaicBlock
from .palmares import PalmaresBlock
from .services import ServicesByThemeBlock

__all__ = [
    "FeaturedServicesBlock",
    "KeyFiguresBlock",
    "LabelBadgeBlock",
    "LabelHistoryBlock",
    "LabelsBlock",
    "PalmaresBlock",
    "ServicesByThemeBlock",
    "ThemeMosaicBlock",
    "get_blocks",
]


def get_blocks() -> list[tuple[str, Block]]:
    """Every block with its name, new at each call: `StreamField([*mine, *get_blocks()])`."""
    return [
        ("label_badge", LabelBadgeBlock()),
        ("label_history", LabelHistoryBlock()),
        ("labels", LabelsBlock()),
        ("palmares", PalmaresBlock()),
        ("services_by_theme", ServicesByThemeBlock()),
        ("featured_services", FeaturedServicesBlock()),
        ("theme_mosaic", ThemeMosaicBlock()),
        ("key_figures", KeyFiguresBlock()),
    ]
