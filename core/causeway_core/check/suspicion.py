"""What a rule suspects, before it is told."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Literal

from causeway_core.check.location import Location
from causeway_core.check.module import Function, Mutation

Rule = Literal["read-await-write", "check-await-act", "iterate-await", "blocking-lock"]


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A window of `function`: from `first` over the suspension to `last`. `last_function` is where the act stands if that is a helper.
    `others` are places elsewhere that change the location. `from_call` names the call that made what is written; `effect` says what else
    that is shared is changed behind the same check: counters alone, or more.
    """

    rule: Rule
    function: Function
    location: Location
    first: ast.AST
    suspension: ast.AST
    last: ast.AST
    last_function: Function
    constant: bool = False
    loop_guard: bool = False
    accumulates: bool = False
    operation: str = ""
    from_call: str = ""
    effect: Literal["", "count", "change"] = ""
    others: tuple[Mutation, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether the check is of how many entries a container has (`len(…)`)."""
        return isinstance(self.first, ast.Call) and isinstance(self.first.func, ast.Name) and self.first.func.id == "len"


@dataclass(frozen=True, slots=True)
class Effect:
    """A write that a helper does: `late` if it can suspend before, `rechecked` if it looks itself before it writes."""

    location: Location
    node: ast.AST
    function: Function
    late: bool
    rechecked: bool
    constant: bool
    accumulates: bool
    operation: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What a call of a helper does to shared state: what its result was read from, and what it writes."""

    result: frozenset[Location] = frozenset()
    effects: tuple[Effect, ...] = ()
