"""Read a folder of chips, of ours or of any version of ArcGIS, into a :class:`ChipSet`.

What the folder says of itself is believed; the rest is measured from the chips. Light at module level.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..classes import ClassInfo
from ..windows import Window
from . import BandStats, Chip, ChipFormat, ChipSet
from ._documents import OUR_KEY
from ._folder import MapEntry, UnsafePathError, read_documents, read_map, read_world_file
from ._problems import ChipsUnreadableError
from ._stats import BandState, band_states

if TYPE_CHECKING:
    import numpy as np

# A folder that names no classes is asked through this many of its labels, spread evenly.
_LABELS_ASKED = 2000


@dataclass(frozen=True)
class _First:
    """What the first chip's file tells."""

    bands: int
    size: tuple[int, int]
    dtype: str
    crs: str
    band_names: tuple[str, ...]


def read_chip_set(folder: Path, chip_format: ChipFormat) -> ChipSet:
    """Read a folder whose labels are rasters or files beside the chips.

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
    try:
        entries = read_map(folder)
    except UnsafePathError as error:
        raise _problem(folder, chip_format, f"its map.txt names '{error}', which lies outside of it") from error
    if not entries:
        raise _problem(folder, chip_format, "it holds no chips: no picture in images/ that map.txt names")
    first = _first(entries[0].image)
    try:
        stats = _stats(values, emd, entries, first)
        classes = _classes(values, emd)
    except (KeyError, TypeError, ValueError) as error:
        raise _problem(folder, chip_format, f"its statistics are broken: {error!r}") from error
    if not classes:
        classes = _classes_of_labels(entries, chip_format)
    return ChipSet(
        folder=folder,
        format_id=chip_format.id,
        chips=tuple(_chips(entries, emd, first.crs)),
        classes=classes,
        size=first.size,
        bands=first.bands,
        dtype=first.dtype,
        stats=stats,
        band_names=_band_names(values, emd, first),
        extract_bands=_extract_bands(emd, first.bands),
        class_pixels=_class_pixels(values),
        cell_size=_cell_size(values, emd, entries[0].image),
        crs=first.crs,
    )


def _problem(folder: Path, chip_format: ChipFormat, detail: str) -> ChipsUnreadableError:
    return ChipsUnreadableError(path=folder, format=chip_format.title, detail=detail)


def _first(image: Path) -> _First:
    """Open the first chip; all its bands are data, a fourth one marked as alpha as well."""
    from ..data.rasters import RasterView, open_raster  # noqa: PLC0415

    with open_raster(image) as dataset:
        bands = dataset.count
    with RasterView(image, range(1, bands + 1)) as view:
        return _First(view.count, (view.width, view.height), view.dtype, view.crs, view.band_names)


def _chips(entries: Sequence[MapEntry], emd: Mapping[str, Any], crs: str) -> Iterator[Chip]:
    sources = list(_sources(emd))
    for entry in entries:
        number = int(entry.image.stem) if entry.image.stem.isdecimal() else -1
        source = next((name for first, count, name in sources if first <= number < first + count), "")
        yield Chip(entry.image.stem, entry.image, entry.label, entry.image2, read_world_file(entry.image), source, crs)


def _exports(emd: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    block = emd.get(OUR_KEY)
    items = block.get("Exports") if isinstance(block, dict) else None
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _sources(emd: Mapping[str, Any]) -> Iterator[tuple[int, int, str]]:
    for item in _exports(emd):
        if isinstance(item.get("FirstTile"), int) and isinstance(item.get("Tiles"), int):
            yield item["FirstTile"], item["Tiles"], str(item.get("Raster", ""))


def _extract_bands(emd: Mapping[str, Any], bands: int) -> tuple[int, ...]:
    for item in _exports(emd):
        numbers = item.get("ExtractBands")
        if isinstance(numbers, list) and len(numbers) == bands and all(isinstance(band, int) for band in numbers):
            return tuple(numbers)
    return tuple(range(1, bands + 1))


def _band_names(values: Mapping[str, Any], emd: Mapping[str, Any], first: _First) -> tuple[str, ...]:
    for document in (values, emd):
        names = (document.get("InputRastersProps") or {}).get("BandNames")
        if isinstance(names, list) and len(names) == first.bands:
            return tuple(str(name) for name in names)
    return first.band_names


def _cell_size(values: Mapping[str, Any], emd: Mapping[str, Any], image: Path) -> tuple[float, float] | None:
    for document in (values, emd):
        size = document.get("MinCellSize")
        if isinstance(size, dict) and "x" in size and "y" in size:
            return float(size["x"]), float(size["y"])
    place = read_world_file(image)
    if place is None:
        return None
    return (place.a**2 + place.d**2) ** 0.5, (place.b**2 + place.e**2) ** 0.5


def _classes(values: Mapping[str, Any], emd: Mapping[str, Any]) -> tuple[ClassInfo, ...]:
    """Read the classes: the .emd knows colours in every version; old ones use ``ClassValue`` there too."""
    found: dict[int, ClassInfo] = {}
    for document in (emd, values):
        items = document.get("Classes")
        for index, item in enumerate(items if isinstance(items, list) else []):
            value = int(item["Value"] if "Value" in item else item["ClassValue"])
            name = item.get("Name", item.get("ClassName"))
            info = ClassInfo.from_dict({"value": value, "name": name, "color": item.get("Color")}, index)
            found.setdefault(value, info)
        if found:
            break
    return tuple(found[value] for value in sorted(found) if value != 0)


def _classes_of_labels(entries: Sequence[MapEntry], chip_format: ChipFormat) -> tuple[ClassInfo, ...]:
    """Look for class values in the labels, where no file names them."""
    import numpy as np  # noqa: PLC0415

    labelled = [entry for entry in entries if entry.label is not None]
    step = max(1, len(labelled) // _LABELS_ASKED)
    values: set[int] = set()
    for entry in labelled[::step]:
        target = chip_format.read_target(Chip(entry.image.stem, entry.image, entry.label))
        values.update(np.unique(target).tolist())
    known = sorted(values - {0})
    return tuple(ClassInfo.from_dict({"value": value, "name": str(value)}, i) for i, value in enumerate(known))


def _class_pixels(values: Mapping[str, Any]) -> dict[int, int]:
    """Return the pixels of each class value where the export counted them."""
    classes = values.get("Classes")
    counts = values.get("SwathClassPixels")
    block = values.get("ClassPixelStats")
    if not isinstance(counts, list) and isinstance(block, dict):
        counts = block.get("NumPixelsPerClass")
    if not isinstance(classes, list) or not isinstance(counts, list) or len(classes) != len(counts):
        return {}
    pixels = {int(item["ClassValue"]): int(count) for item, count in zip(classes, counts)}
    if isinstance(values.get("SwathUnlabelledPixels"), int):
        pixels[0] = values["SwathUnlabelledPixels"]
    return pixels


def _stats(
    values: Mapping[str, Any], emd: Mapping[str, Any], entries: Sequence[MapEntry], first: _First
) -> tuple[BandStats, ...]:
    """Return statistics per band: from the accumulated ones, else the .emd's, else from all chips."""
    states = values.get("BandStatsState")
    if isinstance(states, list) and len(states) == first.bands:
        return tuple(_from_state(BandState.from_json(state)) for state in states)
    tiles = emd.get("AllTilesStats")
    if isinstance(tiles, list) and len(tiles) == first.bands:
        return tuple(
            BandStats(float(item["Min"]), float(item["Max"]), float(item["Mean"]), float(item["StdDev"]))
            for item in tiles
        )
    return tuple(_from_state(state) for state in _measured(entries, first))


def _from_state(state: BandState) -> BandStats:
    if not state.count:
        return BandStats(0.0, 0.0, 0.0, 0.0)
    return BandStats(float(state.minimum), float(state.maximum), state.m1, state.std)


def _measured(entries: Sequence[MapEntry], first: _First) -> list[BandState]:
    total = [BandState() for _ in range(first.bands)]
    for entry in entries:
        pixels, valid = _read(entry.image, first.bands)
        for mine, new in zip(total, band_states(pixels, valid)):
            mine.merge(new)
    return total


def _read(image: Path, bands: int) -> tuple[np.ndarray, np.ndarray]:
    from ..data.rasters import RasterView  # noqa: PLC0415

    with RasterView(image, range(1, bands + 1)) as view:
        return view.read(Window(0, 0, view.width, view.height))
