"""`make demo`: record the bank of two services, find the race, prove it by forced re-runs, walk back to its cause, keep a test, and mend a copy.

Everything shown comes from running the `causeway` command; each command is printed before it runs, so that it can be typed again.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

BANK = Path(__file__).parent / "bank"
ROOT = Path(__file__).parents[1]
CAUSEWAY = str(Path(sys.executable).with_name("causeway"))
RECORDING = Path(".causeway") / "demo.causeway"
TEST = Path(".causeway") / "test_demo.py"
MENDED = Path(".causeway") / "mended"


def say(text: str) -> None:
    """A paragraph between commands; flushed, because the commands write to the same terminal."""
    print(f"\n{text}", flush=True)


def causeway(*words: str) -> None:
    """Print and run one causeway command in the bank's folder."""
    run("causeway", CAUSEWAY, *words)


def pytest(folder: Path, *, fails: bool) -> None:
    """Print and run the generated test in a folder; the demo stops if it does not end as it should."""
    print(f"\n$ cd {os.path.relpath(folder, BANK.parent)}", end="", flush=True)
    words = ("-q", "--no-header", "-p", "no:cacheprovider", str(TEST))
    run("pytest", sys.executable, "-m", "pytest", *words, said=words, folder=folder, code=int(fails))


def run(name: str, *command: str, said: Sequence[str] | None = None, folder: Path = BANK, code: int = 0) -> None:
    """Print and run a command."""
    print(f"\n$ {name} {shlex.join(command[1:] if said is None else said)}", flush=True)
    environment = {**os.environ, "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])}
    done = subprocess.run(command, cwd=folder, env=environment, check=False)
    if done.returncode != code:
        sys.exit(f"the demo stopped: {name} ended with exit code {done.returncode}")


def record() -> None:
    """Act 1: an ordinary run."""
    say("A gateway and a ledger, two aiohttp services. Two customers' transfers of 100 and 50 reach the same account, which holds 1000.")
    causeway("record", "--force", "-o", str(RECORDING), "gateway.py")


def prove() -> None:
    """Act 2: the finding, and what forced re-runs say of it."""
    say("Which lines race, and does it go wrong every time when they meet? Both services run again under the bad order, 20 times (half a minute):")
    causeway("analyze", str(RECORDING), "--repeat", "20")


def explain() -> None:
    """Act 3: from the wrong value back to what caused it."""
    say("What caused the wrong balance? Backwards along causes, across the await, the task, and the HTTP request into the other service:")
    causeway("why", str(RECORDING), "F1")


def keep() -> None:
    """Act 4: the regression test fails."""
    say("The bad order as a test: four named places, and nothing but pytest and causeway-sdk needed to run it. It fails:")
    causeway("export", str(RECORDING), "--finding", "F1", "--format", "test", "--force", "-o", str(TEST))
    pytest(BANK, fails=True)


def mend() -> None:
    """Act 5: the change that is proved to close the window, in a copy of the bank, where the same test passes."""
    copy = BANK / MENDED
    shutil.rmtree(copy, ignore_errors=True)
    (copy / TEST.parent).mkdir(parents=True)
    for path in (*BANK.glob("*.py"), BANK / TEST):
        shutil.copy2(path, copy / path.relative_to(BANK))
    say("The smallest change after which the order cannot happen any more, proved by running both services with it, and put into a copy of the bank:")
    causeway("fix", "F1", str(RECORDING), "--in", str(MENDED))
    say("The same test, in the copy:")
    pytest(copy, fails=False)


def travel() -> None:
    """Where to go from here."""
    say(
        "To walk through it yourself, in any editor that speaks the Debug Adapter Protocol: start `causeway dap` as the adapter and attach with\n"
        f'  {{"recording": "{(BANK / RECORDING).resolve()}", "at": "F1"}}\n'
        "Step Back goes along causes; Ctrl+F11 (Step Into Target) lists them. docs/editors.md has the settings for VS Code and Neovim."
    )


def main() -> None:
    """Run the tour."""
    (BANK / RECORDING.parent).mkdir(exist_ok=True)
    for act in (record, prove, explain, keep, mend, travel):
        act()


if __name__ == "__main__":
    main()
