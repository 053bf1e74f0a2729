"""Which recorded places a line of a file, or the name of a function, refers to."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from pathlib import PurePath

from causeway_core.model import Function, Site
from causeway_core.session.breakpoint import Verified
from causeway_core.session.past import Past
from causeway_core.session.sitetable import STOPS


class SourceLines:
    """Reads the site tables once."""

    def __init__(self, past: Past) -> None:
        self._past = past

    def recorded_path(self, path: str) -> str | None:
        """The path of the recorded source that `path` refers to: itself, else the one that shares the longest tail with it."""
        paths = {source.path for source in self._past.recording.sources()}
        if path in paths:
            return path
        parts = PurePath(path).parts[::-1]
        best, length = None, 0
        for other in sorted(paths):
            shared = 0
            for mine, theirs in zip(parts, PurePath(other).parts[::-1], strict=False):
                if mine != theirs:
                    break
                shared += 1
            if shared > length:
                best, length = other, shared
        return best

    @cached_property
    def _lines(self) -> dict[str, dict[int, list[Site]]]:
        """For each file, its lines with the sites where they begin."""
        past, found = self._past, defaultdict[str, defaultdict[int, list[Site]]](lambda: defaultdict(list))
        stopping = set()
        for process in past.processes:
            table = past.sites(process)
            stopping.update(table.site_ids[table.flags & STOPS != 0].tolist())
        for site in past.recording.sites():
            if site.kind == "line" or site.id in stopping:
                found[past.recording.function(site.function).path][site.line].append(site)
        return {path: dict(lines) for path, lines in found.items()}

    def resolve(self, path: str, line: int, column: int | None = None) -> tuple[Verified, dict[int, list[int]]]:
        """Where a breakpoint on a line is, and its wire sites in each process."""
        recorded = self.recorded_path(path)
        if recorded is None:
            return Verified(False, line, "this file was not recorded"), {}
        lines = self._lines.get(recorded, {})
        actual = min((number for number in lines if number >= line), default=None)
        if actual is None:
            return Verified(False, line, "no code was recorded at or after this line"), {}
        sites = lines[actual]
        exact = [site for site in sites if column is not None and site.col + 1 == column]
        wires = self.wires(exact or sites)
        executed = {process: own for process, own in wires.items() if self._past.sites(process).chunks_with(own)}
        if not executed:
            return Verified(False, actual, "not executed in this recording"), {}
        return Verified(True, actual), executed

    def wires(self, sites: list[Site]) -> dict[int, list[int]]:
        """The wire sites of some sites in each process."""
        found = {process: self._past.sites(process).wires(sites) for process in self._past.processes}
        return {process: own for process, own in found.items() if own}

    def between(self, path: str, first: int, last: int) -> list[tuple[int, int]]:
        """The (line, column) pairs, both from 1, where lines begin."""
        recorded = self.recorded_path(path)
        lines = self._lines.get(recorded, {}) if recorded is not None else {}
        return sorted({(line, site.col + 1) for line, sites in lines.items() if first <= line <= last for site in sites})

    def functions(self, name: str) -> tuple[int, dict[int, list[int]]]:
        """The first line of the functions with a name (0: there is none), and the wire sites of their calls in each process."""
        named = [function for function in self._past.recording.functions() if _matches_name(name, function)]
        calls: dict[int, list[int]] = {}
        for process in self._past.processes:
            table = self._past.sites(process)
            wires = table.wires(site for function in named for site in table.of_function(function.id) if site.kind == "call")
            if wires and table.chunks_with(wires):
                calls[process] = wires
        return min((function.first_line for function in named), default=0), calls


def _matches_name(name: str, function: Function) -> bool:
    qualname = function.qualname.replace(".<locals>", "")
    return qualname == name or qualname.endswith(f".{name}") or name.endswith(f".{qualname}")
