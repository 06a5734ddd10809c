"""The algorithms and the shipped model by qgis_process, with interrupts and kills."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MODEL = ROOT / "processing_provider" / "graphical_models" / "labelstomap.model3"
WEST_HALF = "686000,686076.8,5335846.4,5336000 [EPSG:32632]"
EAST_HALF = "686076.8,686153.6,5335846.4,5336000 [EPSG:32632]"


pytestmark = pytest.mark.usefixtures("engine")


def engines_of(folder: Path) -> list[int]:
    """Return the engine processes whose log lies in this folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command, errors = (entry / "cmdline").read_bytes(), str((entry / "fd" / "2").readlink())
        except OSError:
            continue
        if b"launch.py" in command and errors.startswith(str(folder)):
            found.append(int(entry.name))
    return found


def scene_command(folder: Path, size: int) -> list[str]:
    outputs = [f"--OUTPUT={folder / 'scene.tif'}", f"--LABELS={folder / 'labels.gpkg'}"]
    return ["swath:createsamplescene", f"--SIZE={size}", *outputs]


def test_qgis_process_runs_an_algorithm(qgis_process, tmp_path):
    output, _ = (process := qgis_process(*scene_command(tmp_path, 256))).communicate(timeout=200)
    assert process.returncode == 0, output
    assert (tmp_path / "scene.tif").is_file()


def test_qgis_process_interrupted_ends_with_an_error_and_leaves_nothing(qgis_process, tmp_path):
    process = qgis_process(*scene_command(tmp_path, 8192))
    until = time.monotonic() + 60
    while not engines_of(tmp_path):
        assert time.monotonic() < until
        assert process.poll() is None, process.stdout.read()
        time.sleep(0.1)
    time.sleep(2)
    os.kill(process.pid, signal.SIGINT)
    asked = time.monotonic()
    output, _ = process.communicate(timeout=60)
    print(f"SIGINT to end: {time.monotonic() - asked:.1f} s")
    assert process.returncode != 0
    assert "Cancelled" in output
    assert engines_of(tmp_path) == []
    assert sorted(path.name for path in tmp_path.glob("*.*")) == []


def test_qgis_process_killed_leaves_no_engine_behind(qgis_process, tmp_path):
    process = qgis_process(*scene_command(tmp_path, 8192))
    until = time.monotonic() + 60
    while not engines_of(tmp_path):
        assert time.monotonic() < until
        time.sleep(0.1)
    time.sleep(1)
    os.killpg(process.pid, signal.SIGKILL)
    killed = time.monotonic()
    while engines_of(tmp_path):
        assert time.monotonic() - killed < 10, "the engine outlived QGIS"
        time.sleep(0.1)
    print(f"orphan gone after {time.monotonic() - killed:.1f} s")


def export_command(folder: Path, tile: int, *more: str) -> list[str]:
    given = {"LABELS": folder / "labels.gpkg", "TILE_SIZE_X": tile, "TILE_SIZE_Y": tile, "OUTPUT": folder / "chips"}
    return ["swath:exporttrainingdata", *(f"--{name}={value}" for name, value in given.items()), *more]


def test_qgis_process_exports_several_rasters(qgis_process, tmp_path):
    for name, seed in (("scene", 1), ("other", 2)):
        command = scene_command(tmp_path, 256)
        command[2] = f"--OUTPUT={tmp_path / name}.tif"
        output, _ = (process := qgis_process(*command, f"--SEED={seed}")).communicate(timeout=200)
        assert process.returncode == 0, output
    more = (f"--ADDITIONAL_RASTERS={tmp_path / 'other.tif'}", "--PROCESSING_MODE=PROCESS_ITEMS_SEPARATELY")
    command = export_command(tmp_path, 64, f"--INPUT={tmp_path / 'scene.tif'}", *more, "--FORMAT=COCO", "--STRIDE_X=0")
    output, _ = (process := qgis_process(*command, "--STRIDE_Y=0")).communicate(timeout=200)
    assert process.returncode == 0, output
    assert "CHIPS:\t32" in output
    assert len(list((tmp_path / "chips" / "images").glob("*.tif"))) == 32


@pytest.mark.slow
def test_qgis_process_interrupted_export_says_that_it_can_be_continued(qgis_process, tmp_path):
    output, _ = (process := qgis_process(*scene_command(tmp_path, 768))).communicate(timeout=200)
    assert process.returncode == 0, output
    strides = ("--STRIDE_X=24", "--STRIDE_Y=24", "--FORMAT=CLASSIFIED_TILES", f"--INPUT={tmp_path / 'scene.tif'}")
    command = export_command(tmp_path, 256, *strides)
    process = qgis_process(*command)
    until = time.monotonic() + 60
    while not list(tmp_path.glob("chips.partial/chips/images/*.tif")):
        assert time.monotonic() < until
        assert process.poll() is None, process.stdout.read()
        time.sleep(0.1)
    os.kill(process.pid, signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    if process.returncode == 0:
        pytest.skip("this machine was done before the signal came")
    assert "chips.partial: the same export continues there" in output
    output, _ = (process := qgis_process(*command)).communicate(timeout=200)
    assert process.returncode == 0, output
    assert "Continuing an export that was cut off" in output
    assert not (tmp_path / "chips.partial").exists()


@pytest.mark.slow
def test_qgis_process_runs_the_graphical_model_of_a_file(qgis_process, tmp_path):
    output, _ = (process := qgis_process(*scene_command(tmp_path, 512))).communicate(timeout=200)
    assert process.returncode == 0, output
    given = {
        "IMAGE": tmp_path / "scene.tif",
        "LABELS": tmp_path / "labels.gpkg",
        "TILE_SIZE": 64,
        "MAX_EPOCHS": 1,
        "BACKBONE": "resnet18",
        "TRAINING_AREA": WEST_HALF,
        "CHECKING_AREA": EAST_HALF,
        "model_folder": tmp_path / "model",
        "classified_raster": tmp_path / "map.tif",
        "confusion_matrix": tmp_path / "matrix.csv",
    }
    process = qgis_process(str(MODEL), *(f"--{name}={value}" for name, value in given.items()))
    output, _ = process.communicate(timeout=280)
    assert process.returncode == 0, output
    assert (tmp_path / "map.tif").is_file()
    assert (tmp_path / "matrix.csv").is_file()
