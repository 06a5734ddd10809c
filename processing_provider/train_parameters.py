"""The parameters of Train Deep Learning Model, in their order, each with its help."""

from __future__ import annotations

from collections.abc import Iterator

from qgis.core import (
    Qgis,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFile,
    QgsProcessingParameterFolderDestination,
    QgsProcessingParameterString,
)

from ..engine.models import MODEL_TYPES, WEIGHT_INITS
from ..engine.presets import ARCGIS, PRESETS
from ..i18n import translate
from . import parameters, train_help
from .parameters import Added, choice, number

AUTO = "AUTO"
MONITORS = (
    *("AUTO", "VALID_LOSS", "AVERAGE_PRECISION", "ACCURACY", "F1_SCORE", "MIOU", "DICE", "PRECISION", "RECALL"),
    *("CORPUS_BLEU", "MULTI_LABEL_FBETA"),
)
AUGMENTATIONS = ("DEFAULT", "NONE", "CUSTOM", "FILE")
# Shown at once; the others unfold. The order of all is part of the tool's face and never changes.
COMMON = frozenset(
    {
        *("INPUT", "MODEL_TYPE", "BACKBONE", "MAX_EPOCHS", "BATCH_SIZE", "LEARNING_RATE", "VALIDATION_PERCENTAGE"),
        *("STOP_EARLY", "PRETRAINED_MODEL", "PRESET", "OUTPUT", "REPORT"),
    }
)


def all_parameters() -> Iterator[Added]:
    """Yield every parameter with its help."""
    yield from _chips()
    yield from _model()
    yield from _learning()
    yield from _start()
    yield from _pictures()
    yield from _sampling()
    yield from _distances()
    yield from _weights()
    yield (
        number("SEED", translate("Swath", "Seed"), 0, 0, 2**31 - 1),
        translate("Swath", "The same seed, data and settings give the same model; another one tries another chance."),
    )
    yield from parameters.processor(several=True)
    yield (
        QgsProcessingParameterFolderDestination("OUTPUT", translate("Swath", "Model folder")),
        translate("Swath", "A new or empty folder. An interrupted training of the same job goes on where it was."),
    )
    yield parameters.report(translate("Swath", "A copy of the page with losses and accuracy; optional."))


def _text(name: str, title: str, *, several_lines: bool = False) -> QgsProcessingParameterString:
    return QgsProcessingParameterString(name, title, None, several_lines, True)


def _chips() -> Iterator[Added]:
    folder = Qgis.ProcessingFileParameterBehavior.Folder
    yield (
        QgsProcessingParameterFile("INPUT", translate("Swath", "Training data"), folder),
        translate("Swath", "The folder written by Export Training Data, or by ArcGIS Pro."),
    )
    yield (
        _text("ADDITIONAL_INPUTS", translate("Swath", "More training data"), several_lines=True),
        translate("Swath", "Further folders with the same format, bands and classes, one a line."),
    )


def _model() -> Iterator[Added]:
    yield (
        choice("MODEL_TYPE", translate("Swath", "Model type"), [AUTO, *MODEL_TYPES.ids()], AUTO),
        translate("Swath", "The kind of network. AUTO: by preset, pretrained model and format of the chips. {types}")
        .format(types=train_help.model_types()),
    )  # fmt: skip
    yield (
        _text("BACKBONE", translate("Swath", "Backbone")),
        translate(
            "Swath",
            "The part of the network that sees. Empty: the model type's own, in brackets below. Where offered, "
            "timm:NAME takes any of the library timm. {backbones}",
        ).format(backbones=train_help.backbones()),
    )
    yield (
        _text("BACKBONE_WEIGHTS", translate("Swath", "Backbone weights")),
        translate(
            "Swath",
            "Empty: none, the network learns from nothing. DEFAULT: pretrained ones, downloaded by the library. "
            "Or a file (.safetensors, .pth) or its folder.",
        ),
    )
    yield (
        _text("MODEL_ARGUMENTS", translate("Swath", "Model arguments")),
        translate(
            "Swath",
            "Settings of the model type, as name value;name value, or as a JSON object. In brackets: values; default. "
            "{arguments}",
        ).format(arguments=train_help.model_arguments()),
    )


