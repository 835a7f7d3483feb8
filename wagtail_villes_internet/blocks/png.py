"""The badge as a picture of dots, for e-mails, `og:image` and print: needs the extra `[png]`.

Text is set in the font that comes with the extra and in no other, so that accents come out right
and the same on every server.
"""

from pathlib import Path

try:
    import font_lato
    import resvg_py
except ImportError:
    resvg_py = None

FONT = "Lato"


def available() -> bool:
    """Whether the extra `[png]` is installed."""
    return resvg_py is not None


def png(svg: str, width: int) -> bytes:
    """`svg` drawn `width` pixels wide. Raises `RuntimeError` without the extra `[png]`."""
    if resvg_py is None:
        raise RuntimeError("pip install 'wagtail-villes-internet[png]'")
    return resvg_py.svg_to_bytes(
        svg_string=svg,
        width=width,
        font_files=fonts(),
        skip_system_fonts=True,
        font_family=FONT,
        sans_serif_family=FONT,
    )


def fonts() -> list[str]:
    return [str(Path(font_lato.font_directory) / "Lato-Bold.ttf")]
