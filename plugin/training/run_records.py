"""Take the records of a run as they should be: a folder may come from anywhere, and half of it may be something else.

A value of the wrong kind is left out, as if it had not been written: it must not end what is painted from it.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

Record = dict[str, Any]
# Tables of an epoch that no chart shows; of a thousand epochs they would fill the memory.
_HEAVY = re.compile(r"confusion|.*curve.*")
# Beyond it a number is no measure of anything, and too large for some that reckon with it.
_LARGEST = 1e15
_MOST_EPOCHS = 10**7
_SINGLE = ("time", "seconds", "seconds_left", "memory_mb", "gpu_memory_mb")
_WHOLE = ("epoch", "epochs", "step", "steps", "best_epoch", "batch_size")


def read_record(text: str | bytes) -> Record:
    """Return the record that a text holds; {} where it holds none, also where it is nested without end."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def start_of(record: Mapping[str, Any]) -> Record:
    """Return the record of a start: job, data and hardware are records, classes those with a name or value."""
    made = dict(record)
    for name in ("job", "data", "hardware"):
        made[name] = dict(made[name]) if isinstance(made.get(name), Mapping) else {}
    chips = made["data"].get("chips")
    made["data"]["chips"] = dict(chips) if isinstance(chips, Mapping) else {}
    classes = made.get("classes")
    made["classes"] = [_class(item) for item in classes if isinstance(item, Mapping)] if _is_list(classes) else []
    return made


def _class(item: Mapping[str, Any]) -> Record:
    made = dict(item)
    color = made.get("color")
    if not (_is_list(color) and len(color) >= 3 and all(type(part) is int and 0 <= part <= 255 for part in color[:3])):
        made.pop("color", None)
    return made


def epoch_of(record: Mapping[str, Any]) -> Record:
    """Return the record of an epoch: numbers, and numbers by class; {} without its number."""
    made = {name: value for name, value in record.items() if not _HEAVY.fullmatch(name)}
    made = {name: _measure(value) for name, value in made.items() if name not in (*_SINGLE, *_WHOLE)} | _single(record)
    return made if type(made.get("epoch")) is int and made["epoch"] > 0 else {}


def _measure(value: Any) -> Any:
    """Return a number, or None; in a list, or in the records of a list, each of them."""
    if not _is_list(value):
        return _finite(value)
    is_table = bool(value) and all(isinstance(item, Mapping) for item in value)
    if is_table:
        return [{str(name): _finite(number) for name, number in item.items()} for item in value]
    return [_finite(item) for item in value]


def values_of(record: Mapping[str, Any]) -> Record:
    """Return what a run does now, found or ended with: numbers are finite, counts are whole."""
    made = {name: value for name, value in record.items() if not _is_number(value) or _finite(value) is not None}
    made = {name: value for name, value in made.items() if name not in (*_SINGLE, *_WHOLE)} | _single(record)
    rate = made.get("rate")
    if rate is not None and not (isinstance(rate, Mapping) and _is_curve(rate)):
        del made["rate"]
    if not isinstance(made.get("phase", ""), str):
        del made["phase"]
    return made


def _is_curve(rate: Mapping[str, Any]) -> bool:
    lists = [rate.get("rates") or [], rate.get("losses") or []]
    alike = all(_is_list(item) for item in lists) and len(lists[0]) == len(lists[1])
    return alike and all(_is_number(item) for held in lists for item in held) and _finite(rate.get("rate")) is not None


def _single(values: Mapping[str, Any]) -> Record:
    """Return what among values must be a number by itself; counts as whole numbers."""
    found = {name: values[name] for name in (*_SINGLE, *_WHOLE) if _finite(values.get(name)) is not None}
    whole = {name: min(max(int(value), 0), _MOST_EPOCHS) for name, value in found.items() if name in _WHOLE}
    return found | whole


def _finite(value: Any) -> float | None:
    return value if _is_number(value) and math.isfinite(value) and abs(value) <= _LARGEST else None


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_list(value: Any) -> bool:
    return isinstance(value, list)