def _learning() -> Iterator[Added]:
    yield (
        number("MAX_EPOCHS", translate("Swath", "Most epochs"), 20, 1, 100_000),
        translate("Swath", "How often all chips are seen, at most. ENVI's preset: 25."),
    )
    yield (
        number("BATCH_SIZE", translate("Swath", "Batch size (chips)"), 0, 0, 4096),
        translate("Swath", "Chips that are learnt from at once (ENVI: patches per batch). 0: found by memory."),
    )
    yield (
        number("LEARNING_RATE", translate("Swath", "Learning rate"), 0.0, 0.0, 10.0, real=True),
        translate("Swath", "How fast the network changes, like 0.001. 0: found by a short test."),
    )
    yield (
        number("VALIDATION_PERCENTAGE", translate("Swath", "Validation (percent)"), 10.0, 0.0, 90.0, real=True),
        translate("Swath", "The part of the chips that judges the model and is not learnt from."),
    )
    yield (
        QgsProcessingParameterBoolean("STOP_EARLY", translate("Swath", "Stop when it gets no better"), True),
        translate("Swath", "Ends the training when 5 epochs in a row brought nothing."),
    )
    yield (
        QgsProcessingParameterBoolean("FREEZE", translate("Swath", "Keep backbone weights"), True),
        translate("Swath", "Leaves loaded backbone weights as they are. Without loaded weights everything learns."),
    )
    yield (
        choice("MONITOR", translate("Swath", "Monitored value"), MONITORS, MONITORS[0]),
        translate(
            "Swath",
            "What tells which epoch was the best, on the validation chips. AUTO is MIOU for pixels and "
            "AVERAGE_PRECISION for objects. For pixels: VALID_LOSS, ACCURACY, F1_SCORE "
            "(the same as DICE), MIOU, PRECISION or RECALL, each the mean of the classes. For objects: VALID_LOSS, "
            "AVERAGE_PRECISION (at an IoU of 0.5), F1_SCORE, PRECISION or RECALL. The rest is for other tasks.",
        ),
    )


def _start() -> Iterator[Added]:
    kinds = translate("Swath", "Models (*.emd *.dlpk *.onnx *.safetensors *.ckpt)")
    # QGIS's own "*.*" would refuse folders, whose names have no dot.
    kinds += ";;" + translate("Swath", "All files (*)")
    file = Qgis.ProcessingFileParameterBehavior.File
    yield (
        QgsProcessingParameterFile(
            "PRETRAINED_MODEL", translate("Swath", "Pretrained model"), file, "", None, True, kinds
        ),
        translate(
            "Swath",
            "A trained model to go on from: its .emd, .dlpk, .onnx, .safetensors or .ckpt file, or the path of its "
            "folder. Model type and backbone are its own; classes and bands may differ: those that both have keep "
            "what was learnt.",
        ),
    )
    yield (
        _text("MODEL_NAME", translate("Swath", "Model name")),
        translate("Swath", "Name of the files in the model folder. Empty: the folder's own name."),
    )


def _pictures() -> Iterator[Added]:
    yield (
        number("CHIP_SIZE", translate("Swath", "Chip size (pixels)"), 0, 0, 2**16),
        translate(
            "Swath",
            "Side of the square that is cut out of each chip and learnt from (ENVI: patch size), at least 16. 0: the "
            "chips as they are. ENVI's preset: 464, or the next smaller size that the chips hold.",
        ),
    )
    yield (
        number("RESIZE_TO", translate("Swath", "Resize to (pixels)"), 0, 0, 2**16),
        translate(
            "Swath",
            "Chips are resampled so that their longer side has so many pixels; the model then sees rasters at the same "
            "scale. 0: as they are. Only for objects.",
        ),
    )
    yield (
        choice("PRESET", translate("Swath", "Preset"), PRESETS, ARCGIS),
        translate(
            "Swath",
            "ARCGIS: the values shown here. ENVI gives its own to all that is left at the value shown here: model type "
            "UNETPLUSPLUS, 25 epochs, chip size 464, background patch ratio 0.15, unlabelled pixels learnt as "
            "background.",
        ),
    )
    yield (
        choice("AUGMENTATION", translate("Swath", "Augmentation"), AUGMENTATIONS, AUGMENTATIONS[0]),
        translate(
            "Swath",
            "How chips are changed by chance while learning. DEFAULT: turned, flipped, zoomed and recoloured. NONE: "
            "not at all. CUSTOM: as the augmentation parameters say. FILE: as the file transforms.json in the first "
            "folder of chips says.",
        ),
    )
    yield (
        _text("AUGMENTATION_PARAMETERS", translate("Swath", "Augmentation parameters"), several_lines=True),
        translate(
            "Swath",
            "For CUSTOM, one a line: a name with its values and, after a semicolon, its chance from 0 to 1. As "
            "ArcGIS has them: rotate 30; 0.5 (degrees), brightness (0.4, 0.6); 1 (0.5 changes nothing), contrast "
            "(0.75, 1.5); 1, zoom (1.0, 1.2); 1 (factors), crop 224; 1 (pixels). And flip 1. rotate, scale and flip "
            "alone are ENVI's switches.",
        ),
    )
    yield (
        choice("WEIGHT_INIT_SCHEME", translate("Swath", "First layer"), WEIGHT_INITS, WEIGHT_INITS[0]),
        translate(
            "Swath",
            "What the first layer of loaded weights starts with where images have more than three bands. RANDOM: the "
            "further bands by chance. RED_BAND: the further bands like the red one. ALL_RANDOM: all bands by chance.",
        ),
    )


