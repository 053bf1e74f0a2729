"""Running a program plainly and recorded, in the same place, and reading what the hooks wrote."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.sdk.spool_facts import ProcessFacts, read_spool


@dataclass(frozen=True)
class Ended:
    """How a program ended."""

    stdout: str
    stderr: str
    code: int


@dataclass(frozen=True)
class Hooked(Ended):
    """A recorded program, and its processes by uid."""

    processes: dict[str, ProcessFacts] = field(default_factory=dict)

    @property
    def main(self) -> ProcessFacts:
        """The program's own process."""
        (process,) = [process for process in self.processes.values() if process.process["parent"] is None]
        return process

    @property
    def children(self) -> list[ProcessFacts]:
        return [process for process in self.processes.values() if process.process["parent"] is not None]


def environment(folder: Path, detail: str) -> dict[str, str]:
    """What the host gives a recorded program; the spool is new."""
    spool = folder / "spool"
    spool.mkdir()
    plain = {name: value for name, value in os.environ.items() if not name.startswith("CAUSEWAY_")}
    return plain | {
        "CAUSEWAY_SPOOL": str(spool),
        "CAUSEWAY_DETAIL": detail,
        "CAUSEWAY_ROOT": str(folder),
        "CAUSEWAY_CACHE": str(folder / "cache"),
        "CAUSEWAY_DEBUG": "1",
    }


def run_plain(folder: Path, words: Sequence[str]) -> Ended:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("CAUSEWAY_")}
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, cwd=folder, env=plain, timeout=240, check=False)
    return Ended(without_addresses(done.stdout), without_addresses(done.stderr), done.returncode)


def without_addresses(text: str) -> str:
    return re.sub(r"0x[0-9a-f]{6,}|pid=\d+", "…", text)


def run_hooked(folder: Path, words: Sequence[str], detail: str = "causal") -> Hooked:
    done = subprocess.run(
        [sys.executable, "-m", "causeway.launch", *words],
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment(folder, detail),
        timeout=240,
        check=False,
    )
    return Hooked(without_addresses(done.stdout), without_addresses(done.stderr), done.returncode, read_spool(folder / "spool"))


def hooked(folder: Path, program: str, *arguments: str, detail: str = "causal", compare: bool = True) -> Hooked:
    """Run a program recorded; before that plainly, and insist that stdout, stderr and exit code are the same. No hook may have left a gap."""
    script = folder / "program.py"
    script.write_text(textwrap.dedent(program))
    plain = run_plain(folder, [str(script), *arguments]) if compare else None
    recorded = run_hooked(folder, [str(script), *arguments], detail)
    if plain is not None:
        assert (recorded.stdout, recorded.stderr, recorded.code) == (plain.stdout, plain.stderr, plain.code)
    assert [gap for process in recorded.processes.values() for gap in process.gaps] == []
    return recorded


def interrupted(folder: Path, program: str, stuck: Callable[[ProcessFacts], bool], number: int = signal.SIGINT) -> Hooked:
    """Run a program recorded, send it a signal once what it has written so far says that it is `stuck`, and wait for its end."""
    script = folder / "program.py"
    script.write_text(textwrap.dedent(program))
    words = [sys.executable, "-m", "causeway.launch", str(script)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder, env=environment(folder, "causal")) as running:
        try:
            while running.poll() is None:
                found = list(read_spool(folder / "spool").values())
                if found and stuck(found[0]):
                    break
                os.sched_yield()
            running.send_signal(number)
            stdout, stderr = running.communicate(timeout=240)
        finally:
            running.kill()
    return Hooked(stdout, stderr, running.returncode, read_spool(folder / "spool"))
