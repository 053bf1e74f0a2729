"""What a write says about the reads before it: the two rules of windows."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Literal

from causeway_core.check.location import Location, Path, touches
from causeway_core.check.locks import is_lock_name
from causeway_core.check.module import Function, Module, last_name
from causeway_core.check.state import VALIDATED, Guard, Reads, State, Tokens, Value
from causeway_core.check.suspension import Suspensions
from causeway_core.check.suspicion import Effect, Rule, Summary, Suspicion


class Writes:
    """The interpretation of one function: its state, reads, and what it found so far.

    `summarize` gives the summary of a helper; `parameters` are those that other tasks are known to be handed too.
    """

    def __init__(self, module: Module, suspensions: Suspensions, function: Function, summarize: Callable[[Function], Summary]) -> None:
        self.module = module
        self.suspensions = suspensions
        self.function = function
        self.summarize = summarize
        self.owner = function.owner.name if function.owner is not None else "module"
        self.self_path = Path(self.owner, "self", frozenset(), "self")
        self.parameters = frozenset(function.parameters)
        self.state = State()
        self.reads = Reads()
        self.suspicions: dict[tuple[Rule, int, str], Suspicion] = {}
        self.effects: dict[int, Effect] = {}
        self.results: set[int] = set()
        self.behind: dict[int, set[int]] = {}
        self.suspended = False

    def outer_path(self, name: str) -> Path | None:
        """The path of a name that an enclosing function or the module binds; None for what is imported, defined or built in."""
        scope = self.function.parent
        while scope is not None:
            if name in scope.locals:
                return Path(scope.qualname, name, frozenset(), "closure")
            scope = scope.parent
        if name in self.module.variables or ("module", name) in self.module.rebound:
            return Path("module", name, frozenset(), "global")
        if name in self.module.classes:
            return Path(name, "self", frozenset(), "self")
        return None

    def thread_lock(self, node: ast.expr) -> bool:
        """Whether an expression is a lock of threads, by what it was given or, in a plain `with`, by its name."""
        text = ast.unparse(node)
        kind = self.module.kind(self.owner, text) or self.module.kind("module", text)
        return kind == "thread lock" if kind is not None else False

    def is_named_lock(self, node: ast.expr) -> bool:
        """Whether an expression is called a lock and nothing says that it is another thing."""
        text = ast.unparse(node)
        known = self.module.kind(self.owner, text) or self.module.kind("module", text)
        return known in (None, "some lock") and not isinstance(node, ast.Call) and is_lock_name(text)

    def suspend(self, node: ast.AST) -> None:
        """Other tasks may run at `node`."""
        self.suspended = True
        self.state.suspend(node)

    def bind(self, name: str, value: Value) -> None:
        """A local gets a new value; what was known under keys and paths that mention it is void."""
        if self.state.env.get(name) is not None or name in self.function.locals:
            self._forget_name(name)
        self.state.env[name] = value

    def _forget_name(self, name: str) -> None:
        state = self.state
        for token in [*state.fresh, *state.stale]:
            if token >= 0:
                location = self.reads.location(token)
                if name in location.names or name in location.path.names:
                    state.fresh.discard(token)
                    state.stale.pop(token, None)
        for other, value in list(state.env.items()):
            if value.path is not None and name in value.path.names:
                state.env[other] = value._replace(path=None)

    def forget(self, location: Location) -> None:
        """The location was written: what was read of it before no longer matters."""
        state = self.state
        for token in [*state.fresh, *state.stale]:
            if token >= 0 and touches(self.reads.location(token), location):
                state.fresh.discard(token)
                state.stale.pop(token, None)

    def write(
        self, location: Location, node: ast.AST, value: Value, *, constant: bool = False, accumulates: bool = False, operation: str = ""
    ) -> None:
        """A write of `value`: asks both rules, notes the effect, and takes in-flight flags into account."""
        state = self.state
        accumulates = accumulates or any(touches(self.reads.location(token), location) for token in value.tokens if token >= 0)
        validated = VALIDATED in state.fresh
        guards = self._guards_of(location)
        fresh_guard = any(token in state.fresh for _, token in guards)
        stale_guard = next(((guard, token) for guard, token in guards if token in state.stale), None)
        chosen_fresh = self._matching(value.chosen, location, state.fresh)
        if not validated:
            stale = self._matching(value.tokens, location, state.stale)
            if stale and not self._matching(value.tokens, location, state.fresh) and value.path is None and not chosen_fresh:
                self._suspect("read-await-write", location, stale[0], node, accumulates=accumulates)
            elif self._matching(value.chosen, location, state.stale) and not chosen_fresh:
                self._suspect("check-await-act", location, self._matching(value.chosen, location, state.stale)[0], node)
            elif stale_guard is not None and not fresh_guard and not chosen_fresh and not self._same(value, location):
                self._suspect(
                    "check-await-act",
                    location,
                    stale_guard[1],
                    node,
                    constant=constant,
                    accumulates=accumulates,
                    operation=operation,
                    loop_guard=stale_guard[0].loop,
                    from_call=made_by(node),
                )
        for guard in state.guards:
            self.behind.setdefault(id(guard.node), set()).add(id(node))
        self.effects.setdefault(
            id(node),
            Effect(location, node, self.function, self.suspended, bool(guards) or validated, constant, accumulates, operation),
        )
        text = f"{location.path.owner} {location.path.text}"
        if text in state.claims:
            state.claims -= {text}
        elif fresh_guard and not accumulates and operation not in ("remove", "discard", "pop", "del", "clear", "popleft"):
            state.claims |= {text}
        self.forget(location)
        if not location.content:
            for name, known in list(state.env.items()):
                if known.path is not None and known.path.text == location.path.text:
                    state.env[name] = known._replace(path=None)

    def _guards_of(self, location: Location) -> list[tuple[Guard, int]]:
        """The guards in force that look at a location, with the read by which they do."""
        return [
            (guard, token) for guard in self.state.guards for token in guard.tokens if token >= 0 and touches(self.reads.location(token), location)
        ]

    def _same(self, value: Value, location: Location) -> bool:
        """Whether the very thing that was read is put back."""
        return value.path is not None and value.path.text == location.path.text

    def _matching(self, tokens: Tokens, location: Location, among: set[int] | dict[int, ast.AST]) -> list[int]:
        return sorted(token for token in tokens if token in among and token >= 0 and touches(self.reads.location(token), location))

    def helper_write(self, effect: Effect, call: ast.AST) -> None:
        """A write that a helper called here does, under the guards of this function."""
        if effect.rechecked or (effect.location.path.root != "self" and effect.location.path.root != "global"):
            return
        state = self.state
        guards = self._guards_of(effect.location)
        if not guards or VALIDATED in state.fresh:
            return
        fresh = [token for _, token in guards if token in state.fresh]
        stale = [token for _, token in guards if token in state.stale]
        if fresh and effect.late and not state.held and not state.claims:
            token, suspension = fresh[0], call
        elif stale and not fresh:
            token, suspension = stale[0], state.stale[stale[0]]
        else:
            return
        key = ("check-await-act", id(effect.node), effect.location.path.text)
        loop = next(guard.loop for guard, each in guards if each == token)
        self.suspicions.setdefault(
            key,  # type: ignore[arg-type]
            Suspicion(
                "check-await-act",
                self.function,
                effect.location,
                self.reads.list[token].node,
                suspension,
                effect.node,
                effect.function,
                effect.constant,
                loop,
                effect.accumulates,
                effect.operation,
            ),
        )

    def _suspect(
        self,
        rule: Rule,
        location: Location,
        token: int,
        node: ast.AST,
        *,
        constant: bool = False,
        accumulates: bool = False,
        operation: str = "",
        loop_guard: bool = False,
        from_call: str = "",
    ) -> None:
        read, suspension = self.reads.list[token], self.state.stale[token]
        key = (rule, id(node), location.path.text)
        if key not in self.suspicions:
            self.suspicions[key] = Suspicion(
                rule,
                self.function,
                location,
                read.node,
                suspension,
                node,
                self.function,
                constant,
                loop_guard,
                accumulates,
                operation,
                from_call=from_call,
            )

    def result_locations(self) -> frozenset[Location]:
        """What the function's result was read from."""
        return frozenset(self.reads.location(token) for token in self.results if token >= 0)

    def effect_behind(self, suspicion: Suspicion) -> Literal["", "count", "change"]:
        """What else that is shared is written behind the check of a suspicion, and after its await."""
        mine = id(suspicion.last)
        after = getattr(suspicion.suspension, "lineno", 0)
        others = [self.effects[node] for written in self.behind.values() if mine in written for node in written if node in self.effects]
        elsewhere = [each for each in others if each.late and each.location.path.text != suspicion.location.path.text]
        found = [each for each in elsewhere if getattr(each.node, "lineno", 0) >= after]
        if not found:
            return ""
        return "count" if all(each.accumulates for each in found) else "change"


def made_by(node: ast.AST) -> str:
    """The name of the call whose result an assignment stores, `literal` for a new container, empty for anything else."""
    value = getattr(node, "value", None)
    while isinstance(value, ast.Await):
        value = value.value
    if isinstance(value, ast.List | ast.Dict | ast.Set):
        return "literal"
    return last_name(value) if isinstance(value, ast.Call) else ""
