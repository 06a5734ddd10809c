"""Image, truth and result as arrays, and how well the simplest classifier does (GDAL and numpy)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from osgeo import gdal, osr

gdal.UseExceptions()

MOST_PIXELS = 4096 * 4096  # a larger picture is read more coarsely for the comparison
_PALETTE = [(230, 159, 0), (86, 180, 233), (0, 158, 115), (240, 228, 66), (0, 114, 178), (213, 94, 0), (204, 121, 167)]
Box = tuple[float, float, float, float]  # xmin, ymin, xmax, ymax


class DataError(Exception):
    """The image or the labels cannot be used; the sentence says why."""


@dataclass(frozen=True)
class LabelClass:
    """A class of the labels; ``key`` is what its field holds."""

    value: int
    name: str
    color: tuple[int, int, int]
    key: str


def split(image: Path, part: float) -> tuple[Box, Box, str]:
    """Return the western ``part`` (0 to 1) of an image, the eastern rest, and the CRS as "EPSG:..." or ""."""
    dataset = gdal.Open(str(image))
    left, width, turned, top, turned_too, height = dataset.GetGeoTransform()
    if turned or turned_too:
        raise DataError(f"The image {image} is rotated: warp it to the north first (Raster > Projections > Warp).")
    # Whole pixels: both parts then lie on the grid of the image.
    columns = round(dataset.RasterXSize * part)
    bottom = top + height * dataset.RasterYSize
    low, high = min(top, bottom), max(top, bottom)
    middle, right = left + width * columns, left + width * dataset.RasterXSize
    reference = dataset.GetSpatialRef()
    name = reference.GetAuthorityName(None) if reference else None
    crs = f"{name}:{reference.GetAuthorityCode(None)}" if name else ""
    return (left, low, middle, high), (middle, low, right, high), crs


def chip_px(image: Path, box: Box) -> int:
    """Return a side for the chips, in pixels: the largest usual one of which three fit side by side."""
    transform = gdal.Open(str(image)).GetGeoTransform()
    shortest = min((box[2] - box[0]) / abs(transform[1]), (box[3] - box[1]) / abs(transform[5]))
    return next((side for side in (256, 128, 64) if 3 * side <= shortest), 32)


def extent_text(box: Box, crs: str) -> str:
    """Return a box as QGIS writes extents: xmin, xmax, ymin, ymax and the CRS."""
    text = f"{box[0]!r},{box[2]!r},{box[1]!r},{box[3]!r}"
    return f"{text} [{crs}]" if crs else text


def read_image(image: Path, box: Box) -> np.ndarray:
    """Return the first three bands (or the one) of a box as float32 (bands, rows, cols), coarser if it is large."""
    dataset = gdal.Open(str(image))
    bands = list(range(1, min(dataset.RasterCount, 3) + 1))
    rows, cols = _shape(dataset, box)
    options = gdal.TranslateOptions(
        format="MEM", projWin=(box[0], box[3], box[2], box[1]), width=cols, height=rows, bandList=bands
    )
    pixels = gdal.Translate("", dataset, options=options).ReadAsArray()
    return np.asarray(pixels, np.float32).reshape(len(bands), rows, cols)


def _shape(dataset: gdal.Dataset, box: Box) -> tuple[int, int]:
    transform = dataset.GetGeoTransform()
    cols, rows = (box[2] - box[0]) / abs(transform[1]), (box[3] - box[1]) / abs(transform[5])
    shrink = max(1.0, float(np.sqrt(cols * rows / MOST_PIXELS)))
    return max(1, round(rows / shrink)), max(1, round(cols / shrink))


def read_raster(raster: Path, box: Box, shape: tuple[int, int]) -> np.ndarray:
    """Return the first band of a raster on a grid of ``shape`` (rows, cols) over a box; 0 where it has no data."""
    options = gdal.WarpOptions(
        format="MEM", outputBounds=box, width=shape[1], height=shape[0], resampleAlg="near", dstNodata=0
    )
    grid = gdal.Warp("", str(raster), options=options)  # a band dies with its dataset
    return np.asarray(grid.GetRasterBand(1).ReadAsArray())


def read_classes(labels: Path, field: str) -> tuple[str, list[LabelClass]]:
    """Return the class field that is used and its classes: text gets 1 to n in sorted order, as in Swath."""
    source = gdal.OpenEx(str(labels), gdal.OF_VECTOR)  # a layer dies with its dataset
    layer = source.GetLayer(0)
    names = [layer.GetLayerDefn().GetFieldDefn(i).GetName() for i in range(layer.GetLayerDefn().GetFieldCount())]
    if field and field not in names:
        raise DataError(f"The labels {labels} have no field '{field}' (CLASS_FIELD): use one of {', '.join(names)}.")
    chosen = field or next((name for name in names if name.lower() in ("classvalue", "value")), "")
    found: dict[object, tuple[str, tuple[int, int, int] | None]] = {}
    for feature in layer:
        key = feature.GetField(chosen) if chosen else 1
        if key is not None and key not in found:
            title = feature.GetField("Classname") if "Classname" in names else None
            has_color = {"Red", "Green", "Blue"} <= set(names)
            color = tuple(int(feature.GetField(name) or 0) for name in ("Red", "Green", "Blue")) if has_color else None
            found[key] = (str(title or key), color)  # type: ignore[assignment]
    keys = sorted(found, key=lambda key: (isinstance(key, str), key))
    classes = []
    for index, key in enumerate(keys, 1):
        title, color = found[key]
        value = index if isinstance(key, str) else int(key)  # type: ignore[call-overload]
        classes.append(LabelClass(value, title, color or _PALETTE[(index - 1) % len(_PALETTE)], str(key)))
    return chosen, classes


def burn_labels(
    labels: Path, field: str, classes: list[LabelClass], image: Path, box: Box, shape: tuple[int, int]
) -> np.ndarray:
    """Return class values (rows, cols) of label polygons in any CRS on a grid over a box; 0 is unlabelled."""
    grid = gdal.GetDriverByName("MEM").Create("", shape[1], shape[0], 1, gdal.GDT_Int32)
    grid.SetGeoTransform((box[0], (box[2] - box[0]) / shape[1], 0, box[3], 0, -(box[3] - box[1]) / shape[0]))
    picture = gdal.Open(str(image))
    reference = picture.GetSpatialRef()
    there = gdal.OpenEx(str(labels), gdal.OF_VECTOR)
    options = {"format": "Memory"}
    if reference is not None and there.GetLayer(0).GetSpatialRef() is not None:
        reference.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
        options |= {"dstSRS": reference.ExportToWkt(), "reproject": True}
    moved = gdal.VectorTranslate("", there, options=gdal.VectorTranslateOptions(**options))
    layer = moved.GetLayer(0)
    for item in classes:
        if field:
            quoted = item.key.replace("'", "''")
            layer.SetAttributeFilter(f"\"{field}\" = '{quoted}'")
        gdal.RasterizeLayer(grid, [1], layer, burn_values=[item.value])
    return np.asarray(grid.ReadAsArray())


def nearest_mean(image: np.ndarray, truth: np.ndarray, values: list[int]) -> np.ndarray:
    """Return the mean colour (classes, bands) of each class in an image (bands, rows, cols)."""
    blank = np.full(len(image), np.nan)
    return np.array([image[:, truth == value].mean(axis=1) if (truth == value).any() else blank for value in values])


def classify(image: np.ndarray, means: np.ndarray, values: list[int]) -> np.ndarray:
    """Return for each pixel (rows, cols) the class whose mean colour is nearest."""
    best = np.full(image.shape[1:], np.inf, np.float32)
    result = np.zeros(image.shape[1:], np.int32)
    for mean, value in zip(means, values, strict=True):
        distance = sum((image[band] - mean[band]) ** 2 for band in range(len(image)))
        closer = distance < best
        best[closer], result[closer] = distance[closer], value
    return result


def mean_iou(result: np.ndarray, truth: np.ndarray, values: list[int]) -> float:
    """Return the mean intersection over union of the classes; where the truth is none of them does not count."""
    counted = np.isin(truth, values)
    scores = []
    for value in values:
        mine, true = (result == value) & counted, truth == value
        union = np.count_nonzero(mine | true)
        if union:
            scores.append(np.count_nonzero(mine & true) / union)
    return float(np.mean(scores)) if scores else 0.0
