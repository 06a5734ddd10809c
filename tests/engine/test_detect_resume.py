"""Unfinished detection: killed, cancelled, refused, continued."""

from __future__ import annotations

import errno
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from apply_models import Collector
from detect_models import boxes_in_pixels, detect, random_objects, write_dots, write_oracle, write_scene

from swath.engine.applying import detect as detecting
from swath.engine.applying import outputs
from swath.engine.applying.collecting import Collector as Sink
from swath.engine.applying.found import ITEM, Found, FoundRow, ObjectJournal
from swath.engine.applying.reading import TileReader
from swath.engine.applying.session import ModelSession
from swath.engine.errors import CancelledError, DiskFullError
from swath.engine.partial import InUseError, NotReplaceableError, OtherJobError, PartialWork

KILLED = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
import conftest
from swath.engine.applying.found import ObjectJournal
append = ObjectJournal.append
def dying(self, row):
    if row.row == 3:
        self._stream.write(b"SWR1 cut short")
        self._stream.flush()
        os.kill(os.getpid(), signal.SIGKILL)
    append(self, row)
ObjectJournal.append = dying
from detect_models import detect
from pathlib import Path
detect(Path(sys.argv[2]), tile_size=64, padding=12)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_oracle(tmp_path / "oracle.onnx")
    objects = random_objects(np.random.default_rng(6), 250, 300, 60, 70)
    write_scene(tmp_path / "raster.tif", objects, 250, 300)
    return tmp_path


def same(one: dict[str, np.ndarray], two: dict[str, np.ndarray]) -> bool:
    """Tell whether two results are equal, in their order, too."""
    columns = ("Classname", "Classvalue", "Confidence")
    return bool((boxes_in_pixels(one) == boxes_in_pixels(two)).all() and all((one[c] == two[c]).all() for c in columns))


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_killed_run_continues_and_gives_the_same_features(folder: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(Path(__file__).parent), str(folder)]
    assert subprocess.run(command, check=False).returncode == -9
    assert not (folder / "out.gpkg").exists()
    assert (folder / "out.gpkg.partial").is_dir()
    reporter = Collector()
    result, features = detect(folder, reporter=reporter, tile_size=64, padding=12)
    assert result["resumed_rows"] == 3
    assert any("Continuing" in text for text in reporter.messages)
    expected_result, expected = detect(folder, "undisturbed", tile_size=64, padding=12)
    assert same(features, expected)
    assert result["classes"] == expected_result["classes"]


def fail_after(monkeypatch: pytest.MonkeyPatch, rows: int, error: BaseException) -> None:
    append = ObjectJournal.append

    def failing(self: ObjectJournal, row: FoundRow) -> None:
        if row.row == rows:
            raise error
        append(self, row)

    monkeypatch.setattr(ObjectJournal, "append", failing)


