"""The process of a program that was launched, so that it does not outlive its session."""

from __future__ import annotations

import os
import select
import signal
from pathlib import Path

_LAUNCHER = b"debugpy/launcher"


class LaunchedProcess:
    """A process and the debugpy launcher that started it. Where the system has no pidfd (it is Linux that has), `end` does nothing."""

    def __init__(self, pid: int) -> None:
        self._handles = [handle for each in (pid, _launcher_of(pid)) if each > 0 and (handle := _handle_of(each)) is not None]

    def end(self, seconds: float) -> None:
        """Waits at most so long until both have ended by themselves, then kills them. A second call does nothing."""
        handles, self._handles = self._handles, []
        for handle in handles:
            if not select.select([handle], [], [], seconds)[0]:
                try:
                    signal.pidfd_send_signal(handle, signal.SIGKILL)
                except OSError:
                    pass  # It has ended just now, or belongs to another user.
            os.close(handle)

    def leave(self) -> None:
        """Has it outlive the session."""
        handles, self._handles = self._handles, []
        for handle in handles:
            os.close(handle)


def _handle_of(pid: int) -> int | None:
    """A handle that names this process also when its number has been given to another; None where there is none."""
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):
        return None


def _launcher_of(pid: int) -> int:
    """The number of the launcher; 0 where the parent is none."""
    try:
        parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        return parent if _LAUNCHER in Path(f"/proc/{parent}/cmdline").read_bytes() else 0
    except (OSError, ValueError, IndexError):
        return 0
