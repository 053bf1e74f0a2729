"""The local causal graph around a mark, for a causality view."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from causeway_core.graph.causal import CausalGraph
from causeway_core.model import At, Mark, Predecessor
from causeway_core.model.edge import EdgeKind
from causeway_core.session.past import Past


@dataclass(frozen=True, slots=True)
class Node:
    """A line that was executed; `text` is its source. `distance` is 0 for the mark, negative for causes, positive for effects."""

    at: At
    actor: int
    text: str
    path: str
    line: int
    place: str
    distance: int


@dataclass(frozen=True, slots=True)
class Tie:
    """`src` led to `dst`; `reason` says how, as `Predecessor.reason`."""

    src: At
    dst: At
    kind: EdgeKind
    reason: str


@dataclass(frozen=True, slots=True)
class Lane:
    """An actor with nodes in the neighbourhood."""

    actor: int
    title: str


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """Nodes in the recording's order, ties between them, and a lane an actor in order of first appearance."""

    here: At
    nodes: tuple[Node, ...]
    ties: tuple[Tie, ...]
    lanes: tuple[Lane, ...]


class Neighbourhoods:
    """Walks the causal graph both ways from a mark. `extent` gives the first and last event of the line at a mark."""

    def __init__(self, past: Past, graph: CausalGraph, extent: Callable[[Mark], tuple[At, At]]) -> None:
        self._past = past
        self._graph = graph
        self._extent = extent

    def of(self, mark: Mark, depth: int, limit: int) -> Neighbourhood:
        """Breadth first, `depth` ties backwards and one forwards, at most `limit` nodes."""
        here = self._past.stop_of(mark.at) or mark.at
        distances: dict[At, int] = {here: 0}
        ties: dict[tuple[At, At], Tie] = {}
        waiting = deque([(here, 0)])
        while waiting:
            at, distance = waiting.popleft()
            if -distance >= depth:
                continue
            for cause in self._graph.predecessors(*self._extent(self._past.mark(at))):
                if (found := self._join(cause, at, distances, ties, distance - 1, limit, backwards=True)) is not None:
                    waiting.append((found, distance - 1))
        for effect in self._graph.successors(*self._extent(self._past.mark(here))):
            self._join(effect, here, distances, ties, 1, limit, backwards=False)
        self._add_origins(distances, ties)
        ordered = sorted(distances, key=self._past.sort_key)
        nodes = tuple(self._node(at, distances[at]) for at in ordered)
        actors = dict.fromkeys(node.actor for node in nodes)
        return Neighbourhood(here, nodes, tuple(ties.values()), tuple(Lane(actor, self._past.title(actor)) for actor in actors))

    def _add_origins(self, distances: dict[At, int], ties: dict[tuple[At, At], Tie]) -> None:
        """What made each lane's first line run, at any distance: the creator, the waker, the caller in the other service."""
        firsts: dict[int, At] = {}
        for at in sorted(distances, key=self._past.sort_key):
            firsts.setdefault(self._past.actor_of(at), at)
        for at in firsts.values():
            cause = self._graph.why_it_ran(at)
            if cause is not None:
                self._join(cause, at, distances, ties, distances[at] - 1, len(distances) + 1, backwards=True)

    def _join(
        self, found: Predecessor, at: At, distances: dict[At, int], ties: dict[tuple[At, At], Tie], distance: int, limit: int, *, backwards: bool
    ) -> At | None:
        """Adds the tie to a cause or effect; its node if that is new and there is room, else None."""
        other = self._past.stop_of(found.at) or found.at
        if other == at:
            return None
        new = other not in distances
        if new and len(distances) >= limit:
            return None
        distances.setdefault(other, distance)
        pair = (other, at) if backwards else (at, other)
        ties.setdefault(pair, Tie(*pair, found.kind, found.reason))
        return other if new else None

    def _node(self, at: At, distance: int) -> Node:
        line = self._past.line_of(at)
        if line is None:
            return Node(at, self._past.actor_of(at), "", "", 0, "", distance)
        function, number, _ = line
        return Node(at, self._past.actor_of(at), self._text(function.source, number), function.path, number, self._past.place(at), distance)

    def _text(self, source: int, line: int) -> str:
        lines = self._past.recording.source_text(source).splitlines()
        return lines[line - 1].strip() if 0 < line <= len(lines) else ""
