from __future__ import annotations

import errno
import shutil
from pathlib import Path

import numpy as np
import pytest
import rasterio
from chip_cases import (
    NORTH_UP,
    Recorder,
    check_chips,
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


def test_appending_another_kind_is_refused_and_changes_nothing(tmp_path):
    base, _ = make(tmp_path)
    run(tmp_path, base)
    before = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    for values, word in (
        ({"tile_size": [32, 32]}, "tile size"),
        ({"bands": [1]}, "bands"),
        ({"classes": [{"value": 1, "name": "other"}]}, "is called 'class 1'"),
    ):
        with pytest.raises((problems.NotAppendableError, problems.ClassNameConflictError), match=word):
            run(tmp_path, base, **values)
    assert {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()} == before
    assert not (tmp_path / "out.partial").exists()


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


@pytest.mark.parametrize("after", [0, 3, 8])
def test_cancelled_export_leaves_nothing(tmp_path, after):
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
    with rasterio.open(base["raster"], "r+") as dataset:
        dataset.nodata = 9
        dataset.write(np.full((3, 150, 200), 9, "uint8"))
    with pytest.raises(problems.NoChipsError, match="no data"):
        run(tmp_path, base)


def test_unfinished_export_of_ours_is_begun_anew(tmp_path):
    base, _ = make(tmp_path)
    run(tmp_path, base, "first")
    shutil.copytree(tmp_path / "first", tmp_path / "out.partial")
    (tmp_path / "out.partial" / ".swath-export").write_text("")
    (tmp_path / "out.partial" / "images" / "stray.tif").write_text("")
    run(tmp_path, base)
    assert not (tmp_path / "out.partial").exists()
    assert not (tmp_path / "out" / "images" / "stray.tif").exists()


def test_folder_that_cannot_be_made_is_told(tmp_path):
    base, _ = make(tmp_path)
    with pytest.raises(problems.FolderNotWritableError, match="OUTPUT"):
        run(tmp_path, base, name="/proc/none/out")
