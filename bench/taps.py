"""Instructions a tap costs: runs each woven statement under callgrind and divides.

    python bench/taps.py            instructions for each tap, above the empty loop
    python bench/taps.py --seconds  nanoseconds instead, without valgrind

The figures are for the interpreter that runs this; the loop and the tap's own interpreter work (loading the constant, the operator) are
included in each figure, the empty loop is not.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SETUP = """
import sys
from causeway import _tap
class Account:
    def __init__(self): self.balance = 0
class Slotted:
    __slots__ = ("balance",)
account, slotted, numbers, mapping, text, number = Account(), Slotted(), [1, 2, 3], {"k": 1}, "a text of the program", 7
slotted.balance = 1
import enum
class State(enum.Enum):
    BUSY = 1
state = State.BUSY
def make(kind, site=1, name=None, site2=0):
    return _tap.make(kind, site, name, site2)
def nothing(): pass
"""

# name: (statement, prelude of taps, whether others exist so that reads are recorded)
STATEMENTS = {
    "line": ("~T", "T = make('line')", False),
    "call": ("~T", "T = make('call')", False),
    "local int": ("del T[number]", "T = make('local', name='x')", False),
    "local str": ("del T[text]", "T = make('local', name='x')", False),
    "local enum": ("del T[state]", "T = make('local', name='x')", False),
    "local None": ("del T[None]", "T = make('local', name='x')", False),
    "local float": ("del T[1.5]", "T = make('local', name='x')", False),
    "local list (known)": ("del T[numbers]", "T = make('local', name='x')", False),
    "local list (new)": ("x = []; del T[x]", "T = make('local', name='x')", False),
    "  the same, not recorded": ("x = []", "", False),
    "local instance (new)": ("x = Account(); del T[x]", "T = make('local', name='x')", False),
    "  the same, not recorded ": ("x = Account()", "", False),
    "local tuple": ("del T[pair]", "T = make('local', name='x'); pair = (1, 2)", False),
    "walrus int": ("x = T @ number", "T = make('walrus', name='x')", False),
    "return int": ("T @ number", "T = make('return')", False),
    "attr store": ("T[account] = number", "T = make('attr', name='balance')", False),
    "  plain store": ("account.balance = number", "", False),
    "attr augmented": ("T[account] += 1", "T = make('attr', name='balance')", True),
    "owner, one actor": ("(T @ account).balance", "T = make('owner', name='balance')", False),
    "owner, same epoch": ("(T @ account).balance", "T = make('owner', name='balance'); _tap.object_id(account)", True),
    "item store list": ("T[numbers, 0] = number", "T = make('item')", False),
    "item store dict": ("T[mapping, 'k'] = number", "T = make('item')", False),
    "  plain dict store": ("mapping['k'] = number", "", False),
    "item load": ("T @ (mapping, 'k')", "T = make('item')", True),
    "append, pop": ("A[numbers](1); P[numbers]()", "A = make('method', name='append'); P = make('method', name='pop')", False),
    "  plain append, pop": ("numbers.append(1); numbers.pop()", "", False),
    "global read": ("T @ number", "T = make('global', name='g')", True),
}


def program(name: str, loops: int) -> str:
    """A script that runs the statement `loops` times ten in a function, while it records."""
    statement, prelude, others = STATEMENTS[name]
    body = "\n".join([f"        {statement}"] * 10)
    return (
        f"{SETUP}\n_tap.start(sys.argv[1], 'full', '{{}}')\n_tap.add_sites(10, 'bench')\n"
        f"{'_tap.actor(2, None, None, None)' if others else ''}\n{prelude}\n"
        f"def run():\n    global x\n    for _ in range({loops}):\n{body}\n"
    ).replace("    global x\n", "") + f"import time; run() if {loops} else None\n"


def instructions(name: str, loops: int, spool: str) -> int:
    """Instructions of the whole process."""
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", sys.executable, "-S", "-c", bind(program(name, loops)), spool],
        capture_output=True, text=True, timeout=300, env=environment(), check=False,
    )  # fmt: skip
    found = re.search(r"Collected : (\d+)", done.stderr)
    if found is None:
        raise SystemExit(done.stderr)
    return int(found.group(1))


def bind(source: str) -> str:
    """Makes globals of the script locals of run(), as woven code has its taps as constants."""
    names = "T=globals().get('T'), A=globals().get('A'), P=globals().get('P'), account=account, numbers=numbers, mapping=mapping, number=number, text=text, pair=globals().get('pair')"
    return source.replace("def run():", f"def run({names}):")


def environment() -> dict[str, str]:
    here = Path(__file__).resolve().parent.parent / "sdk" / "python"
    import os

    return {**os.environ, "PYTHONPATH": os.environ.get("CAUSEWAY_BENCH_PATH", str(here)), "PYTHONHASHSEED": "0"}


def count(name: str) -> float:
    with tempfile.TemporaryDirectory(dir="/dev/shm") as one, tempfile.TemporaryDirectory(dir="/dev/shm") as two:
        return (instructions(name, 10_300, one) - instructions(name, 300, two)) / 100_000


def clock(name: str) -> float:
    source = bind(program(name, 100_000)).replace("run() if", "s = time.perf_counter_ns(); run(); print(time.perf_counter_ns() - s) if")
    with tempfile.TemporaryDirectory(dir="/dev/shm") as spool:
        done = subprocess.run([sys.executable, "-c", source, spool], capture_output=True, text=True, timeout=100, env=environment(), check=True)
    return int(done.stdout) / 1_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", action="store_true", help="nanoseconds by the clock")
    parser.add_argument("names", nargs="*", help="only these")
    chosen = parser.parse_args()
    started = time.monotonic()
    print(f"python {sys.version.split()[0]}, {'ns' if chosen.seconds else 'instructions'} a statement")
    for name in chosen.names or STATEMENTS:
        print(f"{name:28} {(clock if chosen.seconds else count)(name):8.0f}", flush=True)
    print(f"({time.monotonic() - started:.0f} s)")


if __name__ == "__main__":
    main()
