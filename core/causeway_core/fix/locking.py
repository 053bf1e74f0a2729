"""Which locks the code has, and where a lock can be named."""

from __future__ import annotations

import ast
import re

import libcst as cst

from causeway_core.check.locks import is_lock_expression
from causeway_core.check.survey import survey
from causeway_core.fix.editing import code, holds, walk
from causeway_core.fix.region import Found


def lock_of(statement: cst.With, found: Found) -> str | None:
    """The lock that a `with` statement takes, as text; None if it takes something else or more than one thing."""
    text = holds(statement)
    if text is None:
        return None
    module = survey(ast.parse(found.source.module.code))
    owner = found.source.owner(found.region.function)
    expression = ast.parse(text, mode="eval").body
    return text if is_lock_expression(expression, module, owner.name.value if owner is not None else "module") else None


def reachable(text: str, here: Found, there: Found) -> bool:
    """Whether an expression of one function means the same thing in another: on self of the same class, a global, or a parameter of one name."""
    root = re.split(r"[.\[(]", text)[0]
    if here.function is there.function:
        return True
    mine, theirs = _parameters(here.function), _parameters(there.function)
    if root in ("self", "cls"):
        one, other = here.source.owner(here.region.function), there.source.owner(there.region.function)
        return root in mine and root in theirs and one is not None and other is not None and one.name.value == other.name.value
    if root in mine:
        return root in theirs
    return here.region.file == there.region.file and root not in _bound(here.function) | _bound(there.function) | theirs


def _parameters(function: cst.FunctionDef) -> set[str]:
    given = function.params
    return {each.name.value for each in (*given.posonly_params, *given.params, *given.kwonly_params)}


def _bound(function: cst.FunctionDef) -> set[str]:
    return {each.target.value for each in walk(function) if isinstance(each, cst.AssignTarget) and isinstance(each.target, cst.Name)}


def uses_self(found: Found, attribute: str) -> bool:
    """Whether a region's function reaches the attribute through self alone."""
    reached = [each for each in walk(found.function) if isinstance(each, cst.Attribute) and each.attr.value == attribute]
    return bool(reached) and all(code(each.value) == "self" for each in reached)
