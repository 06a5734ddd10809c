"""Run folders as a training writes them, and small chips, made in code: for the tests of the tab Train."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Any

import numpy as np

CLASSES = [{"value": 1, "name": "Field", "color": [60, 160, 70]}, {"value": 2, "name": "Roof", "color": [200, 60, 50]}]
JOB = {
    "inputs": ["/data/chips"], "output": "", "name": "roads", "preset": "ARCGIS", "model_type": "UNET",
    "backbone": "resnet18", "arguments": {"mixup": True}, "max_epochs": 6, "batch_size": 2, "learning_rate": 0.01,
}  # fmt: skip


def start_record(output: Path, **changes: Any) -> dict[str, Any]:
    """Return the first line of a run."""
    return {
        "event": "start", "time": 1.0, "resumed": False, "job": {**JOB, "output": str(output)}, "task": "PIXELS",
        "monitor": ["valid_loss", False], "headline": ["mean_iou", "mean IoU"], "model_type": "UNET",
        "backbone": "resnet18", "classes": CLASSES, "hardware": {"processor": "cpu"},
        "data": {"chips": {"train": 20, "valid": 4}}, **changes,
    }  # fmt: skip


def epoch_record(epoch: int, epochs: int = 6, **changes: Any) -> dict[str, Any]:
    """Return the line of an epoch; its validation loss is least at epoch 3."""
    return {
        "event": "epoch", "time": 1.0 + epoch, "epoch": epoch, "epochs": epochs, "train_loss": 2.0 / epoch,
        "valid_loss": 1.0 + abs(epoch - 3) / 10, "confusion": [[5, 1], [1, 5]], "iou": [0.5, 0.25 * min(epoch, 4)],
        "f1": [0.6, None], "mean_iou": 0.1 * epoch, "accuracy": 0.8, "learning_rate": 0.01 / epoch, "seconds": 4.0,
        "memory_mb": 1500, "seconds_left": 4.0 * (epochs - epoch), **changes,
    }  # fmt: skip


class FakeRun:
    """A run folder that grows as a test says; ``hold`` makes it look alive."""

    def __init__(self, output: Path) -> None:
        self.output = output
        self.partial = output.with_name(output.name + ".partial")
        self.run = self.partial / "run"
        self._lock = None

    def begin(self, epochs: int = 0, alive: bool = True, **start: Any) -> FakeRun:
        """Write the start and some epochs."""
        (self.run / "checkpoints").mkdir(parents=True)
        (self.run / "state.json").write_text(json.dumps({"digest": "x", "batch_size": 2}))
        (self.run / "lock").touch()
        self.line(start_record(self.output, **start))
        for epoch in range(1, epochs + 1):
            self.epoch(epoch)
        if alive:
            self.hold()
        return self

    def line(self, record: dict[str, Any]) -> None:
        with (self.run / "run.jsonl").open("a") as file:
            file.write(json.dumps(record) + "\n")

    def epoch(self, epoch: int, **changes: Any) -> None:
        """Write an epoch, its picture, and a checkpoint."""
        self.line(epoch_record(epoch, **changes))
        (self.run / "checkpoints" / "last.ckpt").touch()
        write_picture(self.run / f"samples_epoch_{epoch:04d}.png", epoch)

    def now(self, phase: str = "learning", **values: Any) -> None:
        told = {"time": time.time(), "phase": phase, "epochs": 6, "steps": 10, "memory_mb": 2048, **values}
        (self.run / "now.json").write_text(json.dumps(told))

    def hold(self) -> None:
        from swath.engine.locks import lock

        self._lock = (self.run / "lock").open("a+b")
        lock(self._lock)

    def die(self) -> None:
        """End without a word, as a killed process."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def finish(self, best: int = 3) -> None:
        """Write the last line and take the final name."""
        self.line(
            {"event": "end", "time": 9.0, "best_epoch": best, "metric": "valid_loss", "value": 1.0, "seconds": 33}
        )
        self.die()
        (self.run / "lock").unlink()
        (self.partial / "model_metrics.html").write_text("<h1>report</h1>")
        self.partial.replace(self.output)


def write_picture(path: Path, number: int = 0) -> None:
    """Write a small picture whose colour tells its number."""
    from qgis.PyQt.QtGui import QColor, QImage

    image = QImage(60, 20, QImage.Format.Format_RGB32)
    image.fill(QColor(min(20 * number, 255), 90, 160))
    assert image.save(str(path), "PNG")


def make_chips(folder: Path, count: int = 8, side: int = 64, empty_last: bool = False) -> Path:
    """Write chips of Classified Tiles: a bright half (class 2, right) on ground (class 1)."""
    from osgeo import gdal

    (folder / "images").mkdir(parents=True)
    (folder / "labels").mkdir()
    driver = gdal.GetDriverByName("GTiff")
    lines = []
    for number in range(count):
        edge = side // 4 + number * side // (4 * count)
        label = np.ones((side, side), np.uint8)
        label[:, edge:] = 2
        pixels = np.stack([60 + 50 * label.astype(int) * band for band in (1, 2, 1)]).astype(np.uint8)
        rng = np.random.default_rng(number)
        pixels += rng.integers(0, 9, pixels.shape, dtype=np.uint8)
        name = f"{number:012d}.tif"
        for part, values in (("images", pixels), ("labels", label[None])):
            dataset = driver.Create(str(folder / part / name), side, side, len(values), gdal.GDT_Byte)
            dataset.SetGeoTransform((1000 + number * side, 1, 0, 2000, 0, -1))
            for band, plane in enumerate(values, 1):
                dataset.GetRasterBand(band).WriteArray(plane)
            dataset = None
        is_empty = empty_last and number == count - 1
        lines.append(f"images\\{name}  \r\n" if is_empty else f"images\\{name}  labels\\{name} \r\n")
    (folder / "map.txt").write_text("".join(lines))
    classes = [{"Value": item["value"], "Name": item["name"], "Color": item["color"]} for item in CLASSES]
    definition = {"MetaDataMode": "Classified_Tiles", "Classes": classes, "ImageWidth": side, "ImageHeight": side}
    (folder / "esri_model_definition.emd").write_text(json.dumps(definition))
    return folder


def make_boxes(folder: Path) -> Path:
    """Turn chips into PASCAL VOC rectangles: one box a chip."""
    make_chips(folder, 3)
    shutil.rmtree(folder / "labels")
    (folder / "labels").mkdir()
    lines = []
    for image in sorted((folder / "images").iterdir()):
        box = "<xmin>8</xmin><ymin>8</ymin><xmax>40</xmax><ymax>40</ymax>"
        text = f"<annotation><object><name>2</name><bndbox>{box}</bndbox></object></annotation>"
        (folder / "labels" / f"{image.stem}.xml").write_text(text)
        lines.append(f"images\\{image.name}  labels\\{image.stem}.xml \r\n")
    (folder / "map.txt").write_text("".join(lines))
    path = folder / "esri_model_definition.emd"
    path.write_text(path.read_text().replace("Classified_Tiles", "PASCAL_VOC_rectangles"))
    return folder
