"""What part of a running program's processor time recording it takes: an estimate."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

EVENTS_A_ROUND = 13.57
"""Of `WORK`, as `causeway record` counts them; a test does."""

WORK = """
class Account:
    def __init__(self):
        self.balance = 0

def deposit(account, amount):
    before = account.balance
    account.balance = before + amount
    return account.balance

def work(rounds):
    account = Account()
    totals = {}
    for n in range(rounds):
        last = deposit(account, n)
        if last % 7 == 0:
            totals[n % 10] = last

def silent(frame, event, argument):
    return None
"""

_TRIAL = """
import os, sys, time
os.nice(19)
plain = {}
exec(compile(WORK, "plain", "exec"), plain)
if sys.version_info < (3, 12):
    sys.settrace(plain["silent"])  # so runs what debugpy debugs there: more slowly, recorded or not

def took(function):
    began = time.process_time()
    function(ROUNDS)
    return time.process_time() - began

took(work), took(plain["work"])
print((min(took(work) for _ in range(3)) - min(took(plain["work"]) for _ in range(3))) / ROUNDS)
"""
_ROUNDS = 5_000
_TRIAL_SECONDS = 60


def seconds_an_event(python: str) -> float | None:
    """What recording an event costs here, in processor time: a small program is run recorded and not, as debugpy would run it.

    None where that fails.
    """
    code = f"WORK, ROUNDS = {WORK!r}, {_ROUNDS}\n{WORK}\n{_TRIAL}"
    with tempfile.TemporaryDirectory(prefix="causeway-trial-") as spool:
        try:
            said = subprocess.run(
                [python, "-m", "causeway.launch", "-c", code], env={**os.environ, "CAUSEWAY_SPOOL": spool}, cwd=spool, stdin=subprocess.DEVNULL,
                capture_output=True, text=True, timeout=_TRIAL_SECONDS, check=True,
            ).stdout
            return max(float(said), 0.0) / EVENTS_A_ROUND
        except (OSError, ValueError, subprocess.SubprocessError):
            return None


def processor_seconds(pid: int) -> float:
    """What a process, its children and their children have used so far; 0 where the system does not say (it does on Linux)."""
    try:
        # The name may have spaces and brackets in it.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        used = sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")
        children = [int(child) for thread in Path(f"/proc/{pid}/task").iterdir() for child in (thread / "children").read_text().split()]
    except (OSError, ValueError, IndexError):
        return 0.0
    return used + sum(processor_seconds(child) for child in children)


class RecordingCost:
    """Tells it again and again. What an event costs is tried once, when first asked, beside everything else; used by one thread."""

    def __init__(self, python: str) -> None:
        self._python = python
        self._cost: float | None = None
        self._trial: threading.Thread | None = None
        self._last: dict[str, Any] = {}

    def of(self, events: int, pid: int) -> dict[str, Any]:
        """`share` (of 1) and `nanosecondsAnEvent`; empty as long as nobody knows, and what was known last when the program has ended."""
        if self._trial is None and sys.platform == "linux":
            self._trial = threading.Thread(target=self._try, name="trial", daemon=True)
            self._trial.start()
        used = processor_seconds(pid) if pid and self._cost is not None else 0.0
        if self._cost is not None and used > 0:
            self._last = {"share": round(min(events * self._cost / used, 1.0), 4), "nanosecondsAnEvent": round(self._cost * 1e9)}
        return self._last

    def _try(self) -> None:
        self._cost = seconds_an_event(self._python)
