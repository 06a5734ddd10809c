"""YOLO polygons: a text file beside each chip with a line for the outline of each feature."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..classes import ClassInfo
from . import Chip
from ._boxes import chip_size, cut_boxes
from ._kinds import YOLO_POLYGONS
from ._label import LabelObject
from ._problems import ChipsUnreadableError
from ._targets import INSTANCES, Objects
from ._yolo import YoloFormat

# Masks of more bytes in one chip are taken for a broken file before memory runs out.
_LARGEST_MASKS = 2**30


class YoloPolygons(YoloFormat):
    """Outlines as ``INDEX X1 Y1 X2 Y2 ...``, the segments of Ultralytics; see :class:`YoloFormat` for the rest.

    The format has no word for holes, so that they are filled, nor for features of several parts, which
    become an object each. A mask has the pixels whose centres lie inside; of a small object that may be none.
    """

    id = "YOLO_POLYGONS"
    title = "YOLO (polygons)"
    metadata_mode = "YOLO_polygons"
    help = "A text file with the outlines of the features in each chip, as Ultralytics and others read them."
    target = INSTANCES
    rank = 125
    kind = YOLO_POLYGONS

    def lines(self, item: LabelObject, size: tuple[int, int]) -> Iterator[Sequence[float]]:
        """Yield the corners of each part of the feature, without the first one again at the end."""
        import numpy as np  # noqa: PLC0415
        import shapely  # noqa: PLC0415

        for part in shapely.get_parts(item.shape):
            corners = shapely.get_coordinates(shapely.get_exterior_ring(part))[:-1]
            yield np.clip(corners / size, 0, 1).ravel().tolist()

    def read_target(self, chip: Chip, classes: Sequence[ClassInfo] = ()) -> Objects:
        """Return boxes, class values and masks; those without an area in the picture are left out.

        Raises:
            ChipsUnreadableError: for a broken label, and for one whose masks would need a gigabyte.
        """
        import numpy as np  # noqa: PLC0415
        import shapely  # noqa: PLC0415

        from ._masks import shape_patch  # noqa: PLC0415

        size = chip_size(chip)
        found = self.outlines(chip, classes, size)
        boxes, valid = cut_boxes([item.box for item in found], size)
        kept = [item for item, good in zip(found, valid) if good]
        if len(kept) * size[0] * size[1] > _LARGEST_MASKS:
            raise ChipsUnreadableError(path=chip.label, format=self.title, detail=f"it holds {len(kept)} objects")
        masks = np.zeros((len(kept), size[1], size[0]), bool)
        for mask, item in zip(masks, kept):
            patch = shape_patch(shapely.Polygon(item.corners), size)
            if patch is not None:
                col, row, inside = patch
                mask[row : row + inside.shape[0], col : col + inside.shape[1]] = inside
        return Objects(boxes[valid], np.asarray([item.value for item in kept], np.int64), masks)


FORMAT = YoloPolygons()
