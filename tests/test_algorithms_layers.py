"""From QGIS layers to the engine's job: coordinate systems, classes, selections, odd layers, bad input."""

from __future__ import annotations

import numpy as np
import pytest
from layer_cases import NORTH, SIDE, WEST, square, write_raster
from osgeo import gdal, ogr, osr


def features(path: str) -> list[tuple[int, str, object]]:
    """Return (value, name, geometry) of a GeoPackage."""
    dataset = ogr.Open(path)
    found = []
    for feature in dataset.GetLayer(0):
        found.append((feature["value"], feature["name"], feature.GetGeometryRef().Clone()))
    return found


def test_labels_in_another_crs_are_brought_to_the_rasters(export, layer):
    from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsGeometry, QgsProject

    polygon = QgsGeometry.fromWkt(square(20, 30))
    there, back = QgsCoordinateReferenceSystem("EPSG:4326"), QgsCoordinateReferenceSystem("EPSG:32636")
    polygon.transform(QgsCoordinateTransform(back, there, QgsProject.instance()))
    made = export(layer(["Classvalue:integer"], [(polygon.asWkt(12), 3)], crs="EPSG:4326"))
    [(value, name, geometry)] = features(made["labels"])
    assert (value, name) == (3, "3")
    left, right, bottom, top = geometry.GetEnvelope()
    assert [left - WEST, right - WEST, NORTH - top, NORTH - bottom] == pytest.approx([20, 30, 30, 40], abs=0.001)
    dataset = ogr.Open(made["labels"])
    assert dataset.GetLayer(0).GetSpatialRef().GetAuthorityCode(None) == "32636"


def test_labels_far_from_the_raster_are_left_out_but_their_classes_count(export, layer):
    far = square(50_000, 50_000)
    made = export(layer(["kind:string"], [(square(0, 0), "water"), (far, "a tree")]), CLASS_FIELD="kind")
    assert [(value, name) for value, name, _ in features(made["labels"])] == [(2, "water")]
    assert [(item["value"], item["name"]) for item in made["classes"]] == [(1, "a tree"), (2, "water")]


def test_text_classes_are_numbered_in_sorted_order(export, layer):
    rows = [(square(0, 0), "wood"), (square(20, 0), "field"), (square(40, 0), "wood"), (square(60, 0), None)]
    made = export(layer(["kind:string"], rows), CLASS_FIELD="kind")
    assert [(value, name) for value, name, _ in features(made["labels"])] == [(2, "wood"), (1, "field"), (2, "wood")]
    assert "1 features of labels were left out" in export.said


def test_class_field_left_empty_takes_classvalue_before_value_and_names_and_colours(export, layer):
    fields = ["Value:integer", "CLASSVALUE:integer", "Classname:string", "Red:integer", "Green:integer", "Blue:integer"]
    rows = [(square(0, 0), 9, 2, "House", 10, 20, 30), (square(20, 0), 9, 5, "Road", 1, 2, 3)]
    made = export(layer(fields, rows))
    assert made["classes"] == [
        {"value": 2, "name": "House", "color": [10, 20, 30]},
        {"value": 5, "name": "Road", "color": [1, 2, 3]},
    ]


def test_class_field_absent_gives_one_class_named_after_the_layer(export, layer):
    made = export(layer(["height:double"], [(square(0, 0), 1.5)], name="Roofs"))
    assert [(item["value"], item["name"]) for item in made["classes"]] == [(1, "Roofs")]
    assert [(value, name) for value, name, _ in features(made["labels"])] == [(1, "Roofs")]


def test_class_colours_come_from_a_categorised_renderer(export, layer):
    from qgis.core import QgsCategorizedSymbolRenderer, QgsFillSymbol, QgsRendererCategory

    made = layer(["code:integer"], [(square(0, 0), 1), (square(20, 0), 2)])
    categories = [
        QgsRendererCategory(1, QgsFillSymbol.createSimple({"color": "255,0,0"}), "Red roof"),
        QgsRendererCategory(2, QgsFillSymbol.createSimple({"color": "0,0,255"}), "Blue roof"),
    ]
    made.setRenderer(QgsCategorizedSymbolRenderer("code", categories))
    assert export(made, CLASS_FIELD="code")["classes"] == [
        {"value": 1, "name": "Red roof", "color": [255, 0, 0]},
        {"value": 2, "name": "Blue roof", "color": [0, 0, 255]},
    ]


