"""The parts of a training by themselves: loss, measures, augmentation, tuning, networks, pages."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path

import numpy as np
import pytest
import torch

from swath.engine.classes import ClassInfo, background
from swath.engine.errors import InputError
from swath.engine.review.html import Bar, Heat, Page, Swatch, number
from swath.engine.tasks.pixels import IGNORE_INDEX, TASK
from swath.engine.training.augment import Augmentation, mix
from swath.engine.training.lesson import one_cycle
from swath.engine.training.losses import PixelLoss
from swath.engine.training.problems import (
    NotIgnorableError,
)
from swath.engine.training.teaching_pixels import class_weights
from swath.engine.training.tuning import batch_size_for, read_curve, single_losses

WATER, FOREST = ClassInfo(3, "water", (0, 0, 255)), ClassInfo(7, "forest", (0, 120, 0))


@pytest.mark.parametrize(
    ("classes", "arguments", "expected"),
    [
        ([WATER], {}, [0, 3]),
        ([WATER, FOREST], {}, [3, 7]),
        ([WATER, FOREST], {"background": "TRAIN"}, [0, 3, 7]),
        ([WATER], {"background": "IGNORE"}, [3]),
        ([WATER, FOREST], {"ignore_classes": [3]}, [0, 7]),
        ([WATER, FOREST], {"background": "TRAIN", "ignore_classes": [0]}, [3, 7]),
    ],
)
def test_model_classes_follow_the_background_rule(classes, arguments, expected) -> None:
    assert [item.value for item in TASK.model_classes(classes, arguments)] == expected


def test_ignoring_a_class_that_is_not_there_is_refused() -> None:
    with pytest.raises(NotIgnorableError, match="no class 5"):
        TASK.model_classes([WATER], {"ignore_classes": [5]})


def test_targets_of_unlabelled_and_unknown_values_are_ignored() -> None:
    label = np.array([[0, 3], [7, 9]])
    np.testing.assert_array_equal(TASK.targets(label, [FOREST, WATER]), [[IGNORE_INDEX, 1], [0, IGNORE_INDEX]])
    np.testing.assert_array_equal(TASK.targets(label, [background(), WATER]), [[0, 1], [IGNORE_INDEX, IGNORE_INDEX]])


def test_decode_without_background_or_below_the_threshold() -> None:
    output = np.array([[0.6, 0.5, 0.2], [0.4, 0.3, 0.1], [0.0, 0.2, 0.7]], np.float32).reshape(1, 3, 1, 3)
    classes = [background(), WATER, FOREST]
    np.testing.assert_array_equal(TASK.decode(output, classes, {})[0, 0], [0, 0, 7])
    np.testing.assert_array_equal(TASK.decode(output, classes, {"predict_background": False})[0, 0], [3, 3, 7])
    np.testing.assert_array_equal(TASK.decode(output, classes, {"threshold": 0.65})[0, 0], [0, 0, 7])


@pytest.mark.parametrize("focal", [False, True])
def test_loss_of_ignored_pixels_is_nothing(focal: bool) -> None:
    loss = PixelLoss(2, IGNORE_INDEX, focal=focal, weights=[1.0, 2.0])
    raw = torch.randn(2, 2, 8, 8, requires_grad=True)
    target = torch.randint(0, 2, (2, 8, 8), dtype=torch.uint8)
    target[:, :4] = IGNORE_INDEX
    loss(raw, target).backward()
    assert raw.grad is not None
    assert not raw.grad[:, :, :4].any()
    assert raw.grad[:, :, 4:].abs().min() > 0
    nothing = loss(raw, torch.full((2, 8, 8), IGNORE_INDEX))
    assert float(nothing.detach()) == 0


def test_measures_equal_those_counted_by_hand() -> None:
    metrics = TASK.metrics([background(), WATER, FOREST])
    truth = torch.tensor([[[0, 0, 1, 1, IGNORE_INDEX, 1]]])
    said = torch.tensor([[[0, 1, 1, 1, 1, 2]]])
    metrics.update(torch.nn.functional.one_hot(said, 3).permute(0, 3, 1, 2).float(), truth)
    values = metrics.compute()
    assert values["confusion"] == [[1, 1, 0], [0, 2, 1], [0, 0, 0]]
    assert values["iou"][:2] == pytest.approx([1 / 2, 2 / 4])
    assert values["iou"][2] is None
    assert values["precision"][:2] == pytest.approx([1, 2 / 3])
    assert values["recall"][:2] == pytest.approx([1 / 2, 2 / 3])
    assert values["accuracy"] == pytest.approx(3 / 5)
    assert values["mean_iou"] == pytest.approx(0.5)


def test_augmentation_moves_image_and_target_alike() -> None:
    target = torch.zeros(8, 48, 48, dtype=torch.uint8)
    target[:, 5:30, 8:40] = 1
    target[:, :, -5:] = IGNORE_INDEX
    image = target[:, None].repeat(1, 4, 1, 1).float()
    change = Augmentation(brightness=(0, 0), contrast=(1, 1), tint=0, color_chance=0)
    moved, labels = change(image, target, torch.Generator().manual_seed(3))
    assert labels.dtype == torch.uint8
    assert set(labels.unique().tolist()) <= {0, 1, IGNORE_INDEX}
    assert not torch.equal(labels, target)
    # Away from edges, where bilinear blends, both agree.
    agree = (moved.round() == labels[:, None]).float().mean()
    assert agree > 0.93


def test_augmentation_of_an_oblong_chip_by_a_quarter_turn_keeps_right_angles() -> None:
    target = torch.zeros(16, 32, 64, dtype=torch.uint8)
    target[:, 12:20, 20:28] = 1
    change = Augmentation(warp_chance=0, brightness=(0, 0), contrast=(1, 1), tint=0, color_chance=0)
    _, labels = change(target[:, None].float(), target, torch.Generator().manual_seed(0))
    # Where the turned chip reaches beyond the edge, the square is there a second time, mirrored.
    for rows, columns in zip((labels > 0).any(dim=2).sum(1), (labels > 0).any(dim=1).sum(1), strict=True):
        assert sorted((int(rows), int(columns))) in ([8, 8], [8, 16])


def test_augmentation_with_one_seed_repeats_itself() -> None:
    image, target = torch.randn(4, 3, 32, 32), torch.zeros(4, 32, 32, dtype=torch.uint8)
    one, two, other = (Augmentation()(image, target, torch.Generator().manual_seed(s))[0] for s in (1, 1, 2))
    assert torch.equal(one, two)
    assert not torch.equal(one, other)


def test_mixup_blends_with_a_partner() -> None:
    image = torch.arange(4.0)[:, None, None, None].expand(4, 1, 2, 2)
    blend, partners, share = mix(image, torch.Generator().manual_seed(0))
    assert 0.5 <= share <= 1
    torch.testing.assert_close(blend, share * image + (1 - share) * image[partners])


def test_one_cycle_rises_then_falls() -> None:
    rates = [one_cycle(step / 100) for step in range(101)]
    assert rates[0] == pytest.approx(1 / 10)
    assert max(rates) == pytest.approx(1)
    assert rates[-1] == pytest.approx(1e-3)
    peak = rates.index(max(rates))
    assert peak == 15
    assert rates[:peak] == sorted(rates[:peak])
    assert rates[peak:] == sorted(rates[peak:], reverse=True)


def test_run_folder_of_a_killed_run_is_mended(tmp_path: Path) -> None:
    from swath.engine.training.problems import OtherRunError
    from swath.engine.training.runfolder import RunFolder

    folder = RunFolder(tmp_path / "m")
    assert not folder.open("abc")
    folder.remember(batch_size=4)
    for epoch in (1, 2, 3):
        folder.log("epoch", epoch=epoch)
    with (folder.run / "run.jsonl").open("a") as file:
        file.write('{"event": "epo')
    folder.let_go()
    again = RunFolder(tmp_path / "m")
    again.check()
    assert again.open("abc")
    assert again.state["batch_size"] == 4
    again.log("start")
    again.forget_after(2)
    assert [item["epoch"] for item in again.epochs()] == [1, 2]
    assert len((folder.run / "run.jsonl").read_text().splitlines()) == 3
    with pytest.raises(OtherRunError):
        RunFolder(tmp_path / "m").open("other")


def test_run_folder_is_held_by_one_process_and_given_back_in_the_end(tmp_path: Path) -> None:
    from swath.engine.locks import is_held
    from swath.engine.partial import InUseError
    from swath.engine.training.runfolder import RunFolder

    folder = RunFolder(tmp_path / "m")
    held = folder.run / "lock"
    assert is_held(held) is None
    folder.open("abc")
    folder.beat("learning", epoch=1)
    folder.beat("learning", epoch=2)
    folder.beat("judging", epoch=1)
    now = json.loads((folder.run / "now.json").read_text())
    assert (now["phase"], now["epoch"], now["process"]) == ("judging", 1, os.getpid())
    assert is_held(held) is True
    with pytest.raises(InUseError, match="another run"):
        RunFolder(tmp_path / "m").open("abc")
    folder.let_go()
    assert is_held(held) is False
    again = RunFolder(tmp_path / "m")
    assert again.open("abc")
    again.finish()
    assert {item.name for item in (tmp_path / "m" / "run").iterdir()} == {"checkpoints", "run.jsonl", "state.json"}


def test_early_stopping_counts_from_the_middle_of_the_training() -> None:
    from lightning.pytorch.trainer.states import TrainerFn

    from swath.engine.training.callbacks import MONITOR, LateStopping

    class Trainer:
        fast_dev_run = sanity_checking = should_stop = False
        world_size = 1
        state = type("State", (), {"fn": TrainerFn.FITTING})
        strategy = type("Strategy", (), {"reduce_boolean_decision": staticmethod(lambda value, all: value)})

    trainer, stopping = Trainer(), LateStopping(first_epoch=10, patience=5)
    for epoch in range(30):
        trainer.current_epoch = epoch
        trainer.callback_metrics = {MONITOR: torch.tensor(0.5 if epoch == 2 else 1.0)}
        stopping.on_train_epoch_end(trainer, None)
        if trainer.should_stop:
            break
    assert epoch == 15


def test_learning_rate_of_a_falling_curve_is_at_its_steepest() -> None:
    rates = list(np.geomspace(1e-5, 1e-1, 60))
    losses = [1.5 - 1 / (1 + (1e-3 / rate) ** 2) + (max(rate - 0.02, 0) * 50) ** 2 for rate in rates]
    found = read_curve(rates, losses)
    assert 4e-4 < found.rate < 2.5e-3
    assert found.how.startswith("steepest")


def test_losses_of_single_steps_are_read_from_the_running_mean_of_lightning() -> None:
    from lightning.pytorch.tuner.lr_finder import _LRCallback

    class Trainer:
        accumulate_grad_batches, global_step, should_stop = 1, 0, False
        fit_loop = type("Loop", (), {"batch_idx": 0})
        strategy = type("Strategy", (), {"broadcast": staticmethod(lambda value: value)})

    losses, trainer, callback = list(np.linspace(1.4, 0.6, 12)), Trainer(), _LRCallback(12)
    for loss in losses:
        trainer.global_step += 1
        callback.on_train_batch_end(trainer, None, torch.tensor(loss), None, 0)
    np.testing.assert_allclose(single_losses(callback.losses), losses, rtol=1e-4)


@pytest.mark.parametrize("losses", [[1.0] * 40, list(np.linspace(1, 5, 40)), []])
def test_learning_rate_of_a_curve_without_a_descent_is_the_usual_one(losses: list[float]) -> None:
    found = read_curve(list(np.geomspace(1e-5, 1e-1, 40))[: len(losses)], losses)
    assert found.rate == 1e-3
    assert "usual" in found.how


@pytest.mark.parametrize(("chips", "most", "expected"), [(1, 16, 1), (2, 16, 2), (20, 16, 4), (300, 16, 8),
                                                         (5000, 16, 16), (5000, 3, 2)])  # fmt: skip
def test_batch_size_leaves_enough_steps(chips: int, most: int, expected: int) -> None:
    assert batch_size_for(chips, most) == expected


def test_class_weights_favour_rare_classes_within_bounds() -> None:
    weights = class_weights(np.array([10_000_000, 10_000, 1, 0]))
    assert weights[0] < weights[1] < weights[2] <= 10
    assert weights[3] == 0


def test_page_escapes_everything_and_loads_nothing(tmp_path: Path) -> None:
    page = Page("<b>title</b>", "a & b").section("<i>s</i>").warning("<script>x</script>")
    page.table(["c", "n"], [[Swatch("<u>", (1, 2, 3)), Bar(0.5, 0.5)], ["x", Heat(3, 0.2)]])
    page.facts({"<k>": "<v>"}).picture(b"\x89PNG", "<c>").cards({"<q>": 1.5})
    text = page.save(tmp_path / "page.html").read_text(encoding="utf-8")
    for tag in ("<b>title", "<i>s", "<script", "<u>", "<k>", "<v>", "<c>", "<q>"):
        assert tag not in text
    for link in ("http://", "https://", 'src="/', "<link"):
        assert link not in text
    assert "prefers-color-scheme:dark" in text
    assert not list(tmp_path.glob("*.partial"))


def test_page_refuses_a_drawing_with_a_script() -> None:
    with pytest.raises(ValueError, match="SVG"):
        Page("t").svg("<svg><script>1</script></svg>")


@pytest.mark.parametrize(
    ("value", "text"), [(None, "-"), (math.nan, "-"), (0.12345, "0.123"), (1234567, "1\u202f234\u202f567"), ("a", "a"),
                        (0.00001, "1e-05"), (True, "True")]
)  # fmt: skip
def test_numbers_are_written_for_people(value: object, text: str) -> None:
    assert number(value) == text


def test_all_problems_of_a_training_end_with_what_to_do() -> None:
    from swath.engine.training import problems

    kinds = [item for item in vars(problems).values() if isinstance(item, type) and issubclass(item, InputError)]
    for kind in kinds:
        if kind is not InputError:
            assert kind.template.endswith((".", "}"))
            assert ":" in kind.template or ";" in kind.template


def test_augmentation_leaves_the_spectrum_of_many_bands_alone() -> None:
    change = Augmentation(dihedral=False, warp_chance=0, brightness=(0, 0), contrast=(1, 1), tint=0, color_chance=1)
    target = torch.zeros(2, 8, 8, dtype=torch.long)
    for bands, changed in ((1, False), (3, True), (4, True), (8, False)):
        image = torch.randn(2, bands, 8, 8, generator=torch.Generator().manual_seed(bands))
        result, _ = change(image, target, torch.Generator().manual_seed(0))
        assert bool(torch.allclose(result, image, atol=1e-5)) is not changed
