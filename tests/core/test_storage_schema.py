"""The schema is documented in full, and the page is up to date."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest
from causeway_core.errors import InternalError
from causeway_core.storage import describe, schema

ROOT = Path(__file__).parents[2]


def test_the_page_is_generated_from_the_schema() -> None:
    assert (ROOT / "docs" / "schema.md").read_text("utf-8") == describe.markdown(), "run: python -m causeway_core.storage.describe > docs/schema.md"


def test_every_column_is_described() -> None:
    database = sqlite3.connect(":memory:")
    schema.create_tables(database)
    schema.create_indexes(database)
    page = describe.markdown()
    for (table,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
        section = page.split(f"\n## {table}\n")[1].split("\n## ")[0]
        for row in database.execute(f"PRAGMA table_info({table})"):
            assert re.search(rf"\| `{row[1]}` \| \w+[^|]* \| \S", section), (table, row[1])


def test_a_missing_migration_is_our_fault() -> None:
    with pytest.raises(InternalError):
        schema.migrate(sqlite3.connect(":memory:", isolation_level=None), schema.VERSION, schema.VERSION + 1)
