"""Unfinished work: it lives in ``<output>.partial`` and takes its final name only when it is complete."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from .errors import InputError
from .locks import lock

_JOB, _LOCK, _COMMIT = "job.json", "lock", "commit.json"


class OtherJobError(InputError):
    """The unfinished work of another job is in the way."""

    template = (
        "The folder {path} holds unfinished work with other settings or inputs: delete it to start anew, "
        "choose another output, or run the same job again to continue there."
    )


class InUseError(InputError):
    """Two runs at once with the same output."""

    template = "The output {path} is being written by another run: wait for its end, or choose another output."


class NotWritableError(InputError):
    """An output where nothing can be written."""

    template = "The output {path} cannot be written ({detail}): choose a folder that you may write to."


class NotReplaceableError(InputError):
    """An output that cannot take its final name."""

    template = (
        "The result cannot take its place at {path} ({detail}): close programs and layers that use this file and run "
        "the same job again; the finished work is kept in {partial}."
    )


class PartialWork:
    """The folder of unfinished work of one output, held by one run at a time.

    Args:
        output: the final path; the folder is this path with ``.partial`` added.
        digest: what tells this job from others (:meth:`swath.engine.jobs.Job.digest` and the inputs' state).

    As a context manager it gives the folder back in the end; after an error the folder stays where
    :meth:`keep` was called, so that the same job can continue.

    Raises:
        OtherJobError: the folder holds the work of another job.
        InUseError: another run is working there.
        NotWritableError: the folder cannot be made.
    """

    def __init__(self, output: str | Path, digest: str) -> None:
        self.output = Path(output)
        self.folder = self.output.with_name(self.output.name + ".partial")
        self._kept = False
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise NotWritableError(path=self.output, detail=error.strerror or error) from error
        fresh = not self.file(_LOCK).exists()
        self._lock = self._take_lock()
        try:
            self.resumed = self._kept = self._find(digest)
            self._digest = digest
            self._note_job()
        except BaseException:
            self._release()
            if fresh:
                self.file(_LOCK).unlink(missing_ok=True)
            raise

    def file(self, name: str) -> Path:
        """Return the path of a working file."""
        return self.folder / name

    @property
    def kept(self) -> bool:
        """Tell whether the folder stays for a run that continues."""
        return self._kept

    def keep(self) -> None:
        """Say that there is something to continue with: the folder stays when the run fails."""
        if not self._kept:
            self._kept = True
            self._note_job()

    def drop(self) -> None:
        """Say that there is nothing to continue with: the folder goes in the end, at the latest in the next run."""
        self._kept = False
        # Where nothing can be written, the folder is removed all the same.
        with contextlib.suppress(OSError):
            self._note_job()

    def _note_job(self) -> None:
        self.write_json(_JOB, {"digest": self._digest, "output": str(self.output), "worth": self._kept})

    def write_json(self, name: str, values: Any) -> None:
        """Write a small file in one step."""
        new = self.file(name + ".new")
        with new.open("w", encoding="utf-8") as stream:
            # In one piece: written bit by bit, long lists take many times as long.
            stream.write(json.dumps(values))
            stream.flush()
            os.fsync(stream.fileno())
        new.replace(self.file(name))

    def commit(self, moves: Mapping[str, Path], result: dict[str, Any], remove: Sequence[Path] = ()) -> None:
        """Give complete files their final names, the last one of ``moves`` last, and delete the folder.

        Args:
            moves: working file names to final paths. A commit that is cut off is finished by the next run.
            result: plain values that the next run gets from :meth:`finish_commit` then.
            remove: files of an earlier output that would not fit the new one.

        Raises:
            NotReplaceableError: where a file in the way cannot be replaced.
        """
        plan = {
            "moves": {name: str(path) for name, path in moves.items()},
            "remove": [str(path) for path in remove],
            "result": result,
        }
        self.write_json(_COMMIT, plan)
        self.keep()
        self.finish_commit()

    def finish_commit(self) -> dict[str, Any] | None:
        """Finish a commit that was cut off and return its result; None where there was none."""
        try:
            plan = json.loads(self.file(_COMMIT).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        for path in [Path(item) for item in plan["remove"]]:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
        for name, target in plan["moves"].items():
            if self.file(name).exists():
                move_file(self.file(name), Path(target), self.folder)
        self._kept = False
        result: dict[str, Any] = plan["result"]
        return result

    def close(self) -> None:
        """Let go of the folder, and delete it where there is nothing to continue with."""
        if not self._kept:
            self._release()
            shutil.rmtree(self.folder, ignore_errors=True)
        self._release()

    def __enter__(self) -> PartialWork:
        return self

    def __exit__(self, *args: object) -> None:
        self.close()

    def _find(self, digest: str) -> bool:
        """Tell whether this job's work is here; clear what is not worth keeping, refuse what is another's."""
        others = [path for path in self.folder.iterdir() if path.name not in {_LOCK, _JOB, _JOB + ".new"}]
        try:
            values = json.loads(self.file(_JOB).read_text(encoding="utf-8"))
            found, worth = str(values["digest"]), bool(values["worth"])
        except FileNotFoundError:
            if others:
                # A folder that is not ours is never touched.
                raise OtherJobError(path=self.folder) from None
            return False
        except (ValueError, KeyError, TypeError) as error:
            raise OtherJobError(path=self.folder) from error
        if worth and found != digest:
            raise OtherJobError(path=self.folder)
        if not worth:
            for path in others:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        return worth

    def _take_lock(self) -> IO[bytes]:
        try:
            stream = self.file(_LOCK).open("a+b")
        except OSError as error:
            raise NotWritableError(path=self.output, detail=error.strerror or error) from error
        try:
            lock(stream)
        except OSError as error:
            stream.close()
            raise InUseError(path=self.output) from error
        return stream

    def _release(self) -> None:
        self._lock.close()


def move_file(source: Path, target: Path, partial: Path) -> None:
    """Give a complete file its final name, on another disk as well; raise NotReplaceableError.

    ``partial`` is the folder that the error names as the place of what is finished.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.parent.stat().st_dev == source.stat().st_dev:
            source.replace(target)
            return
        # Another disk: copy beside the target first, so that the final name is still taken in one step.
        beside = target.with_name(target.name + ".copying")
        shutil.copyfile(source, beside)
        beside.replace(target)
        source.unlink()
    except OSError as error:
        raise NotReplaceableError(path=target, detail=error.strerror or error, partial=partial) from error
