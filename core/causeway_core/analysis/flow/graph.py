"""The dependence graph: places in the source and what flows between them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum, Flag, auto
from typing import Literal

Dependence = Literal["data", "control"]

Taint = frozenset[int]
"""A set of sources; each is `node << 1 | label`, label 0: the value is computed from it (data), 1: it decides whether (control)."""

NOTHING: Taint = frozenset()

CHOICE = "choice"
"""The first part of the key of a choice between constants."""
_MOST_NODES = 4000
"""The size at which a query is cut off: a write that depends on everything tells nothing."""
_MOST_CALLS = 4
"""Nested calls whose callers a query remembers."""


class Role(Enum):
    """What a place does."""

    READ = auto()
    WRITE = auto()


class Usage(Flag):
    """How the value of a read is used, directly or through a local that only names it."""

    NONE = 0
    DEREFERENCED = auto()
    ARITHMETIC = auto()
    RAISES_WHEN_ABSENT = auto()
    MAY_BE_ABSENT = auto()


@dataclass(frozen=True, slots=True)
class Place:
    """A read or write in the source. Lines from 1, columns in UTF-8 bytes from 0, as in `ast`. `shape` is attribute, item, name, call,
    iterate or contains.
    """

    path: str
    line: int
    col: int
    end_line: int
    end_col: int
    role: Role
    name: str | None
    shape: str
    function: str
    scope: str


@dataclass(slots=True)
class Node:
    """A place, or a joint between functions (a parameter, a result, whether a function is called at all).

    Of writes: `constant` if what is written is a literal scalar, `accumulates` for `x += …` and `x = x + …`, `private` if the owner is a
    local that the function made itself. Of iterations: `loop_suspends` if the loop's body can let another task run; `iterated` reads are those
    that a loop iterates through `enumerate` and its like. `content` of a read
    of a container: the place (shape call) that looks into it by a method such as `get`, or the loop that goes through it; `viewed`
    if that goes through its values, by `items()` or `values()`; `changed_through` if what it holds is changed in
    place. `settles`, of a write: the looks at its place on which something else was done before it, whatever they found.
    """

    place: Place | None
    sources: set[int] = field(default_factory=set)
    guards: set[int] = field(default_factory=set)
    usage: Usage = Usage.NONE
    constant: bool = False
    accumulates: bool = False
    private: bool = False
    loop_suspends: bool = False
    iterated: bool = False
    content: int | None = None
    viewed: bool = False
    changed_through: bool = False
    settles: set[int] = field(default_factory=set)


def as_control(taint: Iterable[int]) -> Taint:
    """The same sources, as deciders."""
    return frozenset(code | 1 for code in taint)


class FlowGraph:
    """Nodes and, for each, what flows into it. Built once by `ProgramFlow`, then only asked."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.sinks_of: dict[int, set[int]] = {}
        self.raising_guards: set[int] = set()
        self.compared: dict[int, set[int]] = {}
        self.calls: dict[tuple[str, str], set[int]] = {}
        self._joints: dict[tuple[str, ...], int] = {}
        self._scopes: dict[int, tuple[str, str]] = {}
        self._passed: dict[int, dict[str, set[int]]] = {}
        self._choices: set[int] = set()
        self._sinks = 0
        self._memo: dict[int, dict[int, Dependence]] = {}
        self._deciders: dict[int, set[int]] = {}
        self._forward: dict[int, list[int]] | None = None

    def place(self, place: Place) -> int:
        """A new node for a place in the source."""
        self.nodes.append(Node(place))
        return len(self.nodes) - 1

    def joint(self, *key: str) -> int:
        """The node of a joint between functions, such as ("parameter", function, name)."""
        node = self._joints.get(key)
        if node is None:
            node = self._joints[key] = len(self.nodes)
            self.nodes.append(Node(None))
            self._scopes[node] = key[0], key[1]
        return node

    def choice(self, decided: Taint, *key: str) -> int:
        """The node of a value that is one of several constants: `decided` has what decides which. `key[1]` is its function, as that of a joint is."""
        node = self.joint(*key)
        self._choices.add(node)
        self.flow(decided, node)
        return node

    def flow(self, taint: Iterable[int], node: int) -> None:
        """`taint` flows into `node`."""
        self.nodes[node].sources.update(taint)

    def pass_in(self, caller: str, taint: Iterable[int], joint: int) -> None:
        """`taint` flows from a function that calls another into a joint of the called one: a parameter, or whether it is called."""
        self.flow(taint, joint)
        self._passed.setdefault(joint, {}).setdefault(caller, set()).update(taint)

    def sink(self, taint: Iterable[int]) -> None:
        """The sources of `taint` are used together in one expression."""
        nodes = {code >> 1 for code in taint}
        if len(nodes) > 1:
            for node in nodes:
                self.sinks_of.setdefault(node, set()).add(self._sinks)
            self._sinks += 1

    def compare(self, left: Iterable[int], right: Iterable[int]) -> None:
        """Values of these sources are compared for equality or identity."""
        one, other = {code >> 1 for code in left}, {code >> 1 for code in right}
        both = one & other
        one, other = one - both, other - both
        for node in one:
            self.compared.setdefault(node, set()).update(other)
        for node in other:
            self.compared.setdefault(node, set()).update(one)

    def call_lines(self, caller: str, callee: str) -> set[int]:
        """The lines at which one function calls another; both are given by their keys (`Place.scope`)."""
        return self.calls.get((caller, callee), set())

    def callers(self, callee: str) -> dict[str, set[int]]:
        """The functions that call a function, and the lines at which they do."""
        return {caller: lines for (caller, called), lines in self.calls.items() if called == callee}

    def used_together(self, first: int, second: int) -> bool:
        """Whether two reads meet in one expression, guard, result or written value."""
        return not self.sinks_of.get(first, set()).isdisjoint(self.sinks_of.get(second, set()))

    def settle(self, looks: Taint, write: int) -> None:
        """Records a write of a place that was checked before something was done because of it: it tells later actors that this is done."""
        self.flow(looks, write)
        self.nodes[write].settles.update(code >> 1 for code in looks)

    def origins(self, node: int) -> dict[int, Dependence]:
        """All places that a node depends on; `data` if by computation alone, else `control`. Kept after the first call."""
        known = self._memo.get(node)
        if known is None:
            known = self._memo[node] = self._search(self._scope(node), self.nodes[node].sources)
            known.pop(node, None)
        return known

    def deciders(self, node: int) -> set[int]:
        """All places that decide whether a node's place is reached at all. Kept after the first call."""
        known = self._deciders.get(node)
        if known is None:
            known = self._deciders[node] = set(self._search(self._scope(node), self.nodes[node].guards))
        return known

    def choosers(self, node: int) -> set[int]:
        """All places that decide which of several constants a write stores, or stores as part of a value."""
        reached = self._reached(self._scope(node), self.nodes[node].sources)
        chosen = {each for (each, _), label in reached.items() if each in self._choices and not label}
        return {place for each in chosen for place in self._search(self._scope(each), self.nodes[each].sources)}

    def _search(self, scope: str, sources: Iterable[int]) -> dict[int, Dependence]:
        """The places that these codes, used in the function `scope`, denote and depend on."""
        found: dict[int, int] = {}
        for (node, _), label in self._reached(scope, sources).items():
            if self.nodes[node].place is not None:
                found[node] = min(label, found.get(node, label))
        return {node: "control" if label else "data" for node, label in found.items()}

    def _reached(self, scope: str, sources: Iterable[int]) -> dict[tuple[int, tuple[str, ...]], int]:
        """The nodes that these codes, used in the function `scope`, denote and depend on, each with the calls that led there; and the best label.

        The result of a call was computed for that call. So a search that entered a function by its result leaves it only towards the function that
        made the call, not towards its other callers. The innermost `_MOST_CALLS` calls are remembered; recursive calls count as one.
        """
        best: dict[tuple[int, tuple[str, ...]], int] = {}
        queue: deque[tuple[int, int, str, tuple[str, ...]]] = deque((code >> 1, code & 1, scope, ()) for code in sources)
        while queue and len(best) < _MOST_NODES:
            node, label, user, calls = queue.popleft()
            joint, scope = self._scopes.get(node) or ("", self._scope(node))
            if joint == "result" and user != scope:
                calls = (*calls, user)[-_MOST_CALLS:]
            if min(best.get((node, calls), 2), best.get((node, ()), 2)) <= label:
                continue
            best[node, calls] = label
            if joint in ("", "result", CHOICE):
                queue.extend((code >> 1, label | code & 1, scope, calls) for code in self.nodes[node].sources)
                continue
            for caller, codes in self._passed.get(node, {}).items():
                if caller == scope or not calls or calls[-1] == caller:
                    outer = calls if caller == scope else calls[:-1]
                    queue.extend((code >> 1, label | code & 1, caller, outer) for code in codes)
        return best

    def _scope(self, node: int) -> str:
        """The function that contains a place, or that a joint belongs to."""
        place = self.nodes[node].place
        return place.scope if place is not None else self._scopes[node][1]

    def decided_writes(self, read: int) -> list[int]:
        """The writes of attributes, items and containers (not of locals) that depend on a read: the effects of acting on it."""
        if self._forward is None:
            self._forward = {}
            for number, node in enumerate(self.nodes):
                for code in node.sources:
                    self._forward.setdefault(code >> 1, []).append(number)
        found, seen, queue = [], {read}, deque([read])
        while queue and len(seen) < _MOST_NODES:
            for number in self._forward.get(queue.popleft(), ()):
                if number in seen:
                    continue
                seen.add(number)
                queue.append(number)
                place = self.nodes[number].place
                if place is not None and place.role is Role.WRITE and place.shape != "name":
                    found.append(number)
        return found
