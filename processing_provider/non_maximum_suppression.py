"""``swath:nonmaximumsuppression``: of objects that overlap, the surest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qgis.core import (
    Qgis,
    QgsFeature,
    QgsFeatureRequest,
    QgsProcessing,
    QgsProcessingFeatureSource,
    QgsProcessingFeedback,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterField,
    QgsRectangle,
)

from ..engine.errors import CancelledError
from ..engine.jobs import SuppressJob
from ..i18n import translate
from .arguments import Arguments
from .base import SwathAlgorithm
from .feature_outputs import SinkWriter, check_sink
from .object_fields import Confidences, ObjectColumns, class_text, find_field
from .object_parameters import check_polygons, confidence_field, polygons
from .outputs import check_not_input
from .parameters import number
from .vectors import LeftOut, write_features

# ArcGIS takes the first two only: objects of all classes would then suppress each other where there are just names.
CLASS_FIELDS = ("classvalue", "value", "classname", "class")


class _Columns(ObjectColumns):
    """The class as it stands in a field; one class without a field."""

    def __init__(self, index: int, confidences: Confidences) -> None:
        super().__init__(confidences)
        self._index = index

    def class_of(self, feature: QgsFeature) -> str | None:
        """Return the class of a feature; those without one are a class of their own."""
        return "" if self._index < 0 else class_text(feature[self._index])


class NonMaximumSuppression(SwathAlgorithm):
    """Remove objects that overlap surer ones."""

    ID = "nonmaximumsuppression"
    TASK = "suppress"

    def title(self) -> str:
        """Return the name."""
        return translate("Swath", "Non Maximum Suppression")

    def summary(self) -> str:
        """Return the help."""
        return translate(
            "Swath",
            "Finds objects of the same class that overlap, keeps the surest and leaves out the others. The surest of "
            "all comes first; of equally sure ones, the first in the layer. Outlines count, not only boxes.",
        )

    def define(self) -> None:
        """Add parameters and outputs."""
        what = translate("Swath", "Polygons, such as Detect Objects gives, in any coordinate reference system.")
        self.add(*polygons("INPUT", translate("Swath", "Objects"), what))
        self.add(*confidence_field("INPUT"))
        self.add(
            QgsProcessingParameterField(
                "CLASS_FIELD", translate("Swath", "Class field"), parentLayerParameterName="INPUT", optional=True
            ),
            translate(
                "Swath",
                "Only objects with the same value here suppress each other. Empty: Classvalue, else Value, Classname, "
                "Class, else all objects are of one class.",
            ),
        )
        self.add(
            number("MAX_OVERLAP_RATIO", translate("Swath", "Largest overlap"), 0.0, 0.0, 1.0, real=True, decimals=2),
            translate(
                "Swath",
                "Two objects are the same if the area that both cover, divided by the area that they cover together, "
                "is above this (0 to 1). 0: none may overlap; those that only touch stay. Areas are measured in the "
                "layer's own units, also in degrees: of two objects close together the ratio is the same.",
            ),
        )
        self.add(
            QgsProcessingParameterFeatureSink(
                "OUTPUT", translate("Swath", "Objects without overlaps"), QgsProcessing.SourceType.TypeVectorPolygon
            ),
            translate("Swath", "The objects that stay, with all their fields."),
        )

    def check(self, arguments: Arguments) -> None:
        """Check the layer, its fields, and where the result goes."""
        _, features = arguments.vector("INPUT")
        check_polygons(features, "INPUT")
        Confidences(features, arguments.text("CONFIDENCE_FIELD"), needed=True)
        find_field(features, arguments.text("CLASS_FIELD"), CLASS_FIELDS, "CLASS_FIELD")
        check_not_input(arguments, "OUTPUT")
        check_sink(arguments, "OUTPUT", features.fields(), features.wkbType())

    def job(self, arguments: Arguments, feedback: QgsProcessingFeedback) -> dict[str, Any]:
        """Write the objects for the engine and return the job."""
        _, features = arguments.vector("INPUT")
        confidences = Confidences(features, arguments.text("CONFIDENCE_FIELD"), needed=True)
        index = find_field(features, arguments.text("CLASS_FIELD"), CLASS_FIELDS, "CLASS_FIELD")
        left_out = LeftOut()
        written = write_features(
            features,
            features.sourceCrs(),
            QgsRectangle(),
            arguments.context,
            feedback,
            columns=_Columns(index, confidences),
            left_out=left_out,
        )
        left_out.tell(features.sourceName(), feedback)
        return SuppressJob(
            features=written.path,
            max_overlap_ratio=arguments.real("MAX_OVERLAP_RATIO"),
        ).to_dict()

    def results(
        self, arguments: Arguments, job: dict[str, Any], values: dict[str, Any], feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Copy the objects that stay, as they are."""
        _, features = arguments.vector("INPUT")
        kept = set(values["kept"])
        place, count = _copy(arguments, features, lambda item: item.id() in kept or not item.hasGeometry(), feedback)
        text = translate("Swath", "{count} of {all} objects stay")
        feedback.pushInfo(text.format(count=count, all=features.featureCount()))
        return {"OUTPUT": place}


def _copy(
    arguments: Arguments,
    features: QgsProcessingFeatureSource,
    stays: Callable[[QgsFeature], bool],
    feedback: QgsProcessingFeedback,
) -> tuple[str, int]:
    """Copy some features to OUTPUT; return its place and how many."""
    count = 0
    flag = Qgis.ProcessingFeatureSourceFlag.SkipGeometryValidityChecks
    with SinkWriter(arguments, "OUTPUT", features.fields(), features.wkbType(), features.sourceCrs()) as writer:
        for feature in features.getFeatures(QgsFeatureRequest(), flag):
            if feedback.isCanceled():
                raise CancelledError(what=translate("Swath", "the run"))
            if stays(feature):
                writer.add(feature)
                count += 1
    return writer.place, count
