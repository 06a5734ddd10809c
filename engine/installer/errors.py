"""What can go wrong with the engine environment, each with its remedy."""

from __future__ import annotations

from ..errors import EnvironmentProblem, InputError


class SetupError(EnvironmentProblem):
    """A step of the set-up failed for a reason we do not know."""

    template = "Setting up the engine environment failed while {step}: {reason}. The log {log} tells more."


class OfflineError(SetupError):
    """The package registry cannot be reached."""

    template = (
        "The package registry cannot be reached while {step}: check the network connection, and behind "
        "a proxy set HTTPS_PROXY and start again. The log {log} tells more."
    )


class CertificateError(SetupError):
    """A certificate was refused, mostly because a company's proxy replaces it."""

    template = (
        "A certificate of the package registry was refused while {step}: behind a proxy that replaces "
        "certificates set SSL_CERT_FILE to its certificate and start again. The log {log} tells more."
    )


class ChecksumError(SetupError):
    """A download is not the file that the lock names."""

    template = (
        "A downloaded package is not the one Swath was made with (its checksum differs, while {step}): "
        "try again, or ask who runs your package mirror. The log {log} tells more."
    )


class BrokenPackageError(SetupError):
    """A package is installed as locked and does not import."""

    template = (
        "The package {package} was installed and does not import ({reason}): "
        "repair the environment, and if that does not help report it with the log {log}."
    )


class NoSpaceError(EnvironmentProblem):
    """There is not enough room on the disk."""

    template = (
        "The engine environment needs about {needed} GB at {path} and {free} GB are free: "
        "free some space, or set SWATH_ENGINE_HOME to a folder on another disk."
    )


class UnsupportedChoiceError(InputError):
    """There is no lock for what was asked."""

    template = "The engine environment cannot be set up as tier '{tier}', build '{build}' on {machine}: {remedy}."


class NoPythonError(EnvironmentProblem):
    """No interpreter of a usable version can be had."""

    template = (
        "No Python 3.11 to 3.14 for the engine environment was found ({detail}): "
        "install one and name it with the option --python."
    )


class EngineBusyError(EnvironmentProblem):
    """The environment is in use."""

    template = "The engine environment {path} is in use ({detail}): end running Swath jobs and try again."