def test_labels_selected_features_only_takes_these(export, layer):
    from qgis.core import QgsProcessingFeatureSourceDefinition

    made = layer(["Classvalue:integer"], [(square(0, 0), 1), (square(20, 0), 2), (square(40, 0), 3)])
    made.selectByExpression("Classvalue > 1")
    source = QgsProcessingFeatureSourceDefinition(made.id(), selectedFeaturesOnly=True)
    assert [value for value, _, _ in features(export(source)["labels"])] == [2, 3]
    assert [value for value, _, _ in features(export(made)["labels"])] == [1, 2, 3]


def test_labels_invalid_geometry_is_repaired_and_counted(export, layer):
    bow = f"POLYGON(({WEST} {NORTH},{WEST + 20} {NORTH - 20},{WEST + 20} {NORTH},{WEST} {NORTH - 20},{WEST} {NORTH}))"
    # Names beside the values are read from the features as well.
    made = export(layer(["Classvalue:integer", "Classname:string"], [(bow, 1, "Roof"), (square(40, 40), 1, "Roof")]))
    shapes = [geometry for _, _, geometry in features(made["labels"])]
    assert all(shape.IsValid() for shape in shapes)
    assert shapes[0].Area() == pytest.approx(200)
    assert "1 invalid geometries of labels were repaired" in export.said


def test_labels_points_with_buffer_become_circles_in_the_labels_own_units(export, layer):
    point = f"POINT({WEST + 50} {NORTH - 50})"
    made = export(layer(["Classvalue:integer"], [(point, 1)], geometry="Point"), BUFFER_RADIUS=4)
    assert features(made["labels"])[0][2].Area() == pytest.approx(np.pi * 16, rel=0.01)


def test_labels_curves_and_heights_become_flat_straight_polygons(export, layer):
    curve = f"CURVEPOLYGON Z (CIRCULARSTRING Z ({WEST} {NORTH} 1,{WEST + 10} {NORTH - 10} 1,{WEST} {NORTH} 1))"
    made = export(layer(["Classvalue:integer"], [(curve, 1)], geometry="CurvePolygonZ"))
    shape = features(made["labels"])[0][2]
    assert shape.GetGeometryType() in {ogr.wkbPolygon, ogr.wkbMultiPolygon}
    assert shape.Area() == pytest.approx(np.pi * 50, rel=0.01)


def test_raster_labels_in_the_same_crs_are_taken_as_they_are(export, tmp_path):
    values = np.zeros((SIDE, SIDE))
    values[:20, :20] = 4
    path = write_raster(tmp_path / "labels.tif", 1, values=values)
    made = export(path)
    assert made["labels_are_raster"]
    assert made["labels"] == path


def test_raster_labels_in_another_crs_are_warped_to_the_nearest_pixel(export, tmp_path):
    values = np.zeros((SIDE, SIDE))
    values[50:100, 50:100] = 7
    path = write_raster(tmp_path / "utm.tif", 1, values=values)
    gdal.Warp(str(tmp_path / "wgs.tif"), path, dstSRS="EPSG:4326", resampleAlg="near").FlushCache()
    made = export(str(tmp_path / "wgs.tif"))
    warped = gdal.Open(made["labels"])
    found = warped.ReadAsArray()
    assert osr.SpatialReference(warped.GetProjection()).GetAuthorityCode(None) == "32636"
    assert found.shape == (SIDE, SIDE)
    assert set(np.unique(found)) == {0, 7}
    assert (found == values).mean() > 0.99


