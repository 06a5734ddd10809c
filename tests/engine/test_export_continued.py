"""Whole exports that are cancelled, killed or run out of disk, and continued."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from chip_cases import (
    NORTH_UP,
    Recorder,
    make_case,
    noise,
    pixel_box,
    read_map_lines,
    run_export,
    write_labels,
    write_raster,
)
from killing import Killed, Mortal, tree, worth

from swath.engine.data import chip_plan, exporting
from swath.engine.errors import CancelledError, DiskFullError
from swath.engine.partial import InUseError, OtherJobError


@pytest.fixture(autouse=True)
def _no_waiting_for_the_disk(monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda number: None)


@pytest.fixture
def case(tmp_path, monkeypatch):
    """Return the job of an export that saves after each run of chips."""
    monkeypatch.setattr(exporting, "_SAVE_SECONDS", -1.0)
    monkeypatch.setattr(chip_plan, "_RUN_PX", 128)
    base, _ = make_case(tmp_path, noise(400, 300, dtype="float32"))
    return {**base, "all_tiles": True, "stride": [64, 64]}


@pytest.mark.parametrize("format_id", ["CLASSIFIED_TILES", "PASCAL_VOC_RECTANGLES", "RCNN_MASKS", "COCO"])
def test_cancelled_export_continues_where_it_was(tmp_path, case, format_id):
    case["format"] = format_id
    run_export(tmp_path, case, "whole")
    expected = tree(tmp_path / "whole")
    stopped = 0
    for after in range(2, 60, 7):
        try:
            result = run_export(tmp_path, case, "out", Recorder(cancel_after=after))
            break
        except CancelledError:
            stopped += 1
            assert not (tmp_path / "out").exists()
    else:
        recorder = Recorder()
        result = run_export(tmp_path, case, "out", recorder)
        assert any("Continuing" in text for text in recorder.messages)
    assert stopped > 2
    assert tree(tmp_path / "out") == expected
    assert result["chips"] == len(read_map_lines(tmp_path / "whole"))
    assert not (tmp_path / "out.partial").exists()


def test_cancelled_export_into_old_chips_leaves_these_as_they_were(tmp_path, case):
    for name in ("whole", "out"):
        run_export(tmp_path, case, name)
    before = tree(tmp_path / "out")
    more = {**case, "stride": [32, 32]}
    with pytest.raises(CancelledError):
        run_export(tmp_path, more, "out", Recorder(cancel_after=20))
    assert tree(tmp_path / "out") == before
    assert (tmp_path / "out.partial" / "UNFINISHED.txt").is_file()
    with pytest.raises(OtherJobError, match="other settings"):
        run_export(tmp_path, case, "out")
    run_export(tmp_path, more, "out")
    run_export(tmp_path, more, "whole")
    assert tree(tmp_path / "out") == tree(tmp_path / "whole")


@pytest.mark.parametrize("format_id", ["COCO", "YOLO"])
def test_export_killed_while_it_is_put_in_place_is_finished_by_the_next(tmp_path, case, monkeypatch, format_id):
    case["format"] = format_id
    more = {**case, "stride": [50, 50]}
    run_export(tmp_path, case, "whole")
    old = tree(tmp_path / "whole")
    with monkeypatch.context() as patch:
        mortal = Mortal(patch)
        run_export(tmp_path, more, "whole")
    expected = tree(tmp_path / "whole")
    for at in range(mortal.count - 300, mortal.count, 41):
        name = f"out{at}"
        for path, data in old.items():
            (tmp_path / name / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / path).write_bytes(data)
        with monkeypatch.context() as patch:
            Mortal(patch, at)
            with pytest.raises(Killed):
                run_export(tmp_path, more, name)
        if tree(tmp_path / name) != expected or worth(tmp_path / f"{name}.partial"):
            result = run_export(tmp_path, more, name)
            assert result["chips"] == len(read_map_lines(tmp_path / "whole")) - len(read_map_lines_of(old))
        assert tree(tmp_path / name) == expected


def read_map_lines_of(files):
    return files["map.txt"].decode().splitlines()


KILLED = """
import sys, time
sys.path.insert(0, sys.argv[1])
import conftest
from swath.engine.data import chip_plan, exporting
chip_plan._RUN_PX, exporting._SAVE_SECONDS = 128, -1.0
plain = exporting._Export._save
def slow(self):
    plain(self)
    time.sleep(0.2)
