"""Fine-tuning on real imagery: a model of the western half, trained further on the eastern half.

For each seed a model learns the western half of Kampala's buildings. Then three trainings see the eastern half for
the same number of epochs: from scratch, from the western model, and from it with a frozen backbone. The mean IoU of the
validation chips (the same ones for all three) after each epoch is printed and drawn. Run with the engine
environment's Python:

    python benchmarks/finetune.py --epochs 10 --seeds 0 1 2 --picture finetune.png
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path
from typing import Any

import kampala
import rasterio
from _swath import Printer
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from swath.engine import pipeline
from swath.engine.jobs import ExportJob, TrainJob

kampala.WEST = 0.5
WAYS = ("from scratch", "fine-tuned", "fine-tuned, backbone frozen")


class Epochs(Printer):
    """Keep the measures of each epoch."""

    def __init__(self, *, quiet: bool) -> None:
        super().__init__(quiet)
        self.ious: list[float] = []

    def metrics(self, values: dict[str, Any]) -> None:
        """Keep the mean IoU."""
        if values.get("event") == "epoch":
            self.ious.append(float(values["mean_iou"]))


def curves(folder: Path, chips: dict[str, Path], seed: int, options: argparse.Namespace) -> dict[str, list[float]]:
    """Train four times; return the mean IoU by epoch of each way."""
    shared = {"backbone": options.backbone, "seed": seed, "stop_early": False, "batch_size": options.batch_size}
    west = folder / f"west{seed}"
    pipeline.train(
        TrainJob([str(chips["west"])], str(west), max_epochs=options.west_epochs, learning_rate=options.rate, **shared),
        Printer(options.quiet),
    )
    found = {}
    for number, way in enumerate(WAYS):
        reporter = Epochs(quiet=options.quiet)
        job = TrainJob(
            [str(chips["east"])], str(folder / f"east{seed}_{number}"), max_epochs=options.epochs,
            pretrained_model=str(west) if number else "", freeze=number == 2,
            learning_rate=options.fine_rate if number else options.rate, **shared,
        )  # fmt: skip
        pipeline.train(job, reporter)
        found[way] = reporter.ious
        print(f"seed {seed}, {way}: " + " ".join(f"{value:.3f}" for value in reporter.ious), flush=True)
    return found


def draw(path: Path, seeds: list[dict[str, list[float]]]) -> None:
    """Draw the mean over the seeds, and each seed thinly."""
    figure = Figure(figsize=(7.6, 4.0), dpi=130, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for way, color in zip(WAYS, ("#6b7482", "#1f6fb5", "#d55e00"), strict=True):
        lines = [seed[way] for seed in seeds]
        epochs = range(1, len(lines[0]) + 1)
        for line in lines:
            axes.plot(epochs, line, color=color, linewidth=0.7, alpha=0.4)
        mean = [statistics.mean(values) for values in zip(*lines, strict=True)]
        axes.plot(epochs, mean, color=color, linewidth=2, label=way)
    axes.set_xlabel("epoch on the eastern half")
    axes.set_ylabel("mean IoU of its validation chips")
    axes.set_title("Kampala buildings: western half, then eastern half", fontsize=11)
    axes.grid(visible=True, color="#e3e7ec")
    axes.legend(frameon=False)
    figure.savefig(path)


def main() -> None:
    """Export both halves, train for every seed, print and draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--west-epochs", type=int, default=15)
    parser.add_argument("--backbone", default="resnet18")
    parser.add_argument("--batch-size", type=int, default=8)
    parser.add_argument("--stride", type=int, default=128)
    parser.add_argument("--tile", type=int, default=256)
    parser.add_argument("--rate", type=float, default=0.0, help="learning rate from scratch; 0: found")
    parser.add_argument("--fine-rate", type=float, default=0.0, help="learning rate of fine-tuning; 0: found")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--picture", type=Path, default=Path("finetune.png"))
    parser.add_argument("--quiet", action="store_true")
    options = parser.parse_args()
    if not kampala.DATA.is_dir():
        print(f"No real imagery at {kampala.DATA}: set SWATH_REAL_DATA to run this benchmark")
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        raster, labels, *halves = kampala.prepare(folder)
        chips = {}
        for name, extent in zip(("west", "east"), halves, strict=True):
            chips[name] = folder / f"chips_{name}"
            job = ExportJob(
                str(raster), str(chips[name]), format="CLASSIFIED_TILES", labels=str(labels),
                classes=[kampala.BUILDING], extent=extent, bands=[1, 2, 3], tile_size=[options.tile] * 2,
                stride=[options.stride] * 2, all_tiles=True,
            )  # fmt: skip
            pipeline.export(job, Printer(options.quiet))
        with rasterio.open(raster) as source:
            print(f"{source.width} x {source.height} pixels, halves at {kampala.WEST:.0%}")
        seeds = [curves(folder, chips, seed, options) for seed in options.seeds]
    for way in WAYS:
        mean = [statistics.mean(values) for values in zip(*(seed[way] for seed in seeds), strict=True)]
        print(f"mean of {len(seeds)} seeds, {way}: " + " ".join(f"{value:.3f}" for value in mean))
    draw(options.picture, seeds)
    print(f"Drawn: {options.picture}")


if __name__ == "__main__":
    main()
