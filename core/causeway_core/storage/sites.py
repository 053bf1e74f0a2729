"""Sources, functions and sites of a recording, held in memory, and how each process numbers them."""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections import defaultdict
from functools import cached_property

from causeway_core.errors import DamagedRecording
from causeway_core.model import Function, Site, Source
from causeway_core.storage.connection import parse_json


class SiteMap:
    """Read once, at the first question; as large as the program's source."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    @cached_property
    def sources(self) -> list[Source]:
        """All source files, in order of id."""
        return [Source(*row) for row in self._database.execute("SELECT id, path, hash FROM source ORDER BY id")]

    @cached_property
    def functions(self) -> dict[int, Function]:
        """All functions by id."""
        rows = self._database.execute(
            "SELECT f.id, f.source, s.path, f.qualname, f.kind, f.first_line, f.last_line, f.locals "
            "FROM function f JOIN source s ON s.id = f.source ORDER BY f.id"
        )
        try:
            return {row[0]: Function(*(*row[:7], tuple(parse_json(row[7]) or ()))) for row in rows}
        except TypeError as error:
            raise DamagedRecording(f"the functions are damaged: {error}", "the recording's file was changed or torn") from error

    @cached_property
    def sites(self) -> dict[int, Site]:
        """All sites by id."""
        rows = self._database.execute("SELECT id, function, kind, line, end_line, col, end_col, name FROM site ORDER BY id")
        return {row[0]: Site(*row) for row in rows}

    @cached_property
    def _by_line(self) -> dict[tuple[str, int], list[Site]]:
        lines: defaultdict[tuple[str, int], list[Site]] = defaultdict(list)
        for site in self.sites.values():
            lines[self.functions[site.function].path, site.line].append(site)
        return lines

    @cached_property
    def _bases(self) -> dict[int, list[tuple[int, int, int]]]:
        bases: defaultdict[int, list[tuple[int, int, int]]] = defaultdict(list)
        for process, base, count, first in self._database.execute("SELECT process, base, count, first FROM site_base ORDER BY process, base"):
            bases[process].append((base, count, first))
        return bases

    def at(self, path: str, line: int) -> list[Site]:
        """The sites whose first line is `line` of the file at `path`."""
        return list(self._by_line.get((path, line), ()))

    def of_wire(self, process: int, wire: int) -> int | None:
        """The site.id of a wire number."""
        bases = self._bases.get(process, [])
        index = bisect_right(bases, wire, key=lambda base: base[0]) - 1
        if index < 0:
            return None
        base, count, first = bases[index]
        return first + wire - base if wire < base + count else None

    def wires(self, process: int, site: int) -> list[int]:
        """The wire numbers of a site.id."""
        return [base + site - first for base, count, first in self._bases.get(process, ()) if first <= site < first + count]
