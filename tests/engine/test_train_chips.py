"""How training reads chips: each file once, and no label at all where the export noted what is in it."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import rasterio
from training_support import Notes, job, make_chips

from swath.engine.chips import FORMATS
from swath.engine.progress import Silent
from swath.engine.training import chipdata, prepare
from swath.engine.training.problems import BrokenChipError

FORMAT = FORMATS.get("CLASSIFIED_TILES")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count how often each label is read and each picture opened, as folder/name."""
    found: Counter[str] = Counter()
    read, plain = type(FORMAT).read_target, rasterio.open

    def reading(self, chip, classes=()):
        if chip.label is not None:
            found[f"labels/{chip.label.name}"] += 1
        return read(self, chip, classes)

    def opening(path, *args, **options):
        if Path(path).parent.name == "images":
            found[f"images/{Path(path).name}"] += 1
        return plain(path, *args, **options)

    monkeypatch.setattr(type(FORMAT), "read_target", reading)
    monkeypatch.setattr(rasterio, "open", opening)
    return found


@pytest.fixture
def chips(tmp_path: Path) -> Path:
    """Return a folder of its own; half of the ground is unlabelled, and a part of the chips wholly."""
    folder = tmp_path / "chips"
    shutil.copytree(make_chips(size=128, tile=16, stride=16, values=(0, 0, 2, 5)), folder)
    return folder


def gather(chips: Path, output: Path, opened: Counter[str] | None = None, reporter: Silent | None = None):
    choice = prepare.understand(job(chips, output))
    if opened is not None:
        opened.clear()
    return prepare.gather(choice, reporter or Silent())


def labels_of(folder: Path) -> set[str]:
    return {f"labels/{path.name}" for path in (folder / "labels").iterdir()}


def truth(folder: Path, stem: str) -> list[int]:
    """Count the pixels of both classes in a label, on our own."""
    path = folder / "labels" / f"{stem}.tif"
    if not path.exists():
        return [0, 0]
    with rasterio.open(path) as dataset:
        values = dataset.read(1)
    return [int((values == 2).sum()), int((values == 5).sum())]


def test_chips_that_fit_into_memory_are_read_once_each(chips: Path, tmp_path: Path, opened) -> None:
    data, _ = gather(chips, tmp_path / "m", opened)
    assert data.images is not None
    times = Counter({name: count for name, count in opened.items() if name.startswith("labels/")})
    assert set(times) == labels_of(chips)
    assert set(times.values()) == {1}
    pictures = {name: count for name, count in opened.items() if name.startswith("images/")}
    assert {f"images/{chip.image.name}" for chip in data.chips} <= set(pictures)
    assert max(pictures.values()) == 1
    for index, chip in enumerate(data.chips):
        assert data.counts[index].tolist() == truth(chips, chip.stem)
        with rasterio.open(chip.image) as dataset:
            assert np.array_equal(data.images[index], dataset.read())


def test_labels_that_the_export_counted_are_not_opened_again(chips: Path, tmp_path: Path, opened, monkeypatch) -> None:
    whole, split = gather(chips, tmp_path / "m")
    monkeypatch.setattr(chipdata, "CACHE_BYTES", 0)
    noted, same = gather(chips, tmp_path / "m", opened)
    assert not opened
    assert noted.images is None
    (chips / "swath_chips.jsonl").unlink()
    counted, _ = gather(chips, tmp_path / "m", opened)
    assert {name for name in opened if name.startswith("labels/")} == labels_of(chips)
    assert set(opened.values()) == {1}
    for data in (noted, counted):
        assert data.chips
        assert [chip.stem for chip in data.chips] == [chip.stem for chip in whole.chips]
        assert np.array_equal(data.counts, whole.counts)
        assert data.digest() == whole.digest()
        for index in range(len(data.chips)):
            assert all(np.array_equal(a, b) for a, b in zip(data.load(index), whole.load(index), strict=True))
    assert np.array_equal(split.train, same.train)


def test_many_chips_of_which_few_are_of_use_are_kept_in_memory(
    chips: Path, tmp_path: Path, opened, monkeypatch
) -> None:
    whole, _ = gather(chips, tmp_path / "m")
    assert len(whole.chips) < 64
    monkeypatch.setattr(chipdata, "CACHE_BYTES", 16 * 16 * 4 * len(whole.chips))
    data, _ = gather(chips, tmp_path / "m", opened)
    assert data.images is not None
    assert set(opened.values()) == {1}
    assert np.array_equal(data.images, whole.images)
    assert np.array_equal(data.targets, whole.targets)


@pytest.mark.parametrize("limit", [0, 2**30])
def test_pixels_of_no_class_are_told_alike(chips: Path, tmp_path: Path, monkeypatch, limit: int) -> None:
    monkeypatch.setattr(chipdata, "CACHE_BYTES", limit)
    for name in ("esri_model_definition.emd", "esri_accumulated_stats.json"):
        values = json.loads((chips / name).read_text("utf-8"))
        values["Classes"] = values["Classes"][:1]
        (chips / name).write_text(json.dumps(values), "utf-8")
    notes = Notes()
    data, _ = gather(chips, tmp_path / "m", reporter=notes)
    unknown = sum(truth(chips, path.stem)[1] for path in (chips / "labels").iterdir())
    assert data.unknown == unknown > 0
    assert any(str(unknown) in text and "no class" in text for text in notes.messages)


def test_notes_that_do_not_fit_the_chips_are_not_believed(chips: Path, tmp_path: Path, monkeypatch) -> None:
    whole, _ = gather(chips, tmp_path / "m")
    monkeypatch.setattr(chipdata, "CACHE_BYTES", 0)
    path = chips / "swath_chips.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    path.write_text("".join(json.dumps({"stem": line["stem"], "counts": {"2": 3}}) + "\n" for line in lines))
    data, _ = gather(chips, tmp_path / "m")
    assert np.array_equal(data.counts, whole.counts)


@pytest.mark.parametrize("limit", [0, 2**30])
@pytest.mark.parametrize("what", ["broken", "small"])
def test_label_that_cannot_be_used_is_named(chips: Path, tmp_path: Path, monkeypatch, limit: int, what: str) -> None:
    monkeypatch.setattr(chipdata, "CACHE_BYTES", limit)
    (chips / "swath_chips.jsonl").unlink()
    path = sorted((chips / "labels").iterdir())[-1]
    if what == "broken":
        path.write_bytes(b"II*\0 nothing")
    else:
        with rasterio.open(path, "w", driver="GTiff", width=8, height=8, count=1, dtype="uint8") as dataset:
            dataset.write(np.ones((1, 8, 8), "uint8"))
    with pytest.raises((BrokenChipError, ValueError), match=path.name):
        gather(chips, tmp_path / "m")
