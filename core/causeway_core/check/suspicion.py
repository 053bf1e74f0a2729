"""What a rule suspects, before it becomes a finding."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Literal

from causeway_core.check.location import Location
from causeway_core.check.module import Function, Mutation

Rule = Literal["read-await-write", "check-await-act", "iterate-await", "blocking-lock"]


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A window in `function`: from `first` over the suspension to `last`.

    `last_function` contains the action, which may be a helper. `others` are places elsewhere that change the location. `from_call` names the call
    that produced the written value. `effect` says what other shared state is changed behind the same check: counters alone, or more.
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
        """Whether the check is of the number of entries of a container (`len(…)`)."""
        return isinstance(self.first, ast.Call) and isinstance(self.first.func, ast.Name) and self.first.func.id == "len"


@dataclass(frozen=True, slots=True)
class Effect:
    """A write in a helper: `late` if the helper can suspend before it, `rechecked` if the helper itself checks before it."""

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
    """The shared state that a helper uses: the locations that its result depends on, and its writes."""

    result: frozenset[Location] = frozenset()
    effects: tuple[Effect, ...] = ()
