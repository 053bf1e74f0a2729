"""A recording made elsewhere, read as if the project had stood here."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_PATHS = (("source", "path"), ("actor", "file"), ("location", "key"), ("answer", "what"))
"""Columns that are a path."""
_TEXTS = (("io", "attributes"), ("sql", "details"), ("waiting", "stack"), ("process", "argv"), ("answer", "value"))
"""Columns of JSON in which paths stand as whole strings."""
_META = ("command", "cwd", "root")


@dataclass(frozen=True, slots=True)
class Move:
    """The project's folder was `before` and is now `after`; `python` is the interpreter here, empty to keep the recorded one."""

    before: Path
    after: Path
    python: str = ""

    def apply(self, database: sqlite3.Connection) -> None:
        """Changes the paths of a copy of a recording. Costs a pass over its small tables; the bulk holds none."""
        old, new = str(self.before), str(self.after)
        for table, column in _PATHS:
            database.execute(
                f'UPDATE "{table}" SET {column} = ? || substr({column}, ?) WHERE {column} = ? OR substr({column}, 1, ?) = ?',
                (new, len(old) + 1, old, len(old) + 1, old + "/"),
            )
        for table, column in _TEXTS:
            database.execute(f'UPDATE "{table}" SET {column} = {self._replaced(column)}', self._quoted())
        for key in _META:
            [value] = database.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone() or [None]
            if value is not None:
                database.execute("UPDATE meta SET value = ? WHERE key = ?", (self._fact(key, value), key))
        if self.python:
            database.execute("UPDATE meta SET value = json_set(value, '$.python', ?) WHERE key = 'launch'", (self.python,))

    @staticmethod
    def _replaced(column: str) -> str:
        return f"replace(replace({column}, ?, ?), ?, ?)"

    def _quoted(self) -> tuple[str, str, str, str]:
        """The old and new folder as JSON strings, then the beginnings of paths below them."""
        old, new = json.dumps(str(self.before)), json.dumps(str(self.after))
        return old, new, old[:-1] + "/", new[:-1] + "/"

    def _fact(self, key: str, value: str) -> str:
        if key == "command":
            return json.dumps([self._word(str(word)) for word in json.loads(value)])
        return self._word(value)

    def _word(self, word: str) -> str:
        path = Path(word)
        if path.is_absolute() and path.is_relative_to(self.before):
            return str(self.after / path.relative_to(self.before))
        if self.python and path.is_absolute() and not path.exists() and path.parent.name in ("bin", "Scripts"):
            # A command of the interpreter's, such as pytest.
            return str(Path(self.python).parent / path.name)
        return word


def moved(database: Any, move: Move) -> None:
    """Applies a move in one transaction."""
    database.execute("BEGIN")
    move.apply(database)
    database.execute("COMMIT")
