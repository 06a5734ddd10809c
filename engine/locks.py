"""A lock on a file that the system lets go of when its holder dies, whatever ended it.

Light: standard library only.
"""

from __future__ import annotations

import errno
import sys
from pathlib import Path
from typing import IO

# Some network file systems know no locks: then two runs at once cannot be told.
_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP}


def lock(stream: IO[bytes]) -> bool:
    """Lock an open file for this process; return False where the file system knows no locks.

    Raises:
        OSError: where another holder has it.
    """
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415 - Windows only

        stream.seek(0)
        msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        return True
    import fcntl  # noqa: PLC0415 - not on Windows

    try:
        fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _NO_LOCKS:
            return False
        raise
    return True


def is_held(path: Path) -> bool | None:
    """Tell whether somebody holds the lock of a file; None where the file is not there or nobody can know.

    The lock is tried for a moment: who wants to hold it should try more than once.
    """
    try:
        stream = path.open("r+b")
    except FileNotFoundError:
        return None
    except OSError:
        # Of another user: what cannot be opened cannot be tried.
        return None
    with stream:
        try:
            return False if lock(stream) else None
        except OSError:
            return True
