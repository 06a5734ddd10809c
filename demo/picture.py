"""The picture of the demonstration: image, truth and result side by side, with a legend (QPainter)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from qgis.PyQt.QtCore import QRectF, Qt
from qgis.PyQt.QtGui import QColor, QFont, QGuiApplication, QImage, QPainter
from scores import LabelClass

PANEL, GAP, HEAD, FOOT = 620, 16, 44, 84  # pixels


def stretch(image: np.ndarray) -> np.ndarray:
    """Return uint8 (rows, cols, 3) for showing an image (bands, rows, cols): as it is, or 2 to 98 % of it."""
    if len(image) < 3:
        image = np.repeat(image[:1], 3, axis=0)
    if image.min() < 0 or image.max() > 255 or image.max() <= 1:
        low, high = np.percentile(image, (2, 98))
        image = (image - low) * (255 / max(high - low, 1e-9))
    return np.ascontiguousarray(np.clip(image[:3], 0, 255).astype(np.uint8).transpose(1, 2, 0))


def paint_classes(values: np.ndarray, classes: Sequence[LabelClass]) -> np.ndarray:
    """Return uint8 (rows, cols, 3): each class in its colour, all else dark grey."""
    colors = np.full((*values.shape, 3), 40, np.uint8)
    for item in classes:
        colors[values == item.value] = item.color
    return colors


def show(path: Path, panels: Sequence[tuple[str, np.ndarray]], classes: Sequence[LabelClass], note: str) -> None:
    """Write a PNG of panels (title, uint8 (rows, cols, 3)) of one size, a legend and a note."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    # Text needs an application; it must live as long as the painter.
    application = QGuiApplication.instance() or QGuiApplication([])
    rows, cols = panels[0][1].shape[:2]
    kept = min(rows, round(cols * 1.1))
    start = (rows - kept) // 2
    height = round(PANEL * kept / cols)
    width = len(panels) * PANEL + (len(panels) + 1) * GAP
    sheet = QImage(width, HEAD + height + FOOT, QImage.Format.Format_RGB888)
    sheet.fill(QColor(255, 255, 255))
    painter = QPainter(sheet)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for index, (title, pixels) in enumerate(panels):
        left = GAP + index * (PANEL + GAP)
        _text(painter, QRectF(left, 0, PANEL, HEAD), title, 15, bold=True)
        part = np.ascontiguousarray(pixels[start : start + kept])
        picture = QImage(part.data, cols, kept, 3 * cols, QImage.Format.Format_RGB888)
        painter.drawImage(QRectF(left, HEAD, PANEL, height), picture, QRectF(0, 0, cols, kept))
    _legend(painter, HEAD + height + 10, classes)
    _text(painter, QRectF(GAP, HEAD + height + 44, width - 2 * GAP, 30), note, 12)
    painter.end()
    partial = path.with_name(f"{path.stem}.partial{path.suffix}")
    if not sheet.save(str(partial)):
        raise OSError(f"The picture {path} cannot be written: check the space and the rights of its folder.")
    partial.replace(path)
    del application


def _text(painter: QPainter, box: QRectF, text: str, size: int, bold: bool = False) -> None:
    font = QFont("Sans Serif")
    font.setPixelSize(size + 3)
    font.setBold(bold)
    painter.setFont(font)
    painter.setPen(QColor(30, 30, 30))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), text)


def _legend(painter: QPainter, top: float, classes: Sequence[LabelClass]) -> None:
    left = float(GAP)
    for item in classes:
        painter.fillRect(QRectF(left, top + 4, 22, 22), QColor(*item.color))
        _text(painter, QRectF(left + 30, top, 150, 30), item.name, 13)
        left += 60 + 9.5 * len(item.name)
