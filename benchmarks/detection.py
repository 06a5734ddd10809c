"""Objects on real imagery: Swath's whole chain beside torchvision's own recipe, trained for the same seconds.

Trees: right third of a picture, learnt from the left two thirds. Vehicles: frames 88 to 93, learnt from 74 to 87.
Buildings: eastern 20 %, learnt from the western 80 %. Both use the same chips and a ResNet-18 with random weights;
both suppress above the same overlap and are judged by pycocotools. Swath computes in bfloat16 where the processor is
quick at it, the recipe does not. Run with the engine environment's Python:

    python benchmarks/detection.py --cases neon_trees --model-types RETINANET FASTERRCNN FCOS --epochs 15
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
import torch
from _detection_data import CASES, REAL, Case, Picture
from _detection_judge import Figures, Found, draw, judge
from _detection_recipe import Settings, apply_recipe, read_chips, train_recipe
from _swath import Printer

from swath.engine import pipeline
from swath.engine.jobs import DetectJob, TrainJob
from swath.engine.model_files import describe_model

# Average precision needs the unsure objects, too.
LEAST_SCORE = 0.01
OUTLINES = "MASKRCNN"
# On a machine that others use, equal seconds of the processor are fairer than equal seconds.
CLOCKS = {"wall": time.perf_counter, "cpu": time.process_time}


def kind_of(model_type: str) -> str:
    """Return which chips of a case a model type learns from."""
    return "outlines" if model_type == OUTLINES else "boxes"


def read_detections(path: Path, picture: Picture, *, outlines: bool) -> Found:
    """Return the features of a layer of detections as objects in pixels of the judged part."""
    _, _, geometries, (values, scores) = pyogrio.raw.read(path, columns=["Classvalue", "Confidence"])

    def to_pixels(places: np.ndarray) -> np.ndarray:
        return np.column_stack(~picture.transform * (places[:, 0], places[:, 1]))

    shapes = shapely.transform(shapely.from_wkb(geometries), to_pixels)
    size = picture.image.shape[1], picture.image.shape[2]
    masks = [draw(shape, size) for shape in shapes] if outlines else None
    return Found(shapely.bounds(shapes).reshape(-1, 4), scores, values, masks)


def swath(case: Case, model_type: str, folder: Path, options: argparse.Namespace) -> tuple[float, dict[str, Figures]]:
    """Train and detect with Swath; return the seconds of training and the figures of boxes and outlines."""
    printer, kind = Printer(quiet=not options.verbose), kind_of(model_type)
    model = folder / f"{case.name}_{model_type}_{options.seed}"
    clock = CLOCKS[options.clock]
    start = clock()
    job = TrainJob(
        [str(case.chips[kind])], str(model), model_type=model_type, backbone=options.backbone,
        max_epochs=options.epochs or case.epochs, stop_early=False, seed=options.seed, chip_size=case.chip_size,
        learning_rate=options.learning_rate, batch_size=options.batch_size, arguments=json.loads(options.arguments),
        monitor=options.monitor,
    )  # fmt: skip
    result = pipeline.train(job, printer)
    seconds = clock() - start
    found = []
    for number, picture in enumerate(case.pictures):
        out = folder / f"{model.name}_{number}.gpkg"
        pipeline.detect(
            DetectJob(
                str(picture.raster), result["model"], str(out), extent=picture.extent, threshold=LEAST_SCORE,
                nms_overlap=options.overlap, max_overlap_ratio=options.overlap,
            ),
            printer,
        )  # fmt: skip
        found.append(read_detections(out, picture, outlines=model_type == OUTLINES))
    return seconds, figures(case, model_type, found, describe_model(result["model"]).threshold or 0.5)


def figures(case: Case, model_type: str, found: list[Found], threshold: float) -> dict[str, Figures]:
    """Return the figures of boxes and, where the type gives them, of outlines."""
    kinds = {"boxes": "bbox"} | ({"outlines": "segm"} if model_type == OUTLINES else {})
    return {name: judge(case.pictures, found, threshold, kind) for name, kind in kinds.items()}


def recipe(
    case: Case, model_type: str, seconds: float, options: argparse.Namespace, optimizer: str
) -> tuple[int, dict[str, Figures]]:
    """Let the recipe train for as long; return how many pictures it saw, and its figures."""
    kind = kind_of(model_type)
    samples, values = read_chips(case.chips[kind], case.formats[kind])
    settings = Settings(seconds, options.seed, case.chip_size, options.scale, optimizer, clock=CLOCKS[options.clock])
    network, seen = train_recipe(model_type, samples, values, settings)
    found = [apply_recipe(network, picture.image, values, options.scale) for picture in case.pictures]
    return seen, figures(case, model_type, found, 0.5)


def row(case: Case, model_type: str, who: str, seconds: float, measured: dict[str, Figures]) -> str:
    """Return one line of the table."""
    boxes = measured["boxes"]
    text = (
        f"{case.name:17} {model_type:10} {who:13} {seconds:5.0f}  {boxes.ap:.3f}    {boxes.best_f1:.3f} "
        f"(at {boxes.best_threshold:.2f})  {boxes.f1:.3f}  "
    )
    if len(boxes.by_class) > 1:
        text += ", ".join(f"{case.names[value]} {ap:.3f}" for value, ap in boxes.by_class.items())
    if "outlines" in measured:
        text += f"outlines {measured['outlines'].ap:.3f}"
    return text


def run(case: Case, folder: Path, options: argparse.Namespace) -> None:
    """Print the lines of one case."""
    for model_type in options.model_types or case.model_types:
        if model_type == OUTLINES and "outlines" not in case.chips:
            continue
        seconds = options.script_seconds
        if not seconds:
            seconds, measured = swath(case, model_type, folder, options)
            print(row(case, model_type, "Swath", seconds, measured), flush=True)
        if options.skip_script or model_type not in {"RETINANET", "FCOS", "FASTERRCNN", "MASKRCNN"}:
            continue
        for optimizer in options.optimizers:
            seen, measured = recipe(case, model_type, seconds, options, optimizer)
            print(row(case, model_type, f"recipe, {optimizer}", seconds, measured), flush=True)
            if options.verbose:
                print(f"The recipe saw {seen} pictures.")


def arguments() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", nargs="+", default=list(CASES), choices=list(CASES))
    parser.add_argument("--model-types", nargs="+", help="for each case its own three or four")
    parser.add_argument("--epochs", type=int, nargs="+", default=[0], help="of each case; 0: its own")
    parser.add_argument("--backbone", default="resnet18", help="of Swath's models; the recipe has a ResNet-18")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--learning-rate", type=float, default=0.0)
    parser.add_argument("--batch-size", type=int, default=0)
    parser.add_argument("--arguments", default="{}", help="of Swath's model types as JSON")
    parser.add_argument("--monitor", default="AVERAGE_PRECISION", help="what chooses Swath's best epoch")
    parser.add_argument("--overlap", type=float, default=0.5, help="IoU above which the less sure one of two goes")
    parser.add_argument("--optimizers", nargs="+", default=["sgd"], choices=["sgd", "adamw"], help="of the recipe")
    parser.add_argument("--scale", type=float, default=1.0, help="by which the recipe enlarges pictures")
    parser.add_argument("--script-seconds", type=float, default=0.0, help="the recipe only, for so many seconds")
    parser.add_argument("--clock", default="wall", choices=list(CLOCKS), help="by which both train as long")
    parser.add_argument("--skip-script", action="store_true", help="Swath only")
    parser.add_argument("--keep", type=Path, help="folder to work in and to keep")
    parser.add_argument("--threads", type=int, default=0, help="of torch; 0: its own choice")
    parser.add_argument("--verbose", action="store_true")
    return parser.parse_args()


def main() -> None:
    """Run all and print a table."""
    options: Any = arguments()
    if not REAL.is_dir():
        print(f"No real imagery at {REAL}: set SWATH_REAL_DATA to run this benchmark")
        return
    if options.threads:
        torch.set_num_threads(options.threads)
    epochs = options.epochs
    print("case              type       who            sec.  AP50     best F1            F1 at threshold", flush=True)
    with tempfile.TemporaryDirectory() as temporary:
        for number, name in enumerate(options.cases):
            folder = (options.keep or Path(temporary)) / name
            folder.mkdir(parents=True, exist_ok=True)
            options.epochs = epochs[min(number, len(epochs) - 1)]
            run(CASES[name](folder), folder, options)


if __name__ == "__main__":
    main()
