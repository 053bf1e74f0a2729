"""The schema's version, and how a recording of an older one becomes one of this."""

from __future__ import annotations

import sqlite3
from importlib import resources

from causeway_core.errors import InternalError

VERSION = 2
"""Version of schema.sql (`PRAGMA user_version`). Raise it with every change and add `migrations/<new version>.sql`."""

APPLICATION_ID = 0x43575259
"""`PRAGMA application_id` of every recording: "CWRY"."""


def text() -> str:
    """The commented schema."""
    return (resources.files(__package__) / "schema.sql").read_text("utf-8")


def create_tables(database: sqlite3.Connection) -> None:
    """Makes all tables in an empty database, without the secondary indexes."""
    for statement in _statements():
        if not statement.startswith("CREATE INDEX"):
            database.execute(statement)
    database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    database.execute(f"PRAGMA user_version = {VERSION}")


def create_indexes(database: sqlite3.Connection) -> None:
    """Makes the secondary indexes that are not there yet."""
    for statement in _statements():
        if statement.startswith("CREATE INDEX"):
            database.execute(statement.replace("CREATE INDEX", "CREATE INDEX IF NOT EXISTS", 1))


def _statements() -> list[str]:
    code = "\n".join(line.split("--")[0].rstrip() for line in text().splitlines())
    return [statement.strip() for statement in code.split(";") if statement.strip()]


def migrate(database: sqlite3.Connection, version: int, target: int = VERSION) -> None:
    """Brings a database of schema `version` to `target`, step by step, in one transaction."""
    for step in range(version + 1, target + 1):
        script = resources.files(__package__) / "migrations" / f"{step}.sql"
        if not script.is_file():
            raise InternalError(f"no migration to schema {step}", "report this")
        database.executescript(f"BEGIN; {script.read_text('utf-8')}; PRAGMA user_version = {step}; COMMIT")
