"""What an export notes for itself and for training: a line for each chip, and its statistics so far.

Light: standard library only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from ..classes import ClassInfo
from ._sizes import BoxSizes
from ._stats import Accumulated, BandState, ClassTally, Summary


def record_line(record: Mapping[str, Any]) -> str:
    """Return a chip's line of ``swath_chips.jsonl``.

    A record has the chip's ``stem``, ``counts`` (pixels or objects of each class value, by the value as
    text; 0 is unlabelled), and ``size`` (width, height) where the chips of a folder differ.
    """
    return json.dumps(record, separators=(",", ":")) + "\n"


def state_of(stats: Accumulated) -> dict[str, Any]:
    """Return statistics as plain values for JSON, from which they come back to the last bit."""
    return asdict(stats)


def stats_of_state(values: Mapping[str, Any]) -> Accumulated:
    """Return the statistics that :func:`state_of` gave, after a way through JSON.

    Raises:
        KeyError, TypeError, ValueError: where the values are no such statistics.
    """
    rest = {name: values[name] for name in ("tiles", "next_index", "unlabelled", "empty", "pixels_known")}
    return Accumulated(
        bool(values["from_features"]),
        [BandState(**band) for band in values["bands"]],
        classes={int(value): _class(item) for value, item in values["classes"].items()},
        tallies={int(value): _tally(item) for value, item in values["tallies"].items()},
        per_image=Summary(**values["per_image"]),
        cell_sizes=[(x, y) for x, y in values["cell_sizes"]],
        spatial_reference=dict(values["spatial_reference"]),
        bands2=[BandState(**band) for band in values["bands2"]],
        **rest,
    )


def _class(item: Mapping[str, Any]) -> ClassInfo:
    red, green, blue = item["color"]
    return ClassInfo(int(item["value"]), str(item["name"]), (red, green, blue))


def _tally(item: Mapping[str, Any]) -> ClassTally:
    parts = {"sizes": Summary(**item["sizes"]), "boxes": BoxSizes(**item["boxes"])}
    return ClassTally(**{**item, **parts})
