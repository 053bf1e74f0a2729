"""Running a small program under an order, without recording it unless asked to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Place = dict[str, Any]


@dataclass(frozen=True)
class Forced:
    """What a program printed, how it ended, and what became of the order."""

    stdout: str
    stderr: str
    code: int
    result: dict[str, Any]

    @property
    def why(self) -> str | None:
        """The reason why the order was given up."""
        return self.result["gave_up"] and self.result["gave_up"]["reason"]


def place(actor: str, access: str, text: str = "", name: str | None = None, nth: int = 0, **more: Any) -> Place:
    """A place of program.py."""
    if access in ("start", "end"):
        return {"actor": actor, "access": access}
    return {"actor": actor, "access": access, "file": "program.py", "text": text, "name": name, "nth": nth, **more}


def order(places: dict[str, Place], *constraints: tuple[str, str, str | None], **more: Any) -> dict[str, Any]:
    """An order of (after, hold, since)."""
    rows = [{"after": after, "hold": hold, "since": since} for after, hold, since in constraints]
    return {"schema": "causeway.order/1", "places": places, "constraints": rows, **more}


def run(
    folder: Path,
    program: str,
    given: dict[str, Any],
    *,
    arguments: tuple[str, ...] = (),
    recorded: bool = False,
    variables: dict[str, str] | None = None,
) -> Forced:
    """Run the program text as `program.py` in `folder` under the order. The long patience shows that nothing waits for it."""
    script, result = folder / "program.py", folder / "result.json"
    script.write_text(textwrap.dedent(program))
    (folder / "order.json").write_text(json.dumps(given))
    result.unlink(missing_ok=True)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("CAUSEWAY_")}
    environment |= {
        "CAUSEWAY_ORDER": str(folder / "order.json"),
        "CAUSEWAY_ORDER_RESULT": str(result),
        "CAUSEWAY_ORDER_PATIENCE": "100",
        "CAUSEWAY_CACHE": str(folder / "cache"),
        "CAUSEWAY_ROOT": str(folder),
    }
    if recorded:
        spool = folder / "spool"
        spool.mkdir()
        environment["CAUSEWAY_SPOOL"] = str(spool)
    words = [sys.executable, "-m", "causeway.launch", str(script), *arguments]
    done = subprocess.run(words, capture_output=True, text=True, cwd=folder, env=environment | (variables or {}), timeout=300, check=False)
    return Forced(done.stdout, done.stderr, done.returncode, json.loads(result.read_text()))
