from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
from chip_cases import NORTH_UP, Recorder, noise, pixel_box, write_labels, write_raster
from hypothesis import given
from hypothesis import strategies as st

from swath.engine.chips import FORMATS
from swath.engine.chips._folder import UnsafePathError, map_line, read_map, read_world_file, safe_path, world_file
from swath.engine.chips._problems import ChipsUnreadableError
from swath.engine.chips._stats import BandState, band_states
from swath.engine.data.exporting import export_chips
from swath.engine.jobs import ExportJob
from swath.engine.windows import Affine

FORMAT = FORMATS.get("CLASSIFIED_TILES")


@pytest.fixture
def ours(tmp_path):
    """Return a folder as we write it: 4 bands, of which the fourth is no alpha."""
    raster = write_raster(tmp_path / "r.tif", noise(bands=4))
    labels = write_labels(tmp_path / "l.gpkg", [pixel_box(NORTH_UP, 10, 10, 60, 40)], [3], ["hut"])
    job = ExportJob(
        str(raster), str(tmp_path / "out"), "CLASSIFIED_TILES", str(labels),
        tile_size=[64, 64], stride=[32, 32], all_tiles=True,
    )  # fmt: skip
    export_chips(job, Recorder())
    return tmp_path / "out"


def foreign(folder, suffix=".tif", digits=12, numbers=(0, 7, 25), bands=3):
    """Make a folder as another program may write it: chips with gaps, labels, and no other file."""
    rng = np.random.default_rng(0)
    driver = {".tif": "GTiff", ".png": "PNG", ".jpg": "JPEG"}[suffix]
    for name in ("images", "labels"):
        (folder / name).mkdir(parents=True)
    for number in numbers:
        stem = f"{number:0{digits}d}"
        for path, count, form in (
            (folder / "images" / (stem + suffix), bands, driver),
            (folder / "labels" / (stem + ".tif"), 1, "GTiff"),
        ):
            pixels = rng.integers(0, 3 if count == 1 else 256, (count, 32, 32), dtype="uint8")
            with rasterio.open(path, "w", driver=form, width=32, height=32, count=count, dtype="uint8") as dataset:
                dataset.write(pixels)
    return folder


def test_our_own_folder_reads_back_complete(ours):
    found = FORMAT.read(ours)
    assert FORMAT.detect(ours)
    assert (found.size, found.bands, found.dtype) == ((64, 64), 4, "uint8")
    assert [(info.value, info.name) for info in found.classes] == [(3, "hut")]
    assert found.extract_bands == (1, 2, 3, 4)
    assert found.cell_size == (0.5, 0.5)
    assert len(found.chips) == 24
    assert found.chips[0].source.endswith("r.tif")
    assert {chip.label is None for chip in found.chips} == {True, False}
    pixels = [rasterio.open(chip.image).read() for chip in found.chips]
    targets = [FORMAT.read_target(chip) for chip in found.chips]
    assert found.class_pixels == {0: sum((t == 0).sum() for t in targets), 3: sum((t == 3).sum() for t in targets)}
    for band, stats in enumerate(found.stats):
        values = np.stack([each[band] for each in pixels]).astype(float)
        assert (stats.minimum, stats.maximum) == (values.min(), values.max())
        assert stats.mean == pytest.approx(values.mean())
        assert stats.std == pytest.approx(values.std(ddof=1))
    for chip in found.chips:
        with rasterio.open(chip.image) as dataset:
            assert chip.transform.tuple6() == pytest.approx(tuple(dataset.transform)[:6])


@pytest.mark.parametrize("suffix", [".tif", ".png", ".jpg"])
@pytest.mark.parametrize("digits", [9, 12])
def test_folder_without_any_document_is_read_from_its_chips(tmp_path, suffix, digits):
    found = FORMAT.read(foreign(tmp_path, suffix, digits))
    assert [chip.stem for chip in found.chips] == [f"{number:0{digits}d}" for number in (0, 7, 25)]
    assert [info.value for info in found.classes] == [1, 2]
    values = np.stack([rasterio.open(chip.image).read(2) for chip in found.chips]).astype(float)
    assert found.stats[1].mean == pytest.approx(values.mean())
    assert found.stats[1].std == pytest.approx(values.std(ddof=1))
    assert found.cell_size is None
    assert found.chips[0].transform is None


