"""Unfinished work: killed, cancelled, refused, continued."""

from __future__ import annotations

import errno
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from apply_models import Collector, classify, info, random_pixels, write_model, write_raster

from swath.engine.applying import flow, outputs
from swath.engine.applying.classify import classify_pixels
from swath.engine.applying.journal import RowJournal, StitchedRow
from swath.engine.applying.reading import TileReader
from swath.engine.applying.session import ModelSession
from swath.engine.applying.stitching import Stitcher
from swath.engine.errors import CancelledError, DiskFullError, OutOfMemoryError
from swath.engine.jobs import ClassifyJob
from swath.engine.partial import InUseError, NotReplaceableError, OtherJobError, PartialWork

KILLED = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
import conftest
from swath.engine.applying.journal import RowJournal
append = RowJournal.append
def dying(self, row):
    if row.row == 3:
        self._stream.write(b"SWR1 cut short")
        self._stream.flush()
        os.kill(os.getpid(), signal.SIGKILL)
    append(self, row)
RowJournal.append = dying
from apply_models import classify
from pathlib import Path
classify(Path(sys.argv[2]), tile_size=64, padding=8, probabilities=sys.argv[2] + "/p.tif")
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_model(tmp_path / "tiny.onnx", info())
    pixels = random_pixels(300, 421)
    pixels[:, :70] = 0
    write_raster(tmp_path / "raster.tif", pixels, nodata=0)
    return tmp_path


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_killed_run_continues_and_gives_the_same_files(folder: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(Path(__file__).parent), str(folder)]
    assert subprocess.run(command, check=False).returncode == -9
    assert not (folder / "out.tif").exists()
    assert (folder / "out.tif.partial").is_dir()
    reporter = Collector()
    probabilities = str(folder / "p.tif")
    result, values = classify(folder, reporter=reporter, tile_size=64, padding=8, probabilities=probabilities)
    assert result["resumed_rows"] == 3
    assert any("Continuing" in text for text in reporter.messages)
    whole = str(folder / "p2.tif")
    expected_result, expected = classify(folder, "undisturbed", tile_size=64, padding=8, probabilities=whole)
    assert (values == expected).all()
    assert result["pixels"] == expected_result["pixels"]
    with rasterio.open(probabilities) as one, rasterio.open(whole) as two:
        assert (one.read() == two.read()).all()


def fail_after(monkeypatch: pytest.MonkeyPatch, rows: int, error: BaseException) -> None:
    append = RowJournal.append

    def failing(self: RowJournal, row: StitchedRow) -> None:
        if row.row == rows:
            raise error
        append(self, row)

    monkeypatch.setattr(RowJournal, "append", failing)


