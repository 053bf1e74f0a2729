"""Which suspicions are not worth a person's time."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

from causeway_core.check.module import Function, Module
from causeway_core.check.suspicion import Suspicion

_ENDING = re.compile(
    r"close|stop|disconnect|shut_?down|cancel|exit|teardown|dispose|clean_?up|terminate|finish|end$|quit|kill|release|reset|abort|join|wait|eof",
    re.IGNORECASE,
)
_OVER = re.compile(r"eof|clos|exhaust|broken|consumed|done|finish|stop|disconnect|cancel|ended|released|failed|lost|dead|exited", re.IGNORECASE)
"""Flags that say that something is over."""
_MAKING = re.compile(
    r"^(set|list|dict|deque|defaultdict|literal)$|create|connect|open|start|spawn|make|new|acquire|build|register|launch|subscribe|^[A-Z]", re.ASCII
)
"""Calls that give what lives or grows: to keep only one of two of them loses something."""
_ONCE = re.compile(r"^(main|_?run|serve|_?serve_.*|lifespan|startup|on_startup|_?(main_?)?loop|.*_(loop|forever|routine))$")


def is_noise(suspicion: Suspicion, module: Module) -> bool:
    """Whether one of the reasons below applies."""
    return any(reason(suspicion, module) for reason in REASONS)


def unshared_parameter(suspicion: Suspicion, module: Module) -> bool:
    """An object that was handed in and that nothing in the module hands to two tasks."""
    path = suspicion.location.path
    if path.root != "parameter":
        return False
    root = re.split(r"[.\[]", path.text)[0]
    if root in suspicion.function.shared_parameters:
        return False
    return suspicion.rule != "read-await-write" or "." not in path.text or suspicion.function.name in module.called


def idempotent_flag(suspicion: Suspicion, module: Module) -> bool:
    """A flag set to a constant behind its check: to say twice that it is closed does no harm. What starts something twice does."""
    if suspicion.rule != "check-await-act" or not suspicion.constant or suspicion.counts:
        return False
    if suspicion.loop_guard or _ENDING.search(suspicion.function.name) or _OVER.search(suspicion.location.path.text.rpartition(".")[2]):
        return True
    return not suspicion.effect and not _is_true(suspicion.last)


def _is_true(node: ast.AST) -> bool:
    value = getattr(node, "value", None)
    return isinstance(value, ast.Constant) and value.value is True


def cache_fill(suspicion: Suspicion, module: Module) -> bool:
    """A missing entry is computed and stored, and nothing else changes: done twice it gives the same, unless it makes something that lives.

    What is handed in is not computed: who came first has the entry. Nor is the number of entries a matter of one of them.
    """
    if suspicion.rule != "check-await-act" or suspicion.operation != "[]=" or suspicion.effect == "change" or suspicion.accumulates:
        return False
    return not (_MAKING.search(suspicion.from_call) or suspicion.counts or _stores_parameter(suspicion))


def _stores_parameter(suspicion: Suspicion) -> bool:
    """Whether the stored value is a parameter as it is, and not the key."""
    value = getattr(suspicion.last, "value", None)
    return isinstance(value, ast.Name) and value.id in suspicion.last_function.parameters and value.id != suspicion.location.key


def forgiving_removal(suspicion: Suspicion, module: Module) -> bool:
    """Taking out with no error if it is gone."""
    return suspicion.rule == "check-await-act" and suspicion.operation in ("discard", "clear")


def single_runner(suspicion: Suspicion, module: Module) -> bool:
    """A private method that one place starts as a task, or a main loop: it does not run beside itself, so somebody else must write."""
    function = outermost(suspicion.function)
    runs_once = (function.spawned == 1 and function.calls_open + function.calls_locked == 1) or bool(_ONCE.match(function.name))
    if not runs_once:
        return False
    path = suspicion.location.path
    others = {outermost(each) for each in module.writers.get((path.owner, path.text), ())}
    return not any(each is not function and each.name not in ("__init__", "__new__", "__post_init__") for each in others)


def outermost(function: Function) -> Function:
    """The method or module function that a nested one stands in."""
    while function.parent is not None:
        function = function.parent
    return function


REASONS: tuple[Callable[[Suspicion, Module], bool], ...] = (unshared_parameter, idempotent_flag, cache_fill, forgiving_removal, single_runner)
"""In the order in which they are asked."""
