"""Build the graphical models that come with Swath; run it with QGIS's Python after changing an algorithm.

QT_QPA_PLATFORM=offscreen python3 scripts/graphical_model.py
"""

from __future__ import annotations

import sys
from pathlib import Path

from model_builder import Builder, Source, in_order
from qgis.core import (
    QgsApplication,
    QgsProcessing,
    QgsProcessingModelAlgorithm,
    QgsProcessingParameterExtent,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterMapLayer,
    QgsProcessingParameterString,
    QgsProcessingParameterVectorLayer,
)

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "processing_provider" / "graphical_models"
MAP_HELP = (
    "Goes the whole way: cuts labelled imagery into chips, trains a model on them, classifies the imagery with it and "
    "compares the result with the labels. For an honest accuracy give a training area and a checking area that do not "
    "touch: what a model has learnt by heart proves nothing."
)
OBJECTS_HELP = (
    "Goes the whole way: cuts imagery into chips around labelled objects, trains a model on them, finds such objects "
    "in the imagery, keeps the surest of those that overlap and compares the result with the labels. For an honest "
    "accuracy give a training area and a checking area that do not touch: what a model has learnt by heart proves "
    "nothing."
)
of_input, of_step, fixed = Source.fromModelParameter, Source.fromChildOutput, Source.fromStaticValue
POLYGONS = [int(QgsProcessing.SourceType.TypeVectorPolygon)]


def labels_to_map() -> QgsProcessingModelAlgorithm:
    """Return the model that ends with a map of classes."""
    builder = Builder("labelstomap")
    kinds = [int(QgsProcessing.SourceType.TypeVectorAnyGeometry), int(QgsProcessing.SourceType.TypeRaster)]
    builder.add_imagery()
    builder.add_input(
        QgsProcessingParameterMapLayer("LABELS", "Labels", types=kinds),
        "Polygons with classes, or a raster of class values; in any coordinate reference system.",
    )
    _add_fields(builder)
    builder.add_input(
        QgsProcessingParameterExtent("CHECKING_AREA", "Checking area", optional=True),
        "The part in which the result is compared with the labels. Empty: all of it.",
    )
    builder.add_training(20, "Size of a chip; chips overlap by half.")
    _add_chips(builder, "CLASSIFIED_TILES")
    _add_train(builder, {})
    builder.add_step(
        2,
        "swath:classifypixels",
        "3. Classify",
        "Applies the model's best epoch to the whole raster.",
        {"INPUT": of_input("IMAGE"), "MODEL": of_step("trainmodel", "MODEL")},
        {"CLASSIFIED": ("OUTPUT", "Classified raster", True)},
    )
    builder.add_step(
        3,
        "swath:pixelaccuracy",
        "4. Check",
        "Compares the result with the labels inside of the checking area.",
        {
            "CLASSIFIED": of_step("classifypixels", "OUTPUT"),
            "REFERENCE": of_input("LABELS"),
            "CLASS_FIELD": of_input("CLASS_FIELD"),
            "EXTENT": of_input("CHECKING_AREA"),
        },
        {"MATRIX": ("OUTPUT", "Confusion matrix", True), "REPORT": ("REPORT", "Accuracy report", False)},
    )
    return builder.finish(MAP_HELP, "What to learn from, and where to check")


def labels_to_objects() -> QgsProcessingModelAlgorithm:
    """Return the model that ends with polygons of found objects."""
    builder = Builder("labelstoobjects")
    builder.add_imagery()
    builder.add_input(
        QgsProcessingParameterVectorLayer("LABELS", "Labels", POLYGONS),
        "A polygon around each object, all of them in the training area and the checking area; in any coordinate "
        "reference system.",
    )
    _add_fields(builder)
    builder.add_input(
        QgsProcessingParameterFeatureSource("CHECKING_AREA", "Checking area", POLYGONS, optional=True),
        "Polygons of the part in which the result is compared with the labels. Empty: all of it.",
    )
    builder.add_training(20, "Size of a chip, several times as large as the objects; chips overlap by half.")
    builder.add_input(
        QgsProcessingParameterString("MODEL_TYPE", "Model type", "AUTO"),
        "The kind of network, as Train Deep Learning Model calls it. AUTO: as the chips suggest.",
        advanced=True,
    )
    _add_chips(builder, "PASCAL_VOC_RECTANGLES")
    _add_train(builder, {"MODEL_TYPE": of_input("MODEL_TYPE")})
    _add_objects(builder)
    return builder.finish(OBJECTS_HELP, "What to learn from, and where to check")


