"""Train Deep Learning Model: distances are read, and what is wrong is refused before the engine starts."""

from __future__ import annotations

import pytest
from train_cases import chip_folder


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5", {"*": 5}),
        ("* 5", {"*": 5}),
        ("1 5;2 3", {"1": 5, "2": 3}),
        (" dirt road  0 ; 'Path' .5; ", {"1": 0, "2": 0.5}),
        ("2 3", {"2": 3}),  # the value 2, not the class that is called so
        ("* 1;7 4.", {"*": 1, "7": 4}),
        ("", {}),
        (" ; ", {}),
    ],
)
def test_train_solid_distances_are_read(train, text, expected):
    assert train(SOLID_DISTANCE=text)["solid_distance"] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 10", {"*": [1, 10]}),
        ("[1, 10]", {"*": [1, 10]}),
        ("* 0 2.5", {"*": [0, 2.5]}),
        ("1 0 10;path 1 5", {"1": [0, 10], "2": [1, 5]}),
        ("Dirt road (3,3)", {"1": [3, 3]}),
    ],
)
def test_train_blur_distances_are_read(train, text, expected):
    assert train(BLUR_DISTANCE=text)["blur_distance"] == expected


def test_train_distances_of_folders_that_name_no_classes_go_by_value(train, refuse, tmp_path):
    bare = chip_folder(tmp_path / "bare", classes=[])
    assert train(INPUT=str(bare), SOLID_DISTANCE="3 5")["solid_distance"] == {"3": 5}
    assert "use values" in refuse(INPUT=str(bare), SOLID_DISTANCE="Road 5")


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"SOLID_DISTANCE": "Canal 5"}, ["Canal", "SOLID_DISTANCE", "1 Dirt road, 2 Path"]),
        ({"SOLID_DISTANCE": "3 5"}, ["'3'", "SOLID_DISTANCE"]),
        ({"SOLID_DISTANCE": "wide"}, ["wide", "SOLID_DISTANCE", "pixels"]),
        ({"SOLID_DISTANCE": "Path -2"}, ["SOLID_DISTANCE"]),
        ({"SOLID_DISTANCE": "1 1001"}, ["SOLID_DISTANCE", "1000"]),
        ({"SOLID_DISTANCE": "1 nan"}, ["SOLID_DISTANCE"]),
        ({"SOLID_DISTANCE": "1 5;dirt road 6"}, ["class 1 is given twice", "SOLID_DISTANCE"]),
        ({"BLUR_DISTANCE": "10"}, ["'10'", "BLUR_DISTANCE", "least and the greatest"]),
        ({"BLUR_DISTANCE": "Path 10 1"}, ["Path 10 1", "BLUR_DISTANCE"]),
        ({"CHIP_SIZE": 8}, ["CHIP_SIZE", "16 pixels"]),
        ({"CHIP_SIZE": -1}, ["CHIP_SIZE"]),
        ({"FEATURE_PATCH_PERCENTAGE": 0}, ["FEATURE_PATCH_PERCENTAGE"]),
        ({"FEATURE_PATCH_PERCENTAGE": 50}, ["FEATURE_PATCH_PERCENTAGE", "<= 1"]),
        ({"BACKGROUND_PATCH_RATIO": -0.1}, ["BACKGROUND_PATCH_RATIO", ">= 0"]),
        ({"LOSS_WEIGHT": 1.1}, ["LOSS_WEIGHT"]),
        ({"CLASS_WEIGHT_MIN": 3, "CLASS_WEIGHT_MAX": 2}, ["3", "2", "CLASS_WEIGHT_MIN, CLASS_WEIGHT_MAX"]),
        ({"RESIZE_TO": 128}, ["RESIZE_TO", "UNET", "leave it at 0"]),
        ({"PAD_SMALL_FEATURES": True}, ["PAD_SMALL_FEATURES", "leave it at off"]),
        ({"PRETRAINED_MODEL": "/nowhere/model.emd"}, ["/nowhere/model.emd", "PRETRAINED_MODEL"]),
        ({"BACKBONE_WEIGHTS": "/nowhere/weights"}, ["/nowhere/weights", "BACKBONE_WEIGHTS"]),
        ({"MODEL_NAME": "../up"}, ["../up", "MODEL_NAME"]),
        ({"MODEL_NAME": ".hidden"}, [".hidden", "MODEL_NAME"]),
        ({"AUGMENTATION_PARAMETERS": "rotate 30; 0.5"}, ["AUGMENTATION_PARAMETERS", "CUSTOM", "DEFAULT"]),
        ({"AUGMENTATION": "CUSTOM"}, ["AUGMENTATION_PARAMETERS", "CUSTOM"]),
        ({"AUGMENTATION": "FILE"}, ["transforms.json", "AUGMENTATION"]),
        ({"MODEL_TYPE": "MMSEGMENTATION", "MODEL_ARGUMENTS": "model hrnet", "BACKBONE": "resnet18"}, ["BACKBONE"]),
        ({"MODEL_ARGUMENTS": "use_unet true"}, ["use_unet", "UNET", "focal_loss"]),
        ({"PRESET": "ENVI", "MODEL_ARGUMENTS": "use_unet true"}, ["use_unet", "UNETPLUSPLUS"]),
        ({"PRESET": "ESRI"}, ["PRESET", "ARCGIS, ENVI"]),
        ({"MONITOR": "LOSS"}, ["MONITOR", "VALID_LOSS"]),
    ],
)
def test_train_bad_value_is_refused_in_one_sentence(refuse, parameters, expected):
    text = refuse(**parameters)
    for word in expected:
        assert word in text, text
    assert text.count(". ") == 0


