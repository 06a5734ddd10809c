"""From tiles to objects: run the network, read what it says, and keep of the like ones the surest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ..detection_decoders import Decoder
from ..detections import Detections
from ..nms import suppress
from .problems import WrongGraphError
from .session import ModelSession
from .views import VIEWS, View

Floats = npt.NDArray[np.float32]
# What the network says of one tile: its outputs with their size, or with augmentation what each view found.
Sight = tuple[Mapping[str, npt.NDArray[Any]], tuple[int, int]] | list[Detections]

# Objects of two views are the same where their boxes' IoU is above this.
_SAME = 0.5


class Finder:
    """Finds the objects of tiles; raises WrongGraphError for a class that the model does not have.

    Args:
        classes: number of classes of the model.
        overlap: of two upright boxes of a class whose IoU is above it the less sure one goes. Those with outlines
            are all given: their outlines decide, which only the raster's pixels show.
        augment: look at all eight views of each tile, see :func:`merge_views`.
    """

    def __init__(
        self,
        session: ModelSession,
        decoder: Decoder,
        classes: int,
        threshold: float,
        overlap: float,
        augment: bool = False,
    ) -> None:
        self._session, self._decoder, self._classes = session, decoder, classes
        self._threshold, self._overlap, self._augment = threshold, overlap, augment
        self.outlined = decoder.outlined(session.output_shapes)

    def compute(self, batch: Floats) -> list[Sight]:
        """Run the network on a batch (batch, bands, height, width): one entry a tile, to be read by :meth:`find`."""
        if self._augment:
            found = [self._look(batch, view) for view in VIEWS]
            return [list(views) for views in zip(*found, strict=True)]
        outputs, size = self._session.run_all(batch), (batch.shape[2], batch.shape[3])
        return [
            ({name: values[place : place + 1] for name, values in outputs.items()}, size) for place in range(len(batch))
        ]

    def _look(self, batch: Floats, view: View) -> list[Detections]:
        seen = view.see(batch)
        outputs, size = self._session.run_all(seen), (seen.shape[2], seen.shape[3])
        # Half as sure is enough for one view: what counts is the mean of all.
        found = self._decoder.read(outputs, self._threshold / 2, size)
        return [_turn_back(self._thin(one), view, batch.shape[2], batch.shape[3]) for one in found]

    def find(self, sight: Sight) -> Detections:
        """Return the objects of one tile in its own pixels, the surest first."""
        if isinstance(sight, list):
            return self._thin(merge_views(sight, self._threshold))
        outputs, size = sight
        return self._thin(self._decoder.read(outputs, self._threshold, size)[0])

    def _thin(self, found: Detections) -> Detections:
        if len(found) and not 0 <= found.channels.min() <= found.channels.max() < self._classes:
            wrong = found.channels[(found.channels < 0) | (found.channels >= self._classes)][0]
            detail = f"it finds objects of the class number {wrong}, but has {self._classes} classes"
            raise WrongGraphError(path=self._session.path, detail=detail)
        if self.outlined:
            return found
        return found.take(suppress(found.boxes, found.scores, found.channels, self._overlap))


def _turn_back(found: Detections, view: View, height: int, width: int) -> Detections:
    """Return objects of a view in the pixels of the tile (height, width)."""
    ends = view.places_back(found.boxes.reshape(-1, 2, 2), height, width)
    boxes = np.concatenate([ends.min(1), ends.max(1)], axis=1)
    masks = None if found.masks is None else np.ascontiguousarray(view.turn_back(found.masks))
    corners = None if found.corners is None else view.places_back(found.corners, height, width)
    return replace(found, boxes=boxes, masks=masks, corners=corners)


def merge_views(views: list[Detections], threshold: float) -> Detections:
    """Return the objects of all views of one tile, each once.

    Beginning with the surest, an object takes up those of its class whose boxes have an IoU above 0.5 with its own.
    Its confidence is the mean over the views (0 where one has missed it, the surest where one has it twice), its
    box and its mask are the means weighted by confidence; turned boxes are those of the surest view. It counts where
    one view is as sure as ``threshold`` and the mean is at least half of that, so a confidence may fall below it.
    """
    parts = [len(one) for one in views]
    of_view = np.repeat(np.arange(len(views)), parts)
    boxes, scores, channels = (
        np.concatenate([getattr(one, name) for one in views]) for name in ("boxes", "scores", "channels")
    )
    masks = None if views[0].masks is None else np.concatenate([one.masks for one in views if one.masks is not None])
    left = np.argsort(-scores, kind="stable")
    merged: list[tuple[Any, ...]] = []
    first: list[int] = []
    while len(left) and scores[left[0]] >= threshold:
        same = (channels[left] == channels[left[0]]) & (_overlap(boxes[left[0]], boxes[left]) > _SAME)
        same[0] = True
        group, left = left[same], left[~same]
        best = np.zeros(len(views))
        np.maximum.at(best, of_view[group], scores[group])
        if (mean := best.mean()) < threshold / 2:
            continue
        weights = (scores[group] / scores[group].sum())[:, None]
        mask = None if masks is None else (masks[group] * weights[:, :, None]).sum(0)
        merged.append(((boxes[group] * weights).sum(0), mean, mask))
        first.append(int(group[0]))
    order = np.argsort([-mean for _, mean, _ in merged], kind="stable")
    kept = np.asarray(first, np.int64)[order]
    corners = None
    if views[0].corners is not None:
        corners = np.concatenate([one.corners for one in views if one.corners is not None])[kept]
    middle = np.asarray([item[0] for item in merged], np.float32).reshape(-1, 4)[order]
    return Detections(
        boxes[kept] if corners is not None else middle,
        np.asarray([item[1] for item in merged], np.float32)[order],
        channels[kept],
        None if masks is None else np.asarray([item[2] for item in merged]).reshape(-1, *masks.shape[1:])[order],
        corners,
    )


def _overlap(box: Floats, others: Floats) -> Floats:
    sides = np.minimum(box[2:], others[:, 2:]) - np.maximum(box[:2], others[:, :2])
    inside = np.clip(sides, 0, None).prod(1)
    areas = (others[:, 2:] - others[:, :2]).prod(1) + (box[2:] - box[:2]).prod()
    found: Floats = inside / np.maximum(areas - inside, np.float32(1e-12))
    return found
