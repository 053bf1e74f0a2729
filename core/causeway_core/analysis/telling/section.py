"""The stretch of code that a window spans, in one function: where a lock would have to be held."""

from __future__ import annotations

from dataclasses import dataclass

from causeway_core.analysis.candidate import Candidate
from causeway_core.analysis.telling.teller import Teller


@dataclass(frozen=True, slots=True)
class Section:
    """Lines `first` to `last` of a function; `inner` names the functions it calls for it where the accesses are not its own."""

    path: str
    file: str
    function: str
    first: int
    last: int
    inner: tuple[str, str] | None = None

    def __str__(self) -> str:
        """`from line 3 to line 5 in transfer`, or by the calls it makes."""
        if self.inner is not None:
            return f"in `{self.function}` from the call of `{self.inner[0]}` (line {self.first}) to that of `{self.inner[1]}` (line {self.last})"
        lines = f"from line {self.first} to line {self.last}" if self.first != self.last else f"around line {self.first}"
        return f"{lines} in `{self.function}`"


def section(teller: Teller, candidate: Candidate) -> Section | None:
    """The section: both accesses' own function, else one that calls both of theirs, or one of them. None where neither is known."""
    first, last = candidate.first, candidate.last
    if teller.path(first) == teller.path(last) and teller.qualname(first) == teller.qualname(last):
        return Section(teller.path(first), teller.file(first), teller.function(first), teller.line(first), teller.line(last))
    one, two = _scope(teller, first), _scope(teller, last)
    if one is None or two is None:
        return None
    graph = teller.evidence.flow.graph
    before, after = graph.callers(one), graph.callers(two)
    before.setdefault(one, {teller.line(first)})
    after.setdefault(two, {teller.line(last)})
    for caller in sorted(before.keys() & after.keys()):
        start = min(before[caller])
        end = max(after[caller])
        if start <= end:
            path, _, qualname = caller.rsplit(":", 2)
            inner = teller.function(first), teller.function(last)
            return Section(path, teller.evidence.facts.shown(path), qualname.rpartition(".")[2], start, end, inner)
    return None


def _scope(teller: Teller, row: int) -> str | None:
    site = int(teller.evidence.table.site[row])
    node = teller.evidence.write_node(site) if teller.evidence.table.writes[row] else teller.evidence.read_node(site)
    return teller.evidence.flow.place(node).scope if node is not None else None
