"""The right to write into a spool: one recorder at a time, and no other process may finish a recording that is still being written."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from causeway_core.errors import CommandError, RecordingError, SpoolTaken


class Claim:
    """The right to a spool and to the recording beside it, held until `release` or the end of the process.

    The folder itself is the claim (making it either succeeds or does not), a lock on it says that its owner still lives: the system drops the lock of
    a process that was killed. The lock is not inherited by programs that are started.
    """

    def __init__(self, spool: Path, handle: int) -> None:
        self.spool = spool
        self._handle: int | None = handle

    @classmethod
    def take(cls, spool: Path) -> Claim:
        """Makes the folder. Raises SpoolTaken where there is one, and CommandError when it cannot be made."""
        try:
            spool.mkdir()
        except FileExistsError:
            raise _claim_error(spool) from None
        except OSError as error:
            raise CommandError(f"cannot write to {recording_of(spool)}: {error.strerror}", "choose a folder that can be written to") from error
        handle = _lock(spool)
        if handle is None:
            raise _claim_error(spool)
        return cls(spool, handle)

    @classmethod
    def adopt(cls, spool: Path) -> Claim | None:
        """Claims a spool whose recorder has ended; None if there is no spool. Raises RecordingError while its recorder lives."""
        if not spool.is_dir():
            return None
        handle = _lock(spool)
        if handle is None:
            raise RecordingError(f"{recording_of(spool)} is still being recorded", "wait for the program to end; the recorder finishes it")
        return cls(spool, handle)

    def release(self) -> None:
        """Releases the spool. A second call does nothing."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def discard(self) -> None:
        """Releases and removes a spool that was never written to."""
        self.spool.rmdir()
        self.release()


def recording_of(spool: Path) -> Path:
    """The recording that a spool belongs to."""
    return spool.with_name(spool.name.removesuffix(".spool"))


def spool_of(recording: Path) -> Path:
    """The spool of a recording."""
    return recording.with_name(recording.name + ".spool")


def _claim_error(spool: Path) -> SpoolTaken:
    recording = recording_of(spool)
    handle = _lock(spool) if spool.is_dir() else None
    if handle is None:
        return SpoolTaken(f"another run is being recorded to {recording}", "wait for it to end, or choose another -o")
    os.close(handle)
    return SpoolTaken(f"{spool} is left from a recording that crashed", f"finish that one first: causeway recover {recording}")


def _lock(spool: Path) -> int | None:
    """A handle that holds the lock of a folder; None if another process holds it or the folder does not exist."""
    try:
        handle = os.open(spool, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle
