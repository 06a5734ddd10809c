"""Fixtures of detection on the QGIS side: the algorithms with an engine that only pretends."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from detection_cases import CLASSES, FOUND, MATCH_COLUMNS, MATCHES, describe, read_rows, write_detections, write_objects


@pytest.fixture
def model(monkeypatch, swath_plugin):
    """Return a function that says what any model is."""
    from swath.engine import model_files

    def say(**facts):
        monkeypatch.setattr(model_files, "describe_model", lambda path: describe(**facts))

    say()
    return say


@pytest.fixture
def detect(processing, model, monkeypatch, tmp_path, raster):
    """Run with an engine that finds ``run.rows``; ``run.job`` is the job that it got."""
    from qgis.core import QgsProcessingFeedback

    from swath.processing_provider import base

    def work(task, values, said):
        assert task == "detect"
        run.job = values
        write_detections(values["output"], run.rows)
        if run.cancel:
            said.cancel()
        counts = [sum(row[2] == item["value"] for row in run.rows) for item in CLASSES]
        classes = [{**item, "count": count} for item, count in zip(CLASSES, counts, strict=True)]
        return {"output": values["output"], "classes": classes, "objects": len(run.rows), "threshold": 0.5}

    monkeypatch.setattr(base, "run_engine", work)
    monkeypatch.setenv("SWATH_ENGINE_PYTHON", sys.executable)

    def run(output="", context=None, **parameters):
        given = {"INPUT": raster, "MODEL": str(tmp_path / "model"), "OUTPUT": str(output or tmp_path / "cars.gpkg")}
        feedback = QgsProcessingFeedback(False)
        made = processing.run("swath:detectobjects", {**given, **parameters}, feedback=feedback, context=context)
        run.said = feedback.textLog()
        return made

    run.rows, run.cancel = FOUND, False
    return run


@pytest.fixture
def pretender(processing, swath_plugin, monkeypatch, tmp_path, qgis_new_project):
    """Stand in for the engine: keeps every second object, and finds some matches; remembers what it got."""
    from swath.processing_provider import base

    class Pretender:
        rows, job = [], {}

    def read(path):
        names, rows, shapes = read_rows(path)
        assert names[:2] == ["id", "class"]
        return [{**row, "area": shape.GetArea()} for row, shape in zip(rows, shapes, strict=True)]

    def work(task, values, feedback):
        Pretender.job = values
        if task == "suppress":
            Pretender.rows = read(values["features"])
            return {"kept": [row["id"] for row in Pretender.rows][::2]}
        Pretender.detected, Pretender.reference = read(values["detected"]), read(values["reference"])
        if values["matches"]:
            write_objects(values["matches"], MATCHES, MATCH_COLUMNS)
        Path(values["output"]).write_text("Class\n")
        return {"map": 0.4, "ap50": 0.8, "f1": 0.75, "precision": 0.7, "recall": 0.6}

    monkeypatch.setattr(base, "run_engine", work)
    monkeypatch.setenv("SWATH_ENGINE_PYTHON", sys.executable)
    return Pretender


@pytest.fixture
def suppress(pretender, processing):
    def run(layer, output="TEMPORARY_OUTPUT", **parameters):
        made = processing.run("swath:nonmaximumsuppression", {"INPUT": layer, "OUTPUT": output, **parameters})
        return made["OUTPUT"]

    return run


@pytest.fixture
def assess(pretender, processing, tmp_path):
    def run(detected, reference, **parameters):
        given = {"DETECTED": detected, "REFERENCE": reference, "OUTPUT": str(tmp_path / "table.csv")}
        return processing.run("swath:objectaccuracy", {**given, **parameters})

    return run
