"""The command line of the engine: for servers and clusters, for QGIS (``worker``), and for set-up.

swath export --raster image.tif --labels labels.gpkg --output chips
swath run job.json
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from . import __version__
from .channel import plain
from .console import Console, say
from .errors import CancelledError, SwathError
from .failures import explain
from .jobs import BadJobError
from .log import LOGGER, new_log, start_file_log
from .pipeline import STEPS
from .worker import main as work
from .worker import run_step

# Commands named after the steps of the pipeline; "assess" is short for the review of pixels.
TASKS = {
    **{name: name for name in ("label", "export", "train", "classify", "detect", "suppress")},
    "assess": "assess_pixels",
    "assess-objects": "assess_objects",
}
SETUP = ("doctor", "install", "repair", "remove", "where")
OK, FAILED, CANCELLED = 0, 1, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status (0: well, 1: a problem, 130: cancelled)."""
    argv = list(sys.argv[1:] if arguments is None else arguments)
    if argv[:1] == ["worker"]:
        return work()
    if argv and argv[0] in SETUP:
        from .installer.cli import main as set_up  # noqa: PLC0415 - needs no job, and must run where much is broken

        return set_up(argv)
    options = _parser(argv[0] if argv else "").parse_args(argv)
    command: Callable[[argparse.Namespace], int] = options.function
    return command(options)


def _parser(chosen: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="swath",
        description=f"Deep learning on imagery: {', '.join(TASKS)}. The engine environment: {', '.join(SETUP)}.",
    )
    parser.add_argument("--version", action="version", version=f"swath {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, task in TASKS.items():
        job_type, step = STEPS[task]
        command = commands.add_parser(name, help=(step.__doc__ or "").splitlines()[0], description=job_type.__doc__)
        command.set_defaults(function=_run_options, job_type=job_type, task=task)
        if name == chosen:
            from .options import add_options  # noqa: PLC0415 - only for the command that is asked for

            add_options(command, job_type)
    run = commands.add_parser("run", help="do the job of a file", description=_run_file.__doc__)
    run.add_argument("job", help='a JSON file: {"task": "train", "job": {...}}')
    run.set_defaults(function=_run_file)
    for name, function in (("models", _list_models), ("formats", _list_formats)):
        listing = commands.add_parser(name, help=f"list the {name} and what they take")
        listing.set_defaults(function=function)
    return parser


def _run_options(options: argparse.Namespace) -> int:
    from .options import read_job  # noqa: PLC0415

    try:
        job = read_job(options.job_type, options)
    except SwathError as error:
        say(str(error), error=True)
        return FAILED
    return run_task(options.task, job.to_dict())


def _run_file(options: argparse.Namespace) -> int:
    """Do the job of a file, which holds what QGIS would send: a task and its job with absolute paths."""
    try:
        request = json.loads(Path(options.job).read_text(encoding="utf-8"))
        task, values = str(request["task"]), dict(request["job"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        detail = f"{type(error).__name__}: {error}"
        say(str(BadJobError(job=options.job, detail=detail)), error=True)
        return FAILED
    return run_task(task, values)


def run_task(task: str, values: dict[str, Any]) -> int:
    """Do one task with progress on the terminal and print its result as JSON; return the exit status."""
    log = str(new_log(task if task in STEPS else "unknown"))
    start_file_log(log)
    console = Console()
    previous = signal.signal(signal.SIGINT, lambda *_: console.cancel())
    try:
        result = run_step(task, values, console)
    except Exception as error:  # noqa: BLE001 - whatever it was becomes one line, its trace goes to the log
        failure = explain(error, log)
        LOGGER.error("%s", failure, exc_info=error)
        console.clear()
        say(str(failure), error=True)
        return CANCELLED if isinstance(failure, CancelledError) else FAILED
    finally:
        signal.signal(signal.SIGINT, previous)
    console.clear()
    say(json.dumps(plain(result), indent=2))
    return OK


def _list_models(options: argparse.Namespace) -> int:
    from .models import MODEL_TYPES  # noqa: PLC0415

    for model in MODEL_TYPES.all().values():
        say(f"{model.id}: {model.title}\n  {model.help}\n  chips: {', '.join(model.formats)}")
        say(f"  backbones (default {model.default_backbone}): {', '.join(model.backbones)}")
        say("  or timm:NAME" if model.timm else "")
        for argument in model.arguments:
            say(f"  {argument.name} (default {argument.default}): {argument.help} Give {argument.expected}.")
    return OK


def _list_formats(options: argparse.Namespace) -> int:
    from .chips import FORMATS  # noqa: PLC0415

    for chip_format in FORMATS.all().values():
        say(f"{chip_format.id}: {chip_format.title}\n  {chip_format.help}")
    return OK


if __name__ == "__main__":
    sys.exit(main())
