"""What opened the window: an await, a lock gap, or a thread switch."""

from __future__ import annotations

import ast
from functools import lru_cache

from causeway_core.analysis.candidate import Candidate
from causeway_core.analysis.wording.namer import Namer
from causeway_core.analysis.wording.section import section


def window(namer: Namer, candidate: Candidate) -> str | None:
    """One sentence; None where there is no window (order violations)."""
    if candidate.first == candidate.last:
        return _loop(namer, candidate) if candidate.pattern.value.startswith("iterate") else None
    duration = _duration(namer, candidate)
    gap = _lock_gap(namer, candidate)
    if namer.is_asynchronous(candidate.first) and namer.evidence.atomic_unit(candidate.first) != namer.evidence.atomic_unit(candidate.last):
        await_line = _await_line(namer, candidate)
        at = (
            f"the await at {await_line}" if await_line else f"an await between {_place(namer, candidate.first)} and {_place(namer, candidate.last)}"
        )
        return f"{at} lets other tasks run in between{duration}{gap}"
    first, last = _place(namer, candidate.first), _place(namer, candidate.last)
    if first == last:
        return f"{first} reads and writes in two steps, and threads can switch between them{gap}"
    return f"threads can switch anywhere between {first} and {last}{duration}{gap}"


def _place(namer: Namer, row: int) -> str:
    return f"{namer.file(row)}:{namer.line(row)}"


def _loop(namer: Namer, candidate: Candidate) -> str:
    if namer.is_asynchronous(candidate.first):
        return f"the body of the loop at line {namer.line(candidate.first)} awaits, which lets other tasks run"
    return f"threads can switch anywhere in the loop at line {namer.line(candidate.first)}"


def _duration(namer: Namer, candidate: Candidate) -> str:
    table, clock = namer.evidence.table, namer.evidence.clock
    first, last = clock.ns(int(table.at[candidate.first])), clock.ns(int(table.at[candidate.last]))
    return f", here for {shown_time(last - first)}" if first is not None and last is not None and last > first else ""


def shown_time(ns: int) -> str:
    """A duration in readable units."""
    if ns < 1_000:
        return f"{ns} ns"
    if ns < 1_000_000:
        return f"{ns / 1_000:.0f} µs"
    return f"{ns / 1_000_000:.1f} ms" if ns < 1_000_000_000 else f"{ns / 1_000_000_000:.2f} s"


def _lock_gap(namer: Namer, candidate: Candidate) -> str:
    """A lock that is held at both ends but not throughout: released and acquired again."""
    evidence = namer.evidence
    both = evidence.locks_at(candidate.first) & evidence.locks_at(candidate.last)
    gap = both - evidence.locks_through(candidate.first, candidate.last)
    return "".join(f"; {namer.lock(lock)} is released and acquired again in between" for lock in sorted(gap))


def _await_line(namer: Namer, candidate: Candidate) -> str | None:
    span = section(namer, candidate)
    if span is None:
        return None
    lines = [line for line in _awaits(namer.evidence.facts.sources.get(span.path, "")) if span.first <= line <= span.last]
    return f"{span.file}:{lines[0]}" if lines else None


@lru_cache(maxsize=32)
def _awaits(source: str) -> tuple[int, ...]:
    """The lines on which something is awaited."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return ()
    return tuple(sorted(node.lineno for node in ast.walk(tree) if isinstance(node, ast.Await | ast.AsyncWith | ast.AsyncFor)))
