"""Chip formats: each module here writes and reads one layout of training data.

Light at module level; rasterio and shapely are imported inside the methods. To add a format, drop
in a module with a ``FORMAT`` (see ``CONTRIBUTING.md``).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..classes import ClassInfo
from ..registry import Registry
from ..windows import Affine
from ._label import ChipLabel
from ._targets import PIXELS


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
    it was cut from where that is known; ``crs`` is WKT, "" without one. ``size`` is set where the chips
    of a folder differ; ``stored`` is what it is on disk where training resizes it. ``counts`` are the
    pixels (or objects) of each class value where the export noted them; 0 is unlabelled. ``bands`` of
    its picture are given while it is being written.
    """

    stem: str
    image: Path
    label: Path | None = None
    image2: Path | None = None
    transform: Affine | None = None
    source: str = ""
    crs: str = ""
    size: tuple[int, int] | None = None
    counts: Mapping[int, int] | None = None
    bands: int = 0
    stored: tuple[int, int] | None = None


@dataclass(frozen=True)
class ChipSet:
    """All that training needs to know of a folder of chips, without opening a chip.

    Attributes:
        size: width and height of a chip in pixels; of the first one where they differ.
        same_size: whether all chips have that size.
        bands: number of bands; ``band_names`` may hold empty names; ``extract_bands`` are the
            1-based band numbers of the source raster.
        dtype: numpy name of the pixel type.
        stats: per band, over all chips.
        class_pixels: pixels of each class value where the export counted them; 0 is unlabelled.
        class_objects: objects of each class value where the export counted them.
        cell_size: width and height of a pixel in map units, None without georeference.
        stats2: per band of the second pictures, over all of them; empty without any.
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
    same_size: bool = True
    class_objects: dict[int, int] = field(default_factory=dict)
    stats2: tuple[BandStats, ...] = ()


# What a format may need of a label (``ChipFormat.needs``): a raster of class values, features, instances.
VALUES, OBJECTS, INSTANCES_TOO = "values", "objects", "instances"
# How a format takes a second raster (``ChipFormat.second``).
NO_SECOND, SECOND_MAY, SECOND_UNPAIRED = "no", "may", "unpaired"


class ChipFormat(ABC):
    """One layout of training data on disk, both ways.

    Attributes:
        id: the name users choose (the enumeration value of FORMAT).
        title: readable name.
        metadata_mode: the name ArcGIS writes into its own files.
        help: one sentence for users.
        target: the kind of truth it reads back, one of ``_targets``.
        needs: what it needs of a label (``VALUES``, ``OBJECTS``, ``INSTANCES_TOO``); empty: no labels.
        second: whether a second raster may be given (``SECOND_MAY``: cut where the first one is;
            ``SECOND_UNPAIRED``: must be given, and is cut on its own).
        one_feature: chips are made around features, one each, instead of on a lattice.
    """

    id: str
    title: str
    metadata_mode: str
    help: str
    target: str = PIXELS
    needs: tuple[str, ...] = (VALUES,)
    second: str = NO_SECOND
    one_feature: bool = False
    rank: int = 100

    def image_name(self, stem: str, suffix: str, label: ChipLabel) -> str:
        """Return the path of the picture in the folder, with slashes."""
        return f"images/{stem}{suffix}"

    @abstractmethod
    def label_name(self, stem: str, label: ChipLabel) -> str | None:
        """Return the label's path as ``map.txt`` names it, with slashes; None where there is no label."""

    @abstractmethod
    def write_label(self, folder: Path, stem: str, label: ChipLabel, chip: Chip) -> None:
        """Write the label of one chip below ``folder``; several threads write at once.

        ``chip`` says where the picture lies and its ``size``. Not called for an empty label, unless
        ``label_name`` gives a name for it. Raises DiskFullError.
        """

    def seal(self, folder: Path, before: Path | None, classes: Sequence[ClassInfo], lines: Sequence[str]) -> None:
        """Write what belongs to all chips together, once all labels are written; nothing by default.

        Args:
            folder: the unfinished folder with the new chips; what is written goes here.
            before: the chip set that they will be added to, or None.
            classes: all classes, of both.
            lines: of ``map.txt``, of both.
        """
        return

    @abstractmethod
    def read(self, folder: Path) -> ChipSet:
        """Read what is in the folder; raise InputError where it is not this format or is broken."""

    @abstractmethod
    def read_target(self, chip: Chip, classes: Sequence[ClassInfo] = ()) -> Any:
        """Read the truth of one chip, of the type that belongs to ``target``.

        ``classes`` are those of the chip set: where labels hold names, their values are found there.
        """

    def detect(self, folder: Path) -> bool:
        """Tell whether the folder says that it holds this format (or, without a word, looks like it)."""
        from ._folder import metadata_mode  # noqa: PLC0415 - read on use, not when QGIS lists formats

        return metadata_mode(folder) == self.metadata_mode


FORMATS: Registry[ChipFormat] = Registry(__name__, "FORMAT")


def iter_formats() -> Iterator[ChipFormat]:
    """Yield every chip format in order."""
    yield from FORMATS.all().values()
