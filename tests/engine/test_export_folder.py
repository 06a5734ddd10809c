from __future__ import annotations

import errno
import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
from chip_cases import (
    NORTH_UP,
    Recorder,
    check_chips,
    chip_window,
    emd_of,
    noise,
    pixel_box,
    read_map_lines,
    stats_of,
    write_labels,
    write_raster,
)
from chip_cases import make_case as make
from chip_cases import run_export as run

from swath.engine.data import problems, writing
from swath.engine.errors import CancelledError, DiskFullError


def _stable(folder):
    """Return all that two equal chip sets have in common."""
    stats = stats_of(folder)
    return stats, (folder / "stats.txt").read_text(), emd_of(folder)["AllTilesStats"]


def _close(a, b):
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(_close(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(_close(x, y) for x, y in zip(a, b, strict=True))
    return a == pytest.approx(b, rel=1e-11) if isinstance(a, float) else a == b


@pytest.mark.parametrize("as_raster", [False, True], ids=["features", "raster"])
def test_appending_equals_one_export(tmp_path, as_raster):
    base, canvas = make(tmp_path, noise(dtype="float32"))
    if as_raster:
        base["labels"] = str(write_raster(tmp_path / "labels.tif", canvas.astype("uint8")[None]))
        base["labels_are_raster"] = True
    whole = {"tile_size": [50, 50], "stride": [50, 50], "all_tiles": True}
    run(tmp_path, base, "one", **whole)
    left = (300000, 100000 - 75, 300000 + 50, 100000)
    right = (300000 + 50, 100000 - 75, 300000 + 100, 100000)
    run(tmp_path, base, "two", **whole, extent=list(left))
    first = read_map_lines(tmp_path / "two")
    result = run(tmp_path, base, "two", **whole, extent=list(right))
    assert result["chips"] == 6
    lines = read_map_lines(tmp_path / "two")
    assert lines[: len(first)] == first
    assert [Path(image).stem for image, _ in lines] == [f"{number:09d}" for number in range(12)]
    assert all((tmp_path / "two" / image).is_file() for image, _ in lines)
    for mine, theirs in zip(_stable(tmp_path / "two"), _stable(tmp_path / "one"), strict=True):
        assert _close(mine, theirs)
    assert len(emd_of(tmp_path / "two")["SwathExport"]["Exports"]) == 2
    assert not (tmp_path / "two.partial").exists()


KINDS = [
    ({"tile_size": [32, 32]}, "the tile size 64 x 64, but these would have 32 x 32"),
    ({"bands": [1]}, "a number of bands of 3, but these would have 1"),
    ({"format": "PASCAL_VOC_RECTANGLES"}, "the format Classified_Tiles"),
    ({"raster": "float32"}, "the pixel type uint8, but these would have float32"),
    ({"labels": "raster"}, "labels from features, but these would have a raster"),
    ({"raster2": "uint8"}, "second pictures of 0, but these would have 3"),
    ({"pixel_space": True}, "coordinates in MAP_SPACE, but these would have PIXEL_SPACE"),
    ({"classes": [{"value": 1, "name": "other"}]}, "is called 'class 1'"),
]


@pytest.mark.parametrize(("values", "words"), KINDS, ids=[next(iter(values)) for values, _ in KINDS])
def test_appending_another_kind_is_refused_and_changes_nothing(tmp_path, values, words):
    base, canvas = make(tmp_path)
    run(tmp_path, base)
    for name, dtype in values.items():
        if name in ("raster", "raster2"):
            values = {name: str(write_raster(tmp_path / "x.tif", noise(dtype=dtype)))}
        if dtype == "raster":
            path = write_raster(tmp_path / "x.tif", canvas.astype("uint8")[None])
            values = {name: str(path), "labels_are_raster": True}
    before = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    with pytest.raises((problems.NotAppendableError, problems.ClassNameConflictError), match=words):
        run(tmp_path, {**base, **values})
    assert {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()} == before
    assert not (tmp_path / "out.partial").exists()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"crop_mode": "BOUNDING_BOX"}, "the crop mode Fixed_Size, but these would have Bounding_Box"),
        ({"blacken": True}, "around features the picture, but these would have black"),
    ],
)
def test_appending_chips_cut_in_another_way_is_refused(tmp_path, values, words):
    base, _ = make(tmp_path)
    run(tmp_path, base, format="LABELED_TILES")
    with pytest.raises(problems.NotAppendableError, match=words):
        run(tmp_path, base, format="LABELED_TILES", **values)