def test_full_disk_keeps_the_complete_rows(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        fail_after(patch, 2, OSError(errno.ENOSPC, "No space left on device"))
        with pytest.raises(DiskFullError, match="disk is full"):
            detect(folder, tile_size=64)
    assert sorted(path.name for path in (folder / "out.gpkg.partial").iterdir()) == ["job.json", "lock", "rows.journal"]
    with pytest.raises(OtherJobError, match="delete it to start anew"):
        detect(folder, tile_size=64, threshold=0.9)
    # Other speed, same result: that is the same job.
    result, _ = detect(folder, tile_size=64, batch_size=3, processor="CPU")
    assert result["resumed_rows"] == 2


def test_full_disk_at_the_end_keeps_all_rows(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, *args: Any) -> None:
        path.write_bytes(b"half a file")
        raise DiskFullError(path=path)

    with monkeypatch.context() as patch:
        patch.setattr(detecting, "write_objects", full)
        with pytest.raises(DiskFullError):
            detect(folder, tile_size=64)
    assert not (folder / "out.gpkg").exists()
    monkeypatch.setattr(ModelSession, "run_all", None)
    result, features = detect(folder, tile_size=64)
    assert result["computed"] == 0
    assert len(features["geometry"]) == result["objects"] > 0


def test_no_space_at_the_start_is_said_before_work(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outputs.shutil, "disk_usage", lambda path: type("Usage", (), {"free": 1000})())
    with pytest.raises(DiskFullError):
        detect(folder)
    assert not (folder / "out.gpkg.partial").exists()


@pytest.mark.parametrize("place", ["read", "run_all", "add", "append"])
def test_error_in_any_thread_ends_the_run_with_that_error(
    folder: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise ZeroDivisionError(place)

    owner = {"read": TileReader, "run_all": ModelSession, "add": Sink, "append": ObjectJournal}[place]
    monkeypatch.setattr(owner, place, broken)
    with pytest.raises(ZeroDivisionError, match=place):
        detect(folder, tile_size=64)
    assert sorted(path.name for path in folder.iterdir()) == ["oracle.onnx", "raster.tif"]


def test_cancel_keeps_complete_rows_and_ends_within_a_second(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = ModelSession.run_all

    def slow(self: ModelSession, batch: np.ndarray) -> dict[str, np.ndarray]:
        time.sleep(0.03)
        return run(self, batch)

    monkeypatch.setattr(ModelSession, "run_all", slow)

    class Timed(Collector):
        asked = 0.0

        def cancelled(self) -> bool:
            found = super().cancelled()
            if found and not self.asked:
                self.asked = time.monotonic()
            return found

    reporter = Timed(cancel_after=0.5)
    with pytest.raises(CancelledError, match="the detection"):
        detect(folder, reporter=reporter, tile_size=64)
    assert time.monotonic() - reporter.asked < 1.0
    assert "the same job continues" in reporter.messages[-1]
    assert not (folder / "out.gpkg").exists()
    result, _ = detect(folder, tile_size=64)
    assert result["resumed_rows"] > 0


def test_work_in_use_is_refused(folder: Path) -> None:
    with PartialWork(folder / "out.gpkg", "digest"), pytest.raises(InUseError, match="another run"):
        detect(folder)


def test_commit_cut_off_is_finished_by_the_next_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A folder with the final name is in the way of the move.
    (folder / "out.gpkg").mkdir()
    (folder / "out.gpkg" / "x").write_text("in the way")
    with pytest.raises(NotReplaceableError, match="close programs"):
        detect(folder, tile_size=64)
    (folder / "out.gpkg" / "x").unlink()
    (folder / "out.gpkg").rmdir()
    monkeypatch.setattr(ModelSession, "run_all", None)
    result, features = detect(folder, tile_size=64)
    assert result["objects"] == len(features["geometry"]) > 0


def test_journal_of_outlines_drops_what_is_cut_or_altered(tmp_path: Path) -> None:
    path, rows = tmp_path / "rows", []
    log = ObjectJournal(path)
    for number in range(3):
        items = np.zeros(number, ITEM)
        items["box"], items["score"] = np.arange(4), number / 4
        outlines = np.array([shapely.box(0, 0, 1, side + 1) for side in range(number)], object)
        rows.append(FoundRow(number, Found(items, outlines)))
        log.append(rows[-1])
    log.close()
    data = path.read_bytes()
    for length in (*range(0, len(data), 7), len(data)):
        path.write_bytes(data[:length])
        log = ObjectJournal(path)
        found = list(log.replay(3, outlined=True))
        for one, two in zip(found, rows, strict=False):
            assert (one.found.items == two.found.items).all()
            assert shapely.equals_exact(one.found.outlines, two.found.outlines, 0).all()
        log.close()
    assert len(found) == 3
    altered = bytearray(data)
    altered[-3] ^= 1
    path.write_bytes(bytes(altered))
    log = ObjectJournal(path)
    assert len(list(log.replay(3, outlined=True))) == 2
    log.close()


def test_outlines_continue_after_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from apply_models import write_raster

    write_dots(tmp_path / "oracle.onnx", mask=np.ones((8, 8)))
    pixels = np.zeros((2, 200, 150), np.float32)
    pixels[:, 20:200:40, 20:150:30] = np.array([0.75, 12])[:, None, None]
    write_raster(tmp_path / "raster.tif", pixels)
    _, expected = detect(tmp_path, "whole", tile_size=64)
    with monkeypatch.context() as patch:
        fail_after(patch, 2, OSError(errno.ENOSPC, "No space left on device"))
        with pytest.raises(DiskFullError):
            detect(tmp_path, tile_size=64)
    result, features = detect(tmp_path, tile_size=64)
    assert result["resumed_rows"] == 2
    assert shapely.equals_exact(features["geometry"], expected["geometry"], 1e-6).all()
    assert len(features["geometry"]) == 25
