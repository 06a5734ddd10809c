"""Trainings with bad input, too little memory or disk, and chips that are hard to learn from."""

from __future__ import annotations

import dataclasses
import errno
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from training_support import Notes, job, make_chips

from swath.engine import pipeline
from swath.engine.errors import DiskFullError, InputError, SwathError
from swath.engine.jobs import TrainJob
from swath.engine.progress import Silent
from swath.engine.training import callbacks, chipdata, lesson, prepare
from swath.engine.training.batches import Batches, Cut, TrainingBatches
from swath.engine.training.problems import (
    BrokenChipError,
    DifferentChipsError,
    DivergedError,
    NoChipsError,
    OneClassError,
    OutputNotEmptyError,
    OutputNotWritableError,
    TooFewChipsError,
)


def test_chips_that_do_not_fit_into_memory_are_read_ahead_alike(tmp_path: Path, monkeypatch) -> None:
    choice = prepare.understand(job(make_chips(tile=40, stride=40), tmp_path / "m"))
    kept, split = prepare.gather(choice, Silent())
    monkeypatch.setattr(chipdata, "CACHE_BYTES", 0)
    read, _ = prepare.gather(choice, Silent())
    assert kept.images is not None
    assert read.images is None
    cut = Cut((40, 40), 32)
    drawn = [TrainingBatches(data, prepare.make_sampler(choice, data, split), 2, cut, seed=1) for data in (kept, read)]
    for batches in drawn:
        batches.set_epoch(3)
    for one, two in (drawn, [Batches(data, split.train, 2, cut) for data in (kept, read)]):
        pairs = list(zip(one, two, strict=True))
        assert len(pairs) == len(one)
        for (image, target, number), (other, truth, place) in pairs:
            assert torch.equal(image, other)
            assert torch.equal(target, truth)
            assert number == place
            assert image.shape[2:] == (64, 64)
            assert (target[:, 40:] == 255).all()
    broken = dataclasses.replace(read.chips[0], image=tmp_path / "gone.tif")
    read.chips = (broken, *read.chips[1:])
    with pytest.raises(BrokenChipError, match=r"gone\.tif"):
        list(Batches(read, np.arange(len(read.chips)), 2, cut))


def test_too_large_a_batch_is_halved_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    step = lesson.Lesson.training_step

    def greedy(self: Any, batch: Any, batch_idx: int) -> Any:
        if len(batch[0]) > 2:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes")
        return step(self, batch, batch_idx)

    monkeypatch.setattr(lesson.Lesson, "training_step", greedy)
    notes = Notes()
    result = pipeline.train(job(make_chips(size=96), tmp_path / "m", batch_size=4), notes)
    assert any("going on with 2" in text for text in notes.messages)
    assert Path(result["model"]).is_file()


