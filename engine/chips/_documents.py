"""The files beside the chips, as ArcGIS writes them: ``stats.txt``, the accumulated statistics, the ``.emd``.

Light: standard library only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..classes import ClassInfo
from ._sizes import BoxSizes
from ._stats import Accumulated, BandState, ClassTally, Summary

STATS_TEXT = "stats.txt"
STATS_JSON = "esri_accumulated_stats.json"
DEFINITION = "esri_model_definition.emd"
MAP = "map.txt"
OUR_KEY = "SwathExport"
FIXED_SIZE, MAP_SPACE = "Fixed_Size", "MAP_SPACE"
# Marks a source whose chips are second pictures on their own.
SECOND_DOMAIN = "SecondDomain"

_WELL_KNOWN_KEY = "WellKnownBandNames (FYI, these band names can be used in ExtractBands)"
_WELL_KNOWN = (
    *("Red", "Green", "Blue", "Infrared", "CoastalBlue", "Yellow", "RedEdge", "ShortWaveInfrared", "NearInfrared"),
    *("NearInfrared_1", "NearInfrared_2", "MidInfrared", "MidInfrared_1", "MidInfrared_2", "Thermal", "Thermal_1"),
    *("Thermal_2", "Panchromatic", "PseudoRed", "PseudoGreen", "PseudoBlue", "QA"),
)


@dataclass(frozen=True)
class ChipSetFacts:
    """What does not accumulate: the same for every chip of a folder.

    Attributes:
        mode: ArcGIS's name of the format.
        dtype, dtype2: numpy names of the pixel types of first and second pictures.
        sources: plain dicts, one for each image of each export into the folder.
        blacken: whether all but the feature of a chip is black.
        crop: "Fixed_Size" or "Bounding_Box"; how ArcGIS writes the latter is not known.
        space: "MAP_SPACE" or "PIXEL_SPACE".
    """

    mode: str
    tile: tuple[int, int]
    dtype: str
    band_names: tuple[str, ...]
    sources: tuple[Mapping[str, Any], ...] = field(default=())
    band_names2: tuple[str, ...] = ()
    dtype2: str = ""
    blacken: bool = False
    crop: str = FIXED_SIZE
    space: str = MAP_SPACE


def stats_text(facts: ChipSetFacts, stats: Accumulated) -> str:
    """Return ``stats.txt``: ArcGIS's newer layout for features, its only known one for label rasters."""
    lines = [f"images = {stats.tiles} *{len(stats.bands)}*{facts.tile[0]}*{facts.tile[1]}"]
    per = stats.per_image if stats.classes else Summary()
    low, high = (per.minimum, per.maximum) if per.count else (0, 0)
    spread = f"[min = {low:.0f}, mean = {per.mean:.2f}, max = {high:.0f}]"
    if stats.from_features:
        total = sum(tally.count for tally in stats.tallies.values())
        lines += ["", "Class feature statistics:", f"features = {total}", f"features per image = {spread}"]
        lines += [f"classes = {len(stats.classes)}"]
        width, column = 40, "   features"
    else:
        lines += [f"classes = {len(stats.classes)}", f"classes per image = {spread}"]
        width, column = 20, "   pixels  "
    lines.append(f"{'cls name':<{width}}  cls value     images{column}    min size   mean size    max size")
    lines += [_stats_row(width, info, stats) for info in stats.classes.values()]
    return "\n".join(lines) + "\n"


def _stats_row(width: int, info: ClassInfo, stats: Accumulated) -> str:
    tally, sizes = stats.tallies[info.value], stats.sizes(info.value).to_json()
    return (
        f"{info.name:<{width}}{info.value:>11d}{tally.images:>11d}{tally.count:>11d}"
        f"{sizes['Min']:>12.2f}{sizes['Mean']:>12.2f}{sizes['Max']:>12.2f}"
    )


