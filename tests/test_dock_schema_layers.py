"""Classes taken from the fields of layers and from rasters."""

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

from swath.engine.errors import CancelledError
from swath.plugin.labeling.schema import SchemaError
from swath.plugin.labeling.schema_from_fields import class_fields, from_field
from swath.plugin.labeling.schema_from_rasters import from_raster


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


def test_names_that_values_share_are_not_taken(qgis_new_project):
    rows = [(square(0, 0), "house", 7), (square(9, 0), "House", 8)]
    layer = make_layer(["Classname:string", "id:integer"], rows)
    assert listed(read(from_field(layer, "id"))) == [(7, "7"), (8, "8")]


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
