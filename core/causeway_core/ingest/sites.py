"""Site tables: from the guest's JSON to rows, once a table however many processes use it."""

from __future__ import annotations

import json
import re
from array import array
from pathlib import Path
from typing import Any, Protocol

from causeway_core.storage.writer import RecordingWriter
from causeway_core.wire.site_kinds import SITE_KIND_NUMBERS

_KEY = re.compile(r"[\w.-]{1,128}")
_LARGEST_TABLE = 64 << 20
_VARIABLE = {"global": "global", "cell": "cell"}


class SiteTables(Protocol):
    """Finds the site table that a SITES record names."""

    def __call__(self, process_uid: int, base: int, key: str) -> dict[str, Any] | None:
        """The table as in sdk/SPEC.md section 5, None where it is missing or malformed."""


class SpoolTables:
    """Site tables of a spool."""

    def __init__(self, spool: Path) -> None:
        self._folder = spool / "sites"

    def __call__(self, process_uid: int, base: int, key: str) -> dict[str, Any] | None:
        """Reads `sites/<key>.json`, and what that is `of`; `key` never leads out of the folder."""
        table = self._read(key)
        if table is not None and isinstance(table.get("of"), str):
            table["of"] = self._read(table["of"])
        return table

    def _read(self, key: str) -> dict[str, Any] | None:
        path = self._folder / f"{key}.json"
        if not _KEY.fullmatch(key) or key.startswith("."):
            return None
        try:
            if path.stat().st_size > _LARGEST_TABLE:
                return None
            table = json.loads(path.read_bytes())
        except (OSError, ValueError, RecursionError):
            return None
        return table if isinstance(table, dict) else None


class SiteRows:
    """Writes source, function and site rows, and keeps for each process what the scanner needs to know of its wire sites.

    `name_number` numbers names: those of globals apart for each module, because the place is the module's.
    """

    def __init__(self, writer: RecordingWriter) -> None:
        self._writer = writer
        self._functions = self._sites = 0
        self._sources: dict[tuple[str, str], int] = {}
        self._tables: dict[int, dict[str, tuple[int, int, bytes]]] = {}
        self._known: dict[tuple[int, str], tuple[int, bytes]] = {}
        self._given: dict[tuple[int, str], tuple[int, bytes]] = {}
        self._names: dict[tuple[str, str], int] = {}
        self.names: list[tuple[str, str]] = [("", "")]
        self.rows: dict[int, array[int]] = {}

    def add(self, process: int, base: int, count: int, table: dict[str, Any]) -> bytes | None:
        """Rows for `count` sites from wire number `base` of a process, as `Scanner.set_sites` wants them; None when the table does not fit."""
        try:
            found = self._named(table) if "of" in table else self._table(table)
        except (KeyError, TypeError, ValueError, IndexError, OverflowError):
            return None
        first, rows = found
        wires = self.rows.setdefault(process, array("I"))
        if len(rows) != count * 16 or base + count >= 1 << 24 or base > len(wires) // 4 + (1 << 16):
            return None
        missing = (base + count) * 4 - len(wires)
        if missing > 0:
            wires.extend([0] * missing)
        part = array("I")
        part.frombytes(rows)
        wires[base * 4 : (base + count) * 4] = part
        self._writer.database.execute("INSERT OR REPLACE INTO site_base VALUES (?, ?, ?, ?)", (process, base, count, first))
        return rows

    def _named(self, table: dict[str, Any]) -> tuple[int, bytes]:
        """A site of another table once more, with a name that came to it when the program ran."""
        of, index, name = table["of"], int(table["site"]), str(table["name"])
        rows = array("I")
        rows.frombytes(self._table(of)[1])
        function, _, _, number = rows[index * 4 : index * 4 + 4]
        kind, line, end_line, col, end_col = of["sites"][index][:5]
        known = (rows[index * 4 + 2], name)
        if known not in self._given:
            self._sites += 1
            self._writer.insert("site", [(self._sites, function, str(kind), int(line), int(end_line), int(col), int(end_col), name)])
            row = array("I", (function, self.name_number("", kind, name), self._sites, number))
            self._given[known] = (self._sites, row.tobytes())
        return self._given[known]

    def _table(self, table: dict[str, Any]) -> tuple[int, bytes]:
        path, digest, source = str(table["path"]), str(table["hash"]), str(table["source"])
        known = self._sources.get((path, digest))
        signature = (known or 0, json.dumps([table["functions"], table["sites"]]))
        if signature in self._known:
            return self._known[signature]
        functions = [
            (str(qualname), str(kind), int(first), int(last), json.dumps([str(name) for name in names]))
            for qualname, first, last, kind, names in table["functions"]
        ]
        sites = [
            (int(function), str(kind), int(line), int(end_line), int(col), int(end_col), None if name is None else str(name))
            for kind, line, end_line, col, end_col, name, function in table["sites"]
        ]
        if any(not 0 <= site[0] < len(functions) for site in sites):
            raise ValueError("a site of no function")
        source_id = known or self._new_source(path, digest, source)
        result = self._insert(source_id, path, functions, sites)
        self._known[(source_id, signature[1])] = result
        return result

    def _new_source(self, path: str, digest: str, text: str) -> int:
        id = self._sources[(path, digest)] = len(self._sources) + 1
        self._writer.insert("source", [(id, path, digest, text)])
        return id

    def _insert(self, source: int, path: str, functions: list[tuple[Any, ...]], sites: list[tuple[Any, ...]]) -> tuple[int, bytes]:
        first_function, first_site = self._functions + 1, self._sites + 1
        self._functions += len(functions)
        self._sites += len(sites)
        self._writer.insert(
            "function",
            [(first_function + i, source, qualname, kind, first, last, names) for i, (qualname, kind, first, last, names) in enumerate(functions)],
        )
        self._writer.insert("site", [(first_site + i, first_function + row[0], *row[1:]) for i, row in enumerate(sites)])
        rows = array("I")
        for i, row in enumerate(sites):
            rows.extend((first_function + row[0], self.name_number(path, row[1], row[6]), first_site + i, SITE_KIND_NUMBERS.get(row[1], 0)))
        return first_site, rows.tobytes()

    def name_number(self, path: str, kind: str, name: str | None) -> int:
        """The number of a name at a site of this kind in the module at `path`; 0 for none."""
        if name is None:
            return 0
        key = (path if kind == "global" else "", name)
        number = self._names.get(key)
        if number is None:
            number = self._names[key] = len(self.names)
            self.names.append(key)
        return number

    def numbers_of(self, names: dict[str, int]) -> bytes:
        """Pairs (number, value) of those of the given names that occur, other than globals, as words."""
        pairs = array("I")
        for name, value in names.items():
            if ("", name) in self._names:
                pairs.extend((self._names[("", name)], value))
        return pairs.tobytes()

    def site_id(self, process: int, wire: int) -> int:
        """The site.id of a wire number, 0 when unknown."""
        rows = self.rows.get(process)
        return rows[wire * 4 + 2] if rows is not None and 0 <= wire * 4 + 2 < len(rows) else 0