def stats_json(facts: ChipSetFacts, stats: Accumulated) -> str:
    """Return ``esri_accumulated_stats.json``, keys in ArcGIS's order; ours follow at the end."""
    values: dict[str, Any] = {
        "Version": 1,
        "NumBands": len(stats.bands),
        "TileSizeX": facts.tile[0],
        "TileSizeY": facts.tile[1],
        "NumClasses": len(stats.classes),
        "NumTiles": stats.tiles,
        "NumTilesAsDouble": stats.tiles,
        "NextTileIndex": stats.next_index,
        "OutputFeatures": stats.from_features,
        "MetaDataMode": facts.mode,
        **_cell_sizes(stats),
        **_json_classes(stats),
        **_class_stats(stats),
        **_raster_props(facts, stats),
        "BandStatsState": [band.to_json() for band in stats.bands],
        **({"BandStatsState2": [band.to_json() for band in stats.bands2]} if stats.bands2 else {}),
        **_our_stats(facts, stats),
    }
    return _dump(values)


def _json_classes(stats: Accumulated) -> dict[str, Any]:
    items = [
        {"ClassValue": info.value, "ClassName": info.name, "Color": list(info.color)} for info in stats.classes.values()
    ]
    return {"Classes": items} if items else {}


def _our_stats(facts: ChipSetFacts, stats: Accumulated) -> dict[str, Any]:
    """Return what ArcGIS does not write; lists are parallel to the classes, as its own are."""
    values: dict[str, Any] = {}
    if stats.classes:
        if stats.pixels_known:
            values["SwathClassPixels"] = [tally.pixels for tally in stats.tallies.values()]
            values["SwathUnlabelledPixels"] = stats.unlabelled
        values["SwathBoxes"] = [tally.boxes.to_json() for tally in stats.tallies.values()]
        values["SwathEmptyChips"] = stats.empty
    values["SwathPixelType"] = facts.dtype
    if facts.dtype2:
        values["SwathPixelType2"] = facts.dtype2
    return values


def _class_stats(stats: Accumulated) -> dict[str, Any]:
    tallies = list(stats.tallies.values())
    # Of chips without labels nothing is counted, not even the images.
    common = {"NumClasses": len(tallies), "NumImagesTotal": stats.tiles if tallies else 0}
    images = [tally.images for tally in tallies]
    counts = [tally.count for tally in tallies]
    sizes = [stats.sizes(value).to_json() for value in stats.classes]
    per_image = (stats.per_image if tallies else Summary()).to_json()
    if stats.from_features:
        return {
            "FeatureStats": {
                **common,
                "NumFeaturesTotal": sum(counts),
                "NumImagesPerClass": images,
                "NumFeaturesPerClass": counts,
                "NumFeaturesPerImage": per_image,
                "FeatureAreaPerClass": sizes,
            }
        }
    return {
        "ClassPixelStats": {
            **common,
            "NumImagesPerClass": images,
            "NumPixelsPerClass": counts,
            "NumClassesPerImage": per_image,
            "PixelsPerClass": sizes,
        }
    }


def definition(facts: ChipSetFacts, stats: Accumulated) -> str:
    """Return ``esri_model_definition.emd``: a template to be filled in by training, as ArcGIS writes it."""
    values: dict[str, Any] = {
        "Framework": "e.g. TensorFlow or PyTorch",
        "ModelConfiguration": "e.g. UNet or FasterRCNN",
        "ModelType": "e.g. ObjectDetection or ImageClassification",
        "ModelFile": "e.g. ./trained.model",
        "Description": "e.g. which data model was trained on, when, by whom, mAP, etc",
        "ImageHeight": facts.tile[1],
        "ImageWidth": facts.tile[0],
        "ExtractBands": "e.g. [0, 1, 2]",
        "DataRange": "e.g. [0.1, 1.0] (optional)",
        "ModelPadding": "e.g. 64 (optional)",
        "BatchSize": "e.g. 8 (optional)",
        "PerProcessGPUMemoryFraction": "e.g. 0.8 (optional)",
        "MetaDataMode": facts.mode,
        "BlackenAroundFeature": facts.blacken,
        "IsMultidimensional": False,
        "CropTileMode": facts.crop,
        "ImageSpaceUsed": facts.space,
        **_cell_sizes(stats),
        "Classes": [
            {"Value": info.value, "Name": info.name, "Color": list(info.color)} for info in stats.classes.values()
        ],
        **_raster_props(facts, stats),
        "AllTilesStats": _tile_stats(facts.band_names, stats.bands),
        **({"AllTilesStats2": _tile_stats(facts.band_names2, stats.bands2)} if stats.bands2 else {}),
        _WELL_KNOWN_KEY: _WELL_KNOWN,
        OUR_KEY: {"PixelType": facts.dtype, "Exports": list(facts.sources)},
    }
    return _dump(values)


