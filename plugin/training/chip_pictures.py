"""Pictures of chips with their labels drawn on them. Works in any thread; reads with GDAL and light readers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from osgeo import gdal
from qgis.PyQt.QtCore import QPointF, QRectF, Qt
from qgis.PyQt.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen, QPolygonF

from ...engine.chips import Chip
from ...engine.chips._folder import MapEntry
from ...engine.chips._targets import CLASSES, Objects
from ...engine.classes import ClassInfo
from ...engine.errors import SwathError
from ...i18n import translate
from ...processing_provider.sentences import sentence
from .chip_folder import ChipFolder

# Larger chips are read smaller: no window of a dock shows more.
_MOST_PX = 512
_MASK_ALPHA = 120
_RASTERS = {"CLASSIFIED_TILES", "PANOPTIC_SEGMENTATION"}
Outlines = list[tuple[int, list[tuple[float, float]]]]


@dataclass(frozen=True)
class ChipPicture:
    """One chip ready to be shown: its picture, where it lies, what is on it, and a sentence where that fails."""

    image: QImage
    path: Path
    classes: tuple[str, ...] = ()
    problem: str = ""


def draw_chip(folder: ChipFolder, entry: MapEntry, *, labels: bool = True) -> ChipPicture:
    """Return the picture of a chip, with its labels where they can be drawn."""
    dataset = _open(entry.image)
    try:
        image = _picture(dataset) if dataset is not None else None
    except (RuntimeError, ValueError, TypeError, AttributeError, IndexError, MemoryError):  # cut off, or no picture
        image = None
    if dataset is None or image is None:
        empty = QImage(8, 8, QImage.Format.Format_RGB32)
        empty.fill(QColor("#888888"))
        text = translate("Swath", "{name} cannot be read").format(name=entry.image.name)
        return ChipPicture(empty, entry.image, (), text)
    size = dataset.RasterXSize, dataset.RasterYSize
    if not labels:
        return ChipPicture(image, entry.image)
    try:
        names = _draw_label(image, folder, entry, size)
    except SwathError as error:
        return ChipPicture(image, entry.image, (), sentence(error))
    except (OSError, ValueError, KeyError, IndexError, TypeError, RuntimeError) as error:
        return ChipPicture(image, entry.image, (), str(error))
    return ChipPicture(image, entry.image, names)


def _open(path: Path) -> Any:
    try:
        return gdal.OpenEx(str(path), gdal.OF_RASTER)
    except RuntimeError:
        return None


def _picture(dataset: Any) -> QImage:
    """Return red, green and blue, stretched from 2 to 98 percent."""
    factor = max(-(-max(dataset.RasterXSize, dataset.RasterYSize) // _MOST_PX), 1)
    width, height = max(dataset.RasterXSize // factor, 1), max(dataset.RasterYSize // factor, 1)
    bands = [1, 2, 3] if dataset.RasterCount >= 3 else [1, 1, 1]
    planes = []
    for band in bands:
        values = dataset.GetRasterBand(band).ReadAsArray(buf_xsize=width, buf_ysize=height)
        planes.append(np.nan_to_num(np.asarray(values, np.float32)))
    values = np.stack(planes, axis=2)
    low, high = np.percentile(values, (2, 98))
    pixels = ((values - low) / max(high - low, 1e-9) * 255).clip(0, 255).astype(np.uint8)
    return _image(pixels, QImage.Format.Format_RGB888)


def _image(pixels: np.ndarray, kind: QImage.Format) -> QImage:
    pixels = np.ascontiguousarray(pixels)
    height, width, channels = pixels.shape
    # The copy makes it independent of numpy's memory.
    found = QImage(pixels.tobytes(), width, height, width * channels, kind).copy()
    return found.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def _draw_label(image: QImage, folder: ChipFolder, entry: MapEntry, size: tuple[int, int]) -> tuple[str, ...]:
    """Draw the label of a chip; return the names of its classes."""
    known = {item.value: item for item in folder.classes}
    chip_format = folder.format
    if chip_format is None or entry.label is None:
        return ()
    if chip_format.id in _RASTERS:
        return _draw_masks(image, [(None, _read(entry.label))], known)
    if chip_format.id == "RCNN_MASKS":
        return _draw_masks(image, list(_class_masks(folder, entry)), known)
    chip = Chip(entry.image.stem, entry.image, entry.label, size=size)
    if chip_format.target == CLASSES:
        truth = chip_format.read_target(chip, folder.classes)
        return tuple(known[value].name if value in known else str(value) for value in truth.values)
    return _draw_outlines(image, _outlines(chip_format, chip, folder.classes), known, size)


def _outlines(chip_format: Any, chip: Chip, classes: Sequence[ClassInfo]) -> Outlines:
    """Return class value and corners of the objects of a chip, in its pixels."""
    if chip_format.id == "COCO":
        return _coco_outlines(chip_format, chip)
    if hasattr(chip_format, "outlines"):
        return [(item.value, item.corners) for item in chip_format.outlines(chip, classes, chip.size)]
    truth = chip_format.read_target(chip, classes)
    if not isinstance(truth, Objects):
        return []
    return [(int(value), _corners(box)) for value, box in zip(truth.values, truth.boxes)]


def _read(path: Path) -> np.ndarray:
    dataset = _open(path)
    if dataset is None:
        raise OSError(f"{path.name}?")
    return np.asarray(dataset.GetRasterBand(1).ReadAsArray())


def _class_masks(folder: ChipFolder, entry: MapEntry) -> Iterator[tuple[int | None, np.ndarray]]:
    """Yield class value and numbered objects of each mask of a chip."""
    label = entry.label
    assert label is not None  # noqa: S101 - the caller looked
    root = label.parent.parent
    if root.name.casefold() != "labels":
        yield (folder.classes[0].value if folder.classes else 1), _read(label)
        return
    names = {item.name.casefold(): item.value for item in folder.classes}
    for place in sorted(item for item in root.iterdir() if item.is_dir()):
        path = place / label.name
        if path.is_file():
            value = int(place.name) if place.name.isdecimal() else names.get(place.name.casefold(), 0)
            yield value, _read(path)


def _coco_outlines(chip_format: Any, chip: Chip) -> Outlines:
    """Return the polygons of a chip's objects; the box of those whose outline is none."""
    from ...engine.chips._coco_index import coco_index  # noqa: PLC0415 - only for these

    found: Outlines = []
    shift = coco_index(chip.label).shift
    for item in chip_format._items(chip, chip.label, chip.size):
        parts = item.get("segmentation")
        value = int(item["category_id"]) + shift
        if isinstance(parts, list) and parts and isinstance(parts[0], list):
            found += [(value, list(zip(part[::2], part[1::2]))) for part in parts]
        elif item.get("bbox"):
            x, y, width, height = item["bbox"]
            found.append((value, _corners((x, y, x + width, y + height))))
    return found


