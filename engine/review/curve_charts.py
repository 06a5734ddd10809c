"""Charts of how good objects are, as SVG: curves between 0 and 1, and bars of two kinds. Numpy only.

All of them take what ``average_precision.py`` returns, so that reports of training and of accuracy look alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..classes import Color
from .drawing import Point, css, drawing, element, rings, text

_WIDTH, _HEIGHT = 440.0, 250.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 36.0, 12.0, 12.0, 40.0
_LOOK = {"class_": "chart", "style": "width:100%;max-width:540px"}
_LINE = {"stroke": "var(--soft)", "stroke_width": 1}
# Seen on light and dark pages alike, and told apart by colour-blind readers.
RIGHT: Color = (0, 158, 115)
FALSE: Color = (230, 159, 0)
MISSED: Color = (204, 70, 60)
F1: Color = (52, 136, 206)
# The palette of classes holds a yellow that no line can be seen in.
LINES: tuple[Color, ...] = (
    *((0, 114, 178), (230, 159, 0), (0, 158, 115), (213, 94, 0), (204, 121, 167), (86, 180, 233)),
    *((148, 103, 189), (140, 86, 75)),
)
_QUIET: Color = (140, 146, 156)


@dataclass(frozen=True)
class Line:
    """A curve through points (x, y), each from 0 to 1."""

    points: Sequence[Point]
    color: Color
    dashes: str = ""
    width: float = 2.0


def precision_recall(curves: Sequence[tuple[Color, Mapping[str, Sequence[float]]]], title: str) -> str:
    """Return precision over recall; each curve has a colour and the lists ``recall`` and ``precision``."""
    lines = []
    for color, curve in curves:
        points = list(zip(curve["recall"], curve["precision"], strict=True))
        if points:
            # Before the first hit, nothing is known: the curve starts level.
            lines.append(Line([(0.0, points[0][1]), *points], color))
    return _chart(lines, "recall", "precision", title)


def f1_by_threshold(curve: Mapping[str, Sequence[float | None]], best: float | None, title: str) -> str:
    """Return F1, precision and recall over the confidence, and a mark at the ``best``; see ``f1_curve``."""
    lines = []
    for name, color, dashes, width in (
        ("precision", _QUIET, "5 3", 1.5),
        ("recall", _QUIET, "1.5 3", 1.5),
        ("f1", F1, "", 2.5),
    ):
        pairs = zip(curve["threshold"], curve[name], strict=True)
        lines.append(Line([(x, y) for x, y in pairs if x is not None and y is not None], color, dashes, width))
    marks = ""
    if best is not None:
        x, right = _x(best), best > 0.7
        marks = element("line", x1=x, x2=x, y1=_TOP, y2=_y(0), stroke_dasharray="4 3", **_LINE)
        marks += text(f"best: {best:.3g}", x + (-6 if right else 6), _y(0) - 8, text_anchor="end" if right else "start")
    return _chart(lines, "confidence", "", title, marks)


def stacked(
    parts: Sequence[tuple[Color, Sequence[int]]],
    labels: Sequence[str],
    axis: str,
    title: str,
    mark: float | None = None,
) -> str:
    """Return bars, each made of one count of every part, the first part below.

    Args:
        parts: colour and counts.
        labels: at the left edge of each bar, "" for none, and one more at the right end.
        axis: what the bars stand for.
        title: for those who hear the page.
        mark: where a line is drawn, 0 at the left end, 1 at the right.
    """
    count = len(labels) - 1
    totals = [sum(values[place] for _, values in parts) for place in range(count)]
    most = max([*totals, 1])
    step, tall = (_WIDTH - _LEFT - _RIGHT) / count, _y(0) - _TOP - 14
    drawn = [element("line", x1=_LEFT, x2=_WIDTH - _RIGHT, y1=_y(0), y2=_y(0), **_LINE)]
    for place in range(count):
        base = _y(0)
        for color, values in parts:
            height = tall * values[place] / most
            if not values[place]:
                continue
            words = element("title", f"{values[place]}")
            shape = {"x": _LEFT + step * place + 0.75, "y": base - height, "width": step - 1.5, "height": height}
            drawn.append(element("rect", words, **shape, fill=css(color)))
            base -= height
    for place, label in enumerate(labels):
        drawn.append(text(label, _LEFT + step * place, _y(0) + 16, text_anchor="middle") if label else "")
    drawn.append(text(f"{most}", _LEFT - 6, _TOP + 18, text_anchor="end"))
    drawn.append(text("0", _LEFT - 6, _y(0) + 4, text_anchor="end"))
    if mark is not None:
        drawn.append(element("line", x1=_x(mark), x2=_x(mark), y1=_TOP, y2=_y(0), stroke_dasharray="4 3", **_LINE))
    drawn.append(text(axis, (_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 5, text_anchor="middle"))
    return drawing(_WIDTH, _HEIGHT, title, "".join(drawn), **_LOOK)


def _chart(lines: Sequence[Line], across: str, up: str, title: str, marks: str = "") -> str:
    """Return curves over a grid from 0 to 1."""
    parts = []
    for step in range(6):
        share = step / 5
        grid = {"stroke": "var(--line)", "stroke_width": 1}
        parts.append(element("line", x1=_LEFT, x2=_WIDTH - _RIGHT, y1=_y(share), y2=_y(share), **grid))
        parts.append(element("line", x1=_x(share), x2=_x(share), y1=_TOP, y2=_y(0), **grid))
        parts.append(text(f"{share:g}", _LEFT - 6, _y(share) + 4, text_anchor="end"))
        parts.append(text(f"{share:g}", _x(share), _y(0) + 16, text_anchor="middle"))
    for line in lines:
        look: dict[str, object] = {"stroke_dasharray": line.dashes} if line.dashes else {}
        path = rings([[(_x(x), _y(y)) for x, y in line.points]], closed=False) if line.points else ""
        shape = {"fill": "none", "stroke": css(line.color), "stroke_width": line.width, "stroke_linejoin": "round"}
        parts.append(element("path", d=path, **shape, **look) if path else "")
    parts.append(text(across, (_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 5, text_anchor="middle"))
    # Above the grid, where curves that are any good do not run.
    parts.append(text(up, _LEFT + 6, _y(0) - 8) if up else "")
    return drawing(_WIDTH, _HEIGHT, title, "".join(parts) + marks, **_LOOK)


def _x(share: float) -> float:
    return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)


def _y(share: float) -> float:
    return _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)
