"""Whether gdb, by which debugpy gets into a running process, can do so on this machine without harm to the process."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

_CPU = Path("/proc/cpuinfo")
_FIRST_WITH_AMX = 14


def trouble() -> str | None:
    """What would go wrong, in a sentence; None where nothing is known to. Raises nothing: a gdb that is missing is debugpy's to report."""
    try:
        words = _CPU.read_text().split()
        said = subprocess.run(["gdb", "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    return trouble_of(words, said)


def trouble_of(cpu: list[str], said: str) -> str | None:
    """`trouble`, from the words of /proc/cpuinfo and from what `gdb --version` said.

    An older gdb cannot write back the registers of a processor with AMX. Its calls fail, and so does the system call that it interrupted in the
    program: `time.sleep` raises OSError.
    """
    version = re.search(r"(\d+)(\.\d+)+$", said.partition("\n")[0])
    if "amx_tile" not in cpu or version is None or int(version[1]) >= _FIRST_WITH_AMX:
        return None
    return f"gdb {version[0]} cannot call functions in a process on this processor (AMX), and would make a program that sleeps fail"
