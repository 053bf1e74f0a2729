"""The breakpoints that are set, and the search for the next place where one of them stops."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import merge

import numpy as np
from numpy.typing import NDArray

from causeway_core.errors import EvaluationError
from causeway_core.model import At, Mark, StopReason
from causeway_core.model.at import parse_at
from causeway_core.session.accesses import Accesses
from causeway_core.session.bindings import Bindings
from causeway_core.session.breakpoint import DataBreakpoint, ExceptionFilter, FunctionBreakpoint, LineBreakpoint, Verified
from causeway_core.session.hits import Hits, ListedHits, SiteHits, cuts_at
from causeway_core.session.past import Past
from causeway_core.session.rule import Rule, rule_for
from causeway_core.session.sourcelines import SourceLines
from causeway_core.wire.kinds import Kind

LINES = 1 << Kind.LINE | 1 << Kind.LOCAL | 1 << Kind.RETURN
_FATES: dict[ExceptionFilter, tuple[str, ...]] = {
    "raised": ("raised", "caught", "uncaught", "unretrieved", "cancelled"), "uncaught": ("uncaught",), "unretrieved": ("unretrieved",),
    "cancelled": ("cancelled",),
}
_FINDINGS: dict[ExceptionFilter, tuple[str, ...]] = {
    "race": ("data_race", "lost_update", "atomicity_violation", "order_violation"), "deadlock": ("deadlock", "lost_wakeup"),
}
_HITS_BETWEEN = 64
_HIT = re.compile(r"\s*(==|>=|<=|>|<|%|=)?\s*(\d{1,12})\s*")
_HIT_TESTS: dict[str, Callable[[int, int], bool]] = {
    "": operator.eq, "=": operator.eq, "==": operator.eq, ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt,
    "%": lambda n, k: k > 0 and n % k == 0,
}
Condition = Callable[[str, Mark], object]


@dataclass(slots=True)
class Armed:
    """A breakpoint with its sources: `place` gives the mark of an event, `text` says why it stopped. `log` breakpoints never stop."""

    reason: StopReason
    hits: list[Hits]
    condition: str | None = None
    hit: str | None = None
    log: str | None = None
    text: Callable[[At], str] = lambda at: "Breakpoint"
    place: Callable[[At], Mark | None] | None = None
    ranks: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None


@dataclass(slots=True)
class Definitions:
    """The breakpoints as the client set them."""

    lines: dict[str, tuple[LineBreakpoint, ...]] = field(default_factory=dict)
    functions: tuple[FunctionBreakpoint, ...] = ()
    data: tuple[DataBreakpoint, ...] = ()
    exceptions: dict[ExceptionFilter, str | None] = field(default_factory=dict)


class Interrupted(Exception):
    """A search was interrupted."""


class Stopping:
    """All breakpoints of a session. A search calls `interrupted` now and then; if it returns true, the search raises Interrupted."""

    def __init__(self, past: Past, accesses: Accesses, bindings: Bindings, lines: SourceLines, condition: Condition) -> None:
        self._past = past
        self._accesses = accesses
        self._bindings = bindings
        self._lines = lines
        self._condition = condition
        self.interrupted: Callable[[], bool] = lambda: False
        self.definitions = Definitions()
        self._by_file: dict[str, list[Armed]] = {}
        self._functions: list[Armed] = []
        self._data: list[Armed] = []
        self._exceptions: list[Armed] = []

    # Setting.

    def set_lines(self, path: str, breakpoints: Sequence[LineBreakpoint]) -> list[Verified]:
        """See `Session.set_line_breakpoints`."""
        self.definitions.lines[path] = tuple(breakpoints)
        armed, verified = [], []
        for one in breakpoints:
            found, sites = self._lines.resolve(path, one.line, one.column)
            reason = found.reason or _malformed(one.hit)
            verified.append(Verified(found.verified and reason is None, found.line, reason))
            if found.verified and _malformed(one.hit) is None:
                hits: list[Hits] = [SiteHits(self._past, process, wires, LINES, self._rule(process, wires, one)) for process, wires in sites.items()]
                armed.append(Armed("breakpoint", hits, one.condition or None, one.hit or None, one.log or None, self._line_text))
        self._by_file[path] = armed
        return verified

    def _rule(self, process: int, wires: list[int], one: LineBreakpoint) -> Rule | None:
        return rule_for(self._past, self._bindings, process, wires, one.condition) if one.condition else None

    def _line_text(self, at: At) -> str:
        return f"Breakpoint at {self._past.place(at)}"

    def set_functions(self, breakpoints: Sequence[FunctionBreakpoint]) -> list[Verified]:
        """See `Session.set_function_breakpoints`."""
        self.definitions.functions = tuple(breakpoints)
        self._functions, verified = [], []
        for one in breakpoints:
            line, calls = self._lines.functions(one.name)
            reason = "no function of this name was recorded" if not line else "not executed in this recording" if not calls else _malformed(one.hit)
            verified.append(Verified(reason is None, line, reason))
            if reason is None:
                hits: list[Hits] = [SiteHits(self._past, process, wires, 1 << Kind.CALL) for process, wires in calls.items()]
                armed = Armed("breakpoint", hits, one.condition or None, one.hit or None, place=self._first_line)
                armed.text = lambda at, name=one.name: f"Function {name}"  # type: ignore[misc]
                self._functions.append(armed)
        return verified

    def set_data(self, breakpoints: Sequence[DataBreakpoint]) -> list[Verified]:
        """See `Session.set_data_breakpoints`."""
        self.definitions.data = tuple(breakpoints)
        self._data, verified = [], []
        for one in breakpoints:
            log = self._accesses.log(one.place).only(one.access != "write", one.access != "read")
            never = f"{one.place.name} is never {'read' if one.access == 'read' else 'written'} in this recording"
            reason = _malformed(one.hit) if len(log.at) else never
            verified.append(Verified(reason is None, 0, reason, len(log.at)))
            if reason is None:
                hits = ListedHits(self._past, one.place.process, log)
                text = lambda at, name=one.place.name: f"{name} is {self._verb(at)} here"  # noqa: E731
                self._data.append(Armed("data breakpoint", [hits], one.condition or None, one.hit or None, None, text))
        return verified

    def _verb(self, at: At) -> str:
        record = self._past.record(at)
        if record.kind in (Kind.GETATTR, Kind.GETITEM, Kind.GETVAR):
            return "read"
        return "changed" if record.kind == Kind.EXTENDED else f"set to {self._past.value_at(at)}"

    def set_exceptions(self, filters: dict[ExceptionFilter, str | None]) -> list[Verified]:
        """See `Session.set_exception_filters`."""
        self.definitions.exceptions = dict(filters)
        self._exceptions, verified = [], []
        for name, condition in filters.items():
            events = self._exception_events(name, condition) if name in _FATES else self._finding_events(name)
            reason: StopReason = "exception" if name in _FATES else "race" if name == "race" else "deadlock"
            by_process: dict[int, list[At]] = {}
            for at in events:
                by_process.setdefault(self._past.process_of(at), []).append(at)
            hits: list[Hits] = [ListedHits(self._past, process, ats) for process, ats in by_process.items()]
            verified.append(Verified(True, 0, None if events else "nothing of this kind in this recording", len(events)))
            if events:
                self._exceptions.append(Armed(reason, hits, text=lambda at, events=events: events[at]))  # type: ignore[misc]
        return verified

    def _exception_events(self, name: ExceptionFilter, condition: str | None) -> dict[At, str]:
        wanted = [part.strip() for part in (condition or "").split(",") if part.strip()]
        found = {}
        for row in self._past.recording.exceptions():
            if row.fate in _FATES[name] and (not wanted or any(part in row.type for part in wanted)):
                words = {"uncaught": "uncaught ", "unretrieved": "never retrieved: ", "cancelled": "cancelled: "}.get(row.fate, "")
                found[row.at] = f"{words}{row.type.removeprefix('builtins.')}{f': {row.message}' if row.message else ''}"
        return found

    def _finding_events(self, name: ExceptionFilter) -> dict[At, str]:
        found = {}
        for finding in self._past.recording.findings():
            if finding.get("kind") in _FINDINGS.get(name, ()):
                for access in finding.get("accesses", ()):
                    found[parse_at(access["event"])] = f"{finding['id']}: {finding['title']} ({access['role']})"
        return found

    def _first_line(self, call: At) -> Mark | None:
        timeline = self._past.at(call)
        segment = timeline.locate(call)
        stop = timeline.stop_after(segment, At(call - 1))
        return self._past.mark(stop) if stop is not None else None

    def restore(self, definitions: Definitions) -> None:
        """Sets all breakpoints again, as another `Stopping` had them."""
        for path, lines in definitions.lines.items():
            self.set_lines(path, lines)
        self.set_functions(definitions.functions)
        self.set_data(definitions.data)
        self.set_exceptions(definitions.exceptions)

    # Searching.

    @property
    def _stopping(self) -> list[Armed]:
        lines = [armed for file in self._by_file.values() for armed in file]
        return [armed for armed in (*lines, *self._functions, *self._data, *self._exceptions) if armed.log is None]

    def logged(self) -> Iterator[tuple[Mark, Armed]]:
        """The hits of all breakpoints that log, in the order of the recording."""
        armed = [one for file in self._by_file.values() for one in file if one.log is not None]
        ways = [self._keyed(one, hits) for one in armed for hits in one.hits]
        for _, _, at, one in merge(*ways):
            mark = self._past.mark(at)
            if self.passes(one, at, mark):
                yield mark, one

    def _keyed(self, armed: Armed, hits: Hits) -> Iterator[tuple[tuple[int, int, int], int, At, Armed]]:
        begin = {stream.id: 0 for stream in self._past.timeline(hits.process).streams}
        for at in hits.walk(begin, 1):
            yield self._past.sort_key(at), id(armed), at, armed

    def search(self, start: Mark, direction: int, *, inclusive: bool = False) -> tuple[Mark, StopReason, str] | None:
        """The nearest stop after (direction 1) or before a mark (`inclusive`: or at it) in the order of the recording."""
        best: tuple[tuple[int, int, int], Mark, StopReason, str] | None = None
        limit = self._past.sort_key(start.at)
        for armed in self._stopping:
            for hits in armed.hits:
                found = self._first_of(armed, hits, start, limit, direction, best[0] if best else None, inclusive)
                if found is not None:
                    best = (found[0], found[1], armed.reason, armed.text(found[2]))
        return best[1:] if best else None

    def _first_of(
        self, armed: Armed, hits: Hits, start: Mark, limit: tuple[int, int, int], direction: int, bound: tuple[int, int, int] | None, inclusive: bool
    ) -> tuple[tuple[int, int, int], Mark, At] | None:
        """The nearest event of one source that passes the breakpoint's tests and is nearer than `bound`."""
        past = self._past
        for number, at in enumerate(hits.walk(cuts_at(past, hits.process, start.at, after=(direction > 0) != inclusive), direction)):
            if number % _HITS_BETWEEN == _HITS_BETWEEN - 1 and self.interrupted():
                raise Interrupted
            mark = armed.place(at) if armed.place is not None else past.mark(at)
            key = past.sort_key(mark.at) if mark is not None else None
            if bound is not None and key is not None and (key >= bound if direction > 0 else key <= bound):
                return None
            ahead = (key is not None and (key > limit if direction > 0 else key < limit)) or (inclusive and key == limit)
            if ahead and mark is not None and key is not None and self.passes(armed, at, mark):
                return key, mark, at
        return None

    def passes(self, armed: Armed, at: At, mark: Mark) -> bool:
        """Whether an event passes a breakpoint's condition and hit condition."""
        if armed.hit is not None:
            return self._counts(armed, at)
        return armed.condition is None or self._true(armed.condition, mark)

    def _true(self, condition: str, mark: Mark) -> bool:
        try:
            return bool(self._condition(condition, mark))
        except EvaluationError:
            return False

    def _counts(self, armed: Armed, at: At) -> bool:
        """Whether a hit passes the hit condition; hits are counted from the beginning of the recording, those that fail the condition left out."""
        if armed.ranks is None:
            events = self._every(armed)
            if armed.condition is not None:
                events = np.array([at for at in events.tolist() if self._true(armed.condition, self._past.mark(At(at)))], np.int64)
            order = np.argsort(events)
            armed.ranks = events[order], order + 1
        known, ranks = armed.ranks
        row = int(np.searchsorted(known, at))
        match = _HIT.fullmatch(armed.hit or "")
        return match is not None and row < len(known) and known[row] == at and _HIT_TESTS[match[1] or ""](int(ranks[row]), int(match[2]))

    def _every(self, armed: Armed) -> NDArray[np.int64]:
        """All events of a breakpoint in the order of the recording."""
        events = np.concatenate([np.empty(0, np.int64), *(hits.all() for hits in armed.hits)])
        return np.array(sorted(events.tolist(), key=self._past.sort_key), np.int64) if len(armed.hits) > 1 else events


def _malformed(hit: str | None) -> str | None:
    return None if not hit or _HIT.fullmatch(hit) else f"not a hit condition: {hit} (5, >=5 and %2 are)"
