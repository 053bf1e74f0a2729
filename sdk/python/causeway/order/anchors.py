"""Finding places in the current code: by function, text and name; the line is only a hint."""

from __future__ import annotations

import os
import struct

from causeway.order.document import LIFETIME, STATEMENTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from causeway.order.document import Place

ACCESS_OF = {
    "attr": ("read", "write", "delete", "mutate"),
    "owner": ("read",),
    "item": ("read", "write", "delete", "mutate"),
    "contains": ("test", "read"),
    "global": ("read", "write", "delete"),
    "cell": ("read", "write", "delete"),
    "walrus": ("write",),
    "unbind": ("delete",),
    "method": ("mutate", "read", "write", "delete", "test", "iterate"),
    "bound": ("mutate", "read", "write", "delete", "test", "iterate"),
    "mutated": ("mutate",),
    "named": ("read", "write", "delete"),
    "read": ("read", "iterate"),
    "iterate": ("iterate", "read"),
    "resume": ("resume", "await"),
    "await": ("resume", "await"),  # where a cancellation is injected; the gate passes no place here
    "entry": ("call",),
    "call": ("call",),
}
"""Which accesses a tap of a kind can be."""
LATE = ("global", "cell")
"""Taps that come after the read or binding: without a mark before it, an actor has to be held before the statement."""
MARK = "shared"
"""Kind of the marks that the weaver puts around bindings of globals and cells: `load`, `loaded`, `store`, `stored`."""
ENDINGS = ("return", "unwind", "handler")
PACKAGES = ("site-packages", "dist-packages")
ROOT = os.path.realpath(os.environ["CAUSEWAY_ROOT"]) if os.environ.get("CAUSEWAY_ROOT") else ""
"""The folder to which the files of places are relative; empty if the host did not name one, as in a hand-written test."""


class Duty:
    """What the gate of one tap does: accesses that it passes, or before which it only holds the actor (`holds`), statements that begin here, whether
    other statements may end here, and those that are answered when the await here is over (`answers`). `handed_on`: the value that is read here goes
    to the tap of a method that is not called at once.
    """

    __slots__ = ("accesses", "answers", "begins", "handed_on", "holds", "name", "passes", "tap_kind")

    def __init__(self, tap_kind: str, name: Any) -> None:
        self.tap_kind = tap_kind
        self.name = name
        self.accesses: list[Place] = []
        self.answers: list[Place] = []
        self.holds: list[Place] = []
        self.begins: list[Place] = []
        self.passes: list[Place] = []
        self.handed_on = False


def concerns(file: str, path: str, root: str = "") -> bool:
    """Whether a place's file (relative to some folder above it, or absolute) is the module at `path`.

    Many modules have the same file name (`urls.py`, `utils.py`). A module deeper in a library does not match, nor does a different one below `root`,
    the folder to which files are relative, if that is known.
    """
    if os.path.isabs(file):
        return os.path.realpath(file) == os.path.realpath(path)
    wanted, real = os.path.normpath(file).split(os.sep), os.path.realpath(path).split(os.sep)
    if real[-len(wanted) :] != wanted:
        real = os.path.normpath(path).split(os.sep)
        if real[-len(wanted) :] != wanted:
            return False
    above = real[: -len(wanted)]
    base = root.split(os.sep) if root else None
    if base is not None and above[: len(base)] == base:
        return above == base
    libraries = [index for index in range(len(above)) if _holds_libraries(above, index)]
    return not libraries or libraries[-1] == len(above) - 1


def _holds_libraries(folders: list[str], index: int) -> bool:
    name = folders[index]
    return name in PACKAGES or (name.startswith("python3.") and index > 0 and folders[index - 1] == "lib")


