"""Command lines of Python child processes: a script runs through the launcher, so that it is recorded like the program itself."""

# ruff: noqa: PTH100, PTH110, PTH120
# (pathlib is not imported into the program)
from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

LAUNCHER = ("-m", "causeway.launch")
DEBUGGER = os.sep + "pydevd.py"
"""The script that debugpy runs in a child process that it debugs; the child's own script is one of its arguments."""
_WITH_ARGUMENT = ("-W", "-X", "--check-hash-based-pycs")


def recorded_command(argv: Sequence[Any], executables: Sequence[Any], environment: Mapping[Any, Any]) -> Sequence[Any]:
    """`python [flags] script …` as `python [flags] -m causeway.launch script …`; every other command line unchanged.

    Only for this very interpreter, and only where the child can import the launcher. `-m`, `-c` and what multiprocessing starts need no launcher: the
    `.pth` file records them. The words keep their type (str or bytes).
    """
    try:
        words = [os.fsdecode(word) for word in argv]
        at = script_index(words)
        if at is None or words[at].endswith(DEBUGGER):
            return argv
        if not _is_this_python([os.fsdecode(path) for path in executables]) or not _can_import(words[1:at], environment):
            return argv
        launcher = [os.fsencode(word) if isinstance(argv[at], bytes) else word for word in LAUNCHER]
        changed = [*argv[:at], *launcher, *argv[at:]]
        return tuple(changed) if isinstance(argv, tuple) else changed
    except (TypeError, ValueError, AttributeError):
        return argv


def script_index(words: list[str]) -> int | None:
    """Index of the script in a Python command line; None if there is none (`-m`, `-c`, standard input, `-S`)."""
    at = 1
    while at < len(words):
        word = words[at]
        if word in _WITH_ARGUMENT:
            at += 2
        elif word.startswith("--check-hash-based-pycs="):
            at += 1
        elif word.startswith("--") or word == "-":
            return None
        elif word.startswith("-"):
            for number, letter in enumerate(word[1:], 1):
                if letter in "cmShV?":
                    return None
                if letter in "WX":
                    at += number == len(word) - 1  # its argument is the next word
                    break
            at += 1
        else:
            return at
    return None


def _is_this_python(paths: list[str]) -> bool:
    mine = sys.executable
    if not mine:
        return False
    for path in paths:
        if path == mine:
            return True
        if os.path.exists(path):
            return os.path.dirname(os.path.abspath(path)) == os.path.dirname(os.path.abspath(mine)) and os.path.realpath(path) == os.path.realpath(
                mine
            )
    return False


def _can_import(flags: list[str], environment: Mapping[Any, Any]) -> bool:
    """Whether the child finds this package: installed, or on the child's `PYTHONPATH`."""
    home = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    mine = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    if home not in [os.path.abspath(entry) for entry in mine if entry]:
        return True
    if any(flag.startswith("-") and not flag.startswith("--") and ("E" in flag or "I" in flag) for flag in flags):
        return False
    given = environment.get("PYTHONPATH") or environment.get(b"PYTHONPATH") or ""
    return home in [os.path.abspath(entry) for entry in os.fsdecode(given).split(os.pathsep) if entry]
