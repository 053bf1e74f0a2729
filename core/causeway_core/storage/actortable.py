"""Who did anything: table `actor`, of which most questions want a few rows and some recordings hold a million."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from causeway_core.model import Actor, At
from causeway_core.storage import connection

_COLUMNS = "id, process, kind, name, path, function, file, line, object, created_at, first_at, last_at, state"
_ASKED_SINGLY = 8
"""A question by wire number goes through the table, as no index has it; after so many all are read."""


class ActorTable:
    """Reads single rows as long as single rows are asked for, and the table once."""

    def __init__(self, path: Path, database: sqlite3.Connection) -> None:
        self._path = path
        self._database = database
        self._actors: dict[int, Actor] = {}
        self._all: list[Actor] | None = None
        self._by_wire: dict[tuple[int, int], int | None] = {}
        self._wires_read = False

    def all(self) -> list[Actor]:
        """All actors, in order of id."""
        if self._all is None:
            self._all = [self._actor(row) for row in self._rows(f"SELECT {_COLUMNS} FROM actor ORDER BY id")]
            self._actors = {actor.id: actor for actor in self._all}
        return self._all

    def one(self, id: int) -> Actor:
        """One actor. Raises KeyError."""
        found = self._actors.get(id)
        if found is None:
            rows = self._rows(f"SELECT {_COLUMNS} FROM actor WHERE id = ?", id) if self._all is None else []
            if not rows:
                raise KeyError(id)
            found = self._actors[id] = self._actor(rows[0])
        return found

    def of_wire(self, process: int, number: int) -> int | None:
        """The actor.id of a wire number."""
        key = (process, number)
        if key not in self._by_wire and not self._wires_read:
            self._wires_read = len(self._by_wire) >= _ASKED_SINGLY
            if self._wires_read:
                self._by_wire = {(process, number): id for id, process, number in self._rows("SELECT id, process, number FROM actor")}
            else:
                rows = self._rows("SELECT id FROM actor WHERE process = ? AND number = ? LIMIT 1", process, number)
                self._by_wire[key] = rows[0][0] if rows else None
        return self._by_wire.get(key)

    def numbers(self) -> dict[int, int]:
        """The wire number of each actor.id."""
        return dict(self._rows("SELECT id, number FROM actor"))

    def first(self, process: int, kind: str) -> int | None:
        """The smallest actor.id of a kind in a process."""
        (row,) = self._rows("SELECT min(id) FROM actor WHERE process = ? AND kind = ?", process, kind)
        return row[0]  # type: ignore[no-any-return]

    def threads(self, process: int) -> list[tuple[At, int]]:
        """First event and wire number of each thread of a process that did anything."""
        kinds = "kind IN ('thread', 'process')"
        return self._rows(f"SELECT first_at, number FROM actor WHERE process = ? AND {kinds} AND first_at IS NOT NULL", process)

    def _rows(self, sql: str, *parameters: Any) -> list[Any]:
        return self._database.execute(sql, parameters).fetchall()

    def _actor(self, row: Any) -> Actor:
        try:
            return Actor(*row)
        except (TypeError, ValueError, LookupError, AttributeError) as error:
            raise connection.damaged(self._path, error) from error
