"""What is known at one point of a function: which reads are still true, what guards it, what is held."""

from __future__ import annotations

import ast
from typing import NamedTuple

from causeway_core.check.location import Location, Path

Tokens = frozenset[int]
"""Reads of shared locations, by number (`Reads`)."""

NONE: Tokens = frozenset()

VALIDATED = -1
"""Stands for a comparison of a place with what it was before the await: compare-and-set."""


class Value(NamedTuple):
    """What an expression's value stems from: `tokens` by computation, `weak` through a call that may do anything with it. `path` is the
    shared thing that the value is, if it is one.
    """

    tokens: Tokens = NONE
    weak: Tokens = NONE
    path: Path | None = None
    chosen: Tokens = NONE

    def joined(self, other: Value) -> Value:
        """What stems from both."""
        return Value(self.tokens | other.tokens, self.weak | other.weak, None, self.chosen | other.chosen)


NOTHING = Value()


class Guard(NamedTuple):
    """Reads that decide whether the code runs. `node` is the test; `loop` if it is asked again each time round."""

    tokens: Tokens
    node: ast.AST
    loop: bool


class State:
    """Mutable; copied where the flow parts. `fresh` reads are still true, `stale` ones have an await behind them (the value)."""

    __slots__ = ("claims", "env", "fresh", "guards", "held", "stale")

    def __init__(self) -> None:
        self.env: dict[str, Value] = {}
        self.fresh: set[int] = set()
        self.stale: dict[int, ast.AST] = {}
        self.guards: tuple[Guard, ...] = ()
        self.held: frozenset[str] = frozenset()
        self.claims: frozenset[str] = frozenset()

    def copy(self) -> State:
        """An independent copy."""
        other = State.__new__(State)
        other.env = dict(self.env)
        other.fresh = set(self.fresh)
        other.stale = dict(self.stale)
        other.guards, other.held, other.claims = self.guards, self.held, self.claims
        return other

    def become(self, other: State) -> None:
        """Takes over another's content."""
        self.env, self.fresh, self.stale = other.env, other.fresh, other.stale
        self.guards, self.held, self.claims = other.guards, other.held, other.claims

    def merge(self, other: State) -> None:
        """Where two flows meet: what may be stale is, what is held in both is."""
        for name, value in other.env.items():
            mine = self.env.get(name)
            if mine is None:
                self.env[name] = value
            elif mine != value:
                path = mine.path if mine.path == value.path else None
                self.env[name] = Value(mine.tokens | value.tokens, mine.weak | value.weak, path, mine.chosen | value.chosen)
        for token, node in other.stale.items():
            self.stale.setdefault(token, node)
        self.fresh |= other.fresh
        self.fresh.difference_update(self.stale)
        self.held &= other.held
        self.claims &= other.claims
        self.guards = tuple(guard for guard in self.guards if guard in other.guards)

    def suspend(self, node: ast.AST) -> None:
        """Other tasks run here, unless a lock or an in-flight flag keeps those out that matter."""
        if self.held or self.claims or not self.fresh:
            return
        for token in self.fresh:
            self.stale[token] = node
        self.fresh.clear()


class Read(NamedTuple):
    """One place that reads a location."""

    location: Location
    node: ast.AST


class Reads:
    """Numbers the reads of one function."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[int, Location], int] = {}
        self.list: list[Read] = []

    def number(self, location: Location, node: ast.AST) -> int:
        """The number of the read of `location` at `node`."""
        key = (id(node), location)
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self.list)
            self.list.append(Read(location, node))
        return number

    def location(self, token: int) -> Location:
        """What a read reads."""
        return self.list[token].location