@pytest.mark.parametrize(
    "line",
    [
        "images\\{0}.tif  labels\\{0}.tif \r\n",
        "images/{0}.tif labels/{0}.tif\n",
        "images\\{0}.tif images2\\{0}.tif  labels\\{0}.tif\n",
        "./images/{0}.tif\tlabels\\{0}.tif   \n",
    ],
)
def test_map_is_read_with_both_slashes_and_any_columns(tmp_path, line):
    foreign(tmp_path)
    stems = ["000000000025", "000000000000"]
    (tmp_path / "map.txt").write_bytes("".join(line.format(stem) for stem in stems).encode())
    found = FORMAT.read(tmp_path)
    assert [chip.stem for chip in found.chips] == stems
    assert all(chip.label is not None and chip.label.stem == chip.stem for chip in found.chips)


def test_chip_without_a_label_column_has_no_class_at_all(tmp_path):
    foreign(tmp_path)
    (tmp_path / "map.txt").write_text("images\\000000000007.tif \nimages\\000000000025.tif  labels\\gone.tif \n")
    found = FORMAT.read(tmp_path)
    assert [chip.label for chip in found.chips] == [None, None]
    assert not FORMAT.read_target(found.chips[0]).any()


@pytest.mark.parametrize(("value_key", "name_key"), [("Value", "Name"), ("ClassValue", "ClassName")])
def test_documents_of_any_arcgis_version_are_read(tmp_path, value_key, name_key):
    foreign(tmp_path)
    emd = {
        "ImageHeight": "e.g. 256",
        "Classes": [{value_key: 2, name_key: "Palm", "Color": [-1, -1, -1]}, {value_key: 1, name_key: "Hut"}],
        "AllTilesStats": [{"BandName": "", "Min": 0, "Max": 255, "Mean": 9.5, "StdDev": 2}] * 3,
        "InputRastersProps": {"BandNames": ["a", "b", "c"]},
    }
    (tmp_path / "esri_model_definition.emd").write_text(json.dumps(emd))
    found = FORMAT.read(tmp_path)
    assert [(info.value, info.name) for info in found.classes] == [(1, "Hut"), (2, "Palm")]
    assert found.stats[0].mean == 9.5
    assert found.band_names == ("a", "b", "c")
    assert found.size == (32, 32)


@pytest.mark.parametrize("word", ["images/../../secret.tif", "/etc/passwd", "C:\\x.tif", "images\\..\\..\\x.tif"])
def test_map_that_leaves_the_folder_is_refused(tmp_path, word):
    foreign(tmp_path)
    (tmp_path / "map.txt").write_text(f"{word}  labels\\000000000000.tif \n")
    with pytest.raises(ChipsUnreadableError, match="lies outside"):
        FORMAT.read(tmp_path)


def test_link_that_leaves_the_folder_is_refused(tmp_path):
    folder = foreign(tmp_path / "chips")
    outside = tmp_path / "secret.tif"
    (folder / "images" / "000000000000.tif").rename(outside)
    (folder / "images" / "000000000000.tif").symlink_to(outside)
    with pytest.raises(UnsafePathError):
        safe_path(folder, "images/000000000000.tif")
    assert [entry.image.stem for entry in read_map(folder)] == ["000000000007", "000000000025"]


@pytest.mark.parametrize(
    ("name", "text", "word"),
    [
        ("esri_accumulated_stats.json", '{"MetaDataMode": "PASCAL_VOC_rectangles"}', "PASCAL_VOC"),
        ("esri_accumulated_stats.json", '{"BandStatsState": [{}, {}, {}]}', "broken"),
        ("esri_model_definition.emd", '{"Classes": [{"Value": "many"}]}', "broken"),
        ("map.txt", "images\\none.tif\n", "holds no chips"),
    ],
)
def test_folder_that_is_broken_says_how(tmp_path, name, text, word):
    foreign(tmp_path)
    (tmp_path / name).write_text(text)
    with pytest.raises(ChipsUnreadableError, match=word):
        FORMAT.read(tmp_path)


def test_broken_json_is_taken_for_missing(tmp_path):
    foreign(tmp_path)
    (tmp_path / "esri_accumulated_stats.json").write_text("{ no json")
    assert len(FORMAT.read(tmp_path).chips) == 3


def test_empty_or_missing_folder_is_refused(tmp_path):
    with pytest.raises(ChipsUnreadableError, match="holds no chips"):
        FORMAT.read(tmp_path)
    with pytest.raises(ChipsUnreadableError, match="not a folder"):
        FORMAT.read(tmp_path / "none")


