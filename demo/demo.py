"""The whole way of the data in one command: label, export, train, classify, assess.

Run by ``make demo``. Without further words it makes the sample scene, trains on its western half and
tests on the eastern one; with ``IMAGE=... LABELS=... CLASS_FIELD=...`` it does the same on your own
files (the western 80 % trains, the eastern 20 % tests). Everything goes through ``qgis_process``.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import picture
import scores
from running import ROOT, Qgis, StepError

MARK = "made-by-swath-demo.txt"
LARGE_CHIP = 256
WANTED, SIMPLE = 0.70, 0.50  # mean IoU that the sample scene promises: of Swath at least, of the nearest mean at most


@dataclass(frozen=True)
class Settings:
    """What the demonstration works on; the defaults suit two processor cores and ten minutes."""

    folder: Path
    image: Path | None = None
    labels: Path | None = None
    class_field: str = ""
    epochs: int = 18
    size: int = 2048
    seed: int = 0

    @classmethod
    def from_environment(cls, given: dict[str, str]) -> Settings:
        """Read DEMO_DIR, IMAGE, LABELS, CLASS_FIELD, EPOCHS; raise StepError for half of a pair."""
        image, labels = given.get("IMAGE", ""), given.get("LABELS", "")
        if bool(image) != bool(labels):
            raise StepError("IMAGE and LABELS belong together: give both, or neither for the sample scene.")
        for name, path in (("IMAGE", image), ("LABELS", labels)):
            if path and not Path(path).exists():
                raise StepError(f"The file {path} ({name}) does not exist: check the path.")
        folder = Path(given.get("DEMO_DIR") or ROOT / ".build" / "demo").resolve()
        epochs = given.get("EPOCHS") or str(cls.epochs)
        if not epochs.isdigit() or int(epochs) < 1:
            raise StepError(f"EPOCHS cannot be '{epochs}': give a whole number of at least 1.")
        if not image:
            return cls(folder, epochs=int(epochs))
        field = given.get("CLASS_FIELD", "")
        return cls(folder, Path(image).resolve(), Path(labels).resolve(), field, epochs=int(epochs))


def prepare(folder: Path) -> None:
    """Make an empty folder; one that this program made before is emptied, any other is refused."""
    if folder.exists():
        if any(folder.iterdir()) and not (folder / MARK).exists():
            raise StepError(f"The folder {folder} holds other things (DEMO_DIR): choose an empty or a new one.")
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    (folder / MARK).write_text("Written anew by each 'make demo'.\n", encoding="utf-8")


def run(settings: Settings) -> dict[str, Any]:
    """Go the whole way; return the figures of the summary."""
    prepare(settings.folder)
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="swath-demo-") as profile:
        os.environ.setdefault("XDG_RUNTIME_DIR", profile)  # Qt complains where there is none
        qgis = Qgis(Path(profile))
        qgis.enable()
        image, labels = _imagery(settings, qgis)
        west, east, crs = scores.split(image, 0.8 if settings.image else 0.5)
        field, classes = scores.read_classes(labels, settings.class_field)
        data = Data(image, labels, field, classes, west, east, crs)
        result, assessed = _chain(settings, qgis, data)
    return {
        "mean_iou": float(assessed["MEAN_IOU"]),
        "overall_accuracy": float(assessed["OVERALL_ACCURACY"]),
        "nearest_mean_iou": _compare(settings.folder / "demo.png", data, result, float(assessed["MEAN_IOU"])),
        "seconds": {**qgis.seconds, "All": time.monotonic() - start},
    }


@dataclass(frozen=True)
class Data:
    """Imagery with labels, and its parts: the west trains, the east tests."""

    image: Path
    labels: Path
    field: str
    classes: list[scores.LabelClass]
    west: scores.Box
    east: scores.Box
    crs: str


def _imagery(settings: Settings, qgis: Qgis) -> tuple[Path, Path]:
    """Return the user's image and labels, or make the sample scene."""
    if settings.image and settings.labels:
        return settings.image, settings.labels
    image, labels = settings.folder / "scene.tif", settings.folder / "scene_labels.gpkg"
    values = {"SIZE": settings.size, "SEED": settings.seed, "OUTPUT": image, "LABELS": labels}
    qgis.run("Sample scene", "swath:createsamplescene", values)
    return image, labels


