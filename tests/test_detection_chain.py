"""Objects with the real engine: found, suppressed and assessed by click, by qgis_process, and as a graphical model."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from detection_cases import read_rows
from layer_cases import make_layer

TESTS = Path(__file__).resolve().parent
CELL, LEFT, TOP = 0.5, 500000, 5400000
pytestmark = pytest.mark.usefixtures("engine")


@pytest.fixture(scope="module")
def scene(engine, swath_plugin, tmp_path_factory):
    """Return a folder with imagery and a model that finds exactly what is there."""
    from swath.engine.installer import engine_python

    folder = tmp_path_factory.mktemp("scene, exact")
    command = [str(engine_python()), str(TESTS / "exact_detector.py"), str(TESTS / "engine"), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def truth(scene):
    return json.loads((scene / "truth.json").read_text())


def on_map(box) -> str:
    """Return a box of pixels as WKT in map units."""
    left, top, right, bottom = (box[0] * CELL + LEFT, TOP - box[1] * CELL, box[2] * CELL + LEFT, TOP - box[3] * CELL)
    return f"POLYGON(({left} {top},{right} {top},{right} {bottom},{left} {bottom},{left} {top}))"


def given(scene, raster="raster.tif", **more):
    return {"INPUT": str(scene / raster), "MODEL": str(scene / "oracle.onnx"), "THREADS": 1, **more}


@pytest.fixture(scope="module")
def found(processing, scene):
    """Return a layer of what was found, in small tiles, so that many objects lie across their edges."""
    return processing.run("swath:detectobjects", given(scene, OUTPUT=str(scene / "found.gpkg")))


def test_detect_finds_each_object_once_and_whole(found, truth):
    _, rows, shapes = read_rows(found["OUTPUT"])
    boxes = [[round((x - LEFT) / CELL, 3) for x in shape.GetEnvelope()[:2]] for shape in shapes]
    boxes = [
        (left, round((TOP - shape.GetEnvelope()[3]) / CELL, 3), right, round((TOP - shape.GetEnvelope()[2]) / CELL, 3))
        for (left, right), shape in zip(boxes, shapes, strict=True)
    ]
    assert found["OBJECTS"] == len(truth)
    assert sorted(boxes) == sorted(tuple(item[:4]) for item in truth)
    values = sorted((row["Classname"], row["Classvalue"]) for row in rows)
    assert values == sorted(("truck & bus", 5) if item[4] else ("car", 1) for item in truth)
    assert sorted(row["Confidence"] for row in rows) == pytest.approx(sorted(item[5] for item in truth))


def test_detect_threshold_and_extent_leave_out_the_others(processing, scene, truth):
    level = sorted(item[5] for item in truth)[len(truth) // 2]
    extent = f"{LEFT},{LEFT + 75},{TOP - 100},{TOP} [EPSG:32633]"
    made = processing.run(
        "swath:detectobjects", given(scene, THRESHOLD=level, EXTENT=extent, OUTPUT="TEMPORARY_OUTPUT")
    )
    layer = made["OUTPUT"]
    assert 0 < made["OBJECTS"] < len(truth)
    assert min(feature["Confidence"] for feature in layer.getFeatures()) >= level
    assert layer.extent().xMaximum() <= LEFT + 75


def test_detect_nothing_there_gives_an_empty_layer(processing, scene):
    made = processing.run("swath:detectobjects", given(scene, "empty.tif", OUTPUT="TEMPORARY_OUTPUT"))
    assert made["OBJECTS"] == 0
    assert [item.name() for item in made["OUTPUT"].fields()] == ["Classname", "Classvalue", "Confidence"]


def test_detect_cancelled_leaves_nothing(processing, scene, tmp_path):
    from qgis.core import QgsProcessingException, QgsProcessingFeedback

    class Feedback(QgsProcessingFeedback):
        """Cancels when the first tiles are done."""

        def setProgress(self, progress):
            self.cancel()

    asked = given(scene, OUTPUT=str(tmp_path / "cars.shp"))
    with pytest.raises(QgsProcessingException, match="Cancelled"):
        processing.run("swath:detectobjects", asked, feedback=Feedback(False))
    assert list(tmp_path.iterdir()) == []


def test_suppress_keeps_the_surest_of_those_that_overlap(processing, found, truth, tmp_path, qgis_new_project):
    rows = [(on_map(item), "ab"[int(item[4])], str(100 * item[5])) for item in truth]
    moved = [([item[0] + 1, *item[1:4]], item) for item in truth]
    rows += [(on_map(box), "ab"[int(item[4])], str(50 * item[5])) for box, item in moved]
    layer = make_layer(["kind:string", "score:string"], rows, crs="EPSG:32633")
    options = {"CLASS_FIELD": "kind", "MAX_OVERLAP_RATIO": 0.4}
    made = processing.run("swath:nonmaximumsuppression", {"INPUT": layer, **options, "OUTPUT": str(tmp_path / "a.shp")})
    _, kept, shapes = read_rows(made["OUTPUT"])
    wide = [item for item in truth if item[2] - item[0] >= 3]
    assert len(wide) > 20
    assert len(kept) == 2 * len(truth) - len(wide)
    assert {row["score"] for row in kept} >= {str(100 * item[5]) for item in truth}
    assert shapes[0].GetArea() > 0


def test_accuracy_of_what_was_found_is_perfect_and_of_half_of_it_is_half(
    processing, found, truth, tmp_path, qgis_new_project
):
    """The truth has numbers for classes, and lies in another system; every second object is missing."""
    from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsGeometry, QgsProject

    here, there = QgsCoordinateReferenceSystem("EPSG:32633"), QgsCoordinateReferenceSystem("EPSG:4326")
    transform = QgsCoordinateTransform(here, there, QgsProject.instance())
    rows = []
    for item in truth:
        geometry = QgsGeometry.fromWkt(on_map(item))
        geometry.transform(transform)
        rows.append((geometry.asWkt(14), 5 if item[4] else 1))
    reference = make_layer(["Classvalue:integer"], rows, crs="EPSG:4326")
    whole = {"DETECTED": found["OUTPUT"], "REFERENCE": reference, "OUTPUT": str(tmp_path / "table.csv")}
    made = processing.run("swath:objectaccuracy", {**whole, "REPORT": str(tmp_path / "report.html")})
    assert [made[name] for name in ("MAP", "AP50", "F1", "PRECISION", "RECALL")] == [1, 1, 1, 1, 1]
    assert (tmp_path / "table.csv").read_text().splitlines()[1].startswith("car,1")
    assert "car" in Path(made["REPORT"]).read_text(encoding="utf-8")
    half = make_layer(["Classvalue:integer"], rows[::2], crs="EPSG:4326")
    made = processing.run("swath:objectaccuracy", {**whole, "REFERENCE": half, "MATCHES": str(tmp_path / "m.gpkg")})
    assert made["RECALL"] == 1
    assert made["PRECISION"] == pytest.approx(len(rows[::2]) / len(truth))
    _, matches, _ = read_rows(made["MATCHES"])
    states = [row["Match"] for row in matches]
    assert {state: states.count(state) for state in set(states)} == {
        "matched": len(rows[::2]),
        "false": len(truth) - len(rows[::2]),
    }


@pytest.mark.slow
def test_qgis_process_goes_from_imagery_to_accuracy(qgis_process, scene, tmp_path, truth):
    def run(algorithm: str, **parameters) -> str:
        process = qgis_process(algorithm, *(f"--{name}={value}" for name, value in parameters.items()))
        output, _ = process.communicate(timeout=200)
        assert process.returncode == 0, output
        return output

    output = run("swath:detectobjects", **given(scene, OUTPUT=tmp_path / "found.geojson", RUN_NMS="false"))
    assert f"OBJECTS:\t{len(truth)}" in output
    kept = tmp_path / "kept.shp"
    run("swath:nonmaximumsuppression", INPUT=tmp_path / "found.geojson", OUTPUT=kept, MAX_OVERLAP_RATIO=0.1)
    places = {"OUTPUT": tmp_path / "table.gpkg", "MATCHES": tmp_path / "matches.fgb", "REPORT": tmp_path / "r.html"}
    output = run("swath:objectaccuracy", DETECTED=kept, REFERENCE=tmp_path / "found.geojson", **places)
    assert "F1:\t1" in output
    for path in places.values():
        assert path.is_file()


def test_command_line_finds_and_assesses(scene, truth, tmp_path):
    """Paths are those seen from the current folder."""
    from swath.engine.installer import engine_python

    def run(*words: str) -> dict:
        command = [str(engine_python()), str(TESTS.parent / "engine" / "launch.py"), *words]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout[done.stdout.index("{") :])

    source = ("--raster", str(scene / "raster.tif"), "--model", str(scene / "oracle.onnx"))
    assert run("detect", *source, "--output", "found.gpkg", "--threads", "1")["objects"] == len(truth)
    made = run("assess-objects", "--detected", "found.gpkg", "--reference", "found.gpkg", "--output", "table.csv")
    assert made["recall"] == 1
    assert (tmp_path / "table.csv").is_file()


def test_detect_picture_without_georeference_gives_objects_where_qgis_draws_it(processing, scene, truth, tmp_path):
    """QGIS counts its pixels to the right, and downward into negative numbers."""
    from osgeo import gdal

    gdal.UseExceptions()
    source = gdal.Open(str(scene / "raster.tif"))
    bare = gdal.GetDriverByName("GTiff").Create(str(tmp_path / "bare.tif"), 300, 200, 9, gdal.GDT_Float32)
    bare.WriteArray(source.ReadAsArray())
    del bare
    raster = {"INPUT": str(tmp_path / "bare.tif"), "OUTPUT": "TEMPORARY_OUTPUT"}
    layer = processing.run("swath:detectobjects", {**given(scene), **raster})["OUTPUT"]
    assert not layer.crs().isValid()
    boxes = [feature.geometry().boundingBox() for feature in layer.getFeatures()]
    found = sorted((box.xMinimum(), -box.yMaximum(), box.xMaximum(), -box.yMinimum()) for box in boxes)
    assert found == sorted(tuple(item[:4]) for item in truth)
