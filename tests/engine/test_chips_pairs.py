from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
from chip_cases import BOXES, NORTH_UP, UTM, chip_window, make_case, noise, run_export, stats_of, write_raster
from mask_cases import write_mask

from swath.engine.chips import FORMATS
from swath.engine.chips._problems import ChipsUnreadableError

TILES, CYCLE, CLASSIFIED = (FORMATS.get(name) for name in ("EXPORT_TILES", "CYCLEGAN", "CLASSIFIED_TILES"))


def _map(folder):
    return (folder / "map.txt").read_bytes().decode("ascii").splitlines()


def _same_place(path, pixels, transform=NORTH_UP):
    """Check that a chip holds the pixels of the raster where it says it lies, and return its column and row."""
    with rasterio.open(path) as dataset:
        col, row = chip_window(dataset.transform, transform)
        assert np.array_equal(dataset.read(), pixels[:, row : row + dataset.height, col : col + dataset.width])
    return col, row


@pytest.mark.parametrize("format_id", ["EXPORT_TILES", "CLASSIFIED_TILES"])
def test_second_pictures_show_the_same_places(tmp_path, format_id):
    chip_format = FORMATS.get(format_id)
    pixels, other = noise(), noise(bands=1, dtype="uint16", seed=5)
    base, canvas = make_case(tmp_path, pixels)
    second = write_raster(tmp_path / "second.tif", other)
    run_export(tmp_path, base, format=format_id, raster2=str(second))
    folder = tmp_path / "out"
    chip_set = chip_format.read(folder)
    assert chip_set.chips
    for chip in chip_set.chips:
        assert _same_place(chip.image, pixels) == _same_place(chip.image2, other)
        if format_id == "CLASSIFIED_TILES":
            col, row = _same_place(chip.image, pixels)
            assert np.array_equal(chip_format.read_target(chip), canvas[row : row + 64, col : col + 64])
        else:
            assert chip.label is None
            assert chip_format.read_target(chip) is None
    seen = np.concatenate([rasterio.open(chip.image2).read(1).ravel() for chip in chip_set.chips]).astype(float)
    assert len(chip_set.stats) == 3
    assert chip_set.stats2[0].mean == pytest.approx(seen.mean())
    assert chip_set.stats2[0].std == pytest.approx(seen.std(ddof=1))


def test_map_names_second_pictures_as_arcgis_does(tmp_path):
    base, _ = make_case(tmp_path)
    second = str(write_raster(tmp_path / "second.tif", noise(bands=1)))
    run_export(tmp_path, base, "tiles", format="EXPORT_TILES", raster2=second)
    run_export(tmp_path, base, "classified", format="CLASSIFIED_TILES", raster2=second)
    line = "images\\000000000.tif images2\\000000000.tif "
    assert _map(tmp_path / "tiles")[0] == line
    assert _map(tmp_path / "classified")[0] == line + " labels\\000000000.tif "


def test_tiles_have_no_labels_and_no_classes(tmp_path):
    base, _ = make_case(tmp_path)
    run_export(tmp_path, {**base, "labels": ""}, format="EXPORT_TILES")
    folder = tmp_path / "out"
    assert not list(folder.glob("labels/*"))
    assert stats_of(folder)["NumClasses"] == 0
    assert "Classes" not in stats_of(folder)
    chip_set = TILES.read(folder)
    assert chip_set.classes == ()
    # Nothing says where to look: every place of the raster has its tile.
    assert len(chip_set.chips) == 6 * 4
    assert all(chip.image2 is None for chip in chip_set.chips)
    assert chip_set.stats2 == ()


def test_labels_tell_which_tiles_are_worth_making(tmp_path):
    base, canvas = make_case(tmp_path, boxes=BOXES[:1])
    run_export(tmp_path, base, format="EXPORT_TILES")
    places = {_same_place(chip.image, noise()) for chip in TILES.read(tmp_path / "out").chips}
    rows, cols = range(0, 97, 32), (*range(0, 129, 32), 136)
    rows = (0, 32, 64, 86)
    assert places == {(col, row) for row in rows for col in cols if canvas[row : row + 64, col : col + 64].any()}


