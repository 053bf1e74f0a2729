"""Whether debugpy can get into a running process on this machine, without harm to it.

On CPython 3.14 it does so by `sys.remote_exec`. Otherwise, and where that fails, by gdb; by lldb where that is preferred and there; on macOS by lldb.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

_PROC = Path("/proc")
_FIRST_WITH_AMX = 14
_SYS_PTRACE = 1 << 19  # CAP_SYS_PTRACE of capabilities(7)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a process cannot be attached to (the end of a sentence), and what would remove that; empty where nothing here would."""

    why: str
    remedy: str = ""


def obstacle(process: int, *, prefers_lldb: bool, proc: Path = _PROC) -> Obstacle | None:
    """What is known to be in the way of attaching; None where nothing is. The process runs. Raises nothing."""
    if sys.platform.startswith("linux"):
        found = _forbidden(process, proc)
        if found is not None:
            return found
        if hasattr(sys, "remote_exec") and takes_code(process, proc):
            return None
    return _without_debugger(prefers_lldb, proc) if os.name == "posix" else None


def _forbidden(process: int, proc: Path) -> Obstacle | None:
    """What of the process or of the system forbids tracing it, as ptrace(2) has it."""
    about, own = _status(proc / str(process)), _status(proc / "self")
    if about.get("TracerPid", "0") != "0":
        return Obstacle(f"process {about['TracerPid']} debugs it already", "end that")
    # A name of its own is no proof: what embeds Python has the library's, or that of an extension module, in its memory.
    if (memory := _read(proc / str(process) / "maps")) and "python" not in memory.lower():
        return Obstacle("it runs no Python", "check `processId`")
    if int(own.get("CapEff", "0"), 16) & _SYS_PTRACE:
        return _closed(proc) if _scope(proc) == "3" else None
    owner, user = about.get("Uid", "").split(), own.get("Uid", "").split()
    if owner and user and owner[0] != user[1]:
        return Obstacle(f"it belongs to another user ({_name(int(owner[0]))})", "run the editor as that user")
    return _closed(proc) if _scope(proc) in ("1", "2", "3") else None


def _closed(proc: Path) -> Obstacle:
    scope = _scope(proc)
    some = {"1": "only a process's own parent may trace it", "2": "only root may trace processes"}
    who = some.get(scope, "nobody may trace processes until a restart")
    remedy = "" if scope == "3" else "run `sudo sysctl kernel.yama.ptrace_scope=0`"
    return Obstacle(f"{who} (/proc/sys/kernel/yama/ptrace_scope is {scope})", remedy)


def _scope(proc: Path) -> str:
    return _read(proc / "sys/kernel/yama/ptrace_scope").strip()


def takes_code(process: int, proc: Path = _PROC) -> bool:
    """Whether a process is of this interpreter's version, as `sys.remote_exec` wants it, and was not started with remote debugging disabled."""
    words = _read(proc / str(process) / "cmdline").split("\0")
    disabled = any(word == "-Xdisable_remote_debug" for word in words) or ("-X", "disable_remote_debug") in pairwise(words)
    for entry in _read(proc / str(process) / "environ").split("\0"):
        disabled = disabled or (entry.startswith("PYTHON_DISABLE_REMOTE_DEBUG=") and not entry.endswith("="))
    own = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    return not disabled and own in _read(proc / str(process) / "maps")


def _without_debugger(prefers_lldb: bool, proc: Path) -> Obstacle | None:
    gdb, lldb = shutil.which("gdb"), shutil.which("lldb")
    if sys.platform == "darwin":
        return None if lldb else Obstacle("debugpy needs lldb for that, which is not installed", "install it with `xcode-select --install`")
    if lldb and prefers_lldb:
        return None
    if gdb:
        return None if (why := trouble_of(_read(proc / "cpuinfo").split(), _version(gdb))) is None else Obstacle(why)
    if lldb:
        return Obstacle("debugpy needs gdb for that, which is not installed", 'install it, set `"linuxAttachPreferLldb": true` (lldb is there)')
    remote = "" if not hasattr(sys, "remote_exec") else " (it is of another version than the adapter's Python, or remote debugging is disabled in it)"
    return Obstacle(f"debugpy needs gdb or lldb for that, and neither is installed{remote}", "install gdb")


def _version(gdb: str) -> str:
    try:
        return subprocess.run([gdb, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return ""  # debugpy reports what is wrong with it.


def trouble_of(cpu: list[str], said: str) -> str | None:
    """What is wrong with a gdb, from the words of /proc/cpuinfo and from what `gdb --version` said.

    An older gdb cannot write back the registers of a processor with AMX. Its calls fail, and so does the system call that it interrupted in the
    program: `time.sleep` raises OSError.
    """
    version = re.search(r"(\d+)(\.\d+)+$", said.partition("\n")[0])
    if "amx_tile" not in cpu or version is None or int(version[1]) >= _FIRST_WITH_AMX:
        return None
    return f"gdb {version[0]} cannot call functions in a process on this processor (AMX), and would make a program that sleeps fail"


def _status(folder: Path) -> dict[str, str]:
    pairs = (line.partition(":") for line in _read(folder / "status").splitlines())
    return {name: value.strip() for name, _, value in pairs}


def _name(user: int) -> str:
    import pwd  # POSIX only

    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)


def _read(path: Path) -> str:
    """Empty where it cannot be read: it belongs to another user, or the process has ended."""
    try:
        return path.read_bytes().decode(errors="replace")
    except OSError:
        return ""
