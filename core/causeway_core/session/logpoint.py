"""Messages of logpoints."""

from __future__ import annotations

from collections.abc import Callable

from causeway_core.errors import EvaluationError


def message(template: str, evaluate: Callable[[str], str]) -> str:
    """`template` with `{expression}` replaced by the result of `evaluate` (`{{` is a brace); a failure is shown as `<why>`."""
    parts: list[str] = []
    at = 0
    while at < len(template):
        if template[at : at + 2] in ("{{", "}}"):
            parts.append(template[at])
            at += 2
        elif template[at] == "{" and (end := _closing(template, at)) > 0:
            parts.append(_evaluated(template[at + 1 : end], evaluate))
            at = end + 1
        else:
            parts.append(template[at])
            at += 1
    return "".join(parts)


def _closing(template: str, at: int) -> int:
    """The index of the brace that closes the one at `at`, -1 when none does."""
    depth = 0
    for index in range(at, len(template)):
        depth += {"{": 1, "}": -1}.get(template[index], 0)
        if depth == 0:
            return index
    return -1


def _evaluated(expression: str, evaluate: Callable[[str], str]) -> str:
    try:
        return evaluate(expression)
    except EvaluationError as error:
        return f"<{error.message}>"
