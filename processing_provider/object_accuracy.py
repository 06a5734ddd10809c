"""``swath:objectaccuracy``: how good found objects are."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsProcessing,
    QgsProcessingFeatureSource,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterField,
    QgsProcessingParameterVectorDestination,
    QgsProcessingUtils,
    QgsRectangle,
)

from ..engine.jobs import AssessObjectsJob
from ..i18n import translate
from . import parameters
from .arguments import Arguments
from .base import SwathAlgorithm
from .class_matching import ClassMatch, LayerClasses
from .feature_outputs import REAL, TEXT, check_sink, copy_layer, make_fields
from .object_fields import Confidences, ObjectColumns, find_field
from .object_parameters import check_polygons, confidence_field, polygons
from .object_styles import ObjectStyle, draw_on_load
from .outputs import check_apart, check_not_input, check_suffix
from .parameters import number
from .problems import EmptyLayerError, NoCrsError
from .vectors import LeftOut, crs_of, write_features

MEASURES = ("MAP", "F1", "AP50", "PRECISION", "RECALL")
DETECTED, REFERENCE = "DETECTED", "REFERENCE"
_MATCH_FIELDS = (("Match", TEXT), ("Class", TEXT), ("Confidence", REAL), ("IoU", REAL))


class _Columns(ObjectColumns):
    """The class by the name that both layers have for it."""

    def __init__(self, classes: LayerClasses, match: ClassMatch, confidences: Confidences | None) -> None:
        super().__init__(confidences)
        self._classes, self._match = classes, match

    def class_of(self, feature: QgsFeature) -> str | None:
        """Return the class of a feature; None to leave it out."""
        return self._match.name(self._classes, self._classes.text(feature))


class ObjectAccuracy(SwathAlgorithm):
    """Compare found objects with true ones."""

    ID = "objectaccuracy"
    TASK = "assess_objects"

    def title(self) -> str:
        """Return the name."""
        return translate("Swath", "Compute Accuracy for Object Detection")

    def summary(self) -> str:
        """Return the help."""
        return translate(
            "Swath",
            "Compares found objects with true ones: how many were found, missed and invented of each class, "
            "precision, recall, F1 and average precision (AP), and the mean AP as COCO has it.",
        )

    def define(self) -> None:
        """Add parameters and outputs."""
        what = translate("Swath", "Polygons that Detect Objects found, or others with a class and a confidence.")
        self.add(*polygons(DETECTED, translate("Swath", "Detected objects"), what))
        truth = translate("Swath", "Polygons of the true objects, all of them; in any coordinate reference system.")
        self.add(*polygons(REFERENCE, translate("Swath", "Reference"), truth))
        self._define_fields()
        self.add(
            number("MIN_IOU", translate("Swath", "Smallest IoU"), 0.5, 0.0, 1.0, real=True, decimals=2),
            translate(
                "Swath",
                "A found object is right if its box and that of a true one overlap at least so much (0 to 1): the area "
                "that both cover, divided by the area that they cover together.",
            ),
        )
        self.add(*parameters.mask(translate("Swath", "Only objects that touch these polygons count.")))
        self.add(
            QgsProcessingParameterVectorDestination(
                "OUTPUT", translate("Swath", "Accuracy table"), QgsProcessing.SourceType.TypeVector
            ),
            translate("Swath", "A table with a row for each class and one for all."),
        )
        self.add(
            QgsProcessingParameterFeatureSink(
                "MATCHES",
                translate("Swath", "Matched, missed and false objects"),
                QgsProcessing.SourceType.TypeVectorPolygon,
                optional=True,
            ),
            translate(
                "Swath",
                "The found objects that are right (green) and those that are false (orange), and the true ones that "
                "were missed (red); optional.",
            ),
        )
        self.add(*parameters.report(translate("Swath", "A page with the measures and their curves; optional.")))
        titles = (
            translate("Swath", "Mean average precision at IoU 0.50 to 0.95"),
            translate("Swath", "F1 score"),
            translate("Swath", "Mean average precision at IoU 0.50"),
            translate("Swath", "Precision"),
            translate("Swath", "Recall"),
        )
        for name, title in zip(MEASURES, titles):
            self.addOutput(QgsProcessingOutputNumber(name, title))

    def _define_fields(self) -> None:
        titles = (translate("Swath", "Class field of the detected"), translate("Swath", "Class field of the reference"))
        text = translate(
            "Swath",
            "The field that tells classes apart. Empty: Classname, else Classvalue, Class, Value, else all objects are "
            "of one class. Classes match by name; where one layer has only numbers, by the class value of the other.",
        )
        for parent, title in zip((DETECTED, REFERENCE), titles):
            name = f"{parent}_CLASS_FIELD"
            self.add(
                QgsProcessingParameterField(name, title, parentLayerParameterName=parent, optional=True),
                text,
            )
        self.add(*confidence_field(DETECTED), advanced=True)

    def check(self, arguments: Arguments) -> None:
        """Check both layers, their fields and systems, and where results go."""
        _, detected = arguments.vector(DETECTED)
        _, reference = arguments.vector(REFERENCE)
        for name, features in ((DETECTED, detected), (REFERENCE, reference)):
            check_polygons(features, name)
            find_field(features, arguments.text(f"{name}_CLASS_FIELD"), (), f"{name}_CLASS_FIELD")
        if reference.featureCount() == 0:
            raise EmptyLayerError(layer=reference.sourceName(), parameter=REFERENCE)
        Confidences(detected, arguments.text("CONFIDENCE_FIELD"), needed=False)
        _check_crs(detected, reference)
        check_suffix(arguments, "OUTPUT", (".csv", ".gpkg", ".dbf"))
        for name in ("OUTPUT", "MATCHES"):
            check_not_input(arguments, name)
        check_apart(arguments, ("OUTPUT", "MATCHES", "REPORT"))
        check_sink(arguments, "MATCHES", make_fields(_MATCH_FIELDS), Qgis.WkbType.MultiPolygon)

    def job(self, arguments: Arguments, feedback: QgsProcessingFeedback) -> dict[str, Any]:
        """Write objects and mask for the engine, in the system of the detected ones, and return the job."""
        _, detected = arguments.vector(DETECTED)
        _, reference = arguments.vector(REFERENCE)
        crs = crs_of(detected)
        confidences = Confidences(detected, arguments.text("CONFIDENCE_FIELD"), needed=False)
        sures = (confidences if confidences.index >= 0 else None, None)
        sides = [
            LayerClasses(features, arguments.text(f"{name}_CLASS_FIELD"), f"{name}_CLASS_FIELD")
            for name, features in ((DETECTED, detected), (REFERENCE, reference))
        ]
        match = ClassMatch(*sides)
        _tell(match, sides, feedback)
        paths = [
            _write(arguments, features, crs, _Columns(side, match, sure), feedback)
            for features, side, sure in zip((detected, reference), sides, sures)
        ]
        names = {paths[0]: detected.sourceName(), paths[1]: reference.sourceName()}
        mask = ""
        if arguments.given("MASK"):
            _, polygons_of_mask = arguments.vector("MASK")
            mask = _write(arguments, polygons_of_mask, crs, None, feedback)
            names[mask] = polygons_of_mask.sourceName()
        matches = ""
        if arguments.given("MATCHES"):
            matches = QgsProcessingUtils.generateTempFilename("matches.gpkg", arguments.context)
        return AssessObjectsJob(
            detected=paths[0],
            reference=paths[1],
            output=arguments.output("OUTPUT"),
            matches=matches,
            min_iou=arguments.real("MIN_IOU"),
            mask=mask,
            report=arguments.folder("REPORT"),
            names=names,
        ).to_dict()

    def results(
        self, arguments: Arguments, job: dict[str, Any], values: dict[str, Any], feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Copy the matches to where the user wants them, and return table, report and measures."""
        found = {"OUTPUT": job["output"], **{name: values[name.lower()] for name in MEASURES}}
        if job["matches"]:
            found["MATCHES"] = _copy_matches(arguments, job["matches"], feedback)
        return {**found, "REPORT": job["report"]} if job["report"] else found


