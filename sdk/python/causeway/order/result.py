"""The result of an order: `causeway.order-result/1` (sdk/SPEC.md section 9)."""

from __future__ import annotations

import json
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from causeway.order.forcing import Forcing

SCHEMA = "causeway.order-result/1"


def result_of(forcing: Forcing, ended: bool, values: bool = True) -> dict[str, Any]:
    """The result as it is now."""
    result: dict[str, Any] = {
        "schema": SCHEMA,
        "feasible": forcing.gave_up is None,
        "passed": list(forcing.passed),
        "gave_up": forcing.gave_up,
        "waiting": sorted(actor.path for actor in forcing.waiting()),
        "values": forcing.watched.values() if values else {},
        "seen": dict(forcing.watched.seen) if values else {},
        "ended": ended,
    }
    if forcing.databases.held:
        result["databases"] = forcing.databases.held
    if forcing.hang is not None:
        result["hang"] = forcing.hang
    return result | forcing.extra_result()


class ResultFile:
    """Writes the result at every change, so that it survives if the process is killed. Failures are silent: the program continues."""

    def __init__(self, path: str) -> None:
        self._path = path

    def write(self, forcing: Forcing, ended: bool = False) -> None:
        """Replaces the file. Called with the forcing's lock held."""
        text = json.dumps(result_of(forcing, ended, values=ended))
        temporary = f"{self._path}.{os.getpid()}"
        try:
            with open(temporary, "w", encoding="utf-8") as file:
                file.write(text)
            os.replace(temporary, self._path)
        except OSError:
            pass