def _corners(box: Sequence[float]) -> list[tuple[float, float]]:
    xmin, ymin, xmax, ymax = (float(number) for number in box)
    return [(xmin, ymin), (xmax, ymin), (xmax, ymax), (xmin, ymax)]


def _draw_masks(
    image: QImage, masks: Sequence[tuple[int | None, np.ndarray]], known: Mapping[int, ClassInfo]
) -> tuple[str, ...]:
    """Lay masks over a picture, half transparent, with an edge; of None as value, pixels hold the class."""
    names: dict[int, str] = {}
    painter = QPainter(image)
    for value, pixels in masks:
        cover = np.zeros((*pixels.shape, 4), np.uint8)
        for number in np.unique(pixels[pixels > 0]).tolist():
            of_class = int(number) if value is None else value
            item = known.get(of_class)
            names[of_class] = item.name if item is not None else str(of_class)
            color = item.color if item is not None else (255, 0, 255)
            inside = pixels == number
            cover[inside] = (*color, _MASK_ALPHA)
            cover[inside & ~_eroded(inside)] = (*color, 255)
        painter.drawImage(QRectF(image.rect()), _image(cover, QImage.Format.Format_RGBA8888))
    painter.end()
    return tuple(names[key] for key in sorted(names))


def _eroded(inside: np.ndarray) -> np.ndarray:
    """Return the pixels whose four neighbours are inside, too."""
    padded = np.pad(inside, 1, mode="edge")
    near: np.ndarray = padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    return inside & near


def _draw_outlines(
    image: QImage, outlines: Outlines, known: Mapping[int, ClassInfo], size: tuple[int, int]
) -> tuple[str, ...]:
    """Draw polygons and boxes with the names of their classes."""
    across, down = image.width() / size[0], image.height() / size[1]
    names: dict[int, str] = {}
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    font = QFont(painter.font())
    font.setPixelSize(max(image.height() // 22, 8))
    painter.setFont(font)
    several = len(known) > 1
    for value, corners in outlines:
        item = known.get(value)
        names[value] = item.name if item is not None else str(value)
        color = QColor(*(item.color if item is not None else (255, 0, 255)))
        shape = QPolygonF([QPointF(x * across, y * down) for x, y in corners])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        # Dark below, so that it is seen on any ground.
        for ink, width in ((QColor(0, 0, 0, 150), 3.0), (color, 1.6)):
            painter.setPen(QPen(ink, width * max(image.width() / 256.0, 1.0)))
            painter.drawPolygon(shape)
        if several:
            _write_name(painter, names[value], shape.boundingRect(), color)
    painter.end()
    return tuple(names[key] for key in sorted(names))


def _write_name(painter: QPainter, name: str, box: QRectF, color: QColor) -> None:
    metrics = QFontMetricsF(painter.font())
    place = QRectF(
        box.left(), max(box.top() - metrics.height(), 0), metrics.horizontalAdvance(name) + 4, metrics.height()
    )
    painter.fillRect(place, color)
    painter.setPen(QColor("#000000") if color.lightness() > 140 else QColor("#ffffff"))
    painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), name)
