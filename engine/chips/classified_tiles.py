"""Classified Tiles: a label raster beside each chip, its pixels are class values, 0 is unlabelled."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..windows import Window
from . import Chip, ChipFormat, ChipSet
from ._problems import ChipsUnreadableError

if TYPE_CHECKING:
    import numpy as np


class ClassifiedTiles(ChipFormat):
    """Labels as 8-bit rasters (wider where class values are above 255)."""

    id = "CLASSIFIED_TILES"
    title = "Classified Tiles"
    metadata_mode = "Classified_Tiles"
    help = "A raster of class values for each chip: for models that classify every pixel."
    rank = 10

    def write_label(self, folder: Path, stem: str, label: Any, chip: Chip) -> str | None:
        """Write class values (height, width) as ``labels/STEM.tif``, georeferenced like the chip."""
        if not label.any():
            return None
        from ..data.encoding import encode_geotiff  # noqa: PLC0415
        from ..data.writing import write_bytes  # noqa: PLC0415

        name = f"labels/{stem}.tif"
        write_bytes(folder / name, encode_geotiff(label[None], chip.transform, chip.crs))
        return name

    def read(self, folder: Path) -> ChipSet:
        """Read the folder's own account of itself; chips are opened only for what it does not say."""
        from ._reading import read_chip_set  # noqa: PLC0415

        return read_chip_set(folder, self)

    def read_target(self, chip: Chip) -> np.ndarray:
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


FORMAT = ClassifiedTiles()
