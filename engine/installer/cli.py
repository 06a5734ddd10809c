"""The command line of the installer: ``doctor``, ``install``, ``repair``, ``remove``, ``where``."""

from __future__ import annotations

import argparse
import signal
from collections.abc import Sequence

from ..console import Console, say
from ..errors import SwathError
from .build import Builder, repair_choice
from .check import diagnose
from .choices import BUILDS, TIERS, TORCH_SOURCES, Choice, make_choice
from .machine import best_build, platform_key
from .places import engine_home, engine_python

COMMANDS = ("doctor", "install", "repair", "remove", "where")


def main(argv: Sequence[str]) -> int:
    """Run one command; return the exit status (0: well, 1: a problem, 130: interrupted)."""
    options = _parser().parse_args(list(argv))
    # 'kill' ends a set-up as Ctrl+C does: with the child ended and nothing unfinished left.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return _run(options)
    except SwathError as error:
        say(str(error), error=True)
        return 1
    except KeyboardInterrupt:
        say("Interrupted: nothing half-made was left.", error=True)
        return 130
    finally:
        signal.signal(signal.SIGTERM, before)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="swath", description="Set up and check the engine environment of Swath.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("doctor", help="say how the environment is, as text for an issue")
    commands.add_parser("where", help="print the environment's interpreter")
    commands.add_parser("remove", help="remove the environment")
    for name, text in (("install", "set the environment up"), ("repair", "build it anew where it is not well")):
        command = commands.add_parser(name, help=text)
        builds = sorted({build for names in BUILDS.values() for build in names})
        command.add_argument("--tier", choices=TIERS, help="apply (small) or train (default)")
        command.add_argument("--build", choices=["auto", *builds], help="default: by what the machine has")
        command.add_argument("--python", default="", help="interpreter of Python 3.11 to 3.14")
        command.add_argument("--torch", choices=TORCH_SOURCES, help="where torch comes from (see the README)")
    return parser


def _run(options: argparse.Namespace) -> int:
    if options.command == "where":
        say(str(engine_python()))
        return 0
    if options.command == "doctor":
        diagnosis = diagnose()
        say(diagnosis.text())
        return 0 if diagnosis.ok else 1
    builder = Builder(engine_home(), Console())
    if options.command == "remove":
        say("Removed." if builder.remove() else "There was no engine environment.")
        return 0
    choice = _choice(options)
    if options.command == "repair" and diagnose().ok:
        say("The engine environment is well: nothing to repair.")
        return 0
    (builder.repair if options.command == "repair" else builder.create)(choice, options.python)
    return 0


def _choice(options: argparse.Namespace) -> Choice:
    def chosen() -> Choice:
        tier = options.tier or "train"
        build = options.build if options.build not in {None, "auto"} else best_build(tier)
        return make_choice(platform_key(), tier, build, options.torch or "auto")

    asked = any((options.tier, options.build, options.torch))
    return repair_choice(engine_home(), chosen) if options.command == "repair" and not asked else chosen()
