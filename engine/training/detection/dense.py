"""What networks with candidates all over the picture share: anchors, matching, and the face of a ``Detector``."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn
from torchvision.ops import box_iou

from .base import DENSE, Detector, Truth

# Candidates that are compared with objects at once: fewer where there are many objects, as few touch a thin strip.
_STRIP, _THINNEST, _STRIP_PAIRS = 2**14, 2**10, 2**17
# Objects that are compared with all candidates at once.
_OBJECTS = 32
# What a candidate without an object, or with half of one, is matched to.
BACKGROUND, BETWEEN = -1, -2


class DenseDetector(Detector):
    """A network whose outputs are made of raw ones in the same order, candidate by candidate.

    Subclasses give the three steps; raw outputs are float32, whatever the precision of the network is.
    """

    outputs = DENSE

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.classes = classes

    @abstractmethod
    def look(self, image: Tensor) -> tuple[Tensor, ...]:
        """Return raw outputs: some per picture and candidate, some (anchors) per candidate alone."""

    @abstractmethod
    def decode(self, *raw: Tensor) -> tuple[Tensor, Tensor]:
        """Return boxes (batch, n, 4) in pixels and scores (batch, n, classes), 0 to 1, of raw outputs."""

    @abstractmethod
    def learn(self, *raw: Tensor, truths: Sequence[Truth]) -> dict[str, Tensor]:
        """Return the named losses of raw outputs."""

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """Return boxes and scores of all candidates."""
        return self.decode(*self.look(image))

    def losses(self, image: Tensor, truths: Sequence[Truth]) -> dict[str, Tensor]:
        """Return named losses."""
        return self.learn(*self.look(image), truths=truths)

    def judge(self, image: Tensor, truths: Sequence[Truth]) -> tuple[dict[str, Tensor], tuple[Tensor, ...]]:
        """Return losses and outputs of one pass."""
        raw = self.look(image)
        return self.learn(*raw, truths=truths), self.decode(*raw)


class Anchors(nn.Module):
    """Boxes of given shapes around the centre of each cell of each level.

    torchvision's generator rounds anchors to whole pixels, which is much for small objects, puts them on the
    corners of the cells, and measures strides that are not whole at the coarsest levels.

    Args:
        shapes: (width, height) in pixels of the boxes at each level.
    """

    def __init__(self, shapes: Sequence[Sequence[tuple[float, float]]]) -> None:
        super().__init__()
        self.counts = [len(level) for level in shapes]
        for number, level in enumerate(shapes):
            self.register_buffer(f"shapes{number}", torch.tensor(level, dtype=torch.float32), persistent=False)

    def forward(self, features: Sequence[Tensor], strides: Sequence[float | tuple[float, float]]) -> Tensor:
        """Return (n, 4) float32, xmin, ymin, xmax, ymax: level by level, row by row, all shapes of a cell together.

        Args:
            features: (batch, channels, rows, columns) of each level.
            strides: side of the cells of each level in pixels, or their height and width.
        """
        boxes = []
        for number, (level, stride) in enumerate(zip(features, strides, strict=True)):
            centres = cell_centres(level, stride)[:, None]
            half = self.get_buffer(f"shapes{number}")[None] / 2
            boxes.append(torch.cat((centres - half, centres + half), 2).reshape(-1, 4))
        return torch.cat(boxes)


def cell_centres(level: Tensor, stride: float | tuple[float, float]) -> Tensor:
    """Return (rows * columns, 2) float32, x and y in pixels of the centres of the cells, row by row."""
    down, across = stride if isinstance(stride, tuple) else (stride, stride)
    rows, columns = level.shape[-2], level.shape[-1]
    y = (torch.arange(rows, device=level.device, dtype=torch.float32) + 0.5) * down
    x = (torch.arange(columns, device=level.device, dtype=torch.float32) + 0.5) * across
    grid_y, grid_x = torch.meshgrid(y, x, indexing="ij")
    return torch.stack((grid_x.reshape(-1), grid_y.reshape(-1)), 1)


def strips(boxes: Tensor, truth: Tensor) -> Iterator[tuple[slice, Tensor]]:
    """Part candidates (n, 4), so that the memory for comparing them with the objects (m, 4) stays small.

    Candidates lie row by row, so that some of them are a strip of the picture, which few objects touch: yields the
    places of candidates and those of the objects (k,) that touch their strip, at least one.
    """
    step = min(max(_STRIP_PAIRS // max(len(truth), 1), _THINNEST), _STRIP)
    for start in range(0, len(boxes), step):
        part = slice(start, start + step)
        top, bottom = boxes[part, 1].min(), boxes[part, 3].max()
        near = torch.where((truth[:, 1] < bottom) & (truth[:, 3] > top))[0]
        if len(near):
            yield part, near


@torch.no_grad()
def match(boxes: Tensor, truth: Tensor, low: float, high: float) -> Tensor:
    """Match anchors to objects as RetinaNet does.

    An anchor goes to the object with which its IoU is largest where that is ``high`` or more; each object has at
    least the anchor that fits it best.

    Args:
        boxes: (n, 4) anchors.
        truth: (m, 4) objects.
        low: below this IoU with all objects an anchor is ``BACKGROUND``.
        high: from there up to this it is ``BETWEEN``.

    Returns:
        (n,) int64: place of the object, ``BACKGROUND`` or ``BETWEEN``.
    """
    found = torch.full((len(boxes),), BACKGROUND, device=boxes.device)
    best = truth.new_zeros(len(truth))
    favourite = torch.zeros(len(truth), dtype=torch.int64, device=boxes.device)
    for part, near in strips(boxes, truth):
        ratio = box_iou(boxes[part], truth[near])
        value, place = ratio.max(1)
        found[part] = near[place].masked_fill(value < high, BETWEEN).masked_fill(value < low, BACKGROUND)
        value, place = ratio.max(0)
        better = value > best[near]
        best[near[better]], favourite[near[better]] = value[better], place[better] + part.start
    found[_or_nearest(favourite, best, boxes, truth)] = torch.arange(len(truth), device=boxes.device)
    return found


def _or_nearest(favourite: Tensor, best: Tensor, boxes: Tensor, truth: Tensor) -> Tensor:
    """Return the favourite anchor of each object; where none touches it (``best`` 0), the one whose middle is nearest.

    Small boxes far apart leave gaps; the first anchor of all, in a corner of the picture, would else learn them.
    """
    lost = best <= 0
    if not lost.any():
        return favourite
    wanted, there = ((part[:, :2] + part[:, 2:]) / 2 for part in (truth[lost], boxes))
    return favourite.masked_scatter(lost, torch.cdist(wanted, there).argmin(1))


@torch.no_grad()
def match_ties(boxes: Tensor, truth: Tensor, low: float, high: float) -> Tensor:
    """Match anchors to objects as the first stage of Faster R-CNN does.

    As ``match``, but all anchors that fit an object equally well and better than others are matched, each to the
    object that it fits best itself. The same as torchvision's ``Matcher``, which compares all with all; but an object
    that no anchor touches has none, where that one gives it all anchors that touch no object.
    """
    found = torch.full((len(boxes),), BACKGROUND, device=boxes.device)
    own, best = torch.zeros_like(found), truth.new_zeros(len(truth))
    leaders = []
    for part, near in strips(boxes, truth):
        ratio = box_iou(boxes[part], truth[near])
        value, place = ratio.max(1)
        own[part] = near[place]
        found[part] = own[part].masked_fill(value < high, BETWEEN).masked_fill(value < low, BACKGROUND)
        top = ratio.amax(0)
        best[near] = torch.maximum(best[near], top)
        row, column = torch.where((ratio == top) & (top > 0))
        leaders.append((row + part.start, near[column], top[column]))
    for anchors, objects, value in leaders:
        first = anchors[value == best[objects]]
        found[first] = own[first]
    return found


@torch.no_grad()
def assign(boxes: Tensor, truth: Tensor, count: int, least: float, high: float) -> Tensor:
    """Match few anchors to objects: each object has those that fit it best, whatever its size and shape.

    Where anchors are sparse, a fixed IoU leaves most objects with a single one, from which they are learnt slowly.
    An anchor that several objects want goes to the one it fits best; each object has at least one.

    Args:
        boxes: (n, 4) anchors.
        truth: (m, 4) objects.
        count: an object has at most so many anchors.
        least: and, but for the best, those from this IoU on.
        high: anchors from this IoU on that are not matched are ``BETWEEN``.

    Returns:
        (n,) int64: place of the object, ``BACKGROUND`` or ``BETWEEN``.
    """
    found = torch.full((len(boxes),), BACKGROUND, device=boxes.device)
    best = boxes.new_zeros(len(boxes))
    favourites = torch.zeros(len(truth), dtype=torch.int64, device=boxes.device)
    highest = truth.new_zeros(len(truth))
    for start in range(0, len(truth), _OBJECTS):
        part = slice(start, start + _OBJECTS)
        ratio = box_iou(truth[part], boxes)
        values, places = ratio.topk(min(count, len(boxes)), 1)
        favourites[part], highest[part] = places[:, 0], values[:, 0]
        wanted = torch.zeros_like(ratio).scatter_(1, places, values.masked_fill(values < least, 0.0))
        value, place = wanted.max(0)
        found = torch.where(value > best, place + start, found)
        best = torch.maximum(best, value)
        found = found.masked_fill((found == BACKGROUND) & (ratio.amax(0) >= high), BETWEEN)
    found[_or_nearest(favourites, highest, boxes, truth)] = torch.arange(len(truth), device=boxes.device)
    return found
