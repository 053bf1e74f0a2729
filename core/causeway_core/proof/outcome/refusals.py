"""Exceptions by which the program's own code refuses a request because of the current state (`raise Full`)."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

from causeway_core.analysis.source_text import Texts, called
from causeway_core.storage.recording import Recording
from causeway_core.storage.rows import ExceptionRow

MOST_REFUSALS = 50
"""Exceptions of a run that are examined."""


def refusals(recording: Recording) -> Mapping[str, frozenset[str]]:
    """For each uncaught exception that a `raise` statement of the program raised, the shared places that its condition reads.

    Keys are type and function (`RuntimeError in Pool.acquire`). Exceptions whose condition reads no shared place are left out.
    """
    rows = [row for row in recording.exceptions() if row.fate not in ("caught", "cancelled")][:MOST_REFUSALS]
    if not rows:
        return {}
    conditions = _Conditions(recording)
    found: defaultdict[str, list[frozenset[str]]] = defaultdict(list)
    for row in rows:
        text, read = conditions.of(row)
        found[text].append(read)
    return {text: frozenset().union(*read) for text, read in found.items() if all(read)}


class _Conditions:
    """The conditions under which the program raises, from the recording and its sources."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._functions = {function.id: function for function in recording.functions()}
        self._sites = {site.id: site for site in recording.sites()}
        self._places = {location.id: location.name for location in recording.locations()}
        self._texts = Texts({source.path: recording.source_text(source.id) for source in recording.sources()})

    def of(self, row: ExceptionRow) -> tuple[str, frozenset[str]]:
        """The name of an exception in outcomes, and the places that its condition read."""
        function = self._functions.get(self._sites[row.site].function) if row.site in self._sites else None
        if function is None:
            return "", frozenset()
        test = _condition(self._texts.around(function.path, row.line))
        read = frozenset(self._read(row, function.id, test)) if test is not None else frozenset[str]()
        return f"{row.type.rpartition('.')[2]} in {function.qualname}", read

    def _read(self, row: ExceptionRow, function: int, test: ast.expr) -> set[str]:
        """The places that the actor read when it last evaluated a condition, in its lines or in what it calls."""
        names = {called(node) for node in ast.walk(test) if isinstance(node, ast.Call)}
        step = self._recording.step_at(row.at)
        found: set[str] = set()
        for access in reversed(self._recording.accesses_between(step.first_at, row.at) if step is not None else []):
            site = self._sites.get(access.site)
            if access.actor != row.actor or site is None or site.function not in self._functions:
                continue
            here = site.function == function and test.lineno <= site.line <= (test.end_lineno or test.lineno)
            if not access.writes and (here or self._functions[site.function].qualname.rpartition(".")[2] in names):
                found.add(self._places[access.location])
            elif found:
                break
        return found


def _condition(around: Sequence[ast.AST]) -> ast.expr | None:
    """The condition that guards a `raise` statement: of the `if` around it, or of an earlier `if` that returns."""
    raised = next((node for node in around if isinstance(node, ast.Raise) and node.exc is not None), None)
    inside = around[: around.index(raised) + 1] if raised is not None else []
    for outer, inner in reversed(list(pairwise(inside))):
        if isinstance(outer, ast.If):
            return outer.test
        for block in (getattr(outer, name, None) for name in ("body", "orelse", "finalbody")):
            before = block[: block.index(inner)] if isinstance(block, list) and inner in block else []
            left = [each for each in before if isinstance(each, ast.If) and isinstance(each.body[-1], ast.Return)]
            if left:
                return left[-1].test
    return None
