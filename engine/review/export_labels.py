"""Draw the label of one sample chip, by its kind: tints and outlines, boxes with names, or words below."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from ..chips import Chip
from ..chips._targets import ChipClasses, Objects, Panoptic
from ..chips._thin import read_thin
from ..classes import ClassInfo, Color, palette_color
from .drawing import element, image, path, tag, tag_size
from .html import Swatch, number
from .pictures import Picture, png, tinted

# About the width of the widest chip on the screen: letters and dots are measured against it.
_SHOWN_PX = 230
_LETTERS_PX = 10.5
# More boxes have no names on them, and still more are not drawn.
_NAMED = 12
_DRAWN = 600
_NAMES_BELOW = 4
_LONGEST_NAME = 18
_UNKNOWN: Color = (127, 127, 127)
Pixels = npt.NDArray[Any]


@dataclass(frozen=True)
class DrawnLabel:
    """What is drawn over a chip (SVG in chip pixels), written below it, and said of it in one line."""

    over: str = ""
    notes: tuple[str | Swatch, ...] = ()
    summary: str = ""


@dataclass(frozen=True)
class Frame:
    """How chips are shown: ``size`` of this one and ``widest`` of all in pixels, and by what they are thinned."""

    size: tuple[int, int]
    widest: int
    thin: float
    classes: Mapping[int, ClassInfo]

    @property
    def unit(self) -> float:
        """Return about how many pixels of the chip are one on the screen."""
        return self.widest / _SHOWN_PX

    def info(self, value: int) -> ClassInfo:
        """Return the class of a value, a grey one where none is known."""
        return self.classes.get(value) or ClassInfo(value, f"value {value}", _UNKNOWN)


def draw_label(target: Any, chip: Chip, frame: Frame) -> DrawnLabel:
    """Draw what a chip format read back (``ChipFormat.read_target``)."""
    if isinstance(target, Objects):
        return _objects(target, frame)
    if isinstance(target, Panoptic):
        shown = _values(target.values, frame)
        small = _thinned(target.instances, frame)
        found = np.unique(target.instances)
        # The tints are those of the classes; what is an object has a white line around it.
        white = {int(value): (255, 255, 255) for value in found if value}
        over, count = _laid(tinted(small, white, opacity=0.0), frame) if white else "", len(white)
        text = f"{count} objects"
        return DrawnLabel(shown.over + over, (*shown.notes, text), ", ".join(filter(None, (shown.summary, text))))
    if isinstance(target, ChipClasses):
        infos = [frame.info(value) for value in target.values]
        notes = tuple(Swatch(info.name, info.color) for info in infos) or ("no class",)
        return DrawnLabel("", notes, ", ".join(info.name for info in infos) or "no class")
    if target is None:
        return DrawnLabel()
    shown = _values(np.asarray(target), frame)
    return DrawnLabel(shown.over + _thin_shapes(chip, frame), shown.notes, shown.summary)


def _values(values: Pixels, frame: Frame) -> DrawnLabel:
    """Draw class values (height, width): each class tinted, its edges in full."""
    found, counts = np.unique(values, return_counts=True)
    shares = {int(value): int(count) / values.size for value, count in zip(found, counts, strict=True) if value}
    small = _thinned(values, frame)
    colors = {value: frame.info(value).color for value in shares}
    over = _laid(tinted(small, colors), frame) if colors else ""
    texts = {value: f"{100 * share:.0f} %" if share >= 0.01 else "under 1 %" for value, share in shares.items()}
    order = sorted(shares, key=lambda value: -shares[value])
    return DrawnLabel(over, *_words([(value, texts[value]) for value in order], frame, "no label"))


def _objects(target: Objects, frame: Frame) -> DrawnLabel:
    """Draw boxes in the colours of their classes, or masks in a tint for each object."""
    values = [int(value) for value in target.values]
    counts = Counter(values)
    words = _words([(value, number(count)) for value, count in counts.most_common()], frame, "no object")
    boxes = target.boxes[:_DRAWN]
    if target.masks is None:
        over = "".join(
            path([_corners(box) for box, mine in zip(boxes, values, strict=False) if mine == value], info.color)
            for value, info in ((value, frame.info(value)) for value in dict.fromkeys(values[:_DRAWN]))
        )
    else:
        # A tint for each object; its edge tells the class.
        numbers = np.zeros(target.masks.shape[1:], np.int32)
        for index, mask in enumerate(target.masks, start=1):
            numbers[mask] = index
        edges = {index: frame.info(value).color for index, value in enumerate(values, start=1)}
        tints = {index: palette_color(index) for index in edges}
        over = _laid(tinted(_thinned(numbers, frame), tints, edges), frame)
    # Where there is one class, its name says nothing and covers small objects.
    if len(values) <= _NAMED and len(frame.classes) > 1:
        over += _tags(boxes, values, frame)
    return DrawnLabel(over, *words)


def _laid(picture: Picture, frame: Frame) -> str:
    return image(png(picture), *frame.size, pixelated=frame.unit < 0.5)


def _tags(boxes: Pixels, values: Sequence[int], frame: Frame) -> str:
    """Write the name of each box above it, where there is place."""
    height = _LETTERS_PX * frame.unit
    written: list[tuple[float, float, float, float]] = []
    tags = []
    for box, value in zip(boxes.tolist(), values, strict=False):
        info = frame.info(value)
        name = _shortened(info.name)
        width, tall = tag_size(name, height)
        x = min(max(box[0], 0.0), max(frame.size[0] - width, 0.0))
        y = box[1] - tall if box[1] >= tall else max(box[1], 0.0)
        place = (x, y, x + width, y + tall)
        if any(_meet(place, other) for other in written):
            continue
        written.append(place)
        tags.append(tag(name, x, y, height, info.color))
    return "".join(tags)


def _meet(one: Sequence[float], other: Sequence[float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _corners(box: Pixels) -> list[tuple[float, float]]:
    xmin, ymin, xmax, ymax = (float(value) for value in box)
    return [(xmin, ymin), (xmax, ymin), (xmax, ymax), (xmin, ymax)]


def _thin_shapes(chip: Chip, frame: Frame) -> str:
    """Draw the points and lines that lie beside the chip; what is outside of it is cut off by the drawing."""
    drawn = []
    for item in read_thin(chip)[:_DRAWN]:
        color = frame.info(item.value).color
        for part in shapely.get_parts(item.shape):
            places = [(float(x), float(y)) for x, y in shapely.get_coordinates(part)]
            if part.geom_type == "LineString":
                drawn.append(path([places], color, width_px=2.2, closed=False))
                continue
            for x, y in places:
                radius = 3.5 * frame.unit
                dot = {"cx": x, "cy": y, "fill": "rgb({},{},{})".format(*color), "stroke": "#000"}
                drawn.append(element("circle", r=radius, stroke_width=0.8 * frame.unit, **dot))
    return "".join(drawn)


def _words(counted: Sequence[tuple[int, str]], frame: Frame, nothing: str) -> tuple[tuple[str | Swatch, ...], str]:
    """Return what stands below a chip, and the same in one line."""
    if not counted:
        return (nothing,), nothing
    infos = [(frame.info(value), text) for value, text in counted]
    notes: list[str | Swatch] = [Swatch(f"{info.name}: {text}", info.color) for info, text in infos[:_NAMES_BELOW]]
    if len(infos) > _NAMES_BELOW:
        notes.append(f"and {len(infos) - _NAMES_BELOW} more")
    return tuple(notes), ", ".join(f"{info.name}: {text}" for info, text in infos[:_NAMES_BELOW])


def _shortened(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "\u2026"


def _thinned(values: Pixels, frame: Frame) -> Pixels:
    """Return an array (height, width) with every so manieth pixel, as many as the picture has."""
    height, width = (max(1, round(side / frame.thin)) for side in values.shape)
    rows = (np.arange(height) + 0.5) * values.shape[0] / height
    cols = (np.arange(width) + 0.5) * values.shape[1] / width
    return values[np.ix_(rows.astype(int), cols.astype(int))]