def read_accumulated(values: Mapping[str, Any]) -> Accumulated:
    """Read what :func:`stats_json` wrote.

    Raises:
        KeyError, TypeError, ValueError: where the file lacks what appending needs.
    """
    features = bool(values["OutputFeatures"])
    block = values["FeatureStats" if features else "ClassPixelStats"]
    stats = Accumulated(features, [BandState.from_json(band) for band in values["BandStatsState"]])
    counts, sizes = (
        ("NumFeaturesPerClass", "FeatureAreaPerClass") if features else ("NumPixelsPerClass", "PixelsPerClass")
    )
    classes = values.get("Classes", [])
    pixels, boxes = values.get("SwathClassPixels"), values.get("SwathBoxes")
    for index, item in enumerate(classes):
        info = ClassInfo.from_dict(
            {"value": item["ClassValue"], "name": item["ClassName"], "color": item.get("Color")}, index
        )
        images = int(block["NumImagesPerClass"][index])
        summary = Summary.from_json(block[sizes][index])
        if not features:
            # Without the zeros of images that do not show the class.
            summary = Summary(summary.minimum, summary.maximum, summary.total, images) if images else Summary()
        stats.classes[info.value] = info
        stats.tallies[info.value] = ClassTally(
            images,
            int(block[counts][index]),
            summary,
            int(pixels[index]) if pixels is not None else 0,
            BoxSizes.from_json(boxes[index]) if boxes is not None else BoxSizes(),
        )
    stats.per_image = Summary.from_json(block["NumFeaturesPerImage" if features else "NumClassesPerImage"])
    stats.tiles = int(values["NumTiles"])
    stats.next_index = int(values.get("NextTileIndex", stats.tiles))
    stats.pixels_known = pixels is not None
    stats.unlabelled = int(values["SwathUnlabelledPixels"]) if stats.pixels_known else 0
    stats.bands2 = [BandState.from_json(band) for band in values.get("BandStatsState2", [])]
    stats.empty = int(values.get("SwathEmptyChips", 0))
    cells = [values[key] for key in ("MinCellSize", "MaxCellSize") if key in values]
    stats.cell_sizes = [(float(cell["x"]), float(cell["y"])) for cell in cells]
    stats.spatial_reference = dict(cells[0]["spatialReference"]) if cells else {}
    return stats


def _cell_sizes(stats: Accumulated) -> dict[str, Any]:
    if not stats.cell_sizes:
        return {}
    return {
        key: {"x": size[0], "y": size[1], "spatialReference": stats.spatial_reference}
        for key, size in (("MinCellSize", stats.cell_sizes[0]), ("MaxCellSize", stats.cell_sizes[-1]))
    }


def _raster_props(facts: ChipSetFacts, stats: Accumulated) -> dict[str, Any]:
    """Return the properties of the rasters that chips were cut from, and of the second ones."""
    firsts = {item.get("Raster", "") for item in facts.sources if not item.get(SECOND_DOMAIN)}
    seconds = {item.get("Raster2", "") for item in facts.sources} - {""}
    seconds |= {item.get("Raster", "") for item in facts.sources if item.get(SECOND_DOMAIN)}
    values = {"InputRastersProps": _props(len(firsts), facts.band_names)}
    if stats.bands2:
        values["InputRastersProps2"] = _props(len(seconds), facts.band_names2)
    return values


def _props(count: int, names: Sequence[str]) -> dict[str, Any]:
    return {"RasterCount": max(count, 1), "SensorName": "Undefined", "BandNames": list(names)}


def _tile_stats(names: Sequence[str], bands: Sequence[BandState]) -> list[dict[str, Any]]:
    found = []
    for name, band in zip(names, bands):
        state = band.to_json()
        found.append({"BandName": name, "Min": state["Min"], "Max": state["Max"], "Mean": band.m1, "StdDev": band.std})
    return found


def _dump(values: Mapping[str, Any] | Sequence[Any]) -> str:
    return json.dumps(values, indent=2, separators=(",", " : "), ensure_ascii=False)
