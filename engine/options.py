"""Command-line options made from the job dataclasses: a new field of a job is a new option."""

from __future__ import annotations

import argparse
import dataclasses
import json
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from .errors import InputError
from .jobs import Job
from .models import split_arguments

PATHS = {
    *("raster", "output", "labels", "mask", "report", "model", "inputs", "probabilities", "classified", "reference"),
    *("raster2", "instance_labels", "pretrained_model", "features", "detected", "matches"),
}
_KNOWN_WEIGHTS = {"", "DEFAULT"}


class BadOptionError(InputError):
    """A value on the command line that cannot be read."""

    template = "The option --{option} cannot be '{value}': give {expected}."


def add_options(parser: argparse.ArgumentParser, job_type: type[Job]) -> None:
    """Add one option for each field of a job; those without a default are required."""
    hints = get_type_hints(job_type)
    for item in dataclasses.fields(job_type):
        default: Any = None
        required = False
        if item.default is not dataclasses.MISSING:
            default = item.default
        elif item.default_factory is not dataclasses.MISSING:
            default = item.default_factory()
        else:
            required = True
        options: dict[str, Any] = {"required": required, "default": default, **_kind(hints[item.name])}
        options["help"] = "needed" if required else f"default: {default if default not in ('', [], {}) else 'none'}"
        parser.add_argument("--" + item.name.replace("_", "-"), dest=item.name, **options)


def _kind(hint: Any) -> dict[str, Any]:
    origin, arguments = get_origin(hint), get_args(hint)
    if hint is bool:
        return {"action": argparse.BooleanOptionalAction}
    if origin is list and arguments[0] in {int, float, str}:
        return {"nargs": "+", "type": arguments[0], "metavar": arguments[0].__name__.upper()}
    if origin in {list, dict}:
        return {"metavar": "TEXT"}
    return {"type": hint, "metavar": hint.__name__.upper()}


def read_job(job_type: type[Job], namespace: argparse.Namespace) -> Job:
    """Build the job of parsed options: paths made absolute, JSON texts read."""
    hints = get_type_hints(job_type)
    values: dict[str, Any] = {}
    for name, hint in hints.items():
        value = getattr(namespace, name)
        if isinstance(value, str) and get_origin(hint) is dict:
            value = split_arguments(value)
        elif isinstance(value, str) and get_origin(hint) is list:
            value = _json_list(name, value)
        values[name] = absolute(name, value)
    return job_type.from_dict(values)


def _json_list(name: str, text: str) -> list[Any]:
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, list):
        raise BadOptionError(option=name, value=text, expected='a JSON list, like [{"value": 1, "name": "Building"}]')
    return value


def absolute(name: str, value: Any) -> Any:
    """Return the value of a field with its paths made absolute, seen from the current folder."""
    if isinstance(value, list) and name in PATHS:
        return [absolute(name, item) for item in value]
    is_path = name in PATHS or (name == "backbone_weights" and value not in _KNOWN_WEIGHTS)
    return str(Path(value).expanduser().absolute()) if is_path and value else value
