"""Classes taken from models, chips, samples and schema files, and reading in the background."""

import json
import zipfile

import pytest
from osgeo import ogr

from swath.engine.errors import SwathError
from swath.engine.model_info import GraphInfo, GraphInput, ModelInfo
from swath.plugin.labeling.schema import ClassEntry, ClassGroup, Schema, SchemaError
from swath.plugin.labeling.schema_files import save_schema
from swath.plugin.labeling.schema_from_files import from_file
from swath.plugin.labeling.schema_task import Reader
from swath.plugin.labeling.store import SampleStore


def read(reading, cancelled=lambda: False):
    return reading(cancelled)


def listed(found) -> list[tuple[int, str]]:
    return [(entry.value, entry.name) for entry in found.schema.classes()]


def colors(found) -> list[str]:
    return [entry.color for entry in found.schema.classes()]


# --- files ---------------------------------------------------------------------------------------

CLASSES = [{"Value": 1, "Name": "Palm", "Color": [0, 100, 0]}, {"Value": 3, "Name": "Pond", "Color": [0, 0, 200]}]


def definition(path, model="e.g. model.onnx"):
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"ModelFile": model, "ImageHeight": 8, "Classes": CLASSES}))
    return path


def field(number: int, data: bytes) -> bytes:
    size, left = b"", len(data)
    while left > 127:
        size, left = size + bytes([left & 127 | 128]), left >> 7
    return bytes([number << 3 | 2]) + size + bytes([left]) + data


def onnx_file(path, info=None):
    """Write the head of an ONNX model: its version, an empty graph, what it says about itself."""
    entry = field(1, b"swath") + field(2, info.to_json().encode()) if info else b""
    path.write_bytes(b"\x08\x08" + field(7, b"") + (field(14, entry) if entry else b""))
    return path


def model_info() -> ModelInfo:
    from swath.engine.classes import ClassInfo, background

    graph = GraphInfo("a.onnx", (GraphInput("image", (1, 2, 3)),))
    classes = (background(), ClassInfo(2, "Roof", (1, 2, 3)))
    return ModelInfo("PIXELS", "UNET", "resnet18", (graph,), classes, 256, 64)


def test_a_model_definition_names_its_classes_without_the_model(tmp_path):
    for path in (definition(tmp_path / "palm.emd", "palm.pth"), tmp_path):
        found = read(from_file(path))
        assert listed(found) == [(1, "Palm"), (3, "Pond")]
        assert colors(found) == ["#006400", "#0000c8"]


def test_an_onnx_model_names_its_classes(tmp_path):
    found = read(from_file(onnx_file(tmp_path / "a.onnx", model_info())))
    assert listed(found) == [(2, "Roof")]
    assert colors(found) == ["#010203"]
    assert "0" in found.notes[0]
    assert listed(read(from_file(tmp_path))) == [(2, "Roof")]


def test_a_package_names_its_classes(tmp_path):
    definition(tmp_path / "palm.emd", "palm.pth")
    with zipfile.ZipFile(tmp_path / "palm.dlpk", "w") as archive:
        archive.write(tmp_path / "palm.emd", "palm.emd")
        archive.writestr("palm.pth", b"x")
    assert listed(read(from_file(tmp_path / "palm.dlpk"))) == [(1, "Palm"), (3, "Pond")]


def test_a_folder_of_chips_names_its_classes(tmp_path):
    definition(tmp_path / "chips" / "esri_model_definition.emd")
    definition(tmp_path / "chips" / "other.emd")
    assert listed(read(from_file(tmp_path / "chips"))) == [(1, "Palm"), (3, "Pond")]


def test_samples_of_swath_bring_their_schema(tmp_path, qgis_app):
    from qgis.core import QgsCoordinateReferenceSystem

    schema = Schema("x", "", (ClassGroup("Built", (ClassEntry("Roof", 4, "#010203"),)),))
    path = tmp_path / "samples.gpkg"
    store = SampleStore.create(path, QgsCoordinateReferenceSystem("EPSG:32636"), schema)
    assert read(from_file(path)).schema == schema  # while it is open, too
    store.close()
    assert read(from_file(path)).schema == schema


def test_a_schema_file_is_a_source_too(tmp_path):
    schema = Schema("x", "", (ClassEntry("Roof", 4, "#010203"),))
    assert read(from_file(save_schema(schema, tmp_path / "a.json"))).schema == schema


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.gpkg", b"nothing"),
        ("a.emd", b"{}"),
        ("a.emd", b"{"),
        ("a.onnx", b"nothing"),
        ("a.onnx", None),
        ("a.dlpk", b"nothing"),
        ("a.dlpk", b"7z\xbc\xaf\x27\x1c"),
        ("a.tif", b"nothing"),
        ("absent", None),
    ],
)
def test_what_names_no_classes_is_refused_in_one_sentence(tmp_path, name, content):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    elif name.endswith("onnx"):
        onnx_file(tmp_path / name)
    with pytest.raises(SwathError, match=name):
        read(from_file(tmp_path / name))


def test_a_folder_without_a_model_or_with_two_says_so(tmp_path):
    with pytest.raises(SchemaError, match=r"no \.emd and no \.onnx"):
        read(from_file(tmp_path))
    for name in ("one.emd", "two.emd"):
        definition(tmp_path / name)
    with pytest.raises(SchemaError, match=r"one\.emd, two\.emd"):
        read(from_file(tmp_path))


def test_a_geopackage_of_others_is_refused(tmp_path):
    path = tmp_path / "other.gpkg"
    source = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
    source.CreateLayer("a")
    source = None
    with pytest.raises(SchemaError, match="samples of Swath"):
        read(from_file(path))


# --- in the background ---------------------------------------------------------------------------


def test_a_reading_in_the_background_tells_what_it_found(tmp_path, wait):
    reader, told = Reader(), []
    reader.found.connect(lambda found, error: told.append((found, error)))
    reader.start(from_file(definition(tmp_path / "a.emd")))
    assert reader.is_busy
    wait(lambda: told)
    found, error = told.pop()
    assert error is None
    assert listed(found) == [(1, "Palm"), (3, "Pond")]
    reader.start(from_file(tmp_path / "absent"))
    wait(lambda: told)
    assert told[0][0] is None
    assert "absent" in str(told[0][1])
    assert not reader.is_busy


def test_a_later_reading_takes_the_place_of_an_earlier_one(tmp_path, wait):
    reader, told = Reader(), []
    reader.found.connect(lambda found, error: told.append(error))
    for name in ("one", "two", "three"):
        reader.start(from_file(tmp_path / name))
    wait(lambda: told)
    assert len(told) == 1
    assert "three" in str(told[0])


def test_an_error_of_ours_in_a_reading_is_told_too(wait):
    reader, told = Reader(), []
    reader.found.connect(lambda found, error: told.append(str(error)))
    reader.start(lambda cancelled: 1 / 0)
    wait(lambda: told)
    assert "ZeroDivisionError" in told[0]


@pytest.fixture
def wait(qgis_app):
    """Return what lets Qt work until something is true."""
    import time

    from qgis.PyQt.QtCore import QCoreApplication

    def until(is_true, seconds=20):
        end = time.monotonic() + seconds
        while not is_true():
            assert time.monotonic() < end, "nothing was told"
            QCoreApplication.processEvents()
            time.sleep(0.005)

    return until
