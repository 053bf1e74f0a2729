"""`make demo`: record the bank of two services, find the race, prove it by forced re-runs, walk back from the wrong balance to its cause.

Everything shown comes from running the `causeway` command; each command is printed before it runs, so that it can be typed again.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

BANK = Path(__file__).parent / "bank"
ROOT = Path(__file__).parents[1]
CAUSEWAY = str(Path(sys.executable).with_name("causeway"))
RECORDING = Path(".causeway") / "demo.causeway"


def say(text: str) -> None:
    """A paragraph between commands; flushed, because the commands write to the same terminal."""
    print(f"\n{text}", flush=True)


def causeway(*words: str) -> None:
    """Print and run one causeway command in the bank's folder."""
    print(f"\n$ causeway {shlex.join(words)}", flush=True)
    environment = {**os.environ, "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])}
    done = subprocess.run([CAUSEWAY, *words], cwd=BANK, env=environment, check=False)
    if done.returncode:
        sys.exit(f"the demo stopped: causeway {words[0]} ended with exit code {done.returncode}")


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
    for act in (record, prove, explain, travel):
        act()


if __name__ == "__main__":
    main()
