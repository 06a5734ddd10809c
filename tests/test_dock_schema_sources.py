"""Classes taken from layers, rasters, models, chips and samples."""

import json
import zipfile

import numpy as np
import pytest
from layer_cases import make_layer, square, write_raster
from osgeo import gdal, ogr
from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsFillSymbol,
    QgsPalettedRasterRenderer,
    QgsRasterLayer,
    QgsRendererCategory,
)
from qgis.PyQt.QtGui import QColor

from swath.engine.errors import CancelledError, SwathError
from swath.engine.model_info import GraphInfo, GraphInput, ModelInfo
from swath.plugin.labeling.schema import ClassEntry, ClassGroup, Schema, SchemaError
from swath.plugin.labeling.schema_files import save_schema
from swath.plugin.labeling.schema_from_fields import class_fields, from_field
from swath.plugin.labeling.schema_from_files import from_file
from swath.plugin.labeling.schema_from_rasters import from_raster
from swath.plugin.labeling.schema_task import Reader
from swath.plugin.labeling.store import SampleStore


def read(reading, cancelled=lambda: False):
    return reading(cancelled)


def listed(found) -> list[tuple[int, str]]:
    return [(entry.value, entry.name) for entry in found.schema.classes()]


def colors(found) -> list[str]:
    return [entry.color for entry in found.schema.classes()]


def raster(tmp_path, values=None, bands=1, kind=gdal.GDT_Byte, name="land") -> QgsRasterLayer:
    path = write_raster(tmp_path / f"{name}.tif", bands, values=values, kind=kind, side=8 if values is None else 4)
    return QgsRasterLayer(path, name)


def steps(*numbers) -> np.ndarray:
    return np.resize(np.array(numbers), (4, 4))


# --- fields --------------------------------------------------------------------------------------


def test_names_in_a_text_field_are_numbered_in_their_order(qgis_new_project):
    layer = make_layer(["kind:string"], [(square(0, 0), "tree"), (square(9, 0), "Roof"), (square(9, 0), None)])
    found = read(from_field(layer, "kind"))
    assert listed(found) == [(1, "Roof"), (2, "tree")]
    assert found.schema.name == "labels"
    assert len(set(colors(found))) == 2


def test_training_samples_bring_values_names_and_colors(qgis_new_project):
    fields = ["Classname:string", "Classvalue:integer", "Red:integer", "Green:integer", "Blue:integer"]
    rows = [(square(0, 0), "Water", 11, 0, 0, 255), (square(9, 0), "Wood", 41, 0, 128, 0)]
    layer = make_layer(fields, rows)
    for name in ("Classname", "classvalue"):
        found = read(from_field(layer, name))
        assert listed(found) == [(11, "Water"), (41, "Wood")]
        assert colors(found) == ["#0000ff", "#008000"]
    assert class_fields(layer)[:2] == ["Classname", "Classvalue"]


def test_numbers_take_names_and_colors_of_the_categories_they_are_drawn_in(qgis_new_project):
    layer = make_layer(["code:double"], [(square(0, 0), 3.0), (square(9, 0), 0.0), (square(9, 0), 2.5)])
    symbol = QgsFillSymbol.createSimple({"color": "#112233"})
    layer.setRenderer(QgsCategorizedSymbolRenderer("code", [QgsRendererCategory(3.0, symbol, "Three")]))
    found = read(from_field(layer, "code"))
    assert listed(found) == [(3, "Three")]
    assert colors(found) == ["#112233"]
    assert "0" in found.notes[0]
    assert "2.5" in found.notes[1]
    assert class_fields(layer)[0] == "code"


def test_numbers_written_as_text_are_values(qgis_new_project):
    layer = make_layer(["class:string"], [(square(0, 0), "10"), (square(9, 0), "9")])
    assert listed(read(from_field(layer, "class"))) == [(9, "9"), (10, "10")]


def test_names_whose_values_contradict_are_numbered(qgis_new_project):
    rows = [(square(0, 0), "a", 5), (square(9, 0), "b", 5)]
    layer = make_layer(["Classname:string", "Classvalue:integer"], rows)
    assert listed(read(from_field(layer, "Classname"))) == [(1, "a"), (2, "b")]


def test_features_not_saved_yet_count_too(qgis_new_project):
    layer = make_layer(["kind:string"], [(square(0, 0), "a")])
    layer.startEditing()
    layer.changeAttributeValue(next(layer.getFeatures()).id(), 0, "b")
    assert listed(read(from_field(layer, "kind"))) == [(1, "b")]
    layer.rollBack()


def test_a_field_of_other_numbers_is_refused(qgis_new_project):
    layer = make_layer(["id:integer"], [(square(0, 0), number) for number in range(1, 1100)])
    with pytest.raises(SchemaError, match=r"labels: id.*1000"):
        read(from_field(layer, "id"))
    with pytest.raises(SchemaError, match="'absent'"):
        from_field(layer, "absent")
    with pytest.raises(CancelledError):
        read(from_field(layer, "id"), lambda: True)


