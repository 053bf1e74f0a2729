"""The living child processes of this one. The deciding process must know those that do not take part in the order."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection


class Children:
    """Every method is called with the forcing's lock held."""

    def __init__(self) -> None:
        self._forked: list[str] = []
        self._executed: set[int] = set()
        self.executed: list[int] = []
        """All processes that were ever started with another program."""

    def forked(self, root: str) -> None:
        """This process is about to fork; the child will register by this name."""
        self._forked.append(root)

    def execute(self, process: int) -> None:
        """Notes a child process that runs another program, which may take no part in the order."""
        self._executed.add(process)
        self.executed.append(process)

    def joining(self, joined: Collection[str]) -> bool:
        """Whether a fork is not yet among the processes that have taken part: it may still do anything."""
        return any(root not in joined for root in self._forked)

    def living(self) -> list[int | str]:
        """Process ids and names of forks whose end this process has not seen. Does not reap them."""
        self._executed = {process for process in self._executed if _lives(process)}
        return [*self._forked, *sorted(self._executed)]


def _lives(process: int) -> bool:
    if not hasattr(os, "waitid"):
        return True
    try:
        return os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
    except OSError:
        return False
