"""Runs that begin in a process which has loaded the interpreter, the recorder and common modules already."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
import weakref
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Protocol

from causeway_core.launch.target import Target

PATIENCE_SECONDS = 20.0
"""How long a zygote may take to load and to begin a run, after which runs start on their own."""
HARMLESS = frozenset([
    "abc", "argparse", "array", "ast", "asyncio", "base64", "binascii", "bisect", "calendar", "collections", "concurrent", "contextlib",
    "contextvars", "copy", "copyreg", "csv", "dataclasses", "datetime", "decimal", "dis", "email", "enum", "errno", "fnmatch", "fractions",
    "functools", "gettext", "hashlib", "heapq", "hmac", "html", "http", "inspect", "ipaddress", "itertools", "json", "keyword", "linecache",
    "logging", "math", "mimetypes", "numbers", "opcode", "operator", "pathlib", "pickle", "pprint", "queue", "quopri", "random", "re",
    "reprlib", "runpy", "secrets", "select", "selectors", "shlex", "shutil", "signal", "socket", "socketserver", "sqlite3", "ssl", "statistics",
    "string", "stringprep", "struct", "subprocess", "tempfile", "textwrap", "threading", "token", "tokenize", "traceback", "types", "typing",
    "unicodedata", "urllib", "uuid", "warnings", "weakref", "zlib",
])  # fmt: skip
"""Packages whose import does nothing that a program could tell from importing them itself."""
READ_AT_START = ("PYTHON", "LC_", "LANG", "TZ", "LD_")
"""Beginnings of the variables that an interpreter reads when it starts: a run with others is not forked from it."""

Ended = Callable[[], None]


class Process(Protocol):
    """A run: the part of `subprocess.Popen` that callers need."""

    pid: int
    returncode: int | None

    def wait(self, timeout: float | None = None) -> int:
        """The exit code once it has ended, negative for a signal. Raises subprocess.TimeoutExpired."""


class ZygotePool:
    """Starts runs, each in a session of its own with empty standard input: from zygotes where that can be, else as any process.

    May be used from several threads; there are as many zygotes as runs at once. They end with the pool. Later runs find the modules of
    earlier ones loaded, where the program cannot tell the difference.
    """

    def __init__(self) -> None:
        self._modules: dict[str, None] = {}
        self._idle: defaultdict[object, list[Zygote]] = defaultdict(list)
        self._works = sys.platform == "linux"
        self._lock = threading.Lock()
        weakref.finalize(self, _close, self._idle)

    def start(self, target: Target, variables: Mapping[str, str], *, stdout: IO[bytes], stderr: IO[bytes], loaded: Path) -> Process:
        """A run of the target. `loaded` is a file that it may write to, to be kept until it was waited for. Raises OSError where its interpreter
        cannot be started.
        """
        if self._works:
            read = sorted(item for item in variables.items() if item[0].startswith(READ_AT_START))
            with self._lock:
                idle = self._idle[target.python, target.flags, tuple(read)]
            zygote = self._zygote(idle, target, variables)
            try:
                return zygote.start(target, variables, (stdout, stderr), loaded, lambda: self._reuse(idle, zygote, loaded))
            except (OSError, ValueError):
                # An older recorder in that environment, or one that is broken: then every run begins by itself.
                zygote.close()
                self._works = False
        return subprocess.Popen(
            target.command(), env=dict(variables), cwd=target.cwd, start_new_session=True, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr
        )

    def _zygote(self, idle: list[Zygote], target: Target, variables: Mapping[str, str]) -> Zygote:
        with self._lock:
            modules = tuple(self._modules)
            if idle:
                zygote = idle.pop()
                zygote.modules = modules
                return zygote
        return Zygote(target, variables, modules)

    def _reuse(self, idle: list[Zygote], zygote: Zygote, loaded: Path) -> None:
        with self._lock:
            if loaded.exists():
                self._modules.update((name, None) for name in loaded.read_text(encoding="utf-8").split() if _is_harmless(name))
            idle.append(zygote)


def _is_harmless(module: str) -> bool:
    top = module.partition(".")[0]
    return top in HARMLESS or (top == "causeway" and module not in ("causeway.launch", "causeway.zygote"))


def _close(idle: Mapping[object, list[Zygote]]) -> None:
    for zygotes in idle.values():
        while zygotes:
            zygotes.pop().close()


class Zygote:
    """One such process, which loads `modules`. `start` makes it a run; it is free again when that has ended.

    `modules` may be set to a longer list; what is new is loaded before the next run.
    """

    def __init__(self, target: Target, variables: Mapping[str, str], modules: Sequence[str]) -> None:
        self.modules = self._loaded = tuple(modules)
        ours, theirs = socket.socketpair()
        own = {name: value for name, value in variables.items() if not name.startswith("CAUSEWAY_")}
        command = [target.python, *target.flags, "-m", "causeway.zygote", str(theirs.fileno()), *modules]
        with theirs:
            self._process = subprocess.Popen(
                command, env=own, cwd=target.folder, start_new_session=True, pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        self._channel = ours
        self._received = b""

    def start(self, target: Target, variables: Mapping[str, str], outputs: tuple[IO[bytes], IO[bytes]], loaded: Path, ended: Ended) -> Process:
        """A run that prints to `outputs`; `ended` is called once the zygote is free. Raises OSError or ValueError where it cannot start one."""
        request = {"command": target.command(), "environment": dict(variables), "cwd": str(target.folder), "loaded": str(loaded)}
        if self.modules != self._loaded:
            request["modules"], self._loaded = list(self.modules), self.modules
        self._channel.settimeout(PATIENCE_SECONDS)
        with Path(os.devnull).open("rb") as nothing:
            socket.send_fds(self._channel, [b"\n"], [nothing.fileno(), *(each.fileno() for each in outputs)])
            self._channel.sendall(json.dumps(request).encode() + b"\n")
        started = self.receive(PATIENCE_SECONDS)
        if started is None:
            self._process.kill()
            raise TimeoutError("the zygote started no run")
        self._channel.sendall(b"\n")
        return _ForkedRun(self, started["pid"], ended)

    def receive(self, seconds: float | None) -> dict[str, int] | None:
        """The next message; None after `seconds` without one. Raises ConnectionError when the zygote has ended."""
        ends = None if seconds is None else time.monotonic() + seconds
        while b"\n" not in self._received:
            left = None if ends is None else ends - time.monotonic()
            if left is not None and left <= 0:
                return None
            self._channel.settimeout(left)
            try:
                more = self._channel.recv(1 << 16)
            except TimeoutError:
                return None
            if not more:
                raise ConnectionError("the zygote has ended")
            self._received += more
        line, _, self._received = self._received.partition(b"\n")
        message: dict[str, int] = json.loads(line)
        return message

    def close(self) -> None:
        """Hangs up, which ends it once no run of it lives."""
        self._channel.close()
        self._process.wait()


class _ForkedRun:
    """A run that a zygote has started."""

    def __init__(self, zygote: Zygote, pid: int, ended: Ended) -> None:
        self._zygote, self.pid, self._ended = zygote, pid, ended
        self.returncode: int | None = None
        self._lock = threading.Lock()

    def wait(self, timeout: float | None = None) -> int:
        with self._lock:
            if self.returncode is not None:
                return self.returncode
            message = self._zygote.receive(timeout)
            if message is None:
                raise subprocess.TimeoutExpired("a run", timeout or 0.0)
            self.returncode = os.waitstatus_to_exitcode(message["status"])
        self._ended()
        return self.returncode
