"""The report of a comparison: the key figures, the matrix as a heat map, the measures of each class."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..data.writing import telling_disk_full
from .html import Bar, Heat, Page, Swatch

if TYPE_CHECKING:
    from .pixels import Assessment


def save_report(path: Path, found: Assessment) -> Path:
    """Write the report as one HTML page; raise DiskFullError."""
    matrix, job = found.matrix, found.job
    page = Page("Accuracy of a classified raster", f"{Path(job.classified).name} against {Path(job.reference).name}")
    page.cards(
        {
            "overall accuracy": matrix.overall_accuracy,
            "mean IoU": matrix.mean_iou,
            "kappa": matrix.kappa,
            "pixels compared": matrix.total,
        }
    )
    _classes(page, found)
    _matrix(page, found)
    page.section("What was compared").text(found.rule)
    page.facts(
        {
            "Classified raster": job.classified,
            "Reference": job.reference,
            "Labelled pixels without a result, left out": found.not_compared,
        }
    )
    page.text(
        "Overall accuracy is the part of compared pixels that agree. Precision (user's accuracy) is the part of "
        "the pixels given to a class that belong to it, recall (producer's accuracy) the part of a class that was "
        "found, F1 their harmonic mean, IoU the overlap of both divided by their union. Kappa is the agreement "
        "beyond what the totals alone would give by chance."
    )
    with telling_disk_full(path):
        return page.save(path)


def _classes(page: Page, found: Assessment) -> None:
    rows: list[list[object]] = []
    for score in found.matrix.scores():
        info = found.classes[score.value]
        bars = [
            "-" if value is None else Bar(value, value)
            for value in (score.precision, score.recall, score.f1, score.iou)
        ]
        rows.append([Swatch(info.name, info.color), score.value, *bars, score.classified, score.reference])
    header = ["Class", "Value", "Precision", "Recall", "F1", "IoU", "Classified pixels", "Reference pixels"]
    page.section("Classes").table(header, rows)


def _matrix(page: Page, found: Assessment) -> None:
    matrix = found.matrix
    names = [found.classes[value].name for value in matrix.values]
    totals = matrix.counts.sum(axis=0).tolist()
    rows: list[list[object]] = []
    for name, counts in zip(names, matrix.counts.tolist(), strict=True):
        cells = [Heat(count, count / total if total else 0.0) for count, total in zip(counts, totals, strict=True)]
        rows.append([name, *cells, sum(counts)])
    rows.append(["Total", *totals, matrix.total])
    page.section("Confusion matrix").table(
        ["Classified as", *names, "Total"],
        rows,
        "Rows: the result. Columns: the reference. The colour is the part of the reference class.",
    )