def test_full_disk_keeps_the_complete_rows(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        fail_after(patch, 2, OSError(errno.ENOSPC, "No space left on device"))
        with pytest.raises(DiskFullError, match="disk is full"):
            classify(folder, tile_size=64, padding=8)
    # The unfinished rasters give their space back.
    assert sorted(path.name for path in (folder / "out.tif.partial").iterdir()) == ["job.json", "lock", "rows.journal"]
    result, _ = classify(folder, tile_size=64, padding=8)
    assert result["resumed_rows"] == 2


def test_no_space_at_the_start_is_said_before_work(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outputs.shutil, "disk_usage", lambda path: type("Usage", (), {"free": 1000})())
    with pytest.raises(DiskFullError):
        classify(folder)
    assert not (folder / "out.tif.partial").exists()


def test_failure_before_the_first_row_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_after(monkeypatch, 0, RuntimeError("broken"))
    with pytest.raises(RuntimeError, match="broken"):
        classify(folder, tile_size=64)
    assert sorted(path.name for path in folder.iterdir()) == ["raster.tif", "tiny.onnx"]


@pytest.mark.parametrize("place", ["read", "run", "add", "write"])
def test_error_in_any_thread_ends_the_run_with_that_error(
    folder: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise ZeroDivisionError(place)

    owner = {"read": TileReader, "run": ModelSession, "add": Stitcher, "write": outputs.Outputs}[place]
    monkeypatch.setattr(owner, place, broken)
    with pytest.raises(ZeroDivisionError, match=place):
        classify(folder, tile_size=64)
    assert not (folder / "out.tif").exists()


def test_out_of_memory_says_the_tile_and_the_batch(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def run(self, *args: Any) -> None:
            raise RuntimeError("bad allocation: Failed to allocate memory for requested buffer of size 12345")

    real = ModelSession.__init__

    def broken(self: ModelSession, *args: Any) -> None:
        real(self, *args)
        self._session = Broken()

    monkeypatch.setattr(ModelSession, "__init__", broken)
    with pytest.raises(OutOfMemoryError, match="64 x 64 pixels, 1 at once"):
        classify(folder, tile_size=64)


def test_cancel_keeps_complete_rows_and_ends_within_a_second(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = ModelSession.run

    def slow(self: ModelSession, batch: np.ndarray) -> np.ndarray:
        time.sleep(0.03)
        return run(self, batch)

    monkeypatch.setattr(ModelSession, "run", slow)

    class Timed(Collector):
        asked = 0.0

        def cancelled(self) -> bool:
            found = super().cancelled()
            if found and not self.asked:
                self.asked = time.monotonic()
            return found

    reporter = Timed(cancel_after=0.5)
    with pytest.raises(CancelledError):
        classify(folder, reporter=reporter, tile_size=64, padding=8)
    assert time.monotonic() - reporter.asked < 1.0
    assert "the same job continues" in reporter.messages[-1]
    assert not (folder / "out.tif").exists()
    result, _ = classify(folder, tile_size=64, padding=8)
    assert result["resumed_rows"] > 0


def test_another_job_is_refused_with_the_remedy(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        fail_after(patch, 2, OSError(errno.ENOSPC, "full"))
        with pytest.raises(DiskFullError):
            classify(folder, tile_size=64)
    with pytest.raises(OtherJobError, match="delete it to start anew"):
        classify(folder, tile_size=128)
    # Other speed, same result: that is the same job.
    result, _ = classify(folder, tile_size=64, batch_size=3, processor="CPU")
    assert result["resumed_rows"] == 2


def test_work_in_use_is_refused(folder: Path) -> None:
    with PartialWork(folder / "out.tif", "digest"), pytest.raises(InUseError, match="another run"):
        classify(folder)


def test_folder_of_somebody_else_is_not_touched(folder: Path) -> None:
    (folder / "out.tif.partial").mkdir()
    (folder / "out.tif.partial" / "thesis.doc").write_text("mine")
    with pytest.raises(OtherJobError):
        classify(folder)
    assert [path.name for path in (folder / "out.tif.partial").iterdir()] == ["thesis.doc"]


def test_commit_cut_off_is_finished_by_the_next_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A folder with the final name is in the way of the last move.
    (folder / "out.tif").mkdir()
    (folder / "out.tif" / "x").write_text("in the way")
    with pytest.raises(NotReplaceableError, match="close programs"):
        classify(folder, tile_size=64)
    assert (folder / "out.qml").exists()
    (folder / "out.tif" / "x").unlink()
    (folder / "out.tif").rmdir()
    monkeypatch.setattr(ModelSession, "run", None)
    result, values = classify(folder, tile_size=64)
    assert sum(result["pixels"].values()) == (values != 0).sum()


def test_journal_drops_what_is_cut_or_altered(tmp_path: Path) -> None:
    path, rows = tmp_path / "rows", []
    log = RowJournal(path, np.dtype(np.uint8), 2)
    for number in range(3):
        values = np.random.default_rng(number).integers(0, 9, (4, 5), np.uint8)
        rows.append(StitchedRow(number, values, np.full((2, 4, 5), number, np.uint16)))
        log.append(rows[-1])
    log.append(StitchedRow(3, None))
    log.close()
    data = path.read_bytes()
    for length in range(len(data)):
        path.write_bytes(data[:length])
        log = RowJournal(path, np.dtype(np.uint8), 2)
        found = list(log.replay([4, 4, 4, 4], 5))
        assert all(
            (a.values == b.values).all() and (a.steps == b.steps).all() for a, b in zip(found, rows, strict=False)
        )
        log.append(StitchedRow(len(found), None))
        assert len(list(log.replay([4] * 5, 5))) == len(found) + 1
        log.close()
    altered = bytearray(data)
    altered[len(data) // 2] ^= 1
    path.write_bytes(bytes(altered))
    log = RowJournal(path, np.dtype(np.uint8), 2)
    assert len(list(log.replay([4, 4, 4, 4], 5))) == 1
    log.close()


def test_memory_does_not_grow_with_height(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_model(tmp_path / "tiny.onnx", info())
    most = [0]
    row = Stitcher._row

    def counting(self: Stitcher, tile: Any) -> StitchedRow:
        found = row(self, tile)
        most[0] = max(most[0], len(self._open))
        return found

    waiting: list[int] = []
    put = flow.Channel.put

    def bounded(self: flow.Channel[Any], item: Any) -> None:
        put(self, item)
        waiting.append(self._queue.qsize())

    monkeypatch.setattr(Stitcher, "_row", counting)
    monkeypatch.setattr(flow.Channel, "put", bounded)
    for height in (256, 4096):
        write_raster(tmp_path / "raster.tif", random_pixels(height, 100))
        classify(tmp_path, str(height), tile_size=64, padding=8)
    assert most[0] <= 3
    assert max(waiting) <= 2


def test_order_of_tiles_does_not_matter(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, expected = classify(folder, "ordered", tile_size=64, padding=8)
    init = flow.Flow.__init__

    def shuffled(self: flow.Flow[Any, Any], **values: Any) -> None:
        tiles = list(values.pop("tiles"))
        np.random.default_rng(3).shuffle(tiles)
        init(self, **{**values, "tiles": tiles, "readers": 3})

    monkeypatch.setattr(flow.Flow, "__init__", shuffled)
    _, values = classify(folder, "shuffled", tile_size=64, padding=8, batch_size=3)
    assert (values == expected).all()


def test_result_values_are_plain(folder: Path) -> None:
    import json

    job = ClassifyJob(raster=str(folder / "raster.tif"), model=str(folder / "tiny.onnx"), output=str(folder / "o.tif"))
    assert json.loads(json.dumps(classify_pixels(job, Collector())))["output"] == job.output
