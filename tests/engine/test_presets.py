"""Presets fill what a job leaves open, and nothing else."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from training_support import job, make_chips

from swath.engine.jobs import TrainJob
from swath.engine.models import MODEL_TYPES
from swath.engine.presets import (
    ENVI_SIDES,
    PRESETS,
    UnknownPresetError,
    apply_preset,
    fitting_side,
    preset_values,
    replaced,
)
from swath.engine.training import prepare
from swath.engine.training.controls import for_model

PLAIN = TrainJob(["chips"], "model")


def envi(**values: object) -> TrainJob:
    return dataclasses.replace(PLAIN, preset="ENVI", **values)


def test_envi_preset_gives_the_documented_values() -> None:
    given = apply_preset(envi())
    assert (given.max_epochs, given.chip_size, given.background_patch_ratio) == (25, 464, 0.15)
    assert (given.feature_patch_percentage, given.loss_weight) == (1, 0)
    assert (given.class_weight_min, given.class_weight_max) == (0, 0)
    assert given.model_type == "UNETPLUSPLUS"
    assert given.augmentation != "NONE"
    assert given.arguments == {"background": "TRAIN"}


def test_arcgis_preset_is_the_defaults() -> None:
    assert apply_preset(PLAIN, side=256) == PLAIN
    assert preset_values("ARCGIS") == {}


def test_fields_that_were_set_stay() -> None:
    given = envi(max_epochs=7, model_type="UNET", background_patch_ratio=1.0, arguments={"mixup": True})
    filled = apply_preset(given, side=256)
    assert (filled.max_epochs, filled.model_type, filled.background_patch_ratio) == (7, "UNET", 1.0)
    assert filled.arguments == {"mixup": True, "background": "TRAIN"}
    assert apply_preset(envi(arguments={"background": "IGNORE"})).arguments == {"background": "IGNORE"}
    assert replaced(given, filled) == {"chip_size": 256, "arguments": filled.arguments}


def test_model_to_go_on_from_keeps_its_type() -> None:
    assert apply_preset(envi(pretrained_model="a.emd")).model_type == "AUTO"


def test_other_chips_get_no_network_for_pixels() -> None:
    filled = apply_preset(envi(), side=640, chip_format="PASCAL_VOC_RECTANGLES")
    assert (filled.model_type, filled.arguments, filled.chip_size) == ("AUTO", {}, 640)
    assert (filled.max_epochs, filled.pad_small_features, filled.batch_size) == (100, True, 0)
    assert apply_preset(envi(), unlabelled=False).arguments == {}


@pytest.mark.parametrize("side", [16, 63, 64, 100, 256, 300, 464, 512, 5000])
def test_patch_side_is_the_largest_that_the_chips_hold(side: int) -> None:
    found = fitting_side(side)
    assert found == max((known for known in ENVI_SIDES if known <= side), default=0)
    assert found <= side


def test_arguments_of_the_preset_that_a_model_does_not_take_are_left_out() -> None:
    model = dataclasses.replace(MODEL_TYPES.all()["UNET"], arguments=())
    given = envi(arguments={"mixup": True})
    assert for_model(given, apply_preset(given), model).arguments == {"mixup": True}
    assert for_model(given, apply_preset(given), MODEL_TYPES.all()["UNET"]).arguments["background"] == "TRAIN"


def test_unknown_preset_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownPresetError, match=r"'ERDAS' \(PRESET\): use ARCGIS, ENVI"):
        apply_preset(dataclasses.replace(PLAIN, preset="ERDAS"))
    assert PRESETS == ("ARCGIS", "ENVI")


def test_training_takes_the_preset_with_what_suits_the_chips(tmp_path: Path) -> None:
    chips = make_chips(tile=96, stride=96, size=288, values=(0, 2, 5))
    choice = prepare.understand(job(chips, tmp_path / "m", preset="ENVI", model_type="UNET"))
    # The helper's job sets 1 epoch, which is not the default and stays.
    assert choice.job.max_epochs == 1
    assert choice.controls.size == (96, 96)
    assert [item.value for item in choice.classes] == [0, 2, 5]
    assert choice.controls.preset["background_patch_ratio"] == 0.15
    assert any(text.startswith("Preset ENVI: ") for text in choice.controls.notes)
    assert not choice.controls.warnings


def test_preset_learns_no_background_where_all_pixels_are_labelled(tmp_path: Path) -> None:
    choice = prepare.understand(job(make_chips(), tmp_path / "m", preset="ENVI", model_type="UNET"))
    assert [item.value for item in choice.classes] == [2, 5]
    assert choice.controls.size == (32, 32)
