"""Write the files of chips: pictures, world files, labels, and the shapes beside them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy.typing as npt
import rasterio

from ..chips import Chip, ChipFormat
from ..chips._folder import world_file, world_suffix
from ..chips._thin import FOLDER as THIN_FOLDER
from ..chips._thin import write_thin
from ..windows import Affine
from .encoding import ChipEncoding
from .labels import THIN_MARGIN_PX
from .making import Made
from .sources import Source
from .writing import write_bytes


@dataclass(frozen=True)
class ChipNames:
    """Paths of a chip's files in the folder, with slashes; ``image`` is "" for a picture of a second domain."""

    image: str
    label: str | None
    image2: str | None


class ChipWriter:
    """Writes chips into an unfinished folder; several threads at once."""

    def __init__(self, folder: Path, chip_format: ChipFormat, pictures: ChipEncoding) -> None:
        self._folder, self._format, self._pictures = folder, chip_format, pictures
        self._made: set[Path] = set()

    def names(self, source: Source, stem: str, chip: Made) -> ChipNames:
        """Return what ``map.txt`` says of a chip."""
        suffix = self._pictures.suffix
        if source.domain2:
            return ChipNames("", None, f"images2/{stem}{suffix}")
        return ChipNames(
            self._format.image_name(stem, suffix, chip.label),
            self._format.label_name(stem, chip.label) if self._format.needs else None,
            f"images2/{stem}{suffix}" if chip.pixels2 is not None else None,
        )

    def write_all(self, source: Source, numbered: list[tuple[str, Made]]) -> None:
        """Write chips with their stems; raise DiskFullError."""
        # One environment of GDAL for all: entering one for each file costs a third of the time.
        with rasterio.Env():
            for stem, chip in numbered:
                self._write(source, stem, chip)

    def _write(self, source: Source, stem: str, chip: Made) -> None:
        place = chip.place.grid(source.place_of_pixels()).transform
        names = self.names(source, stem, chip)
        if not names.image:
            self._picture(str(names.image2), chip.pixels, place, source.crs)
            return
        self._picture(names.image, chip.pixels, place, source.crs)
        if names.image2 is not None and chip.pixels2 is not None:
            self._picture(names.image2, chip.pixels2, place, source.crs)
        if not self._format.needs:
            return
        size = (chip.place.window.width, chip.place.window.height)
        image, bands = self._folder / names.image, len(chip.pixels)
        entry = Chip(stem, image, transform=place, crs=source.crs, size=size, bands=bands)
        if names.label is not None or not chip.label.empty:
            self._format.write_label(self._folder, stem, chip.label, entry)
        if chip.label.thin:
            self._make(self._folder / THIN_FOLDER)
            write_thin(self._folder, stem, chip.label.thin, THIN_MARGIN_PX)

    def _picture(self, name: str, pixels: npt.NDArray[Any], place: Affine, crs: str) -> None:
        path = self._folder / name
        self._make(path.parent)
        self._pictures.write(path, pixels, place, crs)
        write_bytes(path.with_suffix(world_suffix(path.suffix)), world_file(place).encode("ascii"))

    def _make(self, folder: Path) -> None:
        if folder not in self._made:
            folder.mkdir(parents=True, exist_ok=True)
            self._made.add(folder)
