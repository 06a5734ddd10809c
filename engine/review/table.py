"""Measures as a table, such as the confusion matrix: CSV, GeoPackage, DBF, or what GDAL writes without geometry."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from ..classes import ClassInfo
from ..data.problems import BadTableError
from ..data.writing import replace_text, telling_disk_full
from .confusion import ClassScore, Confusion

_MEASURES = ("Precision", "Recall", "F1_Score", "IoU", "Kappa")
# Columns of real numbers.
_REAL = {*_MEASURES, "AP"}
_SHAPEFILE = {".dbf", ".shp"}


def check_table(path: Path) -> None:
    """Raise BadTableError where the table could not be written, before work starts."""
    if not path.parent.is_dir():
        raise BadTableError(path=path, detail=f"the folder {path.parent} does not exist; make it first")
    if path.suffix.lower() == ".csv":
        return
    try:
        pyogrio.detect_write_driver(path)
    except ValueError as error:
        raise BadTableError(path=path, detail="give a name that ends with .csv, .gpkg or .dbf") from error


def table_rows(matrix: Confusion, classes: Mapping[int, ClassInfo]) -> tuple[list[str], list[list[Any]]]:
    """Return the header and the rows.

    A row for each classified class: its name and value, ``C_<value>`` the pixels that the reference
    gives to each class, their total, precision (user's accuracy), recall (producer's), F1, IoU. The last
    row holds totals: overall accuracy under precision, recall and F1 (their micro average), mean IoU, kappa.
    """
    header = ["Class", "Value", *(f"C_{value}" for value in matrix.values), "Total", *_MEASURES]
    scores: dict[int, ClassScore] = {score.value: score for score in matrix.scores()}
    rows: list[list[Any]] = []
    for value, counts in zip(matrix.values, matrix.counts.tolist(), strict=True):
        score = scores.get(value)
        measures = (score.precision, score.recall, score.f1, score.iou) if score else (None,) * 4
        rows.append([classes[value].name, value, *counts, sum(counts), *measures, None])
    accuracy = matrix.overall_accuracy
    totals = matrix.counts.sum(axis=0).tolist()
    rows.append(["Total", None, *totals, matrix.total, accuracy, accuracy, accuracy, matrix.mean_iou, matrix.kappa])
    return header, rows


def write_table(path: Path, matrix: Confusion, classes: Mapping[int, ClassInfo]) -> None:
    """Write the table under its final name only when it is complete.

    Raises:
        BadTableError, DiskFullError.
    """
    save_rows(path, *table_rows(matrix, classes))


def save_rows(path: Path, header: list[str], rows: list[list[Any]]) -> None:
    """Write rows as a table: "Class" is text, measures are real numbers, all else is whole; None is empty.

    Raises:
        BadTableError, DiskFullError: after which nothing is left.
    """
    if path.suffix.lower() == ".csv":
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([["" if cell is None else cell for cell in row] for row in rows])
        replace_text(path, text.getvalue())
        return
    # Some formats write several files, so they are made in a folder of their own.
    partial = path.with_name(path.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        with telling_disk_full(path):
            partial.mkdir()
            _write_with_gdal(partial / path.name, header, rows)
            for file in partial.iterdir():
                file.replace(path.with_name(file.name))
    except (DataSourceError, DataLayerError) as error:
        raise BadTableError(path=path, detail=str(error).splitlines()[0]) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _write_with_gdal(path: Path, header: list[str], rows: list[list[Any]]) -> None:
    # A shapefile without geometry is a .dbf alone.
    place = path.with_suffix(".dbf") if path.suffix.lower() in _SHAPEFILE else path
    columns = list(zip(*rows, strict=True))
    pyogrio.raw.write(
        place,
        geometry=None,
        field_data=[_column(name, values) for name, values in zip(header, columns, strict=True)],
        fields=header,
        field_mask=[np.array([value is None for value in values]) for values in columns],
        driver="ESRI Shapefile" if place.suffix == ".dbf" else None,
        layer=place.stem,
    )


def _column(name: str, values: tuple[Any, ...]) -> Any:
    if name == "Class":
        return np.array([str(value) for value in values], object)
    if name in _REAL:
        return np.array([np.nan if value is None else value for value in values], np.float64)
    return np.array([0 if value is None else value for value in values], np.int64)
