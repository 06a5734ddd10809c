"""The files beside the chips, as ArcGIS writes them: ``stats.txt``, the accumulated statistics, the ``.emd``.

Light: standard library only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..classes import ClassInfo
from ._stats import Accumulated, BandState, ClassTally, Summary

STATS_TEXT = "stats.txt"
STATS_JSON = "esri_accumulated_stats.json"
DEFINITION = "esri_model_definition.emd"
MAP = "map.txt"
OUR_KEY = "SwathExport"

_WELL_KNOWN_KEY = "WellKnownBandNames (FYI, these band names can be used in ExtractBands)"
_WELL_KNOWN = (
    *("Red", "Green", "Blue", "Infrared", "CoastalBlue", "Yellow", "RedEdge", "ShortWaveInfrared", "NearInfrared"),
    *("NearInfrared_1", "NearInfrared_2", "MidInfrared", "MidInfrared_1", "MidInfrared_2", "Thermal", "Thermal_1"),
    *("Thermal_2", "Panchromatic", "PseudoRed", "PseudoGreen", "PseudoBlue", "QA"),
)


@dataclass(frozen=True)
class ChipSetFacts:
    """What does not accumulate: the same for every chip of a folder.

    ``sources`` are plain dicts, one for each export into the folder.
    """

    mode: str
    tile: tuple[int, int]
    dtype: str
    band_names: tuple[str, ...]
    sources: tuple[Mapping[str, Any], ...] = field(default=())


def stats_text(facts: ChipSetFacts, stats: Accumulated) -> str:
    """Return ``stats.txt``: ArcGIS's newer layout for features, its only known one for label rasters."""
    lines = [f"images = {stats.tiles} *{len(stats.bands)}*{facts.tile[0]}*{facts.tile[1]}"]
    per = stats.per_image if stats.per_image.count else Summary(0, 0, 0, 0)
    spread = f"[min = {per.minimum:.0f}, mean = {per.mean:.2f}, max = {per.maximum:.0f}]"
    if stats.from_features:
        total = sum(tally.count for tally in stats.tallies.values())
        lines += ["", "Class feature statistics:", f"features = {total}", f"features per image = {spread}"]
        lines += [f"classes = {len(stats.classes)}"]
        width, column = 40, "   features"
    else:
        lines += [f"classes = {len(stats.classes)}", f"classes per image = {spread}"]
        width, column = 20, "   pixels  "
    lines.append(f"{'cls name':<{width}}  cls value     images{column}    min size   mean size    max size")
    lines += [_stats_row(width, info, stats.tallies[value]) for value, info in stats.classes.items()]
    return "\n".join(lines) + "\n"


def _stats_row(width: int, info: ClassInfo, tally: ClassTally) -> str:
    sizes = tally.sizes.to_json()
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
        "Classes": [
            {"ClassValue": info.value, "ClassName": info.name, "Color": list(info.color)}
            for info in stats.classes.values()
        ],
        **_class_stats(stats),
        "InputRastersProps": _raster_props(facts),
        "BandStatsState": [band.to_json() for band in stats.bands],
        "SwathClassPixels": [tally.pixels for tally in stats.tallies.values()],
        "SwathUnlabelledPixels": stats.unlabelled,
        "SwathPixelType": facts.dtype,
    }
    return _dump(values)


def _class_stats(stats: Accumulated) -> dict[str, Any]:
    tallies = list(stats.tallies.values())
    common = {"NumClasses": len(tallies), "NumImagesTotal": stats.tiles}
    images = [tally.images for tally in tallies]
    counts = [tally.count for tally in tallies]
    sizes = [tally.sizes.to_json() for tally in tallies]
    per_image = stats.per_image.to_json()
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
        "BlackenAroundFeature": False,
        "IsMultidimensional": False,
        "CropTileMode": "Fixed_Size",
        "ImageSpaceUsed": "MAP_SPACE",
        **_cell_sizes(stats),
        "Classes": [
            {"Value": info.value, "Name": info.name, "Color": list(info.color)} for info in stats.classes.values()
        ],
        "InputRastersProps": _raster_props(facts),
        "AllTilesStats": [_tile_stats(name, band) for name, band in zip(facts.band_names, stats.bands)],
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
    for index, item in enumerate(values["Classes"]):
        info = ClassInfo.from_dict(
            {"value": item["ClassValue"], "name": item["ClassName"], "color": item.get("Color")}, index
        )
        stats.classes[info.value] = info
        stats.tallies[info.value] = ClassTally(
            int(block["NumImagesPerClass"][index]),
            int(block[counts][index]),
            Summary.from_json(block[sizes][index]),
            int(values["SwathClassPixels"][index]),
        )
    stats.per_image = Summary.from_json(block["NumFeaturesPerImage" if features else "NumClassesPerImage"])
    stats.tiles = int(values["NumTiles"])
    stats.next_index = int(values.get("NextTileIndex", stats.tiles))
    stats.unlabelled = int(values["SwathUnlabelledPixels"])
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


def _raster_props(facts: ChipSetFacts) -> dict[str, Any]:
    return {"RasterCount": 1, "SensorName": "Undefined", "BandNames": list(facts.band_names)}


def _tile_stats(name: str, band: BandState) -> dict[str, Any]:
    state = band.to_json()
    return {"BandName": name, "Min": state["Min"], "Max": state["Max"], "Mean": band.m1, "StdDev": band.std}


def _dump(values: Mapping[str, Any] | Sequence[Any]) -> str:
    return json.dumps(values, indent=2, separators=(",", " : "), ensure_ascii=False)