def _check_crs(detected: QgsProcessingFeatureSource, reference: QgsProcessingFeatureSource) -> None:
    """Raise NoCrsError where only one of two layers has a coordinate reference system."""
    pairs = ((detected, reference), (reference, detected))
    for one, other in pairs:
        if crs_of(other).isValid() and not crs_of(one).isValid():
            role = translate("Swath", "layer")
            facts = {"layer": one.sourceName(), "other": other.sourceName(), "crs": crs_of(other).authid()}
            raise NoCrsError(role=role, **facts)


def _tell(match: ClassMatch, sides: list[LayerClasses], feedback: QgsProcessingFeedback) -> None:
    """Say what users may not expect of classes."""
    if match.alike:
        text = translate("Swath", "One of the layers has no class field: all objects are compared as of one class")
        feedback.pushWarning(text)
    elif all(side.found for side in sides) and not match.of_layer(sides[0]) & match.of_layer(sides[1]):
        text = translate(
            "Swath",
            "The layers have no class in common ({detected}; {reference}): choose their class fields, if these are "
            "the same under other names",
        )
        first, second = (", ".join(sorted(match.of_layer(side))[:5]) for side in sides)
        feedback.pushWarning(text.format(detected=first, reference=second))


def _write(
    arguments: Arguments,
    features: QgsProcessingFeatureSource,
    crs: QgsCoordinateReferenceSystem,
    columns: _Columns | None,
    feedback: QgsProcessingFeedback,
) -> str:
    """Write features for the engine; return the path."""
    left_out = LeftOut()
    context = arguments.context
    written = write_features(features, crs, QgsRectangle(), context, feedback, columns=columns, left_out=left_out)
    left_out.tell(features.sourceName(), feedback)
    return written.path


def _copy_matches(arguments: Arguments, path: str, feedback: QgsProcessingFeedback) -> str:
    """Copy the matches, drawn in their colours when they are loaded; return their place."""
    _, detected = arguments.vector(DETECTED)
    copied = copy_layer(arguments, "MATCHES", path, make_fields(_MATCH_FIELDS), crs_of(detected), feedback)
    shutil.rmtree(Path(path).parent, ignore_errors=True)
    categories = (
        ("matched", translate("Swath", "Matched"), (0, 158, 90)),
        ("missed", translate("Swath", "Missed"), (213, 30, 30)),
        ("false", translate("Swath", "False"), (245, 140, 0)),
    )
    draw_on_load(arguments.context, copied.place, ObjectStyle("Match", categories))
    return copied.place