def test_float_labels_are_refused(tmp_path):
    foreign(tmp_path)
    path = tmp_path / "labels" / "000000000007.tif"
    with rasterio.open(path, "w", driver="GTiff", width=32, height=32, count=1, dtype="float32") as dataset:
        dataset.write(np.ones((1, 32, 32), "float32"))
    with pytest.raises(ChipsUnreadableError, match="float32"):
        FORMAT.read(tmp_path)


finite = st.floats(-1e6, 1e6).map(lambda value: round(value, 4))


@given(st.tuples(finite, finite, finite, finite, finite, finite))
def test_world_file_reads_back(tmp_path_factory, numbers):
    transform = Affine(*numbers)
    if transform.a * transform.e - transform.b * transform.d == 0:
        return
    path = tmp_path_factory.mktemp("w") / "1.tif"
    path.with_suffix(".tfw").write_text(world_file(transform))
    assert read_world_file(path).tuple6() == pytest.approx(numbers, abs=1e-8)


def test_map_line_is_that_of_arcgis():
    assert map_line("images/1.tif", "labels/1.tif") == "images\\1.tif  labels\\1.tif \r\n"
    assert map_line("images/1.tif", None) == "images\\1.tif \r\n"
    assert map_line("images/1.tif", None, "images2/1.tif") == "images\\1.tif images2\\1.tif \r\n"
    both = "images\\1.tif images2\\1.tif  labels\\1.tif \r\n"
    assert map_line("images/1.tif", "labels/1.tif", "images2/1.tif") == both
    assert map_line("", None, "images2/1.tif") == "images2\\1.tif \r\n"
    assert map_line("images/3/1.tif", None) == "images\\3\\1.tif \r\n"


def test_second_pictures_of_a_map_are_found(tmp_path):
    foreign(tmp_path)
    (tmp_path / "images").joinpath("000000000000.tif").rename(tmp_path / "moved.tif")
    (tmp_path / "images2").mkdir()
    (tmp_path / "moved.tif").rename(tmp_path / "images2" / "000000000007.tif")
    name = "000000000007.tif"
    lines = map_line(f"images/{name}", f"labels/{name}", f"images2/{name}"), map_line("", None, f"images2/{name}")
    (tmp_path / "map.txt").write_text("".join(lines))
    pair, lone = read_map(tmp_path)
    assert [path.parent.name for path in (pair.image, pair.label, pair.image2)] == ["images", "labels", "images2"]
    assert (lone.image, lone.label, lone.image2) == (tmp_path / "images2" / name, None, None)


def test_map_line_of_no_picture_is_left_out(tmp_path):
    foreign(tmp_path)
    (tmp_path / "images" / "000000000000.vrt").write_text("<VRTDataset/>")
    (tmp_path / "map.txt").write_text("images\\000000000000.vrt \n\nimages\\000000000007.tif \nimages\\gone.tif \n")
    assert [entry.image.name for entry in read_map(tmp_path)] == ["000000000007.tif"]


@given(st.lists(st.lists(st.integers(-30000, 30000), min_size=1, max_size=20), min_size=1, max_size=6))
def test_merged_statistics_equal_those_of_all(parts):
    total = BandState()
    for part in parts:
        pixels = np.array(part, "int16").reshape(1, 1, -1)
        total.merge(band_states(pixels, np.ones(pixels.shape[1:], bool))[0])
    values = np.concatenate(parts).astype(float)
    assert (total.minimum, total.maximum, total.count) == (values.min(), values.max(), values.size)
    assert total.m1 == pytest.approx(values.mean(), abs=1e-9)
    assert total.m2 == pytest.approx(((values - values.mean()) ** 2).sum(), rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16", "uint32", "float32", "float64"])
def test_statistics_of_any_type_equal_numpy(dtype):
    pixels = noise(50, 40, 2, dtype)
    valid = np.random.default_rng(1).random((40, 50)) > 0.3
    for band, state in zip(pixels, band_states(pixels, valid), strict=True):
        values = band[valid].astype(np.float64)
        assert state.m1 == pytest.approx(values.mean(), rel=1e-12)
        assert state.std == pytest.approx(values.std(ddof=1), rel=1e-9)
        assert (state.minimum, state.maximum) == (values.min(), values.max())


def test_names_of_chips_with_spaces_are_read(tmp_path):
    foreign(tmp_path)
    for name in ("images", "labels"):
        (tmp_path / name / "000000000000.tif").rename(tmp_path / name / "my chip.tif")
    (tmp_path / "map.txt").write_text("images\\my chip.tif  labels\\my chip.tif \n")
    (entry,) = read_map(tmp_path)
    assert (entry.image.name, Path(entry.label).name) == ("my chip.tif", "my chip.tif")
