"""Several processes train one network: here on the CPU's cores, elsewhere on GPUs."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import detector_cases
import numpy as np
import psutil
import pytest
import torch
from training_support import Notes, job, make_chips, same, weights

from swath.engine import pipeline
from swath.engine.errors import CancelledError, EngineCrashedError
from swath.engine.progress import Silent
from swath.engine.training import prepare, sharing
from swath.engine.training.batches import Batches, Cut, Share, TrainingBatches
from swath.engine.training.problems import DivergedError


def test_shares_make_up_the_batches_of_one_process(tmp_path: Path) -> None:
    choice = prepare.understand(job(make_chips(), tmp_path / "m"))
    data, split = prepare.gather(choice, Silent())
    cut, sampler = Cut((64, 64), 32), prepare.make_sampler(choice, data, split)
    whole = TrainingBatches(data, sampler, 2, cut, seed=3)
    shares = [TrainingBatches(data, sampler, 1, cut, 3, Share(rank, 2)) for rank in range(2)]
    assert {len(share) for share in shares} == {len(whole)}
    parts = [list(share) for share in shares]
    for number, (image, target, _) in enumerate(whole):
        pair = [part[number] for part in parts]
        assert [place for *_, place in pair] == [2 * number, 2 * number + 1]
        if len(image) == 2:  # an odd number of pieces makes one step smaller
            assert torch.equal(torch.cat([one[0] for one in pair]), image)
            assert torch.equal(torch.cat([one[1] for one in pair]), target)
    # Large batches become smaller, so that no process goes without.
    assert [len(list(Batches(data, split.valid, 64, cut, Share(rank, 2)))) for rank in range(2)] == [1, 1]
    judged = [Batches(data, split.valid, 1, cut, Share(rank, 3)) for rank in range(3)]
    assert [len(list(share)) for share in judged] == [len(share) for share in judged]
    assert sum(len(share) for share in judged) == len(Batches(data, split.valid, 1, cut))


def test_more_processes_than_pieces_get_equally_many_batches(tmp_path: Path) -> None:
    choice = prepare.understand(job(make_chips(size=96), tmp_path / "m"))
    data, split = prepare.gather(choice, Silent())
    sampler = prepare.make_sampler(choice, data, split)
    count = len(split.train) + 2
    shares = [TrainingBatches(data, sampler, 1, Cut((64, 64), 32), 0, Share(rank, count)) for rank in range(count)]
    assert {len(list(share)) for share in shares} == {1}


def test_two_processes_train_one_network(tmp_path: Path) -> None:
    notes = Notes()
    pipeline.train(job(make_chips(), tmp_path / "m", max_epochs=2, batch_size=2, processes=2), notes)
    assert [record["epoch"] for record in notes.epochs] == [1, 2]
    assert np.isfinite([item["train_loss"] for item in notes.epochs]).all()
    assert notes.epochs[1]["mean_iou"] > 0.3
    assert any("2 processes" in text for text in notes.messages)
    assert (tmp_path / "m" / "model.onnx").is_file()
    assert not (tmp_path / "m.partial").exists()


@pytest.mark.slow
def test_two_processes_learn_the_same_each_time(tmp_path: Path) -> None:
    for name in "ab":
        pipeline.train(job(make_chips(), tmp_path / name, batch_size=2, processes=2), Notes())
    assert same(weights(tmp_path / "a"), weights(tmp_path / "b"))


@pytest.mark.slow
def test_detector_is_judged_on_the_pictures_of_all_processes(tmp_path: Path) -> None:
    _, _, chips = detector_cases.scene(3, "PASCAL_VOC_RECTANGLES")
    notes = [Notes(), Notes()]
    for count, note in enumerate(notes, 1):
        given = job(chips, tmp_path / str(count), backbone="resnet18", model_type="FCOS", processes=count)
        pipeline.train(given, note)
    truths = [[item["truths"] for item in note.epochs[-1]["classes"]] for note in notes]
    assert truths[0] == truths[1]
    assert min(truths[0]) > 0


@pytest.mark.slow
def test_cancel_ends_all_processes_at_once(tmp_path: Path) -> None:
    class Impatient(Notes):
        asked = 0.0

        def metrics(self, values: dict) -> None:
            super().metrics(values)
            if values.get("epoch") == 1:
                self.asked = time.monotonic()

        def cancelled(self) -> bool:
            return self.asked > 0

    notes = Impatient()
    with pytest.raises(CancelledError):
        pipeline.train(job(make_chips(), tmp_path / "m", max_epochs=500, batch_size=2, processes=2), notes)
    assert time.monotonic() - notes.asked < 6
    assert not [item for item in threading.enumerate() if item.name.startswith("swath-rank") and item.is_alive()]
    folder = tmp_path / "m.partial"
    assert (folder / "run" / "checkpoints" / "last.ckpt").is_file()
    again = Notes(lambda values: values.get("event") == "epoch" and (folder / "run" / "stop").touch())
    pipeline.train(job(make_chips(), tmp_path / "m", max_epochs=500, batch_size=2, processes=2), again)
    assert any("Going on after epoch" in text for text in again.messages)
    assert (tmp_path / "m" / "model.onnx").is_file()


@pytest.mark.slow
def test_process_that_dies_ends_the_others_and_is_told(tmp_path: Path) -> None:
    def kill_one(values: dict) -> bool:
        if values.get("epoch") == 2:  # the first is on disk then
            psutil.Process().children()[-1].kill()
        return False

    with pytest.raises(EngineCrashedError, match="one of several"):
        pipeline.train(job(make_chips(), tmp_path / "m", max_epochs=500, batch_size=2, processes=2), Notes(kill_one))
    assert not psutil.Process().children()
    assert (tmp_path / "m.partial" / "run" / "checkpoints" / "last.ckpt").is_file()


def test_error_of_a_process_becomes_the_same_error_here() -> None:
    line = json.dumps({"type": "error", "error": DivergedError(epoch=3, rate="9").to_dict()}).encode()
    error = sharing._tell(1, line, Notes())
    assert isinstance(error, DivergedError)
    assert "epoch 3" in str(error)
    assert sharing._tell(0, b"no JSON", Notes()) is None