def test_an_empty_layer_says_so(qgis_new_project):
    with pytest.raises(SchemaError, match="empty"):
        read(from_field(make_layer(["kind:string"], []), "kind"))


# --- rasters -------------------------------------------------------------------------------------


def test_an_attribute_table_in_the_file_is_read(tmp_path):
    path = write_raster(tmp_path / "a.tif", 1, values=steps(1, 2), side=4)
    dataset = gdal.Open(path, gdal.GA_Update)
    table = gdal.RasterAttributeTable()
    table.CreateColumn("VALUE", gdal.GFT_Integer, gdal.GFU_MinMax)
    table.CreateColumn("CLASS_NAME", gdal.GFT_String, gdal.GFU_Name)
    for name, usage in (("R", gdal.GFU_Red), ("G", gdal.GFU_Green), ("B", gdal.GFU_Blue)):
        table.CreateColumn(name, gdal.GFT_Integer, usage)
    for row, (value, name) in enumerate([(0, "None"), (7, "Water"), (2, "Wood")]):
        table.SetValueAsInt(row, 0, value)
        table.SetValueAsString(row, 1, name)
        table.SetValueAsInt(row, 2, 10 * value)
    dataset.GetRasterBand(1).SetDefaultRAT(table)
    dataset = None
    found = read(from_raster(QgsRasterLayer(path, "a")))
    assert listed(found) == [(2, "Wood"), (7, "Water")]
    assert colors(found) == ["#140000", "#460000"]
    assert found.notes


def test_an_attribute_table_of_arcgis_beside_the_file_is_read(tmp_path):
    path = write_raster(tmp_path / "a.tif", 1, values=steps(1, 2), side=4)
    source = ogr.GetDriverByName("ESRI Shapefile").CreateDataSource(path + ".vat.dbf")
    table = source.CreateLayer("a.tif.vat", geom_type=ogr.wkbNone)
    for name, kind in (("Value", ogr.OFTInteger), ("Count", ogr.OFTInteger), ("Classname", ogr.OFTString)):
        table.CreateField(ogr.FieldDefn(name, kind))
    for value, name in ((1, "Water"), (2, "Wood")):
        row = ogr.Feature(table.GetLayerDefn())
        row["Value"], row["Count"], row["Classname"] = value, 8, name
        table.CreateFeature(row)
    row = table = source = None
    assert listed(read(from_raster(QgsRasterLayer(path, "a")))) == [(1, "Water"), (2, "Wood")]


def test_a_palette_drawn_in_qgis_is_read(tmp_path):
    layer = raster(tmp_path, steps(1, 4))
    items = [
        QgsPalettedRasterRenderer.Class(4, QColor(1, 2, 3), "Roof"),
        QgsPalettedRasterRenderer.Class(1, QColor(9, 9, 9), "1"),
    ]
    layer.setRenderer(QgsPalettedRasterRenderer(layer.dataProvider(), 1, items))
    found = read(from_raster(layer))
    assert listed(found) == [(1, "1"), (4, "Roof")]
    assert colors(found) == ["#090909", "#010203"]


def test_category_names_are_read(tmp_path):
    layer = raster(tmp_path, steps(0, 1, 2))
    dataset = gdal.Open(layer.source(), gdal.GA_Update)
    dataset.GetRasterBand(1).SetRasterCategoryNames(["None", "Water", "", "Wood"])
    dataset = None
    assert listed(read(from_raster(layer))) == [(1, "Water"), (3, "Wood")]


def test_pixel_values_are_read_where_nothing_else_says_the_classes(tmp_path):
    layer = raster(tmp_path, steps(0, 3, 200, 9))
    dataset = gdal.Open(layer.source(), gdal.GA_Update)
    dataset.GetRasterBand(1).SetNoDataValue(9)
    dataset = None
    assert listed(read(from_raster(layer))) == [(3, "3"), (200, "200")]
    whole = raster(tmp_path, steps(3.0, np.nan), kind=gdal.GDT_Float32, name="whole")
    assert listed(read(from_raster(whole))) == [(3, "3")]


def test_images_are_refused(tmp_path):
    with pytest.raises(SchemaError, match="3 bands"):
        read(from_raster(raster(tmp_path, bands=3)))
    with pytest.raises(SchemaError, match="whole"):
        read(from_raster(raster(tmp_path, steps(0.5), kind=gdal.GDT_Float32, name="f")))
    many = write_raster(tmp_path / "many.tif", 1, values=np.arange(40_000).reshape(200, 200), kind=gdal.GDT_UInt16)
    with pytest.raises(SchemaError, match="1000"):
        read(from_raster(QgsRasterLayer(many, "many")))
    with pytest.raises(CancelledError):
        read(from_raster(QgsRasterLayer(many, "many")), lambda: True)


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
