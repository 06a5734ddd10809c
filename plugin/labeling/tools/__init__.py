"""Drawing tools: each module here with a ``TOOL`` is one button of the toolbar and one tool of the map canvas.

To add one, drop in a module with a ``TOOL`` whose ``make`` returns a tool derived from
``CanvasTool`` (``_canvas_tool.py``), or from ``SketchTool`` (``_sketch.py``) where clicks make a shape.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ....engine.registry import Registry

if TYPE_CHECKING:
    from ..drawing import DrawingSession
    from ._canvas_tool import CanvasTool


@dataclass(frozen=True)
class ToolType:
    """One tool with which samples are drawn or changed.

    Attributes:
        title: returns the name in the user's language.
        icon: body of an SVG of 24 x 24; ``{ink}`` and ``{accent}`` stand for the colours of the theme.
        shortcut: the letter that starts it while the canvas has the focus.
        order: its place in the toolbar, smallest first; tools of the same ten stand together.
        make: makes the tool for a session.
        sketches: whether it makes new shapes, so that the class and the target concern it.
    """

    id: str
    title: Callable[[], str]
    icon: str
    shortcut: str
    order: int
    make: Callable[[DrawingSession], CanvasTool]
    sketches: bool = True


TOOLS: Registry[ToolType] = Registry(__name__, "TOOL")


def discover() -> list[ToolType]:
    """Return all tools, in the order of the toolbar."""
    return sorted(TOOLS.all().values(), key=lambda tool: (tool.order, tool.id))
