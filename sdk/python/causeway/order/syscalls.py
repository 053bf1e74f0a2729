"""System calls in which a thread blocks without a hook seeing it, such as a read of standard input; from the kernel (Linux)."""

from __future__ import annotations

import os

READS, WRITES, CHILD = "reads", "writes", "child"
_NUMBERS = {
    "x86_64": {0: READS, 19: READS, 43: READS, 45: READS, 47: READS, 288: READS, 1: WRITES, 20: WRITES, 44: WRITES, 46: WRITES, 61: CHILD},
    "aarch64": {63: READS, 65: READS, 202: READS, 207: READS, 212: READS, 242: READS, 64: WRITES, 66: WRITES, 206: WRITES, 211: WRITES, 260: CHILD},
}  # fmt: skip
"""By machine: read, readv, accept, recvfrom, recvmsg, accept4; write, writev, sendto, sendmsg; wait4."""
_SELECTS = {"x86_64": (7, 23, 232, 270, 271, 281, 441), "aarch64": (22, 72, 73, 441)}
"""By machine: poll, select, epoll_wait, pselect6, ppoll, epoll_pwait, epoll_pwait2."""


def blocks_in(native: int) -> tuple[str, int] | None:
    """`reads` or `writes` and the descriptor, or `child` and its process id, for a thread that waits in such a call; None for any other."""
    call = _call(native)
    kind = _NUMBERS.get(os.uname().machine, {}).get(call[0]) if call is not None else None
    return (kind, call[1]) if call is not None and kind is not None else None


def waits_for_io(native: int) -> bool:
    """Whether a thread sleeps in a call that reads, accepts or selects. A thread that has input and only waits for a CPU does not."""
    call, machine = _call(native), os.uname().machine
    return call is not None and (_NUMBERS.get(machine, {}).get(call[0]) == READS or call[0] in _SELECTS.get(machine, ()))


def _call(native: int) -> tuple[int, int] | None:
    """The number of the system call that a thread sleeps in, and its first argument as a descriptor; None while it runs or may."""
    try:
        with open(f"/proc/self/task/{native}/syscall") as file:
            number, first = file.read().split()[:2]  # else "running"
        return int(number), int(first, 16) & 0xFFFFFFFF
    except (OSError, ValueError):
        return None


def turns(native: int) -> int:
    """How often the thread has gone to sleep. If the number is the same twice, it has slept all the time in between. -1: not known."""
    try:
        with open(f"/proc/self/task/{native}/status") as file:
            return sum(int(line.rpartition(":")[2]) for line in file if "voluntary_ctxt_switches" in line)
    except (OSError, ValueError):
        return -1