def test_appending_with_another_type_of_second_pictures_is_refused(tmp_path):
    base, _ = make(tmp_path)
    for dtype in ("uint8", "int16"):
        write_raster(tmp_path / f"{dtype}.tif", noise(dtype=dtype))
    run(tmp_path, base, raster2=str(tmp_path / "uint8.tif"))
    with pytest.raises(problems.NotAppendableError, match=r"second pictures the pixel type uint8, .* int16"):
        run(tmp_path, base, raster2=str(tmp_path / "int16.tif"))


@pytest.mark.parametrize("format_id", ["EXPORT_TILES", "COCO"])
def test_chips_without_label_files_have_no_folder_for_them(tmp_path, format_id):
    base, _ = make(tmp_path)
    run(tmp_path, base, format=format_id)
    assert (tmp_path / "out" / "images").is_dir()
    assert not (tmp_path / "out" / "labels").exists()


def test_chips_are_noted_one_in_a_line(tmp_path):
    base, canvas = make(tmp_path)
    run(tmp_path, base, all_tiles=True)
    lines = [json.loads(line) for line in (tmp_path / "out" / "swath_chips.jsonl").read_text().splitlines()]
    assert [line["stem"] for line in lines] == [Path(image).stem for image, _ in read_map_lines(tmp_path / "out")]
    for line in lines:
        assert "size" not in line
        with rasterio.open(tmp_path / "out" / "images" / f"{line['stem']}.tif") as dataset:
            col, row = chip_window(dataset.transform, NORTH_UP)
        values, counts = np.unique(canvas[row : row + 64, col : col + 64], return_counts=True)
        found = {int(value): count for value, count in line["counts"].items() if count}
        assert found == dict(zip(values.tolist(), counts.tolist(), strict=True))


def test_old_chips_without_notes_get_none_for_the_new_ones_alone(tmp_path):
    base, _ = make(tmp_path)
    run(tmp_path, base)
    (tmp_path / "out" / "swath_chips.jsonl").unlink()
    run(tmp_path, base)
    assert not (tmp_path / "out" / "swath_chips.jsonl").exists()


def test_map_without_a_last_line_end_is_added_to_in_new_lines(tmp_path):
    base, _ = make(tmp_path)
    run(tmp_path, base)
    path = tmp_path / "out" / "map.txt"
    path.write_bytes(path.read_bytes().rstrip())
    count = len(read_map_lines(tmp_path / "out"))
    run(tmp_path, base)
    assert len(read_map_lines(tmp_path / "out")) == 2 * count


def test_folder_with_other_things_is_refused_and_kept(tmp_path):
    base, _ = make(tmp_path)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("years of work")
    with pytest.raises(problems.FolderInUseError, match=r"thesis\.txt"):
        run(tmp_path, base)
    (tmp_path / "new.partial").mkdir()
    (tmp_path / "new.partial" / "mine.txt").write_text("x")
    with pytest.raises(problems.FolderInUseError, match="not an unfinished export"):
        run(tmp_path, base, "new")
    assert (tmp_path / "out" / "thesis.txt").read_text() == "years of work"
    assert (tmp_path / "new.partial" / "mine.txt").exists()


def test_export_into_an_empty_folder_works(tmp_path):
    base, _ = make(tmp_path)
    (tmp_path / "out").mkdir()
    assert run(tmp_path, base)["chips"] > 0