def test_full_disk_is_told_and_keeps_the_best(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save, calls = torch.save, []

    def full(values: Any, file: Any) -> None:
        calls.append(1)
        if len(calls) > 2:
            file.write(b"half")
            raise OSError(errno.ENOSPC, "No space left on device")
        save(values, file)

    monkeypatch.setattr(callbacks.torch, "save", full)
    with pytest.raises(DiskFullError, match=r"m\.partial"):
        pipeline.train(job(make_chips(), tmp_path / "m", max_epochs=3), Silent())
    checkpoints = tmp_path / "m.partial" / "run" / "checkpoints"
    assert {item.name for item in checkpoints.iterdir()} == {"best.ckpt", "last.ckpt"}
    assert torch.load(checkpoints / "best.ckpt", weights_only=True)["epoch"] == 0


def test_diverging_training_says_to_take_a_smaller_rate(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(lesson.Lesson, "_scaled", lambda self, image: image.float() * torch.nan)
    with pytest.raises(DivergedError, match="LEARNING_RATE"):
        pipeline.train(job(make_chips(), tmp_path / "m"), Silent())
    assert not list(tmp_path.iterdir())


def test_output_in_a_place_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file")
    with pytest.raises(OutputNotWritableError, match="OUTPUT"):
        pipeline.train(job(make_chips(), tmp_path / "file" / "m"), Silent())


def test_chips_that_all_overlap_train_without_validation_and_say_so(tmp_path: Path) -> None:
    notes = Notes()
    result = pipeline.train(job(make_chips(size=64, tile=48, stride=16), tmp_path / "m"), notes)
    assert any(text.startswith("No validation") for text in notes.messages)
    assert result["monitor"] == "mean_iou"
    assert "nothing was set apart" in (tmp_path / "m" / "model_metrics.html").read_text(encoding="utf-8")


BAD: list[tuple[dict[str, Any], type[SwathError] | None, str]] = [
    ({"model_type": "NOPE"}, None, "MODEL_TYPE"),
    ({"backbone": "resnet19"}, None, "BACKBONE"),
    ({"arguments": {"colour": 1}}, None, "MODEL_ARGUMENTS"),
    ({"arguments": {"mixup": "maybe"}}, None, "true or false"),
    ({"arguments": {"ignore_classes": [9]}}, None, "no class 9"),
    ({"arguments": {"ignore_classes": [2]}}, None, "learnt"),
    ({"max_epochs": 0}, None, "MAX_EPOCHS"),
    ({"batch_size": -1}, None, "BATCH_SIZE"),
    ({"learning_rate": -0.1}, None, "LEARNING_RATE"),
    ({"validation_percentage": 95}, None, "VALIDATION_PERCENTAGE"),
    ({"monitor": "LUCK"}, None, "MONITOR"),
    ({"augmentation": "SOME"}, None, "AUGMENTATION"),
    ({"processor": "TPU"}, None, "PROCESSOR"),
    ({"name": "../up"}, None, "MODEL_NAME"),
    ({"inputs": []}, NoChipsError, "INPUT"),
    ({"inputs": ["/nowhere/at/all"]}, NoChipsError, "/nowhere/at/all"),
    ({"backbone_weights": "/nowhere.pth"}, None, "no such file"),
]


@pytest.mark.parametrize(("values", "kind", "text"), BAD, ids=[str(values) for values, _, _ in BAD])
def test_bad_input_is_refused_with_one_sentence_and_leaves_nothing(tmp_path, values, kind, text) -> None:
    if values == {"arguments": {"ignore_classes": [2]}}:
        values = {"arguments": {"ignore_classes": [2, 5]}}
    task = job(make_chips(), tmp_path / "m")
    task = TrainJob(**(task.to_dict() | values))
    with pytest.raises(kind or InputError, match=text):
        pipeline.train(task, Silent())
    assert not list(tmp_path.iterdir())


def test_gpu_that_is_not_there_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(SwathError, match="GPU_ID"):
        pipeline.train(job(make_chips(), tmp_path / "m", processor="GPU"), Silent())


def test_output_that_holds_other_things_is_left_alone(tmp_path: Path) -> None:
    output = tmp_path / "m"
    output.mkdir()
    (output / "thesis.txt").write_text("years of work")
    with pytest.raises(OutputNotEmptyError):
        pipeline.train(job(make_chips(), output), Silent())
    assert [item.name for item in tmp_path.rglob("*")] == ["m", "thesis.txt"]


def test_chips_that_teach_nothing_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TooFewChipsError, match="1 chip"):
        pipeline.train(job(make_chips(size=32), tmp_path / "m"), Silent())
    only = make_chips(values=(2,), classes=(2,))
    with pytest.raises(OneClassError, match="bright"):
        pipeline.train(job(only, tmp_path / "m"), Silent())


def test_folders_that_differ_are_refused(tmp_path: Path) -> None:
    first, second = make_chips(), make_chips(bands=1, size=96)
    task = TrainJob(**(job(first, tmp_path / "m").to_dict() | {"inputs": [str(first), str(second)]}))
    with pytest.raises(DifferentChipsError, match="number of bands"):
        pipeline.train(task, Silent())


def test_broken_chip_is_named_before_work_starts(tmp_path: Path) -> None:
    import shutil

    chips = tmp_path / "chips"
    shutil.copytree(make_chips(size=96), chips)
    broken = sorted((chips / "images").glob("*.tif"))[-1]
    broken.write_bytes(b"II*\0 nothing")
    with pytest.raises((BrokenChipError, InputError), match=broken.name):
        pipeline.train(job(chips, tmp_path / "m"), Silent())
    assert [item.name for item in tmp_path.iterdir()] == ["chips"]
