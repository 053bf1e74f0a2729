"""What opened the window: the await, the lock gap, or the thread switch."""

from __future__ import annotations

import ast
from functools import lru_cache

from causeway_core.analysis.candidate import Candidate
from causeway_core.analysis.telling.teller import Teller


def window(teller: Teller, candidate: Candidate) -> str | None:
    """One sentence, None where there is no window (order flips)."""
    if candidate.first == candidate.last:
        return _loop(teller, candidate) if candidate.pattern.value.startswith("iterate") else None
    duration = _duration(teller, candidate)
    gap = _lock_gap(teller, candidate)
    if teller.is_asynchronous(candidate.first) and teller.evidence.atomic_unit(candidate.first) != teller.evidence.atomic_unit(candidate.last):
        await_line = _await_line(teller, candidate)
        at = (
            f"the await at {await_line}"
            if await_line
            else f"an await between line {teller.line(candidate.first)} and line {teller.line(candidate.last)}"
        )
        return f"{at} lets other tasks run in between{duration}{gap}"
    first, last = teller.line(candidate.first), teller.line(candidate.last)
    if first == last:
        return f"line {first} reads and writes in two steps, and threads switch between any two{gap}"
    return f"threads switch anywhere between line {first} and line {last}{duration}{gap}"


def _loop(teller: Teller, candidate: Candidate) -> str:
    if teller.is_asynchronous(candidate.first):
        return f"the body of the loop at line {teller.line(candidate.first)} awaits, which lets other tasks run"
    return f"threads switch anywhere in the loop at line {teller.line(candidate.first)}"


def _duration(teller: Teller, candidate: Candidate) -> str:
    table, clock = teller.evidence.table, teller.evidence.clock
    first, last = clock.ns(int(table.at[candidate.first])), clock.ns(int(table.at[candidate.last]))
    return f", here for {shown_time(last - first)}" if first is not None and last is not None and last > first else ""


def shown_time(ns: int) -> str:
    """A duration as people say it."""
    if ns < 1_000:
        return f"{ns} ns"
    if ns < 1_000_000:
        return f"{ns / 1_000:.0f} µs"
    return f"{ns / 1_000_000:.1f} ms" if ns < 1_000_000_000 else f"{ns / 1_000_000_000:.2f} s"


def _lock_gap(teller: Teller, candidate: Candidate) -> str:
    """A lock that is held at both ends but not through: released and taken again."""
    evidence = teller.evidence
    both = evidence.locks_at(candidate.first) & evidence.locks_at(candidate.last)
    gap = both - evidence.locks_through(candidate.first, candidate.last)
    return "".join(f"; {teller.lock(lock)} is released and taken again in between" for lock in sorted(gap))


def _await_line(teller: Teller, candidate: Candidate) -> str | None:
    if teller.path(candidate.first) != teller.path(candidate.last) or teller.qualname(candidate.first) != teller.qualname(candidate.last):
        return None
    first, last = teller.line(candidate.first), teller.line(candidate.last)
    lines = [
        line for line in _awaits(teller.evidence.facts.sources.get(teller.path(candidate.first), "")) if min(first, last) <= line <= max(first, last)
    ]
    return f"{teller.file(candidate.first)}:{lines[0]}" if lines else None


@lru_cache(maxsize=32)
def _awaits(source: str) -> tuple[int, ...]:
    """The lines on which something is awaited."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return ()
    return tuple(sorted(node.lineno for node in ast.walk(tree) if isinstance(node, ast.Await | ast.AsyncWith | ast.AsyncFor)))
