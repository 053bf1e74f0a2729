"""The code that a window spans, in one function: where a lock would have to be held."""

from __future__ import annotations

from dataclasses import dataclass

from causeway_core.analysis.candidate import Candidate
from causeway_core.analysis.wording.namer import Namer


@dataclass(frozen=True, slots=True)
class Section:
    """Lines `first` to `last` of a function. `inner` names the functions that it calls, where the accesses are in those."""

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


def section(namer: Namer, candidate: Candidate) -> Section | None:
    """The section: the function of both accesses, otherwise one that calls both of theirs, or one of them. None if neither is known."""
    first, last = candidate.first, candidate.last
    if namer.path(first) == namer.path(last) and namer.qualname(first) == namer.qualname(last):
        return Section(namer.path(first), namer.file(first), namer.function(first), namer.line(first), namer.line(last))
    one, two = _scope(namer, first), _scope(namer, last)
    if one is None or two is None:
        return None
    graph = namer.evidence.flow.graph
    before, after = graph.callers(one), graph.callers(two)
    before.setdefault(one, {namer.line(first)})
    after.setdefault(two, {namer.line(last)})
    for caller in sorted(before.keys() & after.keys()):
        start = min(before[caller])
        end = max(after[caller])
        if start <= end:
            path, _, qualname = caller.rsplit(":", 2)
            inner = namer.function(first), namer.function(last)
            return Section(path, namer.evidence.facts.shown(path), qualname.rpartition(".")[2], start, end, inner)
    return None


def _scope(namer: Namer, row: int) -> str | None:
    site = int(namer.evidence.table.site[row])
    node = namer.evidence.write_node(site) if namer.evidence.table.writes[row] else namer.evidence.read_node(site)
    return namer.evidence.flow.place(node).scope if node is not None else None