exporting._Export._save = slow
import json
from pathlib import Path
from chip_cases import run_export
run_export(Path(sys.argv[2]), json.loads(sys.argv[3]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_killed_process_lets_the_next_one_continue(tmp_path, case):
    run_export(tmp_path, case, "whole")
    command = [sys.executable, "-c", KILLED, str(Path(__file__).parent), str(tmp_path), json.dumps(case)]
    state = tmp_path / "out.partial" / "state.json"
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        end = time.monotonic() + 30
        while not (state.is_file() and json.loads(state.read_text())["steps"] >= 2):
            assert process.poll() is None, process.stderr.read().decode()
            assert time.monotonic() < end
            time.sleep(0.01)
        with pytest.raises(InUseError):
            run_export(tmp_path, case)
        process.kill()
    recorder = Recorder()
    run_export(tmp_path, case, reporter=recorder)
    assert any("Continuing" in text for text in recorder.messages)
    assert tree(tmp_path / "out") == tree(tmp_path / "whole")


def fill_disk(monkeypatch, after):
    """Let the disk be full after some files; saves of the state need space as well."""
    plain, written = Path.write_bytes, []

    def full(self, data):
        written.append(self)
        if len(written) > after:
            raise OSError(errno.ENOSPC, "No space left on device")
        return plain(self, data)

    monkeypatch.setattr(Path, "write_bytes", full)


@pytest.mark.parametrize("after", [3, 40, 70])
def test_full_disk_is_told_and_the_export_continues_once_there_is_space(tmp_path, case, monkeypatch, after):
    run_export(tmp_path, case, "whole")
    with monkeypatch.context() as patch:
        fill_disk(patch, after)
        with pytest.raises(DiskFullError, match=r"The disk is full while writing .*: free some space and start again"):
            run_export(tmp_path, case)
    partial = tmp_path / "out.partial"
    # What cannot be continued does not take space.
    assert partial.exists() == (after > 3)
    recorder = Recorder()
    run_export(tmp_path, case, reporter=recorder)
    assert any("Continuing" in text for text in recorder.messages) == (after > 3)
    assert tree(tmp_path / "out") == tree(tmp_path / "whole")
    assert not partial.exists()


def test_full_disk_while_the_state_is_saved_leaves_the_save_before(tmp_path, case, monkeypatch):
    run_export(tmp_path, case, "whole")
    saves = []

    def full(number):
        saves.append(number)
        if len(saves) > 24:
            raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(DiskFullError):
            run_export(tmp_path, case)
    assert (tmp_path / "out.partial" / "UNFINISHED.txt").is_file()
    run_export(tmp_path, case)
    assert tree(tmp_path / "out") == tree(tmp_path / "whole")


@pytest.mark.parametrize(
    "change", [{"stride": [32, 32]}, {"format": "LABELED_TILES"}, {"bands": [1]}, "raster", "labels"]
)
def test_other_settings_or_inputs_do_not_continue(tmp_path, case, change):
    with pytest.raises(CancelledError):
        run_export(tmp_path, case, reporter=Recorder(cancel_after=12))
    kept = tree(tmp_path / "out.partial")
    assert any(name.startswith("chips/images") for name in kept)
    values = case
    if change == "raster":
        write_raster(Path(case["raster"]), noise(400, 300, dtype="float32", seed=3))
    elif change == "labels":
        write_labels(Path(case["labels"]), [pixel_box(NORTH_UP, 5, 5, 90, 90)], [1])
    else:
        values = {**case, **change}
    with pytest.raises(OtherJobError, match="other settings or inputs"):
        run_export(tmp_path, values)
    assert tree(tmp_path / "out.partial") == kept


def test_labels_in_a_new_file_and_a_new_report_continue(tmp_path, case):
    with pytest.raises(CancelledError):
        run_export(tmp_path, case, reporter=Recorder(cancel_after=12))
    # QGIS writes the labels it hands over anew each time.
    copy = Path(case["labels"]).rename(tmp_path / "again.gpkg")
    recorder = Recorder()
    run_export(tmp_path, {**case, "labels": str(copy)}, reporter=recorder, report=str(tmp_path / "report.html"))
    assert any("Continuing" in text for text in recorder.messages)
    assert (tmp_path / "report.html").is_file()
