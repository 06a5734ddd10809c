"""Pieces of SVG drawings: everything is escaped here; standard library only.

Names from outside go into the text of elements, never into attributes.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape

from ..classes import Color

Point = tuple[float, float]
# Of a letter, as a part of its height: enough to place a ground behind a short name.
_LETTER = 0.62


def element(tag: str, content: str = "", /, **attributes: object) -> str:
    """Return an element; ``content`` is SVG already, ``_`` in names of attributes stands for a dash."""
    words = "".join(f' {_attribute(name)}="{escape(_short(value))}"' for name, value in attributes.items())
    return f"<{tag}{words}>{content}</{tag}>" if content else f"<{tag}{words}/>"


def drawing(width: float, height: float, title: str, content: str, **attributes: object) -> str:
    """Return a whole drawing; ``title`` is what screen readers say and a pointer shows."""
    box = f"0 0 {_short(width)} {_short(height)}"
    return element("svg", element("title", escape(title)) + content, viewBox=box, role="img", **attributes)


def text(content: str, x: float, y: float, **attributes: object) -> str:
    """Return a text whose base line starts at (x, y)."""
    return element("text", escape(content), x=x, y=y, **attributes)


def image(data: bytes, width: float, height: float, *, pixelated: bool = False) -> str:
    """Return a PNG or JPEG, from its bytes, that fills (0, 0, width, height)."""
    kind = "png" if data.startswith(b"\x89PNG") else "jpeg"
    source = f"data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}"
    look = {"style": "image-rendering:pixelated"} if pixelated else {}
    return element("image", href=source, width=width, height=height, preserveAspectRatio="none", **look)


def rings(outlines: Iterable[Sequence[Point]], *, closed: bool = True) -> str:
    """Return the ``d`` of a path through all outlines."""
    end = "Z" if closed else ""
    return "".join("M" + "L".join(f"{_short(x)} {_short(y)}" for x, y in outline) + end for outline in outlines)


def path(outlines: Iterable[Sequence[Point]], color: Color | str, *, width_px: float = 1.6, closed: bool = True) -> str:
    """Return outlines as lines of a constant width on the screen, with a dark rim that shows on any ground."""
    shape = {"d": rings(outlines, closed=closed), "fill": "none", "vector_effect": "non-scaling-stroke"}
    rim = element("path", stroke="#000", stroke_opacity=0.45, stroke_width=width_px + 1.6, **shape)
    return rim + element("path", stroke=css(color), stroke_width=width_px, **shape)


def tag_size(name: str, height: float) -> Point:
    """Return about the width and height of ``tag`` with such letters."""
    return (_LETTER * len(name) + 0.6) * height, 1.35 * height


def tag(name: str, x: float, y: float, height: float, color: Color) -> str:
    """Return a name on a ground of its colour; (x, y) is its upper left corner, ``height`` that of its letters."""
    width, tall = tag_size(name, height)
    ground = element("rect", x=x, y=y, width=width, height=tall, rx=0.2 * height, fill=css(color))
    letters = text(name, x + 0.3 * height, y + 1.0 * height, font_size=height, fill=readable_on(color))
    return ground + letters


def readable_on(color: Color) -> str:
    """Return black or white, what is read better on a ground of this colour."""
    red, green, blue = color
    return "#000" if 0.299 * red + 0.587 * green + 0.114 * blue > 140 else "#fff"


def css(color: Color | str) -> str:
    """Return a colour as style sheets write it."""
    return (
        color if isinstance(color, str) else "#{:02x}{:02x}{:02x}".format(*(min(max(part, 0), 255) for part in color))
    )


def _attribute(name: str) -> str:
    """Return an attribute's name: Python keywords end with an underscore, and no name has one but for a dash."""
    return name.rstrip("_").replace("_", "-")


def _short(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
