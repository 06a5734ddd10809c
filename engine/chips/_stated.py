"""What a folder of chips says of itself in the files of ArcGIS and of ours; light: standard library only.

Every function takes the documents as they are, whoever wrote them, and returns nothing for what is not
there. KeyError, TypeError and ValueError tell that something is there and broken.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..classes import ClassInfo
from ._documents import OUR_KEY
from ._stats import BandState

CHIPS_NOTED = "swath_chips.jsonl"
# A line for a chip with many classes; more in all is no such file.
_LARGEST_NOTES = 512 * 2**20


@dataclass(frozen=True)
class Noted:
    """What the export noted of one chip: pixels or objects of each class value, and its size where they differ."""

    counts: Mapping[int, int] | None = None
    size: tuple[int, int] | None = None


def noted_chips(folder: Path, chips: int) -> dict[str, Noted]:
    """Read what the export noted of each chip, by stem; nothing where it is not about ``chips`` chips."""
    path = folder / CHIPS_NOTED
    found: dict[str, Noted] = {}
    lines = 0
    try:
        if path.stat().st_size > _LARGEST_NOTES:
            return {}
        with path.open(encoding="utf-8") as file:
            for line in file:
                item = json.loads(line)
                counts, size = item.get("counts"), item.get("size")
                found[str(item["stem"])] = Noted(
                    {int(value): int(count) for value, count in counts.items()} if counts is not None else None,
                    (int(size[0]), int(size[1])) if size else None,
                )
                lines += 1
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError):
        return {}
    return found if lines == chips else {}


def sources(emd: Mapping[str, Any]) -> Iterator[tuple[int, int, str]]:
    """Yield the first chip's number, the count of chips and the raster of each export."""
    for item in _exports(emd):
        if isinstance(item.get("FirstTile"), int) and isinstance(item.get("Tiles"), int):
            yield item["FirstTile"], item["Tiles"], str(item.get("Raster", ""))


def extract_bands(emd: Mapping[str, Any], bands: int) -> tuple[int, ...]:
    """Return the 1-based bands of the source rasters; without a word, all of them in order."""
    for item in _exports(emd):
        numbers = item.get("ExtractBands")
        if isinstance(numbers, list) and len(numbers) == bands and all(isinstance(band, int) for band in numbers):
            return tuple(numbers)
    return tuple(range(1, bands + 1))


def band_names(documents: Sequence[Mapping[str, Any]], bands: int) -> tuple[str, ...]:
    """Return the names of the bands, empty where none of the documents has them."""
    for document in documents:
        block = document.get("InputRastersProps")
        names = block.get("BandNames") if isinstance(block, dict) else None
        if isinstance(names, list) and len(names) == bands:
            return tuple(str(name) for name in names)
    return ()


def cell_size(documents: Sequence[Mapping[str, Any]]) -> tuple[float, float] | None:
    """Return width and height of a pixel in map units."""
    for document in documents:
        size = document.get("MinCellSize")
        if isinstance(size, dict) and "x" in size and "y" in size:
            return float(size["x"]), float(size["y"])
    return None


def classes(documents: Sequence[Mapping[str, Any]]) -> tuple[ClassInfo, ...]:
    """Read the classes: the .emd knows colours in every version; old ones use ``ClassValue`` there too."""
    found: dict[int, ClassInfo] = {}
    for document in documents:
        items = document.get("Classes")
        for index, item in enumerate(items if isinstance(items, list) else []):
            value = int(item["Value"] if "Value" in item else item["ClassValue"])
            name = item.get("Name", item.get("ClassName"))
            info = ClassInfo.from_dict({"value": value, "name": name, "color": item.get("Color")}, index)
            found.setdefault(value, info)
        if found:
            break
    return tuple(found[value] for value in sorted(found) if value != 0)


def class_pixels(values: Mapping[str, Any]) -> dict[int, int]:
    """Return the pixels of each class value where the export counted them; 0 is unlabelled."""
    counts = values.get("SwathClassPixels")
    block = values.get("ClassPixelStats")
    if not isinstance(counts, list) and isinstance(block, dict):
        counts = block.get("NumPixelsPerClass")
    pixels = _per_class(values, counts)
    if pixels and isinstance(values.get("SwathUnlabelledPixels"), int):
        pixels[0] = values["SwathUnlabelledPixels"]
    return pixels


def class_objects(values: Mapping[str, Any]) -> dict[int, int]:
    """Return the features of each class value where the export counted them."""
    block = values.get("FeatureStats")
    return _per_class(values, block.get("NumFeaturesPerClass") if isinstance(block, dict) else None)


def band_stats(
    values: Mapping[str, Any], emd: Mapping[str, Any], bands: int, second: str = ""
) -> list[tuple[float, float, float, float]]:
    """Return minimum, maximum, mean and deviation of each band: of the accumulated ones, else of the .emd.

    ``second`` is "2" for the second pictures.
    """
    states = values.get("BandStatsState" + second)
    if isinstance(states, list) and len(states) == bands:
        return [from_state(BandState.from_json(state)) for state in states]
    tiles = emd.get("AllTilesStats" + second)
    if isinstance(tiles, list) and len(tiles) == bands:
        return [(float(item["Min"]), float(item["Max"]), float(item["Mean"]), float(item["StdDev"])) for item in tiles]
    return []


def from_state(state: BandState) -> tuple[float, float, float, float]:
    """Return minimum, maximum, mean and deviation; all 0 of nothing."""
    if not state.count:
        return 0.0, 0.0, 0.0, 0.0
    return float(state.minimum), float(state.maximum), state.m1, state.std


def sizes_may_differ(emd: Mapping[str, Any], one_feature: bool) -> bool:
    """Tell whether chips may be cut to their features; ArcGIS has a word for those of one size only."""
    crop = emd.get("CropTileMode")
    return crop != "Fixed_Size" if isinstance(crop, str) else one_feature


def _per_class(values: Mapping[str, Any], counts: Any) -> dict[int, int]:
    items = values.get("Classes")
    if not isinstance(items, list) or not isinstance(counts, list) or len(items) != len(counts):
        return {}
    return {int(item["ClassValue"]): int(count) for item, count in zip(items, counts)}


def _exports(emd: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    block = emd.get(OUR_KEY)
    items = block.get("Exports") if isinstance(block, dict) else None
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
