"""System calls in which a thread blocks without a hook seeing it, such as a read of standard input; from the kernel (Linux)."""

from __future__ import annotations

import os
import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

READS, WRITES, CHILD, SEMAPHORE = "reads", "writes", "child", "semaphore"
_NUMBERS = {
    "x86_64": {0: READS, 19: READS, 43: READS, 45: READS, 47: READS, 288: READS, 1: WRITES, 20: WRITES, 44: WRITES, 46: WRITES, 61: CHILD},
    "aarch64": {63: READS, 65: READS, 202: READS, 207: READS, 212: READS, 242: READS, 64: WRITES, 66: WRITES, 206: WRITES, 211: WRITES, 260: CHILD},
}  # fmt: skip
"""By machine: read, readv, accept, recvfrom, recvmsg, accept4; write, writev, sendto, sendmsg; wait4."""
_SELECTS = {"x86_64": (7, 23, 232, 270, 271, 281, 441), "aarch64": (22, 72, 73, 441)}
"""By machine: poll, select, epoll_wait, pselect6, ppoll, epoll_pwait, epoll_pwait2."""
_SLEEPS = {"x86_64": (35, 230), "aarch64": (101, 115)}
"""By machine: nanosleep, clock_nanosleep."""
_SEVERAL = {
    "x86_64": {202: "futex", 7: "poll", 271: "ppoll", 232: "epoll", 281: "epoll"},
    "aarch64": {98: "futex", 73: "ppoll", 22: "epoll"},
}
_INT = 0xFFFFFFFF
_PRIVATE = 128
"""The flag of a futex that only threads of one process share."""


def blocks_in(native: int) -> list[tuple[str, int]] | None:
    """What a thread waits for, without a time limit, in a system call: `reads` or `writes` and a descriptor, `child` and its process id, or
    `semaphore` and its address. More than one for a thread that polls. None for any other call, and for a thread that runs.
    """
    call, machine = _call(native), os.uname().machine
    if call is None:
        return None
    number, arguments = call
    kind = _NUMBERS.get(machine, {}).get(number)
    if kind is not None:
        return [(kind, arguments[0] & _INT)]
    return _limitless(_SEVERAL.get(machine, {}).get(number, ""), arguments)


def _limitless(name: str, arguments: list[int]) -> list[tuple[str, int]] | None:
    try:
        match name:
            case "futex" if not arguments[1] & _PRIVATE and not arguments[3]:
                return [(SEMAPHORE, arguments[0])]
            case "poll" if arguments[2] & _INT == _INT:
                return _polled(arguments)
            case "ppoll" if not arguments[2]:
                return _polled(arguments)
            case "epoll" if arguments[3] & _INT == _INT:
                return _registered(arguments[0] & _INT)
    except (OSError, ValueError, struct.error):
        pass  # the thread has gone on
    return None


def _polled(arguments: list[int]) -> list[tuple[str, int]] | None:
    entries = struct.iter_unpack("ihh", memory(arguments[0], 8 * (arguments[1] & _INT)))
    return _ways((descriptor, events) for descriptor, events, _ in entries if descriptor >= 0)


def _registered(descriptor: int) -> list[tuple[str, int]] | None:
    with open(f"/proc/self/fdinfo/{descriptor}") as file:
        rows = [line.split() for line in file if line.startswith("tfd:")]
    return _ways((int(row[1]), int(row[3], 16)) for row in rows)


def _ways(watched: Iterable[tuple[int, int]]) -> list[tuple[str, int]] | None:
    """None if one is watched for neither reading nor writing, or if there are none."""
    found = []
    for descriptor, events in watched:
        ways = [way for way, bit in ((READS, 1), (WRITES, 4)) if events & bit]
        if not ways:
            return None
        found += [(way, descriptor) for way in ways]
    return found or None


def value_of(semaphore: int) -> int:
    """The value of a semaphore that processes share (glibc). Raises OSError if nothing is mapped at the address."""
    value: int = struct.unpack("I", memory(semaphore, 4))[0]
    return value


def memory(address: int, size: int) -> bytes:
    """Memory of this process, which may have been released meanwhile: then OSError."""
    with open("/proc/self/mem", "rb", buffering=0) as file:
        file.seek(address)
        return file.read(size)


def waits_outside(native: int) -> bool:
    """Whether a thread sleeps in a call that reads, accepts or selects, or between two attempts of a library: SQLite's for the lock of another
    connection. A thread that has input and only waits for a CPU does not.
    """
    call, machine = _call(native), os.uname().machine
    if call is None:
        return False
    return _NUMBERS.get(machine, {}).get(call[0]) == READS or call[0] in (*_SELECTS.get(machine, ()), *_SLEEPS.get(machine, ()))


def _call(native: int) -> tuple[int, list[int]] | None:
    """The number of the system call that a thread sleeps in, and its arguments; None while it runs or may."""
    try:
        with open(f"/proc/self/task/{native}/syscall") as file:
            number, *rest = file.read().split()  # else "running"
        return int(number), [int(each, 16) for each in rest[:6]]
    except (OSError, ValueError):
        return None


def lives(process: int) -> bool:
    """Whether a process has not ended yet; True if the system does not tell."""
    try:
        with open(f"/proc/{process}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] not in ("Z", "X")
    except OSError:
        return not os.path.exists("/proc/self/stat")


def turns(native: int) -> int:
    """How often the thread has gone to sleep. If the number is the same twice, it has slept all the time in between. -1: not known."""
    try:
        with open(f"/proc/self/task/{native}/status") as file:
            return sum(int(line.rpartition(":")[2]) for line in file if "voluntary_ctxt_switches" in line)
    except (OSError, ValueError):
        return -1
