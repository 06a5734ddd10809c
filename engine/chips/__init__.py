"""Chip formats: each module here writes and reads one layout of training data.

Light at module level; rasterio and shapely are imported inside the methods. To add a format, drop
in a module with a ``FORMAT`` (see ``CONTRIBUTING.md``).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..classes import ClassInfo
from ..registry import Registry
from ..windows import Affine

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class BandStats:
    """Statistics of one band over all training chips, in raw pixel values."""

    minimum: float
    maximum: float
    mean: float
    std: float


@dataclass(frozen=True)
class Chip:
    """One chip on disk: its picture, its label (None: no feature), and where it lies.

    ``transform`` maps pixels to map units (None without georeference); ``source`` names the picture
    it was cut from where that is known; ``crs`` is WKT, "" without one.
    """

    stem: str
    image: Path
    label: Path | None = None
    image2: Path | None = None
    transform: Affine | None = None
    source: str = ""
    crs: str = ""


@dataclass(frozen=True)
class ChipSet:
    """All that training needs to know of a folder of chips, without opening a chip.

    Attributes:
        size: width and height of a chip in pixels.
        bands: number of bands; ``band_names`` may hold empty names; ``extract_bands`` are the
            1-based band numbers of the source raster.
        dtype: numpy name of the pixel type.
        stats: per band, over all chips.
        class_pixels: pixels of each class value where the export counted them; 0 is unlabelled.
        cell_size: width and height of a pixel in map units, None without georeference.
    """

    folder: Path
    format_id: str
    chips: tuple[Chip, ...]
    classes: tuple[ClassInfo, ...]
    size: tuple[int, int]
    bands: int
    dtype: str
    stats: tuple[BandStats, ...]
    band_names: tuple[str, ...] = ()
    extract_bands: tuple[int, ...] = ()
    class_pixels: dict[int, int] = field(default_factory=dict)
    cell_size: tuple[float, float] | None = None
    crs: str = ""


class ChipFormat(ABC):
    """One layout of training data on disk, both ways.

    Attributes:
        id: the name users choose (the enumeration value of FORMAT).
        title: readable name.
        metadata_mode: the name ArcGIS writes into its own files.
        help: one sentence for users.
    """

    id: str
    title: str
    metadata_mode: str
    help: str
    rank: int = 100

    @abstractmethod
    def write_label(self, folder: Path, stem: str, label: Any, chip: Chip) -> str | None:
        """Write the label of one chip below ``folder/labels`` and return its path in ``map.txt``.

        Returns None where the chip has no label. Raises DiskFullError.
        """

    @abstractmethod
    def read(self, folder: Path) -> ChipSet:
        """Read what is in the folder; raise InputError where it is not this format or is broken."""

    @abstractmethod
    def read_target(self, chip: Chip) -> np.ndarray:
        """Read the label of one chip as this format's training target."""

    def detect(self, folder: Path) -> bool:
        """Tell whether the folder says that it holds this format."""
        from ._folder import metadata_mode  # noqa: PLC0415 - read on use, not when QGIS lists formats

        return metadata_mode(folder) == self.metadata_mode


FORMATS: Registry[ChipFormat] = Registry(__name__, "FORMAT")


def iter_formats() -> Iterator[ChipFormat]:
    """Yield every chip format in order."""
    yield from FORMATS.all().values()
