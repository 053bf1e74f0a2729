"""Checking one source text."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from causeway_core.check.module import Function, Module
from causeway_core.check.noise import is_noise
from causeway_core.check.statement import Statements
from causeway_core.check.survey import survey
from causeway_core.check.suspension import Suspensions
from causeway_core.check.suspicion import Summary, Suspicion
from causeway_core.check.telling import line_of, tell
from causeway_core.model import Finding
from causeway_core.model.suppression import ignores

_ENDS = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Examination:
    """What checking a source gave. `unreadable` says in words why nothing could be checked, None where it could."""

    findings: tuple[Finding, ...]
    lines: int
    unreadable: str | None = None


def check_source(text: str, path: str) -> tuple[Finding, ...]:
    """The warnings about a source text, in order of line, all of tier hint; empty for what does not parse. Never raises.

    `path` is only named in the findings: the text need not be saved. Cost: about 20 us a line. Thread-safe.
    """
    return examine(text, path).findings


def examine(text: str, path: str) -> Examination:
    """As `check_source`, and says why where nothing could be checked."""
    count = text.count("\n") + 1
    if "async" not in text:
        return _parses(text, count)
    try:
        return Examination(_findings(_parse(text), text, path), count)
    except SyntaxError as error:
        return Examination((), count, f"line {error.lineno or 0}: {error.msg}")
    except (ValueError, RecursionError) as error:
        return Examination((), count, str(error))


def _parse(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def _parses(text: str, count: int) -> Examination:
    try:
        _parse(text)
    except SyntaxError as error:
        return Examination((), count, f"line {error.lineno or 0}: {error.msg}")
    except (ValueError, RecursionError) as error:
        return Examination((), count, str(error))
    return Examination((), count)


class _Run:
    """The interpretation of all asynchronous functions of a module; summaries of helpers are kept."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.suspensions = Suspensions(module)
        self._done: dict[int, Statements | None] = {}

    def interpret(self, function: Function) -> Statements | None:
        """Interprets a function once; None while that is under way."""
        key = id(function)
        if key not in self._done:
            self._done[key] = None
            found = Statements(self.module, self.suspensions, function, self.summarize)
            if function.calls_locked and not function.calls_open and function.name.startswith("_"):
                found.state.held = frozenset({"the caller's lock"})
            found.run()
            self._done[key] = found
        return self._done[key]

    def summarize(self, function: Function) -> Summary:
        """What a call of the function does, by its own statements: one call deep."""
        found = self.interpret(function)
        return Summary() if found is None else Summary(found.result_locations(), tuple(found.effects.values()))


def _findings(tree: ast.Module, text: str, path: str) -> tuple[Finding, ...]:
    lines = _ENDS.split(text)  # `splitlines` also splits at form feeds and the like, which Python does not.
    findings: list[Finding] = []
    for each in _one_a_place(_suspicions(survey(tree))):
        finding = tell(each, len(findings) + 1, path, lines)
        if not any(_is_ignored(lines, access.line, finding) for access in finding.accesses):
            findings.append(finding)
    return tuple(findings)


def _suspicions(module: Module) -> Iterator[Suspicion]:
    run = _Run(module)
    for function in module.functions:
        found = run.interpret(function) if function.is_async else None
        if found is not None:
            for each in found.suspicions.values():
                if not is_noise(replace(each, effect=found.effect_behind(each)), module):
                    yield each


def _one_a_place(suspicions: Iterable[Suspicion]) -> list[Suspicion]:
    """In order of line, one for each read and one for each write: a person looks at all of a function anyway."""
    kept: list[Suspicion] = []
    seen: set[tuple[str, str, int]] = set()
    for each in sorted(suspicions, key=lambda each: (line_of(each.first), line_of(each.last), each.rule)):
        places = {(each.rule, each.location.path.text, id(node)) for node in (each.first, each.last)}
        if seen.isdisjoint(places):
            kept.append(each)
        seen |= places
    return kept


def _is_ignored(lines: list[str], line: int, finding: Finding) -> bool:
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    return ignores(text, finding.kind) or (finding.rule is not None and ignores(text, finding.rule))