def _chain(settings: Settings, qgis: Qgis, data: Data) -> tuple[Path, dict[str, str]]:
    """Export, train, classify, assess; return the classified raster and the outputs of the assessment."""
    folder = settings.folder
    chips, model, result = folder / "chips", folder / "model", folder / "classified.tif"
    west, east = scores.extent_text(data.west, data.crs), scores.extent_text(data.east, data.crs)
    export = {
        "INPUT": data.image,
        "LABELS": data.labels,
        "FORMAT": "CLASSIFIED_TILES",
        "EXTENT": west,
        "OUTPUT": chips,
        "REPORT": folder / "chips.html",
    }
    side = scores.chip_px(data.image, data.west)
    # Small images give few chips: let these overlap more.
    stride = side // 2 if side == LARGE_CHIP else side // 4
    export |= {"TILE_SIZE_X": side, "TILE_SIZE_Y": side, "STRIDE_X": stride, "STRIDE_Y": stride}
    if data.field:
        export["CLASS_FIELD"] = data.field
    qgis.run("Export training data", "swath:exporttrainingdata", export)
    train = {"INPUT": chips, "OUTPUT": model, "MODEL_TYPE": "UNET", "BACKBONE": "resnet18", "SEED": settings.seed}
    train |= {"MAX_EPOCHS": settings.epochs, "STOP_EARLY": "false", "REPORT": folder / "training.html"}
    qgis.run("Train", "swath:trainmodel", train)
    qgis.run(
        "Classify", "swath:classifypixels", {"INPUT": data.image, "MODEL": model, "EXTENT": east, "OUTPUT": result}
    )
    assess = {"CLASSIFIED": result, "REFERENCE": data.labels, "EXTENT": east, "OUTPUT": folder / "accuracy.csv"}
    assess["REPORT"] = folder / "accuracy.html"
    if data.field:
        assess["CLASS_FIELD"] = data.field
    assessed = qgis.run("Assess", "swath:pixelaccuracy", assess)
    if not {"MEAN_IOU", "OVERALL_ACCURACY"} <= set(assessed):
        raise StepError("The step 'Assess' gave no MEAN_IOU and OVERALL_ACCURACY: see what it wrote above.")
    return result, assessed


def _compare(path: Path, data: Data, result: Path, mean_iou: float) -> float:
    """Write the picture; return the mean IoU of the nearest class mean, learnt in the west, on the east."""
    values = [item.value for item in data.classes]
    if len(values) == 1:
        # With one class, Swath learns what is not labelled as the other; so does the comparison.
        values = [0, *values]
    west, east = scores.read_image(data.image, data.west), scores.read_image(data.image, data.east)
    west_truth = scores.burn_labels(data.labels, data.field, data.classes, data.image, data.west, west.shape[1:])
    east_truth = scores.burn_labels(data.labels, data.field, data.classes, data.image, data.east, east.shape[1:])
    means = scores.nearest_mean(west, west_truth, values)
    simple = scores.mean_iou(scores.classify(east, means, values), east_truth, values)
    mapped = scores.read_raster(result, data.east, east_truth.shape)
    panels = (
        ("Image (not seen in training)", picture.stretch(east)),
        ("Truth", picture.paint_classes(east_truth, data.classes)),
        ("Swath", picture.paint_classes(mapped, data.classes)),
    )
    note = f"Mean IoU {mean_iou:.2f}; of the nearest class mean of the colours {simple:.2f}"
    picture.show(path, panels, data.classes, note)
    return simple


def report(settings: Settings, figures: dict[str, Any]) -> str:
    """Return what is said at the end."""
    lines = ["", "Seconds:"]
    lines += [f"  {name:<24}{seconds:7.1f}" for name, seconds in figures["seconds"].items()]
    part = "eastern 20 %" if settings.image else "eastern half"
    lines += [
        "",
        f"On the {part}, which was not used in training:",
        f"  nearest class mean      mean IoU {figures['nearest_mean_iou']:.3f}",
        f"  Swath                   mean IoU {figures['mean_iou']:.3f}",
        f"                          overall accuracy {figures['overall_accuracy']:.3f}",
        "",
        f"Picture:  {settings.folder / 'demo.png'}",
        f"Reports:  {settings.folder / 'accuracy.html'}",
        f"          {settings.folder / 'training.html'}",
    ]
    return "\n".join(lines)


def shortfall(settings: Settings, figures: dict[str, Any]) -> str:
    """Return the sentence that tells why the figures of the sample scene are not as promised, or ""."""
    if settings.image:
        return ""
    if figures["nearest_mean_iou"] > SIMPLE:
        return f"The sample scene is too easy: the nearest class mean reaches a mean IoU above {SIMPLE}."
    if figures["mean_iou"] < WANTED:
        return (
            f"The model reached a mean IoU of {figures['mean_iou']:.3f}, less than {WANTED}: train longer (EPOCHS=...)."
        )
    return ""


def main() -> int:
    """Run the demonstration; return the exit code."""
    try:
        settings = Settings.from_environment(dict(os.environ))
        figures = run(settings)
        (settings.folder / "summary.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    except KeyboardInterrupt:
        sys.stderr.write("\nThe demonstration was interrupted.\n")
        return 130
    except (StepError, scores.DataError, OSError, RuntimeError) as error:  # GDAL's are RuntimeErrors
        sys.stderr.write(f"\n{error}\n")
        return 1
    sys.stdout.write(report(settings, figures) + "\n")
    problem = shortfall(settings, figures)
    sys.stderr.write(f"\n{problem}\n" if problem else "")
    return 1 if problem else 0


if __name__ == "__main__":
    sys.exit(main())