def test_raster_labels_names_and_colours_come_from_the_attribute_table(export, tmp_path):
    values = np.ones((SIDE, SIDE))
    path = write_raster(tmp_path / "labels.tif", 1, values=values)
    table = gdal.RasterAttributeTable()
    for name, kind, usage in (
        ("Value", gdal.GFT_Integer, gdal.GFU_MinMax),
        ("Class", gdal.GFT_String, gdal.GFU_Name),
        *((color, gdal.GFT_Integer, getattr(gdal, f"GFU_{color}")) for color in ("Red", "Green", "Blue")),
    ):
        table.CreateColumn(name, kind, usage)
    for row, cells in enumerate([(0, "nothing", 0, 0, 0), (1, "Lake", 0, 0, 250)]):
        for column, cell in enumerate(cells):
            (table.SetValueAsString if column == 1 else table.SetValueAsInt)(row, column, cell)
    dataset = gdal.Open(path, gdal.GA_Update)
    dataset.GetRasterBand(1).SetDefaultRAT(table)
    dataset.FlushCache()
    del dataset
    assert export(path)["classes"] == [{"value": 1, "name": "Lake", "color": [0, 0, 250]}]


def test_raster_with_a_crs_given_in_qgis_only_is_handed_on_with_it(job, layer, tmp_path):
    from qgis.core import QgsCoordinateReferenceSystem, QgsProject, QgsRasterLayer

    bare = QgsRasterLayer(write_raster(tmp_path / "bare.tif", epsg=0), "bare")
    bare.setCrs(QgsCoordinateReferenceSystem("EPSG:32636"))
    QgsProject.instance().addMapLayer(bare)
    labels = layer(["Classvalue:integer"], [(square(0, 0), 1)])
    given = {"INPUT": bare, "LABELS": labels, "TILE_SIZE_X": 64, "TILE_SIZE_Y": 64, "OUTPUT": str(tmp_path / "chips")}
    made = job("swath:exporttrainingdata", **given)
    dataset = gdal.Open(made["raster"])
    assert osr.SpatialReference(dataset.GetProjection()).GetAuthorityCode(None) == "32636"
    assert dataset.ReadAsArray()[2, 0, 0] == 150


def test_extent_in_another_crs_is_brought_to_the_rasters(export, layer):
    from qgis.core import (
        QgsCoordinateReferenceSystem,
        QgsCoordinateTransform,
        QgsProject,
        QgsRectangle,
        QgsReferencedRectangle,
    )

    wanted = QgsRectangle(WEST + 10, NORTH - 60, WEST + 60, NORTH - 10)
    there, here = QgsCoordinateReferenceSystem("EPSG:4326"), QgsCoordinateReferenceSystem("EPSG:32636")
    box = QgsCoordinateTransform(here, there, QgsProject.instance()).transformBoundingBox(wanted)
    labels = layer(["Classvalue:integer"], [(square(30, 30), 1)])
    made = export(labels, EXTENT=QgsReferencedRectangle(box, there), TILE_SIZE_X=32, TILE_SIZE_Y=32)
    assert made["extent"] == pytest.approx([WEST + 10, NORTH - 60, WEST + 60, NORTH - 10], abs=0.1)


def test_mask_polygons_are_brought_to_the_rasters_crs(export, layer):
    labels = layer(["Classvalue:integer"], [(square(30, 30), 1)])
    mask = layer([], [(square(0, 0, 80),)], name="mask")
    made = export(labels, MASK=mask)
    dataset = ogr.Open(made["mask"])
    assert dataset.GetLayer(0).GetFeatureCount() == 1


def test_stride_zero_means_the_tile_size(export, layer):
    labels = layer(["Classvalue:integer"], [(square(30, 30), 1)])
    made = export(labels, STRIDE_X=0, STRIDE_Y=16)
    assert made["stride"] == [64, 16]


def test_labels_in_qgis_unsaved_layer_and_file_give_the_same_job(export, layer, tmp_path):
    from qgis.core import QgsProject, QgsVectorFileWriter

    made = layer(["Classvalue:integer"], [(square(30, 30), 2)])
    options = QgsVectorFileWriter.SaveVectorOptions()
    path = str(tmp_path / "labels, saved.gpkg")
    QgsVectorFileWriter.writeAsVectorFormatV3(made, path, QgsProject.instance().transformContext(), options)
    first, second = features(export(made)["labels"]), features(export(path)["labels"])
    assert [item[:2] for item in first] == [item[:2] for item in second]
    assert first[0][2].Equals(second[0][2])


