"""Unpack deep learning packages (.dlpk); they come from others, so nothing in them is trusted."""

from __future__ import annotations

import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from .model_problems import BadPackageError, SevenZipError

NEEDED = frozenset({".onnx", ".emd", ".safetensors", ".html", ".json", ".png", ".data"})
_ZIP, _SEVEN_ZIP = b"PK\x03\x04", b"7z\xbc\xaf\x27\x1c"
_MOST_MEMBERS = 10_000
_LARGEST_TOTAL = 16 * 2**30
_LARGEST_RATIO = 200
_HARMLESS_SIZE = 64 * 2**20
_PIECE = 1 << 20


def is_package(path: Path) -> bool:
    """Tell by name or by the first bytes whether a file is a package."""
    if path.suffix.lower() == ".dlpk":
        return True
    try:
        with path.open("rb") as stream:
            head = stream.read(len(_SEVEN_ZIP))
    except OSError:
        return False
    return head.startswith((_ZIP, _SEVEN_ZIP))


def extract_package(package: Path, folder: Path, needed: frozenset[str] = NEEDED) -> None:
    """Unpack the files with the endings ``needed`` into ``folder``, keeping their places.

    Raises:
        SevenZipError: it is packed with 7-Zip.
        BadPackageError: it is no ZIP, broken, encrypted, far too large, or a name leads out of the folder.
    """
    try:
        with package.open("rb") as stream:
            head = stream.read(len(_SEVEN_ZIP))
        if head.startswith(_SEVEN_ZIP):
            raise SevenZipError(path=package)
        if not head.startswith(_ZIP):
            raise BadPackageError(path=package, detail="it is no ZIP archive")
        with zipfile.ZipFile(package) as archive:
            members = archive.infolist()
            _check(members, package)
            for member in members:
                name = PurePosixPath(member.filename)
                if not member.is_dir() and name.suffix.lower() in needed:
                    _extract(archive, member, folder.joinpath(*name.parts), package)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise BadPackageError(path=package, detail=f"it is broken: {error}") from error
    except OSError as error:
        if isinstance(error, (SevenZipError, BadPackageError)):
            raise
        raise BadPackageError(path=package, detail=f"it cannot be unpacked: {error.strerror or error}") from error


def _check(members: list[zipfile.ZipInfo], package: Path) -> None:
    if len(members) > _MOST_MEMBERS:
        raise BadPackageError(path=package, detail="it holds too many files")
    if sum(member.file_size for member in members) > _LARGEST_TOTAL:
        raise BadPackageError(path=package, detail="its files are far too large")
    for member in members:
        # Python's zipfile already turns the other system's separator into "/".
        name = member.filename.replace("\\", "/")
        parts = PurePosixPath(name).parts
        if not parts or name.startswith("/") or ".." in parts or any(":" in part or "\0" in part for part in parts):
            raise BadPackageError(path=package, detail=f"the name '{name[:80]}' in it leads out of the package")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise BadPackageError(path=package, detail=f"'{name[:80]}' in it is a link")
        if member.file_size > max(_HARMLESS_SIZE, _LARGEST_RATIO * member.compress_size):
            raise BadPackageError(path=package, detail=f"'{name[:80]}' in it is packed suspiciously tightly")


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, package: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    left = member.file_size
    with archive.open(member) as source, target.open("xb") as sink:
        while piece := source.read(_PIECE):
            left -= len(piece)
            if left < 0:
                raise BadPackageError(path=package, detail=f"'{member.filename[:80]}' in it is longer than it says")
            sink.write(piece)
