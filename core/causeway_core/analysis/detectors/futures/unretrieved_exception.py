"""Tasks that failed and whose exception nothing retrieved."""

from __future__ import annotations

from causeway_core.analysis import weights
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.wording.scene import Moment, Scene
from causeway_core.model import Finding


def unretrieved(scene: Scene, evidence: Evidence) -> list[Finding]:
    """One finding per exception of a task that was never retrieved; the same type at the same line only once."""
    found, seen = [], set[tuple[str, str]]()
    for row in evidence.facts.exceptions:
        if row.fate != "unretrieved":
            continue
        place = scene.place(row.at)
        if (row.type, str(place)) in seen:
            continue
        seen.add((row.type, str(place)))
        message = f": {row.message}" if row.message else ""
        name = row.type.rpartition(".")[2]
        found.append(
            scene.finding(
                kind="unretrieved_exception",
                weight=weights.UNRETRIEVED_EXCEPTION,
                title=f"{scene.actor(row.actor)} failed in `{place.function}` with {name}{message}, and nothing retrieved the exception",
                resource=scene.actor(row.actor),
                events=[Moment(row.actor, row.at, "raise", f"raised {name}{message}")],
                recommendation="await the task, gather it, run it in a TaskGroup, or add a done callback that checks its exception",
                explanation=(
                    "asyncio reports such an exception only when the task is garbage-collected, if at all. Whatever depended on the task "
                    "continued without it."
                ),
            )
        )
    return found
