"""Classified Tiles: a label raster beside each chip, its pixels are class values, 0 is unlabelled."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..classes import ClassInfo
from ..windows import Window
from . import SECOND_MAY, Chip, ChipFormat, ChipSet
from ._label import ChipLabel
from ._problems import ChipsUnreadableError

if TYPE_CHECKING:
    import numpy as np


class ClassifiedTiles(ChipFormat):
    """Labels as 8-bit rasters (wider where class values are above 255)."""

    id = "CLASSIFIED_TILES"
    title = "Classified Tiles"
    metadata_mode = "Classified_Tiles"
    help = "A raster of class values for each chip: for models that classify every pixel."
    second = SECOND_MAY
    rank = 10

    def label_name(self, stem: str, label: ChipLabel) -> str | None:
        """Return ``labels/STEM.tif``; a chip without a labelled pixel has none."""
        return None if label.empty else f"labels/{stem}.tif"

    def write_label(self, folder: Path, stem: str, label: ChipLabel, chip: Chip) -> None:
        """Write class values (height, width), georeferenced like the chip."""
        from ..data.encoding import encode_geotiff  # noqa: PLC0415
        from ..data.writing import write_bytes  # noqa: PLC0415

        assert label.values is not None  # noqa: S101 - the format needs values
        write_bytes(folder / f"labels/{stem}.tif", encode_geotiff(label.values[None], chip.transform, chip.crs))

    def read(self, folder: Path) -> ChipSet:
        """Read the folder's own account of itself; chips are opened only for what it does not say."""
        from ._reading import read_chip_set  # noqa: PLC0415

        return read_chip_set(folder, self)

    def read_target(self, chip: Chip, classes: Sequence[ClassInfo] = ()) -> np.ndarray:
        """Return class values (height, width); 0 is unlabelled, as is a chip without a label."""
        from ..data.rasters import RasterView  # noqa: PLC0415

        if chip.label is None:
            import numpy as np  # noqa: PLC0415

            with RasterView(chip.image) as view:
                return np.zeros((view.height, view.width), np.uint8)
        with RasterView(chip.label, bands=(1,)) as view:
            values, _ = view.read(Window(0, 0, view.width, view.height))
        if values.dtype.kind == "f":
            raise ChipsUnreadableError(
                path=chip.label, format=self.title, detail=f"labels of type {values.dtype} are no class values"
            )
        target: np.ndarray = values[0]
        return target

    def detect(self, folder: Path) -> bool:
        """Tell by what the folder says, else by whether its labels are rasters beside each other."""
        from ._kinds import RASTERS, is_kind  # noqa: PLC0415

        return is_kind(folder, self, RASTERS)


FORMAT = ClassifiedTiles()