def test_train_values_that_only_look_wrong_are_taken(refuse, chips, tmp_path):
    (tmp_path / "weights").mkdir()
    (chips / "transforms.json").write_text("{}")
    assert refuse(AUGMENTATION="FILE") == ""
    assert refuse(BACKBONE_WEIGHTS=str(tmp_path / "weights")) == ""
    assert refuse(MODEL_ARGUMENTS="monitor mIoU") == ""
    assert refuse(MODEL_TYPE="MMSEGMENTATION", MODEL_ARGUMENTS="model fcn", BACKBONE="RESNET-50") == ""
    assert refuse(CLASS_WEIGHT_MIN=2, CLASS_WEIGHT_MAX=2, LOSS_WEIGHT=1, CHIP_SIZE=16) == ""


def test_train_file_of_augmentations_must_lie_in_the_first_folder(refuse, chips, tmp_path):
    more = chip_folder(tmp_path / "more")
    (more / "transforms.json").write_text("{}")
    assert str(chips / "transforms.json") in refuse(AUGMENTATION="FILE", ADDITIONAL_INPUTS=str(more))


def test_train_folders_of_several_formats_are_refused(refuse, tmp_path):
    boxes = chip_folder(tmp_path / "boxes", "PASCAL_VOC_rectangles")
    text = refuse(ADDITIONAL_INPUTS=str(boxes))
    assert "CLASSIFIED_TILES, PASCAL_VOC_RECTANGLES" in text
    assert "ADDITIONAL_INPUTS" in text


def test_train_format_that_no_model_learns_from_is_refused(refuse, tmp_path, monkeypatch):
    from swath.processing_provider import train_arguments

    unet = train_arguments.MODEL_TYPES.all()["UNET"]
    monkeypatch.setattr(train_arguments.MODEL_TYPES, "_entries", {"UNET": unet})
    boxes = chip_folder(tmp_path / "boxes", "PASCAL_VOC_rectangles")
    text = refuse(INPUT=str(boxes))
    assert "PASCAL_VOC_RECTANGLES" in text
    assert "CLASSIFIED_TILES" in text
    assert "learn" in refuse(INPUT=str(boxes), MODEL_TYPE="UNET")


def test_train_arguments_are_those_of_the_pretrained_model_where_nothing_else_is_said(refuse, tmp_path, monkeypatch):
    from swath.engine import model_files
    from swath.engine.classes import ClassInfo
    from swath.engine.model_info import GraphInfo, GraphInput, ModelInfo

    graph = GraphInfo("a.onnx", (GraphInput("image", (1, 2, 3)),))
    info = ModelInfo("PIXELS", "PSPNET", "resnet18", (graph,), (ClassInfo(1, "a", (0, 0, 0)),), 64, 16)
    monkeypatch.setattr(model_files, "describe_model", lambda path: info)
    model = tmp_path / "a.emd"
    model.write_text("{}")
    assert refuse(PRETRAINED_MODEL=str(model), MODEL_ARGUMENTS="use_unet true", PRESET="ENVI") == ""
    assert "magic" in refuse(PRETRAINED_MODEL=str(model), MODEL_ARGUMENTS="magic 1")


def test_train_pretrained_weights_that_only_the_engine_reads_are_taken(refuse, tmp_path):
    weights = tmp_path / "best.ckpt"
    weights.write_bytes(b"x")
    assert refuse(PRETRAINED_MODEL=str(weights)) == ""
