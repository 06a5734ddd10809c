"""What the chosen chip format needs and takes of the other settings of an export."""

from __future__ import annotations

from ..engine.chips import FORMATS, INSTANCES_TOO, NO_SECOND, OBJECTS, SECOND_UNPAIRED, ChipFormat
from .arguments import Arguments
from .export_parameters import BOUNDING_BOX
from .export_problems import (
    LabelsMissingError,
    NoAreaError,
    NotForFormatError,
    OnlyForFeaturesError,
    SecondMissingError,
)
from .labels import LabelInput
from .problems import BadNumberError


def chip_format(arguments: Arguments) -> ChipFormat:
    """Return the chosen format; its word is known, as the parameter lists all there are."""
    found = FORMATS.get(arguments.text("FORMAT"))
    assert found is not None  # noqa: S101 - see above
    return found


def check_format(arguments: Arguments) -> None:
    """Raise InputError where a setting does not fit the format."""
    chosen = chip_format(arguments)
    formats = FORMATS.all().values()
    one = [item for item in formats if item.one_feature]
    second = [item for item in formats if item.second != NO_SECOND]
    instances = [item for item in formats if INSTANCES_TOO in item.needs]
    settings = (
        ("CROP_MODE", arguments.text("CROP_MODE") == BOUNDING_BOX, one),
        ("BLACKEN_AROUND_FEATURE", arguments.flag("BLACKEN_AROUND_FEATURE"), one),
        ("INPUT2", arguments.given("INPUT2"), second),
        ("INSTANCE_LABELS", arguments.given("INSTANCE_LABELS"), instances),
    )
    for parameter, given, able in settings:
        if given and chosen not in able:
            known = ", ".join(item.id for item in able)
            raise NotForFormatError(format=chosen.id, parameter=parameter, known=known)
    if chosen.needs and not arguments.given("LABELS"):
        others = ", ".join(item.id for item in formats if not item.needs)
        raise LabelsMissingError(format=chosen.id, others=others)
    if chosen.second == SECOND_UNPAIRED and not arguments.given("INPUT2"):
        raise SecondMissingError(format=chosen.id)
    angle = arguments.real("ROTATION_ANGLE")
    if angle != 0 and not 1 <= angle < 360:
        expected = "0, or 1 up to less than 360"
        raise BadNumberError(value=f"{angle:g}", parameter="ROTATION_ANGLE", expected=expected)


def needs_area(arguments: Arguments) -> bool:
    """Tell whether the labels themselves must have areas: for boxes, outlines or blackening."""
    chosen = chip_format(arguments)
    return OBJECTS in chosen.needs and (not chosen.one_feature or _about_features(arguments) != "")


def check_areas(arguments: Arguments, labels: LabelInput, instances: LabelInput | None) -> None:
    """Raise InputError where labels have no areas, or no features, though the format or a setting wants them."""
    chosen, about = chip_format(arguments), _about_features(arguments)
    if about and labels.is_raster:
        raise OnlyForFeaturesError(layer=labels.title, parameter=about)
    wide = arguments.real("BUFFER_RADIUS") > 0
    asked = []
    if INSTANCES_TOO in chosen.needs:
        asked.append((labels, "LABELS", wide) if instances is None else (instances, "INSTANCE_LABELS", False))
    if needs_area(arguments):
        asked.append((labels, "LABELS", wide))
    for layer, parameter, has_area in asked:
        kind = "" if has_area else layer.thin_kind()
        if kind:
            raise NoAreaError(layer=layer.title, kind=kind, format=chosen.id, parameter=parameter)


def _about_features(arguments: Arguments) -> str:
    """Return the name of a setting that is about the shape of features; "" where none is made."""
    if arguments.text("CROP_MODE") == BOUNDING_BOX:
        return "CROP_MODE"
    return "BLACKEN_AROUND_FEATURE" if arguments.flag("BLACKEN_AROUND_FEATURE") else ""