class Anchors:
    """The sites and taps of one woven module. `table` is its site table as JSON text decodes; rows are those of the tap maker."""

    def __init__(self, table: dict[str, Any], kinds: tuple[str, ...], rows: bytes) -> None:
        self.path: str = table["path"]
        self.functions: list[list[Any]] = table["functions"]
        self.sites: list[list[Any]] = table["sites"]
        self.lines: list[str] = table["source"].splitlines()
        self.rows = [(kinds[kind], site, site2 >> 1) for kind, site, _, site2 in struct.iter_unpack("<4I", rows)]
        self.row_names: list[int] = [name for _, _, name, _ in struct.iter_unpack("<4I", rows)]
        self._marks: dict[int, dict[str, int]] = {}
        """Rows of the marks of a site, by the kind of mark."""

    def duties(self, places: Iterable[Place], names: tuple[Any, ...]) -> tuple[dict[int, Duty], list[Place]]:
        """Duties by tap row for the places of this module, and the places that are not in it."""
        for row, (kind, site, _) in enumerate(self.rows):
            if kind == MARK and isinstance(names[self.row_names[row]], str):
                self._marks.setdefault(site, {})[names[self.row_names[row]]] = row
        found: dict[int, Duty] = {}
        lost: list[Place] = []
        for place in places:
            if place.access in LIFETIME or not concerns(place.file, self.path, ROOT):
                continue
            if not self._anchor(place, names, found):
                lost.append(place)
        return found, lost

    def _anchor(self, place: Place, names: tuple[Any, ...], found: dict[int, Duty]) -> bool:
        def duty(row: int) -> Duty:
            if row not in found:
                kind, site, _ = self.rows[row]
                found[row] = Duty(kind, self.sites[site][5] if kind == MARK else names[self.row_names[row]])
                found[row].handed_on = kind == "owner" and self._follows_method_lookup(row)
            return found[row]

        rows = self._access_rows(place)
        # An await of a thread: its statement waits for a condition.
        if place.access in STATEMENTS or (place.access == "await" and not rows):
            statement = self._statement(place)
            if statement is None:
                return False
            function = self.sites[statement][6]
            for row, (kind, site, ahead) in enumerate(self.rows):
                if (kind == "line" and site == statement) or (ahead and site + ahead == statement):
                    duty(self._after_binding(row)).begins.append(place)
                    duty(row).accesses.append(place)
                elif self.sites[site][6] == function and (kind == "line" or ahead or kind in ENDINGS):
                    duty(row).passes.append(place)
            answer = self._last_await(statement) if place.access == "sql" and place.name is None else None
            if answer is not None:
                duty(answer).answers.append(place)
            return True
        if not rows:
            return False
        chosen = self._choose(place, rows)
        statements = set()
        for row in chosen:
            before, passing = self._around(row, place)
            duty(passing).accesses.append(place)
            if before is not None:
                duty(before).holds.append(place)
            statements.add(self._line_site(self.rows[row][1]))
        for row, (kind, site, ahead) in enumerate(self.rows):
            if (kind == "line" and site in statements) or (ahead and site + ahead in statements):
                duty(self._after_binding(row)).begins.append(place)
        return True

    def _last_await(self, statement: int) -> int | None:
        """The tap of the statement's await that finishes last: the one that ends last in the text; of two that end together, the one that begins
        first.
        """
        awaits = [row for row, (kind, site, _) in enumerate(self.rows) if kind == "await" and self._line_site(site) == statement]
        return max(awaits, key=lambda row: self._extent(self.rows[row][1]), default=None)

    def _follows_method_lookup(self, row: int) -> bool:
        """Whether the previous row is the look-up of the same attribute as a method."""
        kind, site, _ = self.rows[row - 1] if row else ("", 0, 0)
        return kind == "bound" and self._extent(site) == self._extent(self.rows[row][1])

    def _extent(self, site: int) -> tuple[int, int, int, int]:
        _, line, end_line, column, end_column = self.sites[site][:5]
        return end_line, end_column, -line, -column

    def _around(self, row: int, place: Place) -> tuple[int | None, int]:
        """Where to wait before the access of a tap, if not at the tap itself, and where the access is passed."""
        kind, site, _ = self.rows[row]
        marks = self._marks.get(site, {})
        if kind == "walrus" and "stored" in marks:
            return row, marks["stored"]
        if kind in LATE and place.access == "read" and "loaded" in marks:
            return marks["load"], marks["loaded"]
        return (marks["store"], row) if kind in LATE and "store" in marks else (None, row)

    def _after_binding(self, row: int) -> int:
        """Where the code after the statement of a tap begins."""
        return self._marks.get(self.rows[row][1], {}).get("stored", row) if self.rows[row][0] == "walrus" else row

    def _access_rows(self, place: Place) -> list[int]:
        """The taps that are this access in this function, by name too if any has the name."""
        rows = []
        for row, (kind, site, _) in enumerate(self.rows):
            if place.access in ACCESS_OF.get(kind, ()) and self._in_function(site, place) and self._has_text(site, place):
                rows.append(row)
        if place.access in ("resume", "await"):
            # The end of an `async with` is a tap of its line and belongs to the last statement inside.
            rows = [row for row in rows if self._text(self.sites[self.rows[row][1]][1]) == place.text] or rows
        named = [row for row in rows if place.name is None or self.sites[self.rows[row][1]][5] == place.name]
        return named or [row for row in rows if self.sites[self.rows[row][1]][5] is None or place.access == "mutate"]

    def _in_function(self, site: int, place: Place) -> bool:
        return place.qualname is None or self.functions[self.sites[site][6]][0] == place.qualname

    def _has_text(self, site: int, place: Place) -> bool:
        if not place.text:
            return bool(self.sites[site][1] == place.line)
        if place.access == "call":
            return True
        line = self._line_site(site)
        return place.text in (self._text(self.sites[site][1]), self._text(self.sites[line][1]) if line is not None else None)

    def _text(self, line: int) -> str:
        return self.lines[line - 1].strip() if 0 < line <= len(self.lines) else ""

    def _line_site(self, site: int) -> int | None:
        """The `line` site of the statement that an access belongs to: the nearest before it in the table, same function."""
        function = self.sites[site][6]
        for at in range(site, -1, -1):
            if self.sites[at][6] == function and self.sites[at][0] == "line":
                return at
        return None

    def _choose(self, place: Place, rows: list[int]) -> list[int]:
        """The taps of one statement where the same text stands several times."""
        by_line: dict[int, list[int]] = {}
        for row in rows:
            by_line.setdefault(self.sites[self.rows[row][1]][1], []).append(row)
        return by_line[_nearest(place, sorted(by_line))]

    def _statement(self, place: Place) -> int | None:
        lines: dict[int, int] = {}
        for number, site in enumerate(self.sites):
            if site[0] == "line" and self._in_function(number, place) and self._has_text(number, place):
                lines.setdefault(site[1], number)
        if not lines:
            return None
        return lines[_nearest(place, sorted(lines))]


def _nearest(place: Place, lines: list[int]) -> int:
    if place.ordinal is not None and place.ordinal < len(lines):
        return lines[place.ordinal]
    return min(lines, key=lambda line: abs(line - place.line))
