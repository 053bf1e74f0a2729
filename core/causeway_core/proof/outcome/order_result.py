"""What the guest reports about the order of a re-run (schema causeway.order-result/1)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class OrderResult:
    """How the run went.

    - `feasible`: every constraint held. If not, `reason` says why, for people, and `kind` is the reason code.
    - `passed`: the places in the order in which they were passed. `values`: the final values of the watched places, as text.
    - `hang`: who waited for what when no actor could move any more. `stacks`: at which lines (`file.py:12`) each of them was, the innermost first.
    - `databases`: servers' databases by name, with the rows of each table that was written.
    - Of an exploration, `trace` lists what was passed (spawn path; key of the place, `start` or `end`; execution), `points` counts the scheduling
      decisions, `begun` lists the statements of threads where they began (entries of `trace` by then, spawn path, key, execution), and `came` are
      the places that actors had reached in their turns and could not pass when the program hung. `stops` lists who came to each point, and to which
      place (spawn path, key or empty for the step of a task, execution). `passed_over` are actors that slept while those that they had started went
      on.
    """

    feasible: bool
    passed: tuple[str, ...] = ()
    reason: str = ""
    kind: str = ""
    hang: tuple[str, ...] | None = None
    values: tuple[tuple[str, str], ...] = ()
    trace: tuple[tuple[str, str, int], ...] = ()
    points: int = 0
    came: tuple[tuple[str, str, int], ...] = ()
    begun: tuple[tuple[int, str, str, int], ...] = ()
    stops: tuple[tuple[str, str, int], ...] = ()
    passed_over: tuple[str, ...] = ()
    databases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    gave_up: int | None = None
    """Which constraint was given up, from 0."""
    stacks: tuple[tuple[str, ...], ...] = ()
    free_ns: int | None = None
    """Since when no actor was held any more (monotonic); None if that did not come, or nothing was forced."""

    @classmethod
    def read(cls, path: Path) -> OrderResult | None:
        """The result in a file; None where there is none, or nothing that could be one."""
        try:
            document = json.loads(path.read_text())
        except (OSError, ValueError):
            return None
        return cls.of(document) if isinstance(document, dict) else None

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> OrderResult:
        """The result as JSON has it; what is missing counts as not said."""
        gave_up = document.get("gave_up") or {}
        hang = document.get("hang")
        values = document.get("values") or {}
        reason = str(gave_up.get("detail") or gave_up.get("reason") or "")
        return cls(
            bool(document.get("feasible")),
            tuple(map(str, document.get("passed") or ())),
            reason,
            str(gave_up.get("reason") or ""),
            None if hang is None else tuple(_waiter(each) for each in hang.get("actors") or ()),
            tuple(sorted((str(key), str(value)) for key, value in values.items())),
            tuple((str(actor), str(key), int(nth)) for actor, key, nth in document.get("trace") or ()),
            int(document.get("points") or 0),
            tuple((str(actor), str(key), int(nth)) for actor, key, nth in document.get("came") or ()),
            tuple((int(position), str(actor), str(key), int(nth)) for position, actor, key, nth in document.get("begun") or ()),
            tuple((str(actor), str(key), int(nth)) for actor, key, nth in document.get("stops") or ()),
            tuple(map(str, document.get("passed_over") or ())),
            {str(name).rpartition("/")[2]: tuple(_texts(tables)) for name, tables in (document.get("databases") or {}).items()},
            index if isinstance(index := gave_up.get("constraint"), int) else None,
            tuple(tuple(map(str, each.get("lines") or ())) for each in (hang or {}).get("actors") or () if isinstance(each, Mapping)),
            free if isinstance(free := document.get("free_ns"), int) else None,
        )


def _texts(tables: Mapping[str, Any]) -> Iterator[str]:
    for name, rows in sorted(tables.items()):
        yield f"{name}: {len(rows)} row{'s' if len(rows) != 1 else ''}"
        yield from (f"{name}: {row}" for row in rows)


def _waiter(entry: Any) -> str:
    if not isinstance(entry, Mapping):
        return str(entry)
    who = entry.get("actor") or entry.get("name") or "?"
    what = entry.get("waiting_on") or entry.get("waits_for") or entry.get("what") or ""
    return f"{who} waits for {what}" if what else str(who)
