"""Read a folder of chips, of ours, of any version of ArcGIS or of other software, into a :class:`ChipSet`.

What the folder says of itself is believed; the rest is measured from the chips. Light at module level.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..classes import ClassInfo
from ..errors import SwathError
from . import BandStats, Chip, ChipFormat, ChipSet, _stated
from ._folder import MapEntry, UnsafePathError, read_documents, read_map, read_world_file
from ._layouts import IMAGE_SUFFIXES
from ._measuring import Look, look_at, look_at_all, merged
from ._names import classes_of_names
from ._problems import ChipsUnreadableError

# A folder that names no classes is asked through this many of its label rasters, spread evenly.
_LABELS_ASKED = 2000
_NOTHING = _stated.Noted()
# The names that the label of one chip holds, as they are written there.
Names = Callable[[MapEntry], Iterable[str]]


def read_chip_set(
    folder: Path,
    chip_format: ChipFormat,
    *,
    suffixes: Sequence[str] = IMAGE_SUFFIXES,
    names: Names | None = None,
    classes: Sequence[ClassInfo] = (),
    entries: Sequence[MapEntry] | None = None,
) -> ChipSet:
    """Read a folder whose labels are rasters or files beside the chips.

    Args:
        folder: of the chips.
        chip_format: what they are to be read as.
        suffixes: of label files, the preferred first, where no ``map.txt`` names them.
        names: returns what the label of a chip names; all labels are asked, where nothing else tells the
            classes. Without it the targets of some chips are looked through for values.
        classes: that other files than those of ArcGIS name.
        entries: the chips, where the format finds them itself.

    Raises:
        ChipsUnreadableError: where there are no chips, or what is there cannot be understood.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise _problem(folder, chip_format, "it is not a folder")
    values, emd = read_documents(folder)
    mode = str(values.get("MetaDataMode") or emd.get("MetaDataMode") or chip_format.metadata_mode)
    if mode != chip_format.metadata_mode:
        raise _problem(folder, chip_format, f"it says that it holds {mode}")
    if entries is None:
        entries = _entries(folder, chip_format, suffixes)
    if not entries:
        raise _problem(folder, chip_format, "it holds no chips: no pictures, or none with a label or in map.txt")
    try:
        facts = _facts(folder, chip_format, values, emd, entries)
        known = _stated.classes((emd, values)) or tuple(classes)
        pixels, objects = _stated.class_pixels(values), _stated.class_objects(values)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, SwathError):
            raise
        raise _problem(folder, chip_format, f"its statistics are broken: {error!r}") from error
    first = facts.first
    return ChipSet(
        folder=folder,
        format_id=chip_format.id,
        chips=tuple(_chips(folder, entries, emd, facts)),
        classes=known or _classes_of_labels(entries, chip_format, names),
        size=first.size,
        bands=first.bands,
        dtype=first.dtype,
        stats=facts.stats,
        band_names=_stated.band_names((values, emd), first.bands) or first.band_names,
        extract_bands=_stated.extract_bands(emd, first.bands),
        class_pixels=pixels,
        cell_size=_stated.cell_size((values, emd)) or _cell_size(facts, entries[0].image),
        crs=first.crs,
        same_size=not facts.sizes,
        class_objects=objects,
        stats2=facts.stats2,
    )


def _problem(folder: Path, chip_format: ChipFormat, detail: str) -> ChipsUnreadableError:
    return ChipsUnreadableError(path=folder, format=chip_format.title, detail=detail)


def _entries(folder: Path, chip_format: ChipFormat, suffixes: Sequence[str]) -> list[MapEntry]:
    try:
        return read_map(folder, suffixes)
    except UnsafePathError as error:
        raise _problem(folder, chip_format, f"its map.txt names '{error}', which lies outside of it") from error


@dataclass(frozen=True)
class _Facts:
    """What holds for all chips, and what was seen of each.

    ``sizes`` are by picture, empty where all are as large as the first one; ``places`` are those of
    pictures that were opened anyway.
    """

    first: Look
    stats: tuple[BandStats, ...]
    stats2: tuple[BandStats, ...]
    notes: Mapping[str, _stated.Noted]
    sizes: Mapping[Path, tuple[int, int]]
    places: Mapping[Path, Any]


