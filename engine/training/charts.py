"""Charts of a training as PNG, for the report and for the model folder."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

_COLORS = ("#1f6fb5", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f5fb0", "#8c6d31")
_SIZE = (7.6, 3.4)


def lines(
    x: Sequence[float],
    series: Mapping[str, Sequence[float | None]],
    labels: tuple[str, str],
    marked: float | None = None,
    *,
    log_x: bool = False,
    unit: bool = False,
    whole: bool = True,
) -> bytes:
    """Draw curves and return a PNG.

    Args:
        x: places of the values.
        series: name to values along ``x``; None where a value is not known.
        labels: of the two axes.
        marked: an x that stands out, as the best epoch.
        log_x: draw ``x`` by its logarithm.
        unit: values from 0 to 1.
        whole: ``x`` are whole numbers; else, with ``unit``, they are from 0 to 1 as well.
    """
    figure = Figure(figsize=_SIZE, dpi=130, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    _style(axes)
    for index, (name, values) in enumerate(series.items()):
        points = [(a, b) for a, b in zip(x, values, strict=True) if b is not None]
        few = len(points) < 30
        axes.plot(
            [a for a, _ in points], [b for _, b in points], color=_COLORS[index % len(_COLORS)], label=name,
            linewidth=1.8, marker="o" if few else "", markersize=3.5,
        )  # fmt: skip
    if marked is not None:
        axes.axvline(marked, color="#6b7482", linewidth=1, linestyle=(0, (4, 3)), zorder=0)
    axes.set_xlabel(labels[0])
    axes.set_ylabel(labels[1])
    if log_x:
        axes.set_xscale("log")
    elif whole:
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    if unit:
        axes.set_ylim(-0.02, 1.02)
        if not whole:
            axes.set_xlim(-0.02, 1.02)
    if len(series) > 1:
        axes.legend(frameon=False, fontsize=9, loc="best", ncols=2 if len(series) > 4 else 1)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()


def _style(axes: Axes) -> None:
    axes.grid(visible=True, color="#e3e7ec", linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color("#b4bcc7")
    axes.tick_params(colors="#4a5360", labelsize=9)