def _sampling() -> Iterator[Added]:
    yield (
        QgsProcessingParameterBoolean("SHUFFLE", translate("Swath", "Shuffle chips"), True),
        translate(
            "Swath",
            "Chips are parted for validation, and learnt, in an order by chance (by the seed). Off: the same parts for "
            "every seed, and the order of the folder.",
        ),
    )
    yield (
        number("FEATURE_PATCH_PERCENTAGE", translate("Swath", "Part of the feature chips"), 1.0, 0.0, 1.0, real=True),
        translate(
            "Swath",
            "The part of the chips with features that is used, for learning and validation: above 0, up to 1 (all). "
            "Less is faster.",
        ),
    )
    yield (
        number(
            "BACKGROUND_PATCH_RATIO",
            translate("Swath", "Background chips for each feature chip"),
            None,
            0.0,
            1e6,
            real=True,
            optional=True,
        ),
        translate(
            "Swath",
            "How many chips with nothing but background are drawn in an epoch for each chip with features. More "
            "of them mean fewer false finds. Empty: all chips as they are. ENVI's preset: 0.15.",
        ),
    )
    yield (
        QgsProcessingParameterBoolean("PAD_SMALL_FEATURES", translate("Swath", "Pad small features"), False),
        translate("Swath", "Boxes narrower than 25 pixels are learnt 25 pixels wide. For the detection of objects."),
    )


def _distances() -> Iterator[Added]:
    needed = translate("Swath", "Needs labels of points or lines, kept beside the chips by Export Training Data.")
    yield (
        _text("SOLID_DISTANCE", translate("Swath", "Solid distance (pixels)")),
        translate(
            "Swath",
            "How far around a point or line pixels are of its class, as class pixels;class pixels with the value or "
            "name of the class, or one number for all: Road 4;Path 1. {needed}",
        ).format(needed=needed),
    )
    yield (
        _text("BLUR_DISTANCE", translate("Swath", "Blur distance (pixels)")),
        translate(
            "Swath",
            "How far beyond the solid distance features fade out: the greatest distance in the first epoch, the least "
            "in the last. As class least greatest;..., or two numbers for all: Road 1 10;Path 0 5. {needed}",
        ).format(needed=needed),
    )


def _weights() -> Iterator[Added]:
    both = translate(
        "Swath",
        "Draws chips of rare classes more often: the greatest weight in the first epoch, falling to the least in the "
        "last. 0 and 0: all chips alike. Useful greatest weights are 1 to 6; for sparse features try 2 and 3. Up to "
        "10.",
    )
    yield number("CLASS_WEIGHT_MIN", translate("Swath", "Least class weight"), 0.0, 0.0, 10.0, real=True), both
    yield number("CLASS_WEIGHT_MAX", translate("Swath", "Greatest class weight"), 0.0, 0.0, 10.0, real=True), both
    yield (
        number("LOSS_WEIGHT", translate("Swath", "Loss weight"), 0.0, 0.0, 1.0, real=True),
        translate(
            "Swath",
            "0 to 1: how far the loss favours pixels of features over those of the background. 0: both alike. For "
            "sparse features 0.8 and more.",
        ),
    )
