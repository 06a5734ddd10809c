"""What an export notes for itself and for training: a line for each chip, and its statistics so far.

Light: standard library only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..classes import ClassInfo
from ._sizes import BoxSizes
from ._stats import Accumulated, BandState, ClassTally, Summary

_NUMBERS = ("tiles", "next_index", "unlabelled", "empty", "pixels_known")
_NOTHING = ClassTally()


def record_line(record: Mapping[str, Any]) -> str:
    """Return a chip's line of ``swath_chips.jsonl``.

    A record has the chip's ``stem``, ``counts`` (pixels or objects of each class value, by the value as
    text; 0 is unlabelled), and ``size`` (width, height) where the chips of a folder differ.
    """
    return json.dumps(record, separators=(",", ":")) + "\n"


def state_of(stats: Accumulated) -> dict[str, Any]:
    """Return statistics as plain values for JSON, from which they come back to the last bit."""
    return {
        "from_features": stats.from_features,
        **{name: getattr(stats, name) for name in _NUMBERS},
        "bands": [vars(band) for band in stats.bands],
        "bands2": [vars(band) for band in stats.bands2],
        "classes": [[info.value, info.name, info.color] for info in stats.classes.values()],
        # Of thousands of classes most may have nothing yet.
        "tallies": [
            {
                **vars(tally),
                "sizes": vars(tally.sizes),
                "value": value,
                "boxes": {**vars(tally.boxes), "found": list(tally.boxes.found.items())},
            }
            for value, tally in stats.tallies.items()
            if tally != _NOTHING
        ],
        "per_image": vars(stats.per_image),
        "cell_sizes": stats.cell_sizes,
        "spatial_reference": stats.spatial_reference,
    }


def stats_of_state(values: Mapping[str, Any]) -> Accumulated:
    """Return the statistics that :func:`state_of` gave, after a way through JSON.

    Raises:
        KeyError, TypeError, ValueError: where the values are no such statistics.
    """
    stats = Accumulated(
        bool(values["from_features"]),
        [BandState(**band) for band in values["bands"]],
        per_image=Summary(**values["per_image"]),
        cell_sizes=[(x, y) for x, y in values["cell_sizes"]],
        spatial_reference=dict(values["spatial_reference"]),
        bands2=[BandState(**band) for band in values["bands2"]],
        **{name: values[name] for name in _NUMBERS},
    )
    for value, name, (red, green, blue) in values["classes"]:
        stats.add_class(ClassInfo(int(value), str(name), (red, green, blue)))
    for item in values["tallies"]:
        boxes = {**item["boxes"], "found": {int(number): count for number, count in item["boxes"]["found"]}}
        parts: dict[str, Any] = {"sizes": Summary(**item["sizes"]), "boxes": BoxSizes(**boxes)}
        stats.tallies[int(item["value"])] = ClassTally(
            int(item["images"]), int(item["count"]), pixels=int(item["pixels"]), **parts
        )
    return stats
