"""Export Tiles: pictures without labels, alone or in pairs of the same place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..classes import ClassInfo
from . import SECOND_MAY, Chip, ChipFormat, ChipSet
from ._label import ChipLabel
from ._targets import IMAGES


class ExportTiles(ChipFormat):
    """Pictures in ``images/`` and, of a second raster at the same places, in ``images2/``; no labels, no classes."""

    id = "EXPORT_TILES"
    title = "Export Tiles"
    metadata_mode = "Export_Tiles"
    help = "Pictures without labels, or pairs of pictures of one place: for models that turn one image into another."
    target = IMAGES
    needs = ()
    second = SECOND_MAY
    rank = 70

    def label_name(self, stem: str, label: ChipLabel) -> str | None:
        """Return None: labels only tell which chips are worth making."""
        return None

    def write_label(self, folder: Path, stem: str, label: ChipLabel, chip: Chip) -> None:
        """Write nothing."""

    def read(self, folder: Path) -> ChipSet:
        """Read the folder; labels that lie in it are not looked at."""
        from ._reading import read_chip_set  # noqa: PLC0415

        chip_set = read_chip_set(folder, self)
        chips = tuple(replace(chip, label=None) for chip in chip_set.chips)
        return replace(chip_set, chips=chips, classes=(), class_pixels={}, class_objects={})

    def read_target(self, chip: Chip, classes: Sequence[ClassInfo] = ()) -> None:
        """Return None: the truth is the second picture."""
        return


FORMAT = ExportTiles()
