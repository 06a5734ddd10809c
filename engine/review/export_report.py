"""The report of an export: what is in the chips, and what to look out for before training."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy.typing as npt

from ..chips._stats import Accumulated
from ..data.chip_plan import ChipPlan, Skipped
from ..data.writing import telling_disk_full
from ..jobs import ExportJob
from .html import Bar, Page, Swatch
from .pictures import draw_classes, mosaic, png, to_picture

# Below these a class is hardly learnt; rules of thumb, said as such in the report.
_FEW_FEATURES = 30
_FEW_CHIPS = 20
_FEW_PIXELS = 5000
_IMBALANCE = 50


@dataclass(frozen=True)
class ExportFacts:
    """What the report tells: ``stats`` of this run, ``whole`` of the folder, samples (pixels, values)."""

    job: ExportJob
    stats: Accumulated
    whole: Accumulated
    plan: ChipPlan
    skipped: Skipped
    samples: list[tuple[npt.NDArray[Any], npt.NDArray[Any]]]
    cell_size: tuple[float, float]


def save_report(path: Path, facts: ExportFacts) -> Path:
    """Write the report as one HTML page; raise DiskFullError."""
    job, stats = facts.job, facts.stats
    page = Page("Training data", f"{Path(job.output).name}: {job.format}, cut from {Path(job.raster).name}")
    labelled = sum(tally.pixels for tally in stats.tallies.values())
    share = labelled / max(labelled + stats.unlabelled, 1)
    page.cards(
        {
            "chips written": stats.tiles,
            "chips in the folder": facts.whole.tiles,
            "classes": len(stats.classes),
            "of the pixels labelled": f"{100 * share:.1f} %",
        }
    )
    for text in warnings(facts.whole):
        page.warning(text)
    _classes(page, stats)
    _samples(page, facts)
    _bands(page, stats)
    _settings(page, facts)
    with telling_disk_full(path):
        return page.save(path)


def warnings(stats: Accumulated) -> list[str]:
    """Return what may spoil training with these chips, a sentence each."""
    found = []
    for value, info in stats.classes.items():
        tally = stats.tallies[value]
        if not tally.pixels:
            found.append(f"The class '{info.name}' ({value}) has no pixel in these chips: label some, or leave it out.")
        elif stats.from_features and tally.count < _FEW_FEATURES:
            found.append(f"The class '{info.name}' ({value}) has only {tally.count} samples: label more of it.")
        elif tally.pixels < _FEW_PIXELS:
            found.append(f"The class '{info.name}' ({value}) has only {tally.pixels} pixels: label more of it.")
    pixels = {info.name: stats.tallies[value].pixels for value, info in stats.classes.items()}
    pixels = {name: count for name, count in pixels.items() if count}
    if len(pixels) > 1 and max(pixels.values()) > _IMBALANCE * min(pixels.values()):
        rare, common = min(pixels, key=lambda name: pixels[name]), max(pixels, key=lambda name: pixels[name])
        found.append(
            f"The class '{common}' has {pixels[common] / pixels[rare]:.0f} times the pixels of '{rare}': "
            "label more of the rare one, or switch class balancing on when training."
        )
    if stats.tiles < _FEW_CHIPS:
        found.append(f"There are only {stats.tiles} chips: a larger area, a smaller stride or smaller tiles give more.")
    return found


def _classes(page: Page, stats: Accumulated) -> None:
    counted = "Features" if stats.from_features else "Pixels"
    size = "Mean size (map units squared)" if stats.from_features else "Mean pixels a chip"
    most = max((tally.pixels for tally in stats.tallies.values()), default=0) or 1
    total = sum(tally.pixels for tally in stats.tallies.values()) + stats.unlabelled
    rows: list[list[object]] = []
    for value, info in stats.classes.items():
        tally = stats.tallies[value]
        bar = Bar(100 * tally.pixels / max(total, 1), tally.pixels / most, 1)
        rows.append([Swatch(info.name, info.color), value, tally.images, tally.count, tally.sizes.mean, bar])
    page.section("Classes").table(["Class", "Value", "Chips with it", counted, size, "% of all pixels"], rows)
    page.text(
        f"{100 * stats.unlabelled / max(total, 1):.1f} % of the pixels are unlabelled (value 0). Chips overlap "
        "where the stride is smaller than the tile; what lies in several chips is counted in each."
    )


def _samples(page: Page, facts: ExportFacts) -> None:
    if not facts.samples:
        return
    colors = {value: info.color for value, info in facts.stats.classes.items()}
    step = max(1, len(facts.samples) // 12)
    # The same stretch for all chips, so that they can be compared: two standard deviations around the mean.
    limits = [(band.m1 - 2 * band.std, band.m1 + 2 * band.std) for band in facts.stats.bands]
    pictures = []
    for pixels, values in facts.samples[::step][:12]:
        plain = to_picture(pixels, () if pixels.dtype.name == "uint8" and pixels.shape[0] >= 3 else limits)
        pictures.append(draw_classes(plain, values, colors))
    page.section("Sample chips").picture(
        png(mosaic(pictures, 4)), "Chips spread over the export, labels drawn over the first three bands."
    )


def _bands(page: Page, stats: Accumulated) -> None:
    rows = [
        [f"Band {index}", band.minimum, band.maximum, band.m1, band.std]
        for index, band in enumerate(stats.bands, start=1)
    ]
    page.section("Pixel values").table(["Band", "Minimum", "Maximum", "Mean", "Standard deviation"], rows)


def _settings(page: Page, facts: ExportFacts) -> None:
    job, plan, skipped = facts.job, facts.plan, facts.skipped
    page.section("How it was made").facts(
        {
            "Raster": job.raster,
            "Labels": job.labels,
            "Tile size (pixels)": f"{plan.tile[0]} x {plan.tile[1]}",
            "Stride (pixels)": f"{plan.stride[0]} x {plan.stride[1]}",
            "Cell size (map units)": f"{facts.cell_size[0]:.6g} x {facts.cell_size[1]:.6g}",
            "Picture format": job.chip_format,
            "Places left out, no label": skipped.unlabelled,
            "Places left out, no data": skipped.no_data,
            "Places left out, not wholly inside of the mask": skipped.outside_mask,
        }
    )