def test_domains_are_cut_on_their_own(tmp_path):
    pixels, other = noise(), noise(width=130, height=100, bands=2, dtype="uint16", seed=9)
    base, _ = make_case(tmp_path, pixels)
    place = rasterio.Affine(2.0, 0, 500000, 0, -2.0, 900000)
    second = write_raster(tmp_path / "second.tif", other, place)
    run_export(tmp_path, {**base, "labels": ""}, format="CYCLEGAN", raster2=str(second))
    folder = tmp_path / "out"
    lines = _map(folder)
    first = [line for line in lines if line.startswith("images\\")]
    assert lines == [*first, *(line for line in lines if line.startswith("images2\\"))]
    assert all(len(line.split()) == 1 for line in lines)
    chip_set = CYCLE.read(folder)
    one = [chip for chip in chip_set.chips if chip.image2 is None]
    two = [chip for chip in chip_set.chips if chip.image2 is not None]
    assert (len(one), len(two)) == (24, len(lines) - 24)
    assert len({_same_place(chip.image, pixels) for chip in one}) == 24
    assert len({_same_place(chip.image2, other, place) for chip in two}) == len(two) > 5
    assert all(chip.image == chip.image2 for chip in two)
    assert [len(chip_set.stats), len(chip_set.stats2)] == [3, 2]
    assert chip_set.bands == 3
    assert chip_set.classes == ()
    assert CYCLE.detect(folder)
    assert not TILES.detect(folder)


def _picture(path: Path, value: int) -> None:
    write_mask(path, np.full((8, 8), value, "uint8"))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("images", "images2"),
        ("images/A", "images/B"),
        ("images/a", "images/b"),
        ("images/train_a", "images/train_b"),
        ("Images/trainA", "Images/trainB"),
        ("trainA", "trainB"),
        ("TRAIN_A", "train_B"),
    ],
)
def test_domains_of_other_software_are_read(tmp_path, first, second):
    for number in range(3):
        _picture(tmp_path / first / f"a{number}.png", 10)
    for number in range(2):
        _picture(tmp_path / second / f"b{number}.png", 20)
    assert CYCLE.detect(tmp_path) == first.lower().startswith("train")
    chip_set = CYCLE.read(tmp_path)
    assert [chip.image.name for chip in chip_set.chips] == ["a0.png", "a1.png", "a2.png", "b0.png", "b1.png"]
    assert [chip.image2 is not None for chip in chip_set.chips] == [False] * 3 + [True] * 2
    assert [band.mean for band in chip_set.stats] == [10]
    assert [band.mean for band in chip_set.stats2] == [20]


@pytest.mark.parametrize("slash", ["/", "\\"])
def test_domains_are_read_from_lines_with_a_picture_of_each(tmp_path, slash):
    for number in range(2):
        _picture(tmp_path / "images" / f"{number}.tif", 10)
        _picture(tmp_path / "images2" / f"{number}.tif", 20)
    _picture(tmp_path / "images" / "unfinished.tif", 30)
    lines = [f"images/{number}.tif images2/{number}.tif \r\n".replace("/", slash) for number in (1, 0)]
    (tmp_path / "map.txt").write_text("".join(lines))
    (tmp_path / "esri_accumulated_stats.json").write_text(json.dumps({"MetaDataMode": "CycleGAN"}))
    chip_set = CYCLE.read(tmp_path)
    found = [f"{chip.image.parent.name}/{chip.image.name}" for chip in chip_set.chips]
    assert found == ["images/1.tif", "images/0.tif", "images2/1.tif", "images2/0.tif"]
    assert CYCLE.detect(tmp_path)


def test_broken_domains_are_told_in_a_sentence(tmp_path):
    _picture(tmp_path / "images" / "0.tif", 10)
    with pytest.raises(ChipsUnreadableError, match="it holds no pictures of two domains, as images/ and images2/"):
        CYCLE.read(tmp_path)
    (tmp_path / "images2").mkdir()
    with pytest.raises(ChipsUnreadableError, match="it holds no pictures of two domains"):
        CYCLE.read(tmp_path)
    with pytest.raises(ChipsUnreadableError, match="it holds no pictures of two domains"):
        CYCLE.read(tmp_path / "nowhere")
    (tmp_path / "map.txt").write_text("images/0.tif\nimages2/../../secret.tif\n")
    with pytest.raises(ChipsUnreadableError, match=r"secret.*which lies outside"):
        CYCLE.read(tmp_path)


def test_labels_beside_tiles_are_not_looked_at(tmp_path):
    _picture(tmp_path / "images" / "0.tif", 10)
    _picture(tmp_path / "labels" / "0.tif", 3)
    chip_set = TILES.read(tmp_path)
    assert chip_set.chips[0].label is None
    assert chip_set.classes == ()


def test_second_raster_in_pixel_space_keeps_the_places(tmp_path):
    base, _ = make_case(tmp_path)
    second = str(write_raster(tmp_path / "second.tif", noise(bands=1), crs=UTM))
    run_export(tmp_path, base, format="EXPORT_TILES", raster2=second, pixel_space=True)
    chip = TILES.read(tmp_path / "out").chips[-1]
    with rasterio.open(chip.image) as one, rasterio.open(chip.image2) as two:
        assert one.transform == two.transform
        assert one.crs is None
