"""Train Deep Learning Model: what the form says becomes the engine's job, or one sentence of refusal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

ORDER = (
    *("INPUT", "ADDITIONAL_INPUTS", "MODEL_TYPE", "BACKBONE", "BACKBONE_WEIGHTS", "MODEL_ARGUMENTS", "MAX_EPOCHS"),
    *("BATCH_SIZE", "LEARNING_RATE", "VALIDATION_PERCENTAGE", "STOP_EARLY", "FREEZE", "MONITOR", "PRETRAINED_MODEL"),
    *("MODEL_NAME", "CHIP_SIZE", "RESIZE_TO", "PRESET", "AUGMENTATION", "AUGMENTATION_PARAMETERS"),
    *("WEIGHT_INIT_SCHEME", "SHUFFLE", "FEATURE_PATCH_PERCENTAGE", "BACKGROUND_PATCH_RATIO", "PAD_SMALL_FEATURES"),
    *("SOLID_DISTANCE", "BLUR_DISTANCE", "CLASS_WEIGHT_MIN", "CLASS_WEIGHT_MAX", "LOSS_WEIGHT", "SEED", "PROCESSOR"),
    *("GPU_ID", "OUTPUT", "REPORT"),
)
CLASSES = [{"Value": 1, "Name": "Dirt road"}, {"Value": 2, "Name": "Path"}, {"Value": 7, "Name": "2"}]


def chip_folder(folder: Path, mode: str = "Classified_Tiles", classes=CLASSES) -> Path:
    """Make a folder that says it holds chips."""
    folder.mkdir()
    (folder / "map.txt").write_text("")
    definition = {"MetaDataMode": mode, "Classes": classes}
    (folder / "esri_model_definition.emd").write_text(json.dumps(definition))
    return folder


@pytest.fixture
def chips(tmp_path) -> Path:
    return chip_folder(tmp_path / "training data")


@pytest.fixture
def train(job, chips, tmp_path):
    """Return the job of a training."""

    def run(**parameters):
        return job("swath:trainmodel", **{"INPUT": str(chips), "OUTPUT": str(tmp_path / "roads"), **parameters})

    return run


@pytest.fixture
def refuse(swath_plugin, chips, tmp_path):
    """Return the sentence that refuses a training; "" where it is taken."""
    from qgis.core import QgsApplication, QgsProcessingContext

    def check(**parameters):
        algorithm = QgsApplication.processingRegistry().createAlgorithmById("swath:trainmodel")
        given = {"INPUT": str(chips), "OUTPUT": str(tmp_path / "roads"), **parameters}
        well, text = algorithm.checkParameterValues(given, QgsProcessingContext())
        assert well == (text == "")
        return text

    return check


@pytest.fixture
def algorithm(swath_plugin):
    from qgis.core import QgsApplication

    return QgsApplication.processingRegistry().createAlgorithmById("swath:trainmodel")


def test_train_parameters_are_the_documented_ones_in_order(algorithm):
    assert tuple(item.name() for item in algorithm.parameterDefinitions()) == ORDER
    assert {item.name() for item in algorithm.outputDefinitions()} == {
        *("OUTPUT", "REPORT", "MODEL", "LAST_MODEL", "BEST_METRIC")
    }


def test_train_enumerations_hold_the_documented_words(algorithm):
    from swath.engine.models import MODEL_TYPES

    words = {item.name(): item.options() for item in algorithm.parameterDefinitions() if item.type() == "enum"}
    assert words == {
        "MODEL_TYPE": ["AUTO", *MODEL_TYPES.ids()],
        "MONITOR": [
            *("VALID_LOSS", "AVERAGE_PRECISION", "ACCURACY", "F1_SCORE", "MIOU", "DICE", "PRECISION", "RECALL"),
            *("CORPUS_BLEU", "MULTI_LABEL_FBETA"),
        ],
        "PRESET": ["ARCGIS", "ENVI"],
        "AUGMENTATION": ["DEFAULT", "NONE", "CUSTOM", "FILE"],
        "WEIGHT_INIT_SCHEME": ["RANDOM", "RED_BAND", "ALL_RANDOM"],
        "PROCESSOR": ["AUTO", "CPU", "GPU"],
    }


def test_train_controls_of_envi_stand_together_and_are_advanced(algorithm):
    from qgis.core import Qgis

    places = [ORDER.index(name) for name in ("SHUFFLE", "LOSS_WEIGHT")]
    assert places[1] - places[0] == 8
    advanced = Qgis.ProcessingParameterFlag.Advanced
    shown = {item.name() for item in algorithm.parameterDefinitions() if not item.flags() & advanced}
    assert shown == {
        *("INPUT", "MODEL_TYPE", "BACKBONE", "MAX_EPOCHS", "BATCH_SIZE", "LEARNING_RATE", "VALIDATION_PERCENTAGE"),
        *("STOP_EARLY", "PRETRAINED_MODEL", "PRESET", "OUTPUT", "REPORT"),
    }


def test_train_help_lists_every_argument_of_every_model_type_once(algorithm):
    from swath.engine.models import MODEL_TYPES

    text = algorithm.parameterDefinition("MODEL_ARGUMENTS").help()
    for model in MODEL_TYPES.all().values():
        for argument in model.arguments:
            assert argument.help.rstrip(".") in text, argument.name
    assert text.count("focal_loss (") == 1
    assert "background (AUTO, TRAIN, IGNORE; AUTO)" in text
    assert "pyramid_sizes (whole numbers from 1 to 64; [1, 2, 3, 6])" in text
    backbones = algorithm.parameterDefinition("BACKBONE").help()
    assert "UNET (resnet34)" in backbones
    assert "SEGFORMER (mit_b2)" in backbones
    assert len(algorithm.shortHelpString()) < 20_000


def test_train_left_as_it_is_gives_the_defaults_of_the_job(train, chips, tmp_path):
    from swath.engine.jobs import TrainJob

    made = train()
    assert made == TrainJob(inputs=[str(chips)], output=str(tmp_path / "roads"), name="roads").to_dict()


def test_train_every_value_reaches_the_job(train, chips, tmp_path):
    more, model = chip_folder(tmp_path / "more"), tmp_path / "old model"
    model.mkdir()
    made = train(
        ADDITIONAL_INPUTS=f"{more}\n\n",
        MODEL_TYPE="PSPNET",
        BACKBONE="resnet18",
        MODEL_ARGUMENTS="use_unet false;pyramid_sizes [1, 2]",
        MAX_EPOCHS=7,
        BATCH_SIZE=3,
        LEARNING_RATE=0.002,
        VALIDATION_PERCENTAGE=12.5,
        STOP_EARLY=False,
        FREEZE=False,
        MONITOR="MIOU",
        PRETRAINED_MODEL=str(model),
        MODEL_NAME="my roads",
        CHIP_SIZE=128,
        PRESET="ENVI",
        AUGMENTATION="CUSTOM",
        AUGMENTATION_PARAMETERS="rotate 30; 0.5",
        WEIGHT_INIT_SCHEME="RED_BAND",
        SHUFFLE=False,
        FEATURE_PATCH_PERCENTAGE=0.5,
        BACKGROUND_PATCH_RATIO=0.2,
        SOLID_DISTANCE="Dirt road 4;2 1.5",
        BLUR_DISTANCE="path 1 10",
        CLASS_WEIGHT_MIN=1,
        CLASS_WEIGHT_MAX=3,
        LOSS_WEIGHT=0.8,
        SEED=5,
        PROCESSOR="CPU",
        GPU_ID=1,
        REPORT=str(tmp_path / "report.html"),
    )
    assert made == {
        "inputs": [str(chips), str(more)],
        "output": str(tmp_path / "roads"),
        "name": "my roads",
        "preset": "ENVI",
        "model_type": "PSPNET",
        "backbone": "resnet18",
        "backbone_weights": "",
        "pretrained_model": str(model),
        "arguments": {"use_unet": "false", "pyramid_sizes": "[1, 2]"},
        "max_epochs": 7,
        "batch_size": 3,
        "learning_rate": 0.002,
        "validation_percentage": 12.5,
        "stop_early": False,
        "freeze": False,
        "monitor": "MIOU",
        "chip_size": 128,
        "resize_to": 0,
        "augmentation": "CUSTOM",
        "augmentation_parameters": "rotate 30; 0.5",
        "weight_init_scheme": "RED_BAND",
        "shuffle": False,
        "feature_patch_percentage": 0.5,
        "background_patch_ratio": 0.2,
        "pad_small_features": False,
        "solid_distance": {"1": 4, "2": 1.5},
        "blur_distance": {"2": [1, 10]},
        "class_weight_min": 1.0,
        "class_weight_max": 3.0,
        "loss_weight": 0.8,
        "seed": 5,
        "processor": "CPU",
        "gpu_id": 1,
        "report": str(tmp_path / "report.html"),
    }


@pytest.mark.parametrize(("given", "expected"), [(0, 0.0), (0.15, 0.15), (None, -1.0)])
def test_train_background_ratio_of_none_is_not_that_of_zero(train, given, expected):
    assert train(BACKGROUND_PATCH_RATIO=given)["background_patch_ratio"] == expected


def test_train_arguments_may_be_json(train):
    made = train(MODEL_ARGUMENTS='{"focal_loss": true, "ignore_classes": [2]}')
    assert made["arguments"] == {"focal_loss": True, "ignore_classes": [2]}


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


def test_train_model_is_called_after_its_folder_where_that_can_name_files(train, tmp_path):
    assert train(OUTPUT=str(tmp_path / "roads, 2024"))["name"] == "roads_ 2024"
    assert train(OUTPUT=str(tmp_path / "---"))["name"] == "model"
    assert train(OUTPUT="TEMPORARY_OUTPUT")["name"] == "model"


def test_train_cancelled_says_where_the_epochs_are(algorithm, tmp_path):
    made = {"output": str(tmp_path / "roads")}
    assert algorithm.cancelled(made) == ""
    (tmp_path / "roads.partial").mkdir()
    assert "roads.partial" in algorithm.cancelled(made)