def test_run_leaves_nothing_behind_that_holds_the_context(job, raster, layer, tmp_path):
    """Else Python would free layers after QGIS has ended, and crash."""
    import gc
    import weakref

    from qgis.core import QgsApplication, QgsProcessingContext, QgsProcessingFeedback, QgsProject

    labels = layer(["Classvalue:integer"], [(square(0, 0), 1)])
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("swath:exporttrainingdata")
    context, feedback = QgsProcessingContext(), QgsProcessingFeedback()
    context.setProject(QgsProject.instance())
    given = {"INPUT": raster, "LABELS": labels, "TILE_SIZE_X": 64, "TILE_SIZE_Y": 64, "OUTPUT": str(tmp_path / "chips")}
    held = weakref.ref(context)
    gc.disable()
    try:
        assert algorithm.run(given, context, feedback)[1]
        del context, algorithm
        assert held() is None
    finally:
        gc.enable()


def test_web_layer_is_drawn_on_the_grid_that_was_asked_for(export, layer, tmp_path):
    import http.server
    import threading

    from qgis.core import QgsProject, QgsRasterLayer
    from qgis.PyQt.QtCore import QBuffer, QByteArray, QIODevice
    from qgis.PyQt.QtGui import QColor, QImage

    picture = QImage(256, 256, QImage.Format.Format_ARGB32)
    picture.fill(QColor(10, 120, 230))
    store = QByteArray()
    buffer = QBuffer(store)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")

    class Tiles(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.end_headers()
            self.wfile.write(bytes(store))

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Tiles)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_port}/{{z}}/{{x}}/{{y}}.png"
        web = QgsRasterLayer(f"type=xyz&url={url}&zmax=19&zmin=0", "tiles", "wms")
        QgsProject.instance().addMapLayer(web)
        triangle = "POLYGON((1000010 2000010,1000050 2000010,1000050 2000050,1000010 2000010))"
        labels = layer(["Classvalue:integer"], [(triangle, 1)], crs="EPSG:3857")
        extent = "1000000,1000100,2000000,2000080 [EPSG:3857]"
        made = export(labels, INPUT=web, EXTENT=extent, CELL_SIZE=0.5)
    finally:
        server.shutdown()
        server.server_close()
    drawn = gdal.Open(made["raster"])
    assert (drawn.RasterXSize, drawn.RasterYSize) == (200, 160)
    assert drawn.GetGeoTransform() == pytest.approx((1000000, 0.5, 0, 2000080, 0, -0.5))
    assert drawn.ReadAsArray()[:3, 80, 100].tolist() == [10, 120, 230]
    assert drawn.GetRasterBand(4).GetColorInterpretation() == gdal.GCI_AlphaBand
    assert (made["extent"], made["cell_size"]) == ([], 0.0)


def test_text_reference_is_matched_with_the_names_of_the_classified_raster(job, layer, tmp_path, raster):
    values = np.ones((SIDE, SIDE))
    path = write_raster(tmp_path / "classified.tif", 1, values=values)
    table = gdal.RasterAttributeTable()
    table.CreateColumn("Value", gdal.GFT_Integer, gdal.GFU_MinMax)
    table.CreateColumn("Class", gdal.GFT_String, gdal.GFU_Name)
    for row, (value, name) in enumerate([(1, "Building"), (5, "Water")]):
        table.SetValueAsInt(row, 0, value)
        table.SetValueAsString(row, 1, name)
    dataset = gdal.Open(path, gdal.GA_Update)
    dataset.GetRasterBand(1).SetDefaultRAT(table)
    dataset.FlushCache()
    del dataset
    reference = layer(["kind:string"], [(square(0, 0), "water"), (square(20, 0), "swamp")])
    table_path = str(tmp_path / "matrix.csv")
    made = job("swath:pixelaccuracy", CLASSIFIED=path, REFERENCE=reference, CLASS_FIELD="kind", OUTPUT=table_path)
    assert [(value, name) for value, name, _ in features(made["reference"])] == [(5, "water"), (6, "swamp")]
    assert [(item["value"], item["name"]) for item in made["classes"]] == [(1, "Building"), (5, "Water"), (6, "swamp")]
