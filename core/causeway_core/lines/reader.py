"""Reads what a recording says about files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from causeway_core.errors import CausewayError
from causeway_core.lines.facts import FileFacts, FunctionFacts, History, LastValue, Written
from causeway_core.lines.finding import PlacedFinding, placed_findings
from causeway_core.lines.scan import Report, SiteScan
from causeway_core.model import At, Function, Site, Source
from causeway_core.session.origins import Origins
from causeway_core.session.past import Past
from causeway_core.session.sitetable import STOPS
from causeway_core.session.sourcelines import SourceLines
from causeway_core.storage.recording import Recording

_LOCAL = frozenset({"local", "param", "for", "with"})
_VARIABLE = frozenset({"global", "cell"})
_SHOWN = _LOCAL | _VARIABLE | {"attr", "item", "return"}
_K = TypeVar("_K")
_NAMED_ACTORS = 4
_EDGES = {
    "message": "a message from", "queue": "an item put by", "lock": "a lock released by", "event": "an event set by",
    "condition": "a notification by", "semaphore": "a semaphore released by", "join": "the end of", "future": "a result from",
    "executor": "a job submitted by",
}


class LineReader:
    """An open recording, for one thread. The first file costs a scan of the recording (some 100 ns a record, told to `report`), each file then some
    microseconds for each value that is shown. Close it."""

    def __init__(self, recording: Recording) -> None:
        self._past = Past(recording)
        self._origins = Origins(self._past)
        self._scan: SiteScan | None = None

    @classmethod
    def open(cls, path: Path) -> LineReader:
        """Raises as `Recording.open`."""
        return cls(Recording.open(path))

    def close(self) -> None:
        """Closes the recording."""
        self._past.recording.close()

    @property
    def recording(self) -> Recording:
        """The recording."""
        return self._past.recording

    def findings(self) -> tuple[PlacedFinding, ...]:
        """See `placed_findings`."""
        return placed_findings(self._past)

    def source(self, path: str) -> Source | None:
        """The newest version of the file that `path` means, None where the recording has none."""
        lines = SourceLines(self._past)
        recorded = lines.recorded_path(path)
        if recorded is None or (recorded != path and Path(recorded).exists()):
            return None
        return next((source for source in reversed(self._past.recording.sources()) if source.path == recorded), None)

    def facts(self, source: Source, report: Report | None = None) -> FileFacts:
        """What there is to say about a file. Raises RecordingError, and what `report` raises."""
        if self._scan is None:
            self._scan = SiteScan(self._past, report)
        own = {function.id: function for function in self._past.recording.functions() if function.source == source.id}
        sites = [site for function in own for site in self._by_function.get(function, ())]
        return FileFacts(
            path=source.path,
            source=source.id,
            functions=tuple(self._function(self._scan, function) for function in own.values()),
            hits=self._hits(self._scan, sites),
            values=tuple(value for site in sites if (value := self._value(self._scan, site)) is not None),
            attributes=self._histories(self._scan, {site.name: self._by_attribute[site.name] for site in sites if site.kind == "attr" and site.name}),
            variables=self._histories(self._scan, _grouped((str(site.name), site) for site in sites if site.kind in _VARIABLE and site.name)),
            locals=self._histories(
                self._scan,
                _grouped(((own[site.function].first_line, str(site.name)), site) for site in sites if site.kind in _LOCAL and site.name),
            ),
        )

    @cached_property
    def _by_function(self) -> dict[int, list[Site]]:
        return _grouped((site.function, site) for site in self._past.recording.sites())

    @cached_property
    def _by_attribute(self) -> dict[str, list[Site]]:
        return _grouped((str(site.name), site) for site in self._past.recording.sites() if site.kind == "attr" and site.name)

    # Lines.

    def _hits(self, scan: SiteScan, sites: Iterable[Site]) -> dict[int, int]:
        hits: defaultdict[int, int] = defaultdict(int)
        for site in sites:
            times = int(scan.runs[site.id]) if site.kind == "line" else int(scan.writes[site.id]) if site.id in self._line_starting_sites else 0
            hits[site.line] = max(hits[site.line], times)
        return {line: times for line, times in hits.items() if times}

    @cached_property
    def _line_starting_sites(self) -> set[int]:
        """Sites whose writes stand for the beginning of their line."""
        found: set[int] = set()
        for process in self._past.processes:
            table = self._past.sites(process)
            found.update(table.site_ids[table.flags & STOPS != 0].tolist())
        return found

    # Values.

    def _value(self, scan: SiteScan, site: Site) -> LastValue | None:
        last = scan.newest([site.id], 1) if site.kind in _SHOWN else []
        if not last:
            return None
        name = "return" if site.kind == "return" else str(site.name or "")
        text, actor = str(self._past.value_at(last[0])), self._past.title(self._past.actor_of(last[0]))
        return LastValue(name, text, site.line, site.col, site.end_line, site.end_col, int(scan.writes[site.id]), last[0], actor)

    def _histories(self, scan: SiteScan, groups: Mapping[_K, list[Site]]) -> dict[_K, History]:
        found = {}
        for key, sites in groups.items():
            ids = [site.id for site in sites]
            total = int(scan.writes[ids].sum())
            if total:
                name = str(key[1]) if isinstance(key, tuple) else str(key)
                found[key] = History(name, tuple(self._written(at) for at in scan.newest(ids)), total)
        return found

    def _written(self, at: At) -> Written:
        past = self._past
        site = past.site_at(at)
        text, actor = str(past.value_at(at)), past.title(past.actor_of(at))
        if site is None:
            return Written(text, actor, "", "", 0, "", at)
        function = past.recording.function(site.function)
        return Written(text, actor, function.path, past.shown(function.path), site.line, function.qualname, at)

    # Functions.

    def _function(self, scan: SiteScan, function: Function) -> FunctionFacts:
        calls = [site.id for site in self._by_function.get(function.id, ()) if site.kind == "call"]
        actors = scan.actors(calls)
        last = scan.newest(calls, 1)
        return FunctionFacts(
            function.qualname,
            function.kind,
            function.first_line,
            function.last_line,
            int(scan.runs[calls].sum()),
            len(actors),
            tuple(self._past.title(actor) for actor in actors[:_NAMED_ACTORS]),
            last[0] if last else None,
            self._why(last[0]) if last else "",
        )

    def _why(self, call: At) -> str:
        """In words, what made an activation run: its caller, else what came from another actor, else who created its actor."""
        past = self._past
        with suppress(CausewayError, KeyError):
            timeline = past.at(call)
            activation = timeline.activation_called(call)
            actor = past.title(past.actor_of(call))
            stack = timeline.stack(timeline.segment(activation.first))
            if len(stack) > 1 and (below := past.function_of(timeline.activation(stack[1].activation))) is not None:
                line = past.line_of(At(stack[1].end - 1))
                place = f"{past.shown(below.path)}:{line[1]}" if line is not None and line[0].id == below.id else past.shown(below.path)
                return f"called by {below.qualname} ({place}) in {actor}"
            origin = self._origins.of_activation(activation)
            if origin is not None:
                place = past.place(origin.at)
                made = _EDGES.get(origin.kind)
                reason = f"because of {made} {past.title(origin.actor)}" if made else f"started by {past.title(origin.actor)}"
                return f"{actor} ran it, {reason}" + (f" at {place}" if place else "")
            return f"{actor} ran it"
        return ""


def _grouped(pairs: Iterable[tuple[_K, Site]]) -> dict[_K, list[Site]]:
    found: defaultdict[_K, list[Site]] = defaultdict(list)
    for key, site in pairs:
        found[key].append(site)
    return dict(found)
