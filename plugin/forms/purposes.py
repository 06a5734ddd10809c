"""The chip formats by what one wants a model to do, in words."""

from __future__ import annotations

from ...engine.chips import FORMATS, ChipFormat
from ...engine.models import fitting_types
from ...i18n import translate


def purposes() -> list[tuple[str, str]]:
    """Return (format id, what for) of all formats; those without a sentence of their own come last, by their title.

    The first is what most people want.
    """
    said = {
        "CLASSIFIED_TILES": translate("Swath", "Every pixel: a map of classes"),
        "PASCAL_VOC_RECTANGLES": translate("Swath", "Objects: a box around each"),
        "RCNN_MASKS": translate("Swath", "Objects: the outline of each"),
        "PANOPTIC_SEGMENTATION": translate("Swath", "Every pixel, and objects apart"),
        "LABELED_TILES": translate("Swath", "Given features: one class each"),
        "MULTILABELED_TILES": translate("Swath", "Pictures: the classes they show"),
        "EXPORT_TILES": translate("Swath", "Image to image: pairs"),
        "CYCLEGAN": translate("Swath", "Image to image: without pairs"),
    }
    formats = FORMATS.all()
    other = translate("Swath", "Other: {title}")
    found = [(name, text) for name, text in said.items() if name in formats]
    return found + [(name, other.format(title=item.title)) for name, item in formats.items() if name not in said]


def purpose_note(format_id: str) -> str:
    """Return what a format holds, and which models learn from it."""
    chosen: ChipFormat | None = FORMATS.get(format_id)
    if chosen is None:
        return ""
    names = [item.title.split(" (")[0] for item in fitting_types(format_id)]
    if not names:
        models = translate("Swath", "No model of Swath learns from it yet.")
    elif len(names) > 2:
        models = translate("Swath", "For {names} and {count} more models.")
        models = models.format(names=", ".join(names[:2]), count=len(names) - 2)
    else:
        models = translate("Swath", "For {names}.").format(names=", ".join(names))
    return f"{chosen.title}. {models}"
