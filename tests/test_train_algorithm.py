"""Train Deep Learning Model: what the form says becomes the engine's job, or one sentence of refusal."""

from __future__ import annotations

from pathlib import Path

import pytest
from train_cases import chip_folder

ROOT = Path(__file__).resolve().parents[1]
ORDER = (
    *("INPUT", "ADDITIONAL_INPUTS", "MODEL_TYPE", "BACKBONE", "BACKBONE_WEIGHTS", "MODEL_ARGUMENTS", "MAX_EPOCHS"),
    *("BATCH_SIZE", "LEARNING_RATE", "VALIDATION_PERCENTAGE", "STOP_EARLY", "FREEZE", "MONITOR", "PRETRAINED_MODEL"),
    *("MODEL_NAME", "CHIP_SIZE", "RESIZE_TO", "PRESET", "AUGMENTATION", "AUGMENTATION_PARAMETERS"),
    *("WEIGHT_INIT_SCHEME", "SHUFFLE", "FEATURE_PATCH_PERCENTAGE", "BACKGROUND_PATCH_RATIO", "PAD_SMALL_FEATURES"),
    *("SOLID_DISTANCE", "BLUR_DISTANCE", "CLASS_WEIGHT_MIN", "CLASS_WEIGHT_MAX", "LOSS_WEIGHT", "SEED", "PROCESSOR"),
    *("GPU_ID", "OUTPUT", "REPORT"),
)


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
            *("AUTO", "VALID_LOSS", "AVERAGE_PRECISION", "ACCURACY", "F1_SCORE", "MIOU", "DICE", "PRECISION", "RECALL"),
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
    # What several model types share stands there once.
    same = [item for model in MODEL_TYPES.all().values() for item in model.arguments if item.name == "focal_loss"]
    assert text.count("focal_loss (") == sum(item not in same[:place] for place, item in enumerate(same)) < len(same)
    assert "FASTERRCNN, MASKRCNN: " in text
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
        "processes": 0,
        "report": str(tmp_path / "report.html"),
    }


@pytest.mark.parametrize(("given", "expected"), [(0, 0.0), (0.15, 0.15), (None, -1.0)])
def test_train_background_ratio_of_none_is_not_that_of_zero(train, given, expected):
    assert train(BACKGROUND_PATCH_RATIO=given)["background_patch_ratio"] == expected


def test_train_arguments_may_be_json(train):
    made = train(MODEL_ARGUMENTS='{"focal_loss": true, "ignore_classes": [2]}')
    assert made["arguments"] == {"focal_loss": True, "ignore_classes": [2]}


def test_train_model_is_called_after_its_folder_where_that_can_name_files(train, tmp_path):
    assert train(OUTPUT=str(tmp_path / "roads, 2024"))["name"] == "roads_ 2024"
    assert train(OUTPUT=str(tmp_path / "---"))["name"] == "model"
    assert train(OUTPUT="TEMPORARY_OUTPUT")["name"] == "model"


def test_train_cancelled_says_where_the_epochs_are(algorithm, tmp_path):
    made = {"output": str(tmp_path / "roads")}
    assert algorithm.cancelled(made) == ""
    (tmp_path / "roads.partial").mkdir()
    assert "roads.partial" in algorithm.cancelled(made)


def test_train_page_names_every_parameter_and_what_the_preset_of_envi_sets(swath_plugin):
    from swath.engine.models import MODEL_TYPES
    from swath.engine.presets import ENVI_SIDES, preset_values

    page = (ROOT / "docs" / "training.md").read_text(encoding="utf-8")
    assert [name for name in ORDER if name not in page] == []
    assert [name for name in MODEL_TYPES.ids() if name not in page] == []
    rows = {line.split("|")[1].strip(): line for line in page.splitlines() if line.count("|") == 5}
    values = preset_values("ENVI")
    for name in ("model_type", "max_epochs", "chip_size", "background_patch_ratio"):
        assert str(values[name]) in rows[name.upper()].split("|")[3]
    objects = preset_values("ENVI", chip_format="PASCAL_VOC_RECTANGLES")
    for name in ("max_epochs", "chip_size", "background_patch_ratio"):
        assert str(objects[name]) in rows[name.upper()].split("|")[4]
    assert ", ".join(str(side) for side in ENVI_SIDES[1:]) in page
    assert values["arguments"] == {"background": "TRAIN"}
    assert "docs/training.md" in (ROOT / "README.md").read_text(encoding="utf-8")
