"""Turns suspicions into findings: texts, places, columns."""

from __future__ import annotations

import ast

from causeway_core.check.module import Function
from causeway_core.check.suspicion import Rule, Suspicion
from causeway_core.model import Finding, FindingAccess, Kind

KINDS: dict[Rule, Kind] = {
    "read-await-write": "lost_update",
    "check-await-act": "atomicity_violation",
    "iterate-await": "atomicity_violation",
    "blocking-lock": "blocking_call",
}

_ROLES: dict[Rule, tuple[str, str]] = {
    "read-await-write": ("read", "write"),
    "check-await-act": ("check", "act"),
    "iterate-await": ("iterate", "iterate"),
    "blocking-lock": ("acquire", "acquire"),
}

CONFIDENCE: dict[Rule, float] = {"read-await-write": 0.5, "check-await-act": 0.4, "iterate-await": 0.35, "blocking-lock": 0.5}


def tell(suspicion: Suspicion, number: int, path: str, lines: list[str]) -> Finding:
    """The suspicion as a finding of tier hint. Its accesses have source ranges but no events, since nothing ran."""
    rule = suspicion.rule
    name = suspicion.location.shown()
    first_role, last_role = _ROLES[rule]
    accesses = [_access(first_role, suspicion.first, suspicion.function, path, lines)]
    if rule == "iterate-await":
        accesses += [_access("mutate", each.node, each.function, path, lines) for each in suspicion.others[:3]]
    elif rule != "blocking-lock":
        accesses.append(_access(last_role, suspicion.last, suspicion.last_function, path, lines))
    accesses.insert(1, _access("wait", suspicion.suspension, suspicion.function, path, lines))
    return Finding(
        id=f"F{number}",
        kind=KINDS[rule],
        tier="hint",
        rank=float(number),
        confidence=CONFIDENCE[rule],
        title=_title(suspicion, name),
        resource=name,
        accesses=tuple(accesses),
        lanes=(),
        timeline=(),
        window=_window(suspicion, path),
        unordered=None,
        explanation=f"Nothing ran: this is what the source allows. {_explanation(suspicion, name)}",
        recommendation=_recommendation(suspicion, name),
        witness=(),
        rule=rule,
    )


def _access(role: str, node: ast.AST, function: Function, path: str, lines: list[str]) -> FindingAccess:
    node = _head(node)
    line, end_line = node.lineno, node.end_lineno or node.lineno  # type: ignore[attr-defined]
    col = _characters(lines, line, node.col_offset)  # type: ignore[attr-defined]
    end_col = _characters(lines, end_line, node.end_col_offset or 0)  # type: ignore[attr-defined]
    return FindingAccess(role, path, line, function.qualname, "", None, None, col, end_line, end_col)


def _head(node: ast.AST) -> ast.AST:
    """The part of a compound statement that its first line holds."""
    if isinstance(node, ast.AsyncWith | ast.With):
        return node.items[0].context_expr
    if isinstance(node, ast.AsyncFor | ast.For):
        return node.iter
    return node.body[0] if isinstance(node, ast.Try | ast.TryStar) else node


def _characters(lines: list[str], line: int, offset: int) -> int:
    """A column in characters, from one in UTF-8 bytes."""
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    return offset if text.isascii() else len(text.encode()[:offset].decode(errors="ignore"))


def line_of(node: ast.AST) -> int:
    """The first line of a node."""
    return getattr(_head(node), "lineno", 0)


def _title(suspicion: Suspicion, name: str) -> str:
    function, line = f"`{suspicion.function.name}`", line_of(suspicion.suspension)
    match suspicion.rule:
        case "read-await-write":
            return f"{function} reads {name}, awaits at line {line}, then writes a value computed from what it read: updates made in between are lost"
        case "check-await-act":
            act = "changes it" if suspicion.last_function is suspicion.function else f"`{suspicion.last_function.name}` changes it"
            checked = f"how many {suspicion.location.path.shown()} holds" if suspicion.counts else name
            return f"{function} checks {checked}, awaits at line {line}, then {act} without checking again: two tasks can both pass the check"
        case "iterate-await":
            other = suspicion.others[0]
            return f"{function} awaits while it iterates {name}, which `{other.function.name}` changes at line {line_of(other.node)}"
        case "blocking-lock":
            return f"{function} holds {name}, a thread lock, across the await at line {line}: another task that wants it blocks the whole event loop"


def _window(suspicion: Suspicion, path: str) -> str:
    line = line_of(suspicion.suspension)
    if suspicion.rule == "iterate-await":
        return f"the body of the loop awaits at {path}:{line}, which lets other tasks run"
    return f"the await at {path}:{line} lets other tasks run in between"


def _explanation(suspicion: Suspicion, name: str) -> str:
    match suspicion.rule:
        case "read-await-write":
            return f"If two tasks run it at once, the later write of {name} overwrites the other's update."
        case "check-await-act":
            return (
                f"Another task can pass the same check of {name}, or invalidate it, while this one waits; "
                "then the action is done twice, or on a state that has changed."
            )
        case "iterate-await":
            return (
                "A dict or set that changes size under its iterator raises RuntimeError, and a list that "
                "loses an element makes the loop skip another."
            )
        case "blocking-lock":
            return (
                "The lock stays held while this task waits. Another task of the same loop that requests it "
                "blocks the thread, and then the holder can never continue: a deadlock."
            )


def _recommendation(suspicion: Suspicion, name: str) -> str:
    first, last = line_of(suspicion.first), line_of(suspicion.last)
    match suspicion.rule:
        case "read-await-write" if suspicion.accumulates and first == last:
            return f"evaluate the await first and assign it to a local, then update {name} in one statement without an await"
        case "read-await-write":
            return f"read {name} after the await, or hold an asyncio.Lock from line {first} to line {last}"
        case "check-await-act" if suspicion.last_function is not suspicion.function:
            return f"check again in `{suspicion.last_function.name}` before line {last}, or hold an asyncio.Lock around the check and the call"
        case "check-await-act":
            return f"check again after the await, or hold an asyncio.Lock from line {first} to line {last}"
        case "iterate-await":
            return f"iterate over a copy: `list(…)` at line {first}"
        case "blocking-lock":
            return f"release {name} before the await, or make it an asyncio.Lock and take it with `async with`"
