from __future__ import annotations

import base64
import re
import shutil
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import numpy as np
import pytest
import rasterio
import shapely
from chip_cases import NORTH_UP, Recorder, make_case, noise, pixel_box, read_map_lines, run_export, write_labels
from chip_cases import write_raster as write
from rasterio.io import MemoryFile

from swath.engine.chips import FORMATS
from swath.engine.data.problems import ReportNotWritableError

LABELLED = sorted(item.id for item in FORMATS.all().values() if item.needs)
HOSTILE = ["</text></svg><script>alert(1)</script>", '" onload="x" x onload=1 javascript:x', "a\x00\x0b&amp;'<b>"]


class Tags(HTMLParser):
    """Collects the tags of a page with their attributes, and its text outside of drawings."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.text, self._open = [], "", 0
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._open += tag == "svg"

    def handle_endtag(self, tag):
        self._open -= tag == "svg"

    def handle_data(self, data):
        self.text += "" if self._open else data + " "


def report(folder, base, name="out", **values):
    """Export with a report; return its page and its text."""
    run_export(folder, base, name, report=str(folder / f"{name}.html"), **values)
    page = (folder / f"{name}.html").read_text("utf-8")
    return page, Tags(page).text


def smooth(width=200, height=150):
    """Return pixels that differ from place to place and that JPEG keeps well."""
    rows, cols = np.mgrid[:height, :width]
    return np.stack([cols * 250 // width, rows * 250 // height, (rows + cols) * 250 // (width + height)]).astype(
        "uint8"
    )


def samples(page):
    """Return the drawings of the sample chips as XML trees, by stem."""
    found = {}
    for text in re.findall(r"<svg.*?</svg>", page, re.DOTALL):
        drawing = ET.fromstring(text)
        title = drawing.findtext("title") or ""
        if title.startswith("Chip "):
            found[title.split()[1].rstrip(":")] = drawing
    return found


def decode(image):
    """Return the pixels (bands, height, width) of an image element."""
    with MemoryFile(base64.b64decode(image.get("href").split(",")[1])) as memory, memory.open() as dataset:
        return dataset.read()


def layers(drawing):
    """Return the picture of a chip and the pictures laid over it."""
    over = drawing.find("g[@class='over']")
    return decode(drawing.find("image")), [] if over is None else [decode(item) for item in over.findall("image")]


@pytest.mark.parametrize("name", LABELLED)
def test_page_of_each_format_stands_alone_and_shows_what_is_read_back(tmp_path, name):
    base, _ = make_case(tmp_path, smooth())
    extra = {"instance_labels": base["labels"]} if name == "PANOPTIC_SEGMENTATION" else {}
    page, text = report(tmp_path, base, format=name, **extra)
    parsed = Tags(page)
    links = [value for _, attrs in parsed.tags for key, value in attrs.items() if key in ("src", "href")]
    assert links
    assert all(link.startswith("data:image/") for link in links)
    assert "http" not in page.replace("http-equiv", "")
    assert not any(tag == "script" for tag, _ in parsed.tags)
    assert len(page) < 2_000_000
    lines = read_map_lines(tmp_path / "out")
    shown = samples(page)
    assert 0 < len(shown) <= 12
    for stem, drawing in shown.items():
        image = next(image for image, _ in lines if stem in image)
        with rasterio.open(tmp_path / "out" / image) as dataset:
            pixels = dataset.read()
        assert np.abs(layers(drawing)[0].astype(int) - pixels).mean() < 4
    assert "class 1" in text
    assert "class 2" in text
    assert "Where the chips lie" in text


def test_boxes_are_drawn_where_they_are_with_the_names_of_their_classes(tmp_path):
    base, _ = make_case(tmp_path, boxes=[(10, 12, 60, 40, 1), (70, 20, 100, 52, 2)])
    page, _ = report(tmp_path, base, format="PASCAL_VOC_RECTANGLES", tile_size=[128, 128], stride=[0, 0])
    drawing = samples(page)["000000000"]
    outlines = {
        tuple(float(number) for number in re.findall(r"[\d.]+", path.get("d"))) for path in drawing.iter("path")
    }
    assert outlines == {(10, 12, 60, 12, 60, 40, 10, 40), (70, 20, 100, 20, 100, 52, 70, 52)}
    assert [text.text for text in drawing.iter("text")] == ["class 1", "class 2"]
    assert drawing.findtext("title") == "Chip 000000000: class 1: 1, class 2: 1"


def test_class_values_are_tinted_exactly_where_they_are(tmp_path):
    base, _ = make_case(tmp_path)
    page, _ = report(tmp_path, base, format="CLASSIFIED_TILES")
    labels = {image[-13:-4]: label for image, label in read_map_lines(tmp_path / "out")}
    for stem, drawing in samples(page).items():
        with rasterio.open(tmp_path / "out" / labels[stem]) as dataset:
            values = dataset.read(1)
        (over,) = layers(drawing)[1]
        assert np.array_equal(over[3] > 0, values > 0)
        assert (over[:3, values == 1].T == (230, 159, 0)).all()


def test_instances_have_different_tints_and_panoptic_objects_a_line_around(tmp_path):
    boxes = [(5, 5, 25, 25, 1), (25, 5, 45, 25, 1)]
    base, _ = make_case(tmp_path, boxes=boxes)
    values = {"tile_size": [64, 64], "stride": [0, 0]}
    page, _ = report(tmp_path, base, "rcnn", format="RCNN_MASKS", **values)
    (over,) = layers(samples(page)["000000000"])[1]
    assert tuple(over[:3, 15, 15]) != tuple(over[:3, 15, 35])
    page, _ = report(tmp_path, base, "pano", format="PANOPTIC_SEGMENTATION", instance_labels=base["labels"], **values)
    tints, lines = layers(samples(page)["000000000"])[1]
    assert tuple(tints[:3, 15, 15]) == tuple(tints[:3, 15, 35])
    assert tuple(lines[:, 15, 24]) == tuple(lines[:, 15, 25]) == (255, 255, 255, 255)
    assert lines[3, 15, 15] == 0


def test_points_and_lines_are_drawn_from_the_shapes_beside_the_chips(tmp_path):
    base, _ = make_case(tmp_path)
    shapes = [shapely.Point(NORTH_UP @ (20, 20)), shapely.LineString([NORTH_UP @ (30, 30), NORTH_UP @ (50, 40)])]
    base["labels"] = str(write_labels(tmp_path / "thin.gpkg", shapes, [1, 2]))
    page, _ = report(tmp_path, base, format="CLASSIFIED_TILES", stride=[0, 0])
    drawing = samples(page)["000000000"]
    (dot,) = drawing.iter("circle")
    assert (float(dot.get("cx")), float(dot.get("cy"))) == (20, 20)
    assert any(path.get("d") == "M30 30L50 40" for path in drawing.iter("path"))


def test_large_chips_are_thinned_and_small_ones_are_not(tmp_path):
    base, _ = make_case(tmp_path, smooth(700, 700), [(0, 0, 350, 700, 1)])
    page, _ = report(tmp_path, base, format="CLASSIFIED_TILES", tile_size=[640, 640], stride=[0, 0])
    picture, (over,) = layers(samples(page)["000000000"])
    assert picture.shape == (3, 288, 288)
    assert over.shape == (4, 288, 288)
    assert np.abs((over[3] > 0).mean() - 350 / 640) < 0.01
    assert samples(page)["000000000"].get("viewBox") == "0 0 640 640"


def test_chips_of_many_grey_values_are_stretched_alike(tmp_path):
    pixels = np.full((4, 64, 128), 300, "uint16")
    pixels[:, :, 64:] = 900
    pixels += noise(128, 64, 4, "uint16") % 50
    base, _ = make_case(tmp_path, pixels, [(5, 5, 120, 30, 1)])
    page, text = report(tmp_path, base, format="CLASSIFIED_TILES", stride=[0, 0])
    means = {stem: layers(drawing)[0].mean() for stem, drawing in samples(page).items()}
    assert means["000000000"] < 60
    assert means["000000001"] > 190
    assert "stretched alike" in text


def test_pairs_stand_side_by_side_and_have_no_table_of_classes(tmp_path):
    base, _ = make_case(tmp_path)
    other = write(tmp_path / "other.tif", noise(seed=5))
    base.pop("labels")
    page, text = report(tmp_path, base, format="EXPORT_TILES", raster2=str(other))
    assert "Classes" not in text
    assert "Show labels" not in text
    assert page.count('<div class="pair">') == len(samples(page)) == 8
    page, text = report(tmp_path, base, "gan", format="CYCLEGAN", raster2=str(other))
    assert "First raster" in text
    assert "Second raster" in text
    assert len(samples(page)) == 16
    assert '<div class="pair">' not in page


def test_chips_cut_to_features_of_all_sizes_fill_their_place(tmp_path):
    base, _ = make_case(tmp_path, boxes=[(10, 10, 18, 16, 1), (20, 20, 120, 120, 2)])
    _, text = report(tmp_path, base, format="IMAGENET", crop_mode="BOUNDING_BOX")
    assert "8 x 6 px" in text
    assert "Each is as large as its place" in text


def test_names_of_classes_are_shown_as_they_are_and_never_run(tmp_path):
    base, _ = make_case(tmp_path)
    boxes = [(10, 10, 60, 40), (90, 70, 130, 120), (150, 20, 190, 45)]
    shapes = [pixel_box(NORTH_UP, *box) for box in boxes]
    base["labels"] = str(write_labels(tmp_path / "bad.gpkg", shapes, [1, 2, 3], HOSTILE))
    for name in ("PASCAL_VOC_RECTANGLES", "CLASSIFIED_TILES", "MULTILABELED_TILES"):
        page, text = report(tmp_path, base, name, format=name)
        parsed = Tags(page)
        assert not any(tag == "script" for tag, _ in parsed.tags)
        assert not any(key.startswith("on") for _, attrs in parsed.tags for key in attrs)
        assert HOSTILE[0] in text
        assert HOSTILE[1] in text


def test_second_export_shows_its_own_chips_and_those_before_in_the_map(tmp_path):
    base, _ = make_case(tmp_path)
    first = run_export(tmp_path, base, format="KITTI_RECTANGLES")["chips"]
    page, text = report(tmp_path, base, format="KITTI_RECTANGLES", extent=[300040, 99930, 300095, 99970])
    assert min(samples(page)) >= f"{first:09d}"
    assert f"of earlier exports ({first})" in text


def test_second_export_of_unpaired_pictures_shows_its_own_of_both_rasters(tmp_path):
    base, _ = make_case(tmp_path)
    base.pop("labels")
    other = str(write(tmp_path / "other.tif", noise(seed=5)))
    run_export(tmp_path, base, format="CYCLEGAN", raster2=other)
    before = len(read_map_lines(tmp_path / "out"))
    page, _ = report(tmp_path, base, format="CYCLEGAN", raster2=other, stride=[64, 64])
    assert len(samples(page)) == 16
    assert min(samples(page)) >= f"{before:09d}"


def test_report_is_written_where_chips_cannot_be_read_back(tmp_path, monkeypatch):
    base, _ = make_case(tmp_path)
    chip_format = FORMATS.get("CLASSIFIED_TILES")
    monkeypatch.setattr(type(chip_format), "read", lambda self, folder: type(self).read_broken(self, folder))
    from swath.engine.chips._problems import ChipsUnreadableError

    def read_broken(self, folder):
        raise ChipsUnreadableError(path=folder, format=self.title, detail="the disk is gone")

    monkeypatch.setattr(type(chip_format), "read_broken", read_broken, raising=False)
    _, text = report(tmp_path, base, format="CLASSIFIED_TILES")
    assert "could not be read back" in text
    assert "the disk is gone" in text
    assert "Pixel values" in text


def test_map_tells_metres_where_the_coordinate_system_does(tmp_path):
    base, _ = make_case(tmp_path, noise(400, 300))
    _, text = report(tmp_path, base, format="PASCAL_VOC_RECTANGLES", all_tiles=True, stride=[0, 0])
    assert "200 m x 150 m" in text
    assert "without a label" in text


def test_histogram_counts_every_object_and_marks_the_limit(tmp_path):
    boxes = [(10, 10, 20, 20, 1), (70, 10, 80, 20, 1), (10, 70, 60, 120, 2)]
    base, _ = make_case(tmp_path, noise(256, 256), boxes=boxes)
    page, text = report(tmp_path, base, format="KITTI_RECTANGLES", tile_size=[128, 128], stride=[0, 0])
    chart = ET.fromstring(re.search(r"<h2>Sizes of objects</h2><figure>(<svg.*?</svg>)", page, re.DOTALL)[1])
    assert [bar.findtext("title") for bar in chart.iter("rect")] == ["8 to 11.3 px: 2", "45.3 to 64 px: 1"]
    assert "25 px" in [item.text for item in chart.iter("text")]
    assert "2 of 3 have a side under 25 px" in text


def test_real_imagery_makes_a_small_page(tmp_path, real_data):
    raster = str(shutil.copy(real_data / "kampala_buildings" / "train_ne.tif", tmp_path / "k.tif"))
    with rasterio.open(raster) as dataset:
        place, crs = dataset.transform, dataset.crs.to_wkt()
    shapes = [
        pixel_box(place, col, row, col + 60, row + 40) for col in range(50, 1400, 150) for row in range(50, 950, 90)
    ]
    labels = write_labels(tmp_path / "k.gpkg", shapes, [1 + index % 3 for index in range(len(shapes))], crs=crs)
    recorder = Recorder()
    page, text = report(tmp_path, {"raster": raster, "labels": str(labels)}, reporter=recorder, format="RCNN_MASKS")
    assert len(samples(page)) == 12
    assert len(page) < 1_000_000
    assert all(sentence in text for sentence in recorder.warnings)


def test_report_that_cannot_be_written_is_refused_before_work_starts(tmp_path):
    base, _ = make_case(tmp_path)
    (tmp_path / "file").write_text("x")
    for place in (tmp_path, tmp_path / "file" / "report.html"):
        with pytest.raises(ReportNotWritableError, match="REPORT"):
            run_export(tmp_path, base, report=str(place))
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "out.partial").exists()