@pytest.mark.parametrize("after", [0, 3])
def test_export_cancelled_before_its_first_chip_leaves_nothing(tmp_path, after):
    base, _ = make(tmp_path)
    with pytest.raises(CancelledError):
        run(tmp_path, base, reporter=Recorder(cancel_after=after))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["l.gpkg", "r.tif"]


def test_full_disk_is_told_and_leaves_nothing(tmp_path, monkeypatch):
    base, _ = make(tmp_path)
    written = []

    def full(self, data):
        written.append(self)
        if len(written) > 5:
            raise OSError(errno.ENOSPC, "No space left on device")
        with self.open("wb") as file:
            return file.write(data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(DiskFullError, match="disk is full"):
        run(tmp_path, base)
    monkeypatch.undo()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["l.gpkg", "r.tif"]
    assert writing.DiskFullError is DiskFullError


def test_wide_class_values_widen_the_labels_with_a_warning(tmp_path):
    base, canvas = make(tmp_path, boxes=[(10, 10, 60, 40, 300)])
    recorder = Recorder()
    run(tmp_path, base, reporter=recorder)
    check_chips(tmp_path / "out", noise(), canvas, NORTH_UP)
    with rasterio.open(tmp_path / "out/labels/000000000.tif") as dataset:
        assert dataset.dtypes == ("uint16",)
    assert any("8 bits" in text for text in recorder.warnings)


@pytest.mark.parametrize(
    ("name", "dtype", "bands"), [("JPEG", "uint16", 3), ("PNG", "float32", 1), ("PNG", "uint8", 5)]
)
def test_picture_format_that_cannot_hold_the_pixels_is_refused(tmp_path, name, dtype, bands):
    base, _ = make(tmp_path, noise(bands=bands, dtype=dtype))
    with pytest.raises(problems.ChipFormatLimitError, match="use TIFF"):
        run(tmp_path, base, chip_format=name)


@pytest.mark.parametrize(
    ("values", "error", "word"),
    [
        ({"tile_size": [201, 64]}, problems.TileTooLargeError, "larger than the raster"),
        ({"tile_size": [64, 0]}, problems.BadTileError, "TILE_SIZE_Y"),
        ({"stride": [-1, 32]}, problems.BadTileError, "STRIDE_X"),
        ({"format": "NONSENSE"}, problems.UnknownFormatError, "CLASSIFIED_TILES"),
        ({"chip_format": "BMP"}, problems.UnknownFormatError, "TIFF"),
        ({"labels": ""}, problems.NoLabelsError, "draw some first"),
        ({"raster": "/none.tif"}, problems.RasterUnreadableError, "cannot be read"),
    ],
)
def test_impossible_job_is_refused_before_anything_is_written(tmp_path, values, error, word):
    base, _ = make(tmp_path)
    with pytest.raises(error, match=word):
        run(tmp_path, {**base, **values})
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "out.partial").exists()


def test_no_chip_says_why(tmp_path):
    base, _ = make(tmp_path)
    mask = write_labels(tmp_path / "mask.gpkg", [pixel_box(NORTH_UP, 0, 0, 30, 30)], [1])
    with pytest.raises(problems.NoChipsError, match="MASK"):
        run(tmp_path, base, mask=str(mask))
    with pytest.raises(problems.NoChipsError, match="MIN_POLYGON_OVERLAP_RATIO"):
        run(tmp_path, base, min_overlap=1.0, tile_size=[8, 8], stride=[8, 8])
    with rasterio.open(base["raster"], "r+") as dataset:
        dataset.nodata = 9
        dataset.write(np.full((3, 150, 200), 9, "uint8"))
    with pytest.raises(problems.NoChipsError, match="no data"):
        run(tmp_path, base)


def test_folder_that_cannot_be_made_is_told(tmp_path):
    base, _ = make(tmp_path)
    with pytest.raises(problems.FolderNotWritableError, match="OUTPUT"):
        run(tmp_path, base, name="/proc/none/out")
