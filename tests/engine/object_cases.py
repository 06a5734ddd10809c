"""Layers of objects made in code, for the tests of their review."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyogrio
import shapely
from chip_cases import Recorder

from swath.engine.jobs import AssessObjectsJob
from swath.engine.review.objects import assess_objects

UTM = "EPSG:32636"


def write_objects(path, shapes, classes=None, confidences=None, ids=None, crs=UTM, kind="Unknown"):
    """Write shapes with the columns ``id``, ``class`` and ``confidence``, each only if it is given."""
    columns = {"id": ids, "class": classes, "confidence": confidences}
    columns = {name: _array(values) for name, values in columns.items() if values is not None}
    if not columns:
        columns = {"note": np.zeros(len(shapes))}
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array(shapes, object)),
        list(columns.values()),
        list(columns),
        field_mask=[
            np.array([value is None or value != value for value in values.tolist()])  # noqa: PLR0124 - NaN
            for values in columns.values()
        ],
        geometry_type=kind,
        crs=crs,
        driver="GPKG",
    )
    return str(Path(path))


def _array(values):
    if all(value is None or isinstance(value, str) for value in values) and len(values):
        return np.array(values, object)
    return np.array([np.nan if value is None else value for value in values])


def boxes(*corners):
    """Return rectangles from (xmin, ymin, xmax, ymax)."""
    return [shapely.box(*corner) for corner in corners]


def random_boxes(rng, count, size=300.0, side=20.0):
    low = rng.random((count, 2)) * size
    return np.hstack([low, low + side * (0.3 + rng.random((count, 2)))])


TRUE = boxes((0, 0, 10, 10), (20, 0, 30, 10), (40, 0, 50, 10), (60, 0, 70, 10))
FOUND = boxes((0, 0, 10, 10), (20, 0, 30, 8), (40, 0, 44, 10), (0, 1, 10, 10))


def assess(folder, found, true, reporter=None, output="accuracy.csv", **values):
    """Write both sides, dicts of ``write_objects``, and compare them."""
    paths = [
        write_objects(folder / f"{name}.gpkg", side["shapes"], **{k: v for k, v in side.items() if k != "shapes"})
        for name, side in (("detected", found), ("reference", true))
    ]
    if "mask" in values:
        values["mask"] = write_objects(folder / "mask.gpkg", values["mask"])
    job = AssessObjectsJob(*paths, str(folder / output), **values)
    return assess_objects(job, reporter or Recorder())


def side(shapes, classes="car", **more):
    return {"shapes": shapes, "classes": [classes] * len(shapes) if isinstance(classes, str) else classes, **more}