def _facts(
    folder: Path,
    chip_format: ChipFormat,
    values: Mapping[str, Any],
    emd: Mapping[str, Any],
    entries: Sequence[MapEntry],
) -> _Facts:
    """Collect what is said and measure what is not, each picture opened once."""
    # A second picture that belongs to no first one has an entry of its own, in which it is both.
    images = [entry.image for entry in entries if entry.image2 != entry.image] or [entries[0].image]
    seconds = [entry.image2 for entry in entries if entry.image2 is not None]
    notes = _stated.noted_chips(folder, len(entries))
    first = look_at(images[0])
    stats = _stated.band_stats(values, emd, first.bands)
    looks: list[Look] = []
    if not stats:
        looks = _alike(images, chip_format, pixels=True)
        stats = [_stated.from_state(state) for state in merged(looks)]
    elif not notes and _stated.sizes_may_differ(emd, chip_format.one_feature):
        looks = _alike(images, chip_format, pixels=False)
    sizes = {image: look.size for image, look in zip(images, looks)}
    if notes and not looks:
        sizes = {image: notes.get(image.stem, _NOTHING).size or first.size for image in images}
    stats2 = _stated.band_stats(values, emd, look_at(seconds[0]).bands, "2") if seconds else []
    if seconds and not stats2:
        stats2 = [_stated.from_state(state) for state in merged(_alike(seconds, chip_format, pixels=True))]
    return _Facts(
        first=first,
        stats=tuple(BandStats(*band) for band in stats),
        stats2=tuple(BandStats(*band) for band in stats2),
        notes=notes,
        sizes=sizes if len(set(sizes.values())) > 1 else {},
        places={image: look.place for image, look in zip(images, looks)},
    )


def _alike(images: Sequence[Path], chip_format: ChipFormat, *, pixels: bool) -> list[Look]:
    """Look at all pictures; raise ChipsUnreadableError where they differ in more than their size."""
    looks = look_at_all(images, pixels=pixels)
    for image, look in zip(images, looks):
        for what, mine, expected in (
            ("bands", look.bands, looks[0].bands),
            ("a pixel type of", look.dtype, looks[0].dtype),
        ):
            if mine != expected:
                detail = f"{what}: {mine}, but {images[0].name} has {expected}"
                raise ChipsUnreadableError(path=image, format=chip_format.title, detail=detail)
    return looks


def _chips(folder: Path, entries: Sequence[MapEntry], emd: Mapping[str, Any], facts: _Facts) -> Iterator[Chip]:
    origins = list(_stated.sources(emd))
    for entry in entries:
        stem = entry.image.stem
        number = int(stem) if stem.isdecimal() else -1
        yield Chip(
            stem=stem,
            image=entry.image,
            label=entry.label,
            image2=entry.image2,
            transform=read_world_file(entry.image) or facts.places.get(entry.image),
            source=next((name for start, count, name in origins if start <= number < start + count), ""),
            crs=facts.first.crs,
            size=facts.sizes.get(entry.image),
            counts=facts.notes.get(stem, _NOTHING).counts,
        )


def _cell_size(facts: _Facts, image: Path) -> tuple[float, float] | None:
    place = read_world_file(image) or facts.places.get(image)
    if place is None:
        return None
    return (place.a**2 + place.d**2) ** 0.5, (place.b**2 + place.e**2) ** 0.5


def _classes_of_labels(
    entries: Sequence[MapEntry], chip_format: ChipFormat, names: Names | None
) -> tuple[ClassInfo, ...]:
    """Look for classes in the labels, where no file names them."""
    if not chip_format.needs:
        return ()
    if names is not None:
        return classes_of_names({name for entry in entries for name in names(entry)})
    labelled = [entry for entry in entries if entry.label is not None]
    step = max(1, len(labelled) // _LABELS_ASKED)
    values: set[int] = set()
    for entry in labelled[::step]:
        values.update(_values(chip_format.read_target(Chip(entry.image.stem, entry.image, entry.label))))
    return classes_of_names(str(value) for value in values if value > 0)


def _values(target: Any) -> set[int]:
    """Return the class values in a target of any kind."""
    import numpy as np  # noqa: PLC0415

    return {int(value) for value in np.unique(getattr(target, "values", target))}
