"""Small charts for reports, as SVG: a histogram of sizes, and a map of where chips lie."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from rasterio.crs import CRS
from rasterio.errors import CRSError

from ..chips import Chip, ChipSet
from ..classes import Color
from .drawing import css, drawing, element, rings, text

_WIDTH = 440.0
_LOOK = {"class_": "chart", "style": "width:100%;max-width:540px"}
# More outlines are thinned out: the page stays small and the map clear.
_OUTLINES = 3000
_TALLEST, _LOWEST = 420.0, 90.0
_FOOT = 34.0
# Seen on light and dark pages alike.
BLUE: Color = (52, 136, 206)
AMBER: Color = (214, 152, 30)
GREY: Color = (140, 146, 156)


def histogram(bins: Sequence[int], edges: Sequence[float], mark: float, unit: str, title: str) -> str:
    """Return a histogram over an axis of doublings.

    Args:
        bins: counts; the last one takes all that is larger than its edge.
        edges: lower edges, each as many times the one before.
        mark: where a line is drawn; what lies wholly below it is drawn in another colour.
        unit: of the edges.
        title: for those who hear the page.
    """
    filled = [index for index, count in enumerate(bins) if count]
    near = next((index for index, edge in enumerate(edges) if edge > mark), len(edges)) - 1
    first, last = max(min([*filled, near]) - 1, 0), max([*filled, near]) + 1
    shown = range(first, min(last, len(bins) - 1) + 1)
    step = _WIDTH / len(shown)
    ratio = edges[1] / edges[0]
    base, top = 150.0, 34.0
    most = max([bins[index] for index in shown] + [1])
    # Counts are as large as they fit above their bars.
    letters = min(12.0, (step - 2) / (0.62 * len(str(most))))

    def x_of(value: float) -> float:
        return step * math.log(value / edges[first], ratio)

    line = {"stroke": "var(--soft)", "stroke_width": 1}
    look = f"font-size:{letters:.1f}px"
    x = x_of(mark)
    parts = [element("line", x1=x, x2=x, y1=4, y2=base, stroke_dasharray="4 3", **line)]
    parts.append(text(f"{mark:g} {unit}", x + 5, 12))
    for index in shown:
        height = (base - top) * bins[index] / most
        if not bins[index]:
            continue
        upper = edges[index] * ratio
        words = f"{edges[index]:.3g} to {upper:.3g} {unit}: {bins[index]}"
        low = upper <= mark
        shape = {"x": x_of(edges[index]) + 1, "y": base - max(height, 1.5), "width": step - 2}
        bar = element("title", words)
        parts.append(element("rect", bar, **shape, height=max(height, 1.5), rx=2, fill=css(AMBER if low else BLUE)))
        parts.append(
            text(f"{bins[index]}", x_of(edges[index]) + step / 2, base - height - 5, text_anchor="middle", style=look)
        )
    parts.append(element("line", x1=0, x2=_WIDTH, y1=base, y2=base, **line))
    for index in shown:
        if math.log2(edges[index]).is_integer() and step * 2 * (index - first) < _WIDTH * 2 - 60:
            x = x_of(edges[index])
            parts.append(element("line", x1=x, x2=x, y1=base, y2=base + 4, **line))
            parts.append(text(f"{edges[index]:g}", x, base + 17, text_anchor="middle" if x > 10 else "start"))
    parts.append(text(unit, _WIDTH, base + 17, text_anchor="end"))
    return drawing(_WIDTH, base + 22, title, "".join(parts), **_LOOK)


def chip_map(chip_set: ChipSet, kinds: Sequence[tuple[Color, Sequence[Chip]]]) -> tuple[str, str]:
    """Return a map of chips and what it shows, both empty where nothing tells where they lie.

    ``kinds`` are chips and the colour of their outlines, drawn in this order.
    """
    placed = [(color, [chip for chip in chips if chip.transform is not None]) for color, chips in kinds]
    count = sum(len(chips) for _, chips in placed)
    if not count:
        return "", ""
    thin = -(-count // _OUTLINES)
    corners = [(css(color), _corners(chip_set, chips[::thin])) for color, chips in placed if chips]
    together = np.concatenate([places.reshape(-1, 2) for _, places in corners])
    low, high = together.min(axis=0), together.max(axis=0)
    span = np.maximum(high - low, 1e-9)
    scale = min((_WIDTH - 4) / span[0], _TALLEST / span[1])
    height = max(float(span[1] * scale), _LOWEST) + 4
    left = (_WIDTH - span[0] * scale) / 2
    unit = _unit(chip_set.crs)
    down = _counts_down(next(chip for _, chips in placed for chip in chips))
    parts = []
    for color, places in corners:
        rows = places[..., 1] - low[1] if down else high[1] - places[..., 1]
        shown = np.stack([left + (places[..., 0] - low[0]) * scale, 2 + rows * scale], axis=-1)
        look = {"fill": color, "fill_opacity": 0.12, "stroke": color, "stroke_opacity": 0.8, "stroke_width": 0.7}
        outlines = [[(float(x), float(y)) for x, y in ring] for ring in shown.round(1)]
        parts.append(element("path", d=rings(outlines), **look))
    parts.append(_scale_bar(float(scale), height + 6, unit))
    size = " x ".join(_length(float(value), unit) for value in span)
    some = f" One of {thin} chips is drawn." if thin > 1 else ""
    note = f"The chips lie in an area of {size}.{some}"
    return drawing(_WIDTH, height + _FOOT, f"Map of {count} chips", "".join(parts), **_LOOK), note


def _counts_down(chip: Chip) -> bool:
    """Tell whether map units grow downwards, as they do where they are pixels."""
    place = chip.transform
    return place is not None and place.a * place.e - place.b * place.d > 0


def _corners(chip_set: ChipSet, chips: Sequence[Chip]) -> npt.NDArray[np.float64]:
    """Return the corners of chips (n, 4, 2) in map units."""
    found = []
    for chip in chips:
        width, height = chip.size or chip_set.size
        if chip.transform is not None:
            ring = ((0, 0), (width, 0), (width, height), (0, height))
            found.append([chip.transform.to_map(*corner) for corner in ring])
    return np.array(found, np.float64)


def _scale_bar(scale: float, y: float, unit: str) -> str:
    """Return a bar of a round length, about a quarter of the map wide."""
    wanted = _WIDTH / 4 / scale
    power = 10.0 ** math.floor(math.log10(wanted))
    length = next((factor * power for factor in (5, 2) if factor * power <= wanted), power)
    line = {"stroke": "var(--soft)", "stroke_width": 1.5, "fill": "none"}
    return element("path", d=f"M2 {y:.1f}v6h{length * scale:.1f}v-6", **line) + text(
        _length(length, unit), length * scale + 8, y + 9
    )


def _unit(crs: str) -> str:
    """Return the name of map units, "" where it is not known."""
    try:
        parsed = CRS.from_wkt(crs) if crs else None
    except CRSError:
        parsed = None
    if parsed is None:
        return ""
    return "degrees" if parsed.is_geographic else str(parsed.linear_units)


def _length(value: float, unit: str) -> str:
    if unit in ("metre", "meter"):
        return f"{value / 1000:.3g} km" if value >= 1000 else f"{value:.3g} m"
    return f"{value:.4g} {unit or 'map units'}"
