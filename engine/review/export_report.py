"""The report of an export: what is in the chips, and what to look out for before training."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from ..chips import OBJECTS, SECOND_UNPAIRED, VALUES, Chip, ChipFormat, ChipSet
from ..chips._sizes import EDGES, SMALL_PX, BoxSizes
from ..chips._stats import Accumulated, BandState
from ..chips._targets import CLASSES
from ..data.writing import telling_disk_full
from ..errors import SwathError
from ..jobs import ExportJob
from .charts import AMBER, BLUE, GREY, chip_map, histogram
from .export_samples import is_labelled, run_chips, sample_sheet
from .export_warnings import overlap_warning, samples_of, warnings, what_is_counted
from .html import Bar, Page, Swatch, number

# More classes would make a page that nobody reads.
_ROWS = 200
_LEGEND = 40

__all__ = ["ExportFacts", "save_report", "warnings"]


@dataclass(frozen=True)
class ExportFacts:
    """What the report tells.

    Attributes:
        folder: the finished chip set, old and new chips.
        stats: of this run.
        whole: of the folder.
        tile: width and height of a chip in pixels.
        stride: distance from one chip to the next in pixels.
        skipped: places that gave no chip, by the reason.
        notes: warnings of the run, full sentences.
        cell_size: width and height of a pixel in map units.
    """

    job: ExportJob
    chip_format: ChipFormat
    folder: Path
    stats: Accumulated
    whole: Accumulated
    tile: tuple[int, int]
    stride: tuple[int, int]
    skipped: Mapping[str, int]
    notes: tuple[str, ...]
    cell_size: tuple[float, float]


def save_report(path: Path, facts: ExportFacts) -> Path:
    """Write the report as one HTML page; raise DiskFullError."""
    job, stats, chip_format = facts.job, facts.stats, facts.chip_format
    images = 1 + len(job.additional)
    source = Path(job.raster).name + (f" and {images - 1} more" if images > 1 else "")
    page = Page("Training data", f"{Path(job.output).name}: {chip_format.title}, cut from {source}")
    page.cards(_cards(facts))
    for text in (*facts.notes, *warnings(facts.whole, chip_format), *_of_layout(facts)):
        page.warning(text)
    if chip_format.needs and stats.classes:
        _classes(page, facts)
        _sizes(page, stats)
    _chips(page, facts)
    _bands(page, stats)
    _settings(page, facts)
    with telling_disk_full(path):
        return page.save(path)


def _cards(facts: ExportFacts) -> dict[str, object]:
    stats, chip_format = facts.stats, facts.chip_format
    cards: dict[str, object] = {"chips written": stats.tiles}
    if facts.whole.tiles != stats.tiles:
        cards["chips in the folder"] = facts.whole.tiles
    if not chip_format.needs:
        return cards
    cards["classes"] = len(stats.classes)
    if chip_format.target == CLASSES:
        cards["chips with a class"] = stats.tiles - stats.empty
    elif OBJECTS in chip_format.needs:
        cards["objects"] = stats.box_sizes().count
    elif stats.from_features:
        cards["features"] = sum(tally.count for tally in stats.tallies.values())
    if VALUES in chip_format.needs and stats.pixels_known:
        labelled = sum(tally.pixels for tally in stats.tallies.values())
        cards["of the pixels labelled"] = f"{100 * labelled / max(labelled + stats.unlabelled, 1):.1f} %"
    if stats.empty:
        cards["chips without a label"] = stats.empty
    return cards


def _of_layout(facts: ExportFacts) -> list[str]:
    if facts.chip_format.one_feature:
        return []
    turns = math.ceil(360 / facts.job.rotation_angle) if facts.job.rotation_angle else 1
    return [text for text in (overlap_warning(facts.tile, facts.stride, turns),) if text]


def _classes(page: Page, facts: ExportFacts) -> None:
    stats, chip_format = facts.stats, facts.chip_format
    word = what_is_counted(stats, chip_format)
    by_pixels = VALUES in chip_format.needs and stats.pixels_known
    boxes = stats.box_sizes().count > 0 and chip_format.target != CLASSES
    areas = stats.from_features and not boxes and chip_format.target != CLASSES
    header = ["Class", "Value"]
    header += [word] if word else []
    header += ["Chips with it"] if word != "Chips" else []
    header += ["Median size (px)", f"% under {SMALL_PX} px"] if boxes else []
    header += ["Mean area (map units squared)"] if areas else []
    header += ["% of all pixels"] if by_pixels else []
    samples = {value: samples_of(stats, value, chip_format) for value in stats.classes}
    most = max([count or 0 for count in samples.values()] + [1])
    widest = max([tally.pixels for tally in stats.tallies.values()] + [1])
    pixels = max(sum(tally.pixels for tally in stats.tallies.values()) + stats.unlabelled, 1)
    rows: list[list[object]] = []
    order = sorted(stats.classes, key=lambda value: -(stats.tallies[value].pixels or samples[value] or 0))
    shown = set(order[:_ROWS])
    for value, info in stats.classes.items():
        if value not in shown:
            continue
        tally, count = stats.tallies[value], samples[value]
        row: list[object] = [Swatch(info.name, info.color), value]
        row += [Bar(count or 0, (count or 0) / most, 0)] if word else []
        row += [tally.images] if word != "Chips" else []
        row += [median(tally.boxes), _percent_small(tally.boxes)] if boxes else []
        row += [tally.sizes.mean if tally.sizes.count else None] if areas else []
        row += [Bar(100 * tally.pixels / pixels, tally.pixels / widest, 1)] if by_pixels else []
        rows.append(row)
    cut = f"The {_ROWS} most frequent of {number(len(stats.classes))} classes." if len(rows) < len(order) else ""
    page.section("Classes").table(header, rows, cut)
    text = "Every chip holds a label."
    if stats.empty:
        filled = number(stats.tiles - stats.empty)
        text = f"{filled} of {number(stats.tiles)} chips hold a label, {number(stats.empty)} hold none."
    if by_pixels and stats.unlabelled:
        text += f" {100 * stats.unlabelled / pixels:.1f} % of the pixels are unlabelled (value 0)."
    if not chip_format.one_feature:
        text += " What lies in several chips is counted in each."
    page.text(text)


def median(sizes: BoxSizes) -> float | None:
    """Return about the median size in pixels, None of no boxes; within its bin sizes are taken as evenly spread."""
    if not sizes.count:
        return None
    before = 0.0
    edges = [*EDGES, EDGES[-1] * EDGES[1]]
    for count, (low, high) in zip(sizes.bins, pairwise(edges), strict=True):
        if before + count >= sizes.count / 2:
            return round(low + (high - low) * (sizes.count / 2 - before) / count)
        before += count
    return None


def _percent_small(sizes: BoxSizes) -> Bar | None:
    share = sizes.small / sizes.count if sizes.count else 0.0
    return Bar(100 * share, share, 0) if sizes.count else None


def _sizes(page: Page, stats: Accumulated) -> None:
    sizes = stats.box_sizes()
    if not sizes.count:
        return
    middle = median(sizes)
    page.section("Sizes of objects").svg(
        histogram(sizes.bins, EDGES, SMALL_PX, "px", f"Objects by size; the median is {middle} pixels"),
        f"Objects by size (root of width times height, in pixels), as far as they lie in their chip. Half of them "
        f"are smaller than about {number(middle, 0)} px. {number(sizes.small)} of {number(sizes.count)} have a side "
        f"under {SMALL_PX} px.",
    )


def _chips(page: Page, facts: ExportFacts) -> None:
    """Add what is read back of the folder: sample chips, and where all of them lie."""
    try:
        chip_set = facts.chip_format.read(facts.folder)
        chips = run_chips(chip_set, facts.stats.tiles)
        sheet = sample_sheet(chip_set, facts.chip_format, chips)
    except SwathError as error:
        # The chips are there, and all else that is known of them; training would say the same.
        page.warning(f"The chips could not be read back for samples: {error}")
        return
    page.section("Sample chips")
    if facts.chip_format.needs and chip_set.classes:
        page.legend(Swatch(info.name, info.color) for info in chip_set.classes[:_LEGEND])
    for title, samples in sheet.groups:
        if title:
            page.heading(title)
        page.sheet(samples, "Show labels" if sheet.labels else "")
    page.text(f"Chips spread over this export, read back from the folder. {sheet.how}")
    _map(page, facts, chip_set, chips)


def _map(page: Page, facts: ExportFacts, chip_set: ChipSet, chips: tuple[Chip, ...]) -> None:
    new = {chip.stem for chip in chips}
    older = [chip for chip in chip_set.chips if chip.stem not in new and chip.image2 != chip.image]
    labels, second = bool(facts.chip_format.needs), facts.chip_format.second == SECOND_UNPAIRED
    kinds = [
        ("of earlier exports", GREY, older),
        ("without a label", AMBER, [chip for chip in chips if labels and not is_labelled(chip)]),
        (
            "labelled" if labels else "of this export, first raster" if second else "of this export",
            BLUE,
            [chip for chip in chips if not labels or is_labelled(chip)],
        ),
    ]
    svg, note = chip_map(chip_set, [(color, found) for _, color, found in kinds])
    if svg:
        page.section("Where the chips lie")
        page.legend(Swatch(f"{kind} ({number(len(found))})", color) for kind, color, found in kinds if found)
        page.svg(svg, note)


def _bands(page: Page, stats: Accumulated) -> None:
    def rows(states: list[BandState]) -> list[list[object]]:
        return [
            [f"Band {index}", *(_whole(value) for value in (band.minimum, band.maximum)), band.m1, band.std]
            for index, band in enumerate(states, start=1)
            if band.count
        ]

    header = ["Band", "Minimum", "Maximum", "Mean", "Standard deviation"]
    page.section("Pixel values").table(header, rows(stats.bands))
    if stats.bands2:
        page.heading("Second raster").table(header, rows(stats.bands2))


def _whole(value: float) -> float:
    """Return a whole number as one, so that it is shown without decimals."""
    return int(value) if float(value).is_integer() else value


def _settings(page: Page, facts: ExportFacts) -> None:
    job = facts.job
    values: dict[str, object] = {"Raster": job.shown(job.raster)}
    if job.additional:
        values["More rasters"] = ", ".join(job.shown(str(item.get("raster", ""))) for item in job.additional[:20]) + (
            f" and {len(job.additional) - 20} more" if len(job.additional) > 20 else ""
        )
    others = {
        "Second raster": job.raster2,
        "Labels": job.labels,
        "Instance labels": job.instance_labels,
        "Mask": job.mask,
    }
    values |= {name: job.shown(value) for name, value in others.items() if value}
    values["Tile size (pixels)"] = f"{facts.tile[0]} x {facts.tile[1]}"
    if not facts.chip_format.one_feature:
        values["Stride (pixels)"] = f"{facts.stride[0]} x {facts.stride[1]}"
    if job.rotation_angle:
        values["Rotation angle (degrees)"] = f"{job.rotation_angle:g}"
    values["Cell size (map units)"] = f"{facts.cell_size[0]:.6g} x {facts.cell_size[1]:.6g}"
    values["Picture format"] = job.chip_format
    values |= {f"Places left out, {reason}": count for reason, count in facts.skipped.items() if count}
    page.section("How it was made").facts(values)
