"""CycleGAN: pictures of two rasters that show no places in common; no labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..classes import ClassInfo
from . import SECOND_UNPAIRED, Chip, ChipFormat, ChipSet
from ._documents import MAP
from ._folder import MapEntry, UnsafePathError, metadata_mode, read_map
from ._label import ChipLabel
from ._layouts import IMAGE_SUFFIXES
from ._problems import ChipsUnreadableError
from ._targets import IMAGES

# Where pictures of both domains may lie, in any case; the first is ours.
_OWN = ("images", "images2")
_PLAIN = (("traina", "trainb"), ("train_a", "train_b"))
_DOMAINS = (
    _OWN,
    *_PLAIN,
    *((f"images/{first}", f"images/{second}") for first, second in (("a", "b"), *_PLAIN)),
)


class CycleGan(ChipFormat):
    """Pictures of the first raster in ``images/``, of the second one in ``images2/``; neither knows the other.

    ``map.txt`` has a line for each picture. Of the chips that are read, those of the second domain have
    their own picture as ``image2`` too: ``chip.image2 is not None`` tells the domains apart.

    UNCONFIRMED: how ArcGIS Pro names the folders. When reading, ``images/A`` and ``images/B``,
    ``images/train_a`` and ``images/train_b``, ``trainA`` and ``trainB``, ``train_A`` and ``train_B`` are taken
    as well, in any case; and lines of ``map.txt`` with a picture of each domain.
    """

    id = "CYCLEGAN"
    title = "CycleGAN"
    metadata_mode = "CycleGAN"
    help = "Pictures of two rasters, which need not show the same places: for models that turn one kind into the other."
    target = IMAGES
    needs = ()
    second = SECOND_UNPAIRED
    rank = 80

    def label_name(self, stem: str, label: ChipLabel) -> str | None:
        """Return None: labels only tell which chips are worth making."""
        return None

    def write_label(self, folder: Path, stem: str, label: ChipLabel, chip: Chip) -> None:
        """Write nothing."""

    def read(self, folder: Path) -> ChipSet:
        """Read the chips of both domains, those of the first one first."""
        from ._reading import read_chip_set  # noqa: PLC0415

        folder = Path(folder)
        chip_set = read_chip_set(folder, self, entries=self._entries(folder))
        return replace(chip_set, classes=(), class_pixels={}, class_objects={})

    def _entries(self, folder: Path) -> list[MapEntry]:
        try:
            entries = read_map(folder) if (folder / MAP).is_file() else []
        except UnsafePathError as error:
            detail = f"its map.txt names '{error}', which lies outside of it"
            raise ChipsUnreadableError(path=folder, format=self.title, detail=detail) from error
        named = [path for entry in entries for path in (entry.image, entry.image2) if path is not None]
        for pair in _DOMAINS:
            places = [path for place in pair if (path := _below(folder, place)) is not None]
            if len(places) < 2:
                continue
            # What the map names counts; where it names nothing of a domain, what is there.
            pictures = [[path for path in named if path.parent == place] or _pictures(place) for place in places]
            if all(pictures):
                first, second = (list(dict.fromkeys(part)) for part in pictures)
                return [MapEntry(path) for path in first] + [MapEntry(path, image2=path) for path in second]
        detail = "it holds no pictures of two domains, as images/ and images2/"
        raise ChipsUnreadableError(path=folder, format=self.title, detail=detail)

    def read_target(self, chip: Chip, classes: Sequence[ClassInfo] = ()) -> None:
        """Return None: the truth is the other domain."""
        return

    def detect(self, folder: Path) -> bool:
        """Tell whether the folder says so or, without a word, has folders as ``trainA`` and ``trainB``."""
        mode = metadata_mode(folder)
        return mode == self.metadata_mode or (
            not mode and any(all(_below(folder, place) for place in pair) for pair in _PLAIN)
        )


def _below(folder: Path, place: str) -> Path | None:
    """Return the folder of this name, in any case, below another; None without one, or where it is elsewhere."""
    from ._mask_files import sub_folders  # noqa: PLC0415

    path = folder
    for part in place.split("/"):
        name = next((name for name in sub_folders(path) if name.lower() == part), None)
        if name is None:
            return None
        path /= name
    return path if path.resolve().is_relative_to(folder.resolve()) else None


def _pictures(folder: Path) -> list[Path]:
    found = (path for path in folder.iterdir() if path.suffix.lower() in IMAGE_SUFFIXES and path.is_file())
    return sorted(path for path in found if path.resolve().parent == folder.resolve())


FORMAT = CycleGan()
