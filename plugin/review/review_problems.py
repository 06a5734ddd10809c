"""What may be wrong with what is reviewed."""

from __future__ import annotations

from ...engine.errors import InputError


class ReviewError(InputError):
    """Something that cannot be reviewed."""

    template = "There is nothing to review: {detail}."


class RasterUnreadableError(ReviewError):
    """A raster that GDAL cannot read."""

    template = "The raster {path} cannot be read: choose a classified raster in a file, not a web layer."


class ProbabilitiesDifferError(ReviewError):
    """Probabilities of something else."""

    template = (
        "The probabilities {path} ({width} x {height} pixels, {bands} bands) do not belong to the map {map} "
        "({map_width} x {map_height} pixels): choose those that were made in the same run."
    )


class NoProbabilitiesError(ReviewError):
    """A map alone does not say where the model was in doubt."""

    template = (
        "The map {map} has no probabilities beside it: choose them, or apply the model again with an output for "
        "'Probabilities'."
    )


class NoReferenceError(ReviewError):
    """A reference that does not touch the map."""

    template = "No label of {layer} lies on the map {map}: choose labels of this place."


class NoClassesInReferenceError(ReviewError):
    """A reference without class values."""

    template = "The layer {layer} has no field with classes: choose its class field."


class NoObjectsError(ReviewError):
    """A layer without objects."""

    template = "The layer {layer} has no objects: choose the layer that Detect Objects made."


class NoConfidenceError(ReviewError):
    """Objects that do not say how sure the model was."""

    template = "The layer {layer} has no field 'Confidence': choose the layer that Detect Objects made."


class NoMatchesError(ReviewError):
    """A layer that is not what the assessment of objects makes."""

    template = (
        "The layer {layer} has no field 'Match': choose the matches that Compute Accuracy for Object Detection makes."
    )


class NoMapError(ReviewError):
    """No raster, or one that is no file."""

    template = "No classified map is chosen: choose the raster that Classify Pixels made."


class NoLayerError(ReviewError):
    """No layer where one is needed."""

    template = "No layer is chosen under '{title}': choose one, or load it into the project first."


class NoSamplesError(ReviewError):
    """No labels to look through."""

    template = "There are no samples: open labels in the tab Label first."


class ReviewFileError(ReviewError):
    """The file of a review cannot be read or written."""

    template = "The review {path} cannot be {action} ({detail}): find the places again."


class PlaceNotInSystemError(ReviewError):
    """A place that cannot be moved into the system of the labels."""

    template = (
        "This place cannot be moved into the system of the labels ({crs}): choose labels of this part of the world."
    )