def _add_fields(builder: Builder) -> None:
    builder.add_input(
        QgsProcessingParameterField("CLASS_FIELD", "Class field", parentLayerParameterName="LABELS", optional=True),
        "Empty: Classvalue, else Value, else all features are of one class.",
    )
    builder.add_input(
        QgsProcessingParameterExtent("TRAINING_AREA", "Training area", optional=True),
        "The part of the imagery to learn from. Empty: all of it.",
    )


def _add_chips(builder: Builder, chip_format: str) -> None:
    half = Source.fromExpression("to_int(@TILE_SIZE / 2)")
    builder.add_step(
        0,
        "swath:exporttrainingdata",
        "1. Cut chips",
        "Cuts the training area into overlapping chips with their labels.",
        {
            "INPUT": of_input("IMAGE"),
            "LABELS": of_input("LABELS"),
            "CLASS_FIELD": of_input("CLASS_FIELD"),
            "FORMAT": fixed(chip_format),
            "TILE_SIZE_X": of_input("TILE_SIZE"),
            "TILE_SIZE_Y": of_input("TILE_SIZE"),
            "STRIDE_X": half,
            "STRIDE_Y": half,
            "EXTENT": of_input("TRAINING_AREA"),
        },
        {},
    )


def _add_train(builder: Builder, more: dict[str, Source]) -> None:
    builder.add_step(
        1,
        "swath:trainmodel",
        "2. Train",
        "Learns from the chips. Each run wants a new or empty model folder.",
        {
            "INPUT": of_step("exporttrainingdata", "OUTPUT"),
            **more,
            "MAX_EPOCHS": of_input("MAX_EPOCHS"),
            "BACKBONE": of_input("BACKBONE"),
            "MODEL_NAME": fixed("model"),
        },
        {"MODEL_FOLDER": ("OUTPUT", "Model folder", True)},
    )


def _add_objects(builder: Builder) -> None:
    builder.add_step(
        2,
        "swath:detectobjects",
        "3. Detect",
        "Applies the model's best epoch to the whole raster, with the threshold that its training proposed.",
        {"INPUT": of_input("IMAGE"), "MODEL": of_step("trainmodel", "MODEL"), "RUN_NMS": fixed(False)},
        {},
    )
    builder.add_step(
        3,
        "swath:nonmaximumsuppression",
        "4. Suppress",
        "Keeps the surest of objects that overlap. Objects that stand close together want a larger overlap.",
        {"INPUT": of_step("detectobjects", "OUTPUT"), "MAX_OVERLAP_RATIO": fixed(0.1)},
        {"OBJECTS": ("OUTPUT", "Objects", True)},
    )
    builder.add_step(
        4,
        "swath:objectaccuracy",
        "5. Check",
        "Compares the result with the labels inside of the checking area.",
        {
            "DETECTED": of_step("nonmaximumsuppression", "OUTPUT"),
            "REFERENCE": of_input("LABELS"),
            "REFERENCE_CLASS_FIELD": of_input("CLASS_FIELD"),
            "MASK": of_input("CHECKING_AREA"),
        },
        {
            "ACCURACY": ("OUTPUT", "Accuracy table", True),
            "MATCHES": ("MATCHES", "Matches", False),
            "REPORT": ("REPORT", "Accuracy report", False),
        },
    )


def main() -> int:
    """Write the models; return the exit status."""
    sys.path.insert(0, str(ROOT / "engine"))
    import launch

    application = QgsApplication([], False)
    application.initQgis()
    launch.register()
    plugin = __import__("swath").classFactory(None)
    plugin.initProcessing()
    failed = False
    for model in (labels_to_map(), labels_to_objects()):
        well, problems = model.validate()
        target = FOLDER / f"{model.name()}.model3"
        if not well or not model.toFile(str(target)):
            sys.stderr.write("\n".join(problems) + "\n")
            failed = True
            continue
        target.write_text(in_order(target.read_text(encoding="utf-8")), encoding="utf-8")
    plugin.unload()
    application.exitQgis()
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
