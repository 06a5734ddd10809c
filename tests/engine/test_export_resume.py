"""Exports that are cut off, wherever that is, and continued: the result is that of an unbroken one."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from chip_cases import read_map_lines
from hypothesis import given, settings
from hypothesis import strategies as st
from killing import Killed, Mortal, tree, worth

from swath.engine.chips import FORMATS
from swath.engine.chips._documents import ChipSetFacts
from swath.engine.chips._stats import Accumulated, BandState, band_states
from swath.engine.classes import ClassInfo
from swath.engine.data import problems
from swath.engine.data.chip_folder import ChipFolder
from swath.engine.partial import InUseError, NotReplaceableError, OtherJobError

FACTS = ChipSetFacts("Classified_Tiles", (4, 4), "uint8", ("", ""), ({"Raster": "r.tif"},))
CHIPS = 5


@pytest.fixture(autouse=True)
def _no_waiting_for_the_disk(monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda number: None)


def empty_stats(classes=(1,)):
    stats = Accumulated(True, [BandState(), BandState()])
    for value in classes:
        stats.add_class(ClassInfo(value, f"class {value}", (1, 2, 3)))
    return stats


def drive(output, digest="a", chips=CHIPS, every=2, seed=0, facts=FACTS, classes=(1,)):
    """Export chips of noise as the exporter does, saving after every few."""
    stats = empty_stats(classes)
    folder = ChipFolder(output, FORMATS.get("CLASSIFIED_TILES"), facts, stats, digest)
    stats.next_index = folder.first_index
    progress = folder.begin()
    start = 0
    if progress is not None:
        start, stats = progress.steps, progress.stats
        assert progress.extra == {"seen": start}
    for number in range(start, chips):
        pixels = np.random.default_rng([seed, number]).normal(size=(2, 4, 4))
        stem = f"{stats.next_index:09d}"
        stats.next_index += 1
        area = float(pixels.sum()) ** 2
        stats.add_chip(band_states(pixels, np.ones((4, 4), bool)), None, {1: [area]} if number % 3 else {})
        folder.add(f"images\\{stem}.tif  labels\\{stem}.tif \r\n", {"stem": stem, "counts": {"1": number}})
        for name in ("images", "labels"):
            (folder.partial / name / f"{stem}.tif").write_bytes(pixels.tobytes())
        if number % every == every - 1:
            folder.save(number + 1, stats, {"seen": number + 1})
    folder.save(chips, stats, {"seen": chips})
    return folder.finish(stats)


def drive_until(output, monkeypatch, at, **values):
    """Drive until the given change; tell whether it got through."""
    with monkeypatch.context() as patch:
        Mortal(patch, at)
        try:
            drive(output, **values)
        except Killed:
            return False
    return True


def changes(folder, monkeypatch, before):
    """Return how many changes an unbroken export takes, and what it makes."""
    with monkeypatch.context() as patch:
        if before:
            drive(folder / "whole", "before", seed=1)
        mortal = Mortal(patch)
        drive(folder / "whole")
        return mortal.count, tree(folder / "whole")


@pytest.mark.parametrize("before", ["", "empty", "chips"])
def test_export_killed_at_any_change_of_a_file_continues_to_the_same_result(tmp_path, monkeypatch, before):
    steps, expected = changes(tmp_path, monkeypatch, before == "chips")
    assert steps > 60
    (tmp_path / "old").mkdir()
    if before == "chips":
        drive(tmp_path / "old", "before", seed=1)
    old = tree(tmp_path / "old")
    for at in range(1, steps + 1):
        output = tmp_path / f"out{at}"
        if before:
            output.mkdir()
        for name, data in old.items():
            (output / name).parent.mkdir(exist_ok=True)
            (output / name).write_bytes(data)
        assert not drive_until(output, monkeypatch, at)
        partial = output.with_name(output.name + ".partial")
        if not (partial / "ready.json").is_file() and tree(output) != expected:
            assert tree(output) == old
        if (output / "map.txt").is_file():
            named = [name for names in read_map_lines(output) for name in names]
            assert all((output / name).is_file() for name in named)
        if (partial / "state.json").is_file() and not (output / "stats.txt").is_file():
            assert "continue" in (partial / "UNFINISHED.txt").read_text()
        if tree(output) != expected or worth(partial):
            drive(output)
        assert tree(output) == expected
        assert not partial.exists() or not any((partial / "chips").glob("*/*"))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 70), min_size=2, max_size=4), st.integers(1, 4), st.booleans())
def test_export_killed_time_and_again_continues_to_the_same_result(tmp_path_factory, cuts, every, before):
    folder = tmp_path_factory.mktemp("cuts")
    for name in ("whole", "out") if before else ():
        drive(folder / name, "before", seed=1)
    drive(folder / "whole", every=every)
    expected = tree(folder / "whole")
    with pytest.MonkeyPatch.context() as monkeypatch:
        for at in cuts:
            if tree(folder / "out") != expected:
                drive_until(folder / "out", monkeypatch, at, every=every)
    if tree(folder / "out") != expected:
        drive(folder / "out", every=every)
    assert tree(folder / "out") == expected


def test_finished_work_that_was_not_moved_is_moved_by_whatever_comes_next(tmp_path, monkeypatch):
    steps, expected = changes(tmp_path, monkeypatch, before=False)
    for at in range(steps, 0, -1):
        output = tmp_path / f"out{at}"
        drive_until(output, monkeypatch, at)
        if (tmp_path / f"out{at}.partial" / "chips" / "map.txt").is_file():
            break
    assert not output.exists()
    drive(output, "another", seed=5)
    found = tree(output)
    assert all(found[name] == data for name, data in expected.items() if name.startswith("images"))
    assert len(read_map_lines(output)) == 2 * CHIPS
    assert not (tmp_path / f"out{at}.partial").exists()


def test_file_that_cannot_be_moved_keeps_the_finished_work(tmp_path, monkeypatch):
    drive(tmp_path / "out", "before", seed=1)
    drive(tmp_path / "whole", "before", seed=1)
    drive(tmp_path / "whole")
    replace = os.replace

    def blocked(source, target, **options):
        if Path(target) == tmp_path / "out" / "stats.txt":
            raise PermissionError("in use")
        replace(source, target, **options)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", blocked)
        with pytest.raises(NotReplaceableError, match="run the same job again"):
            drive(tmp_path / "out")
    drive(tmp_path / "out")
    assert tree(tmp_path / "out") == tree(tmp_path / "whole")
    assert not (tmp_path / "out.partial").exists()


def test_unfinished_export_of_another_job_is_kept_and_refused(tmp_path, monkeypatch):
    assert not drive_until(tmp_path / "out", monkeypatch, 40)
    kept = tree(tmp_path / "out.partial")
    assert any(name.startswith("chips") for name in kept)
    with pytest.raises(OtherJobError, match="delete it to start anew, choose another output, or run the same job"):
        drive(tmp_path / "out", "other")
    assert tree(tmp_path / "out.partial") == kept
    # Without a chip there is nothing to lose.
    assert not drive_until(tmp_path / "new", monkeypatch, 12)
    assert (tmp_path / "new.partial").is_dir()
    drive(tmp_path / "new", "other")


def test_unfinished_export_is_not_added_to_chips_that_have_changed_since(tmp_path, monkeypatch):
    drive(tmp_path / "out", "before", seed=1)
    assert not drive_until(tmp_path / "out", monkeypatch, 45)
    assert (tmp_path / "out.partial" / "state.json").is_file()
    (tmp_path / "out.partial").rename(tmp_path / "kept")
    drive(tmp_path / "out", "between", seed=2)
    (tmp_path / "kept").rename(tmp_path / "out.partial")
    with pytest.raises(OtherJobError):
        drive(tmp_path / "out")


def test_two_exports_at_once_into_one_folder_are_refused(tmp_path):
    first = ChipFolder(tmp_path / "out", FORMATS.get("CLASSIFIED_TILES"), FACTS, empty_stats(), "a")
    assert first.begin() is None
    for digest in ("a", "b"):
        with pytest.raises(InUseError, match="another run"):
            drive(tmp_path / "out", digest)
    first.stop()
    assert not (tmp_path / "out.partial").exists()
    drive(tmp_path / "out")


@pytest.mark.parametrize("name", ["state.json", "map.lines", "chips.lines"])
def test_unfinished_export_that_is_broken_is_refused(tmp_path, monkeypatch, name):
    assert not drive_until(tmp_path / "out", monkeypatch, 50)
    (tmp_path / "out.partial" / name).write_text("{")
    with pytest.raises(problems.FolderInUseError, match="broken"):
        drive(tmp_path / "out")
