"""Rows of three threads: what upserts replace, with the third kept out of the way; beside it the same code mended."""

from __future__ import annotations

from pathlib import Path

import pytest
from causeway_core.analysis import examine
from causeway_core.proof import plan, verify
from causeway_core.storage import Recording

from tests.corpus.record import record

HITS = """\
import sqlite3, threading, time
from contextlib import closing

def connect():
    return closing(sqlite3.connect("app.db", isolation_level=None))

def count(page, delay):
    time.sleep(delay)
    with connect() as database:
        BEGIN
        row = database.execute("SELECT n FROM hits WHERE page = ?", (page,)).fetchone()
        WRITE
        COMMIT

def main():
    with connect() as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("DROP TABLE IF EXISTS hits")
        database.execute("CREATE TABLE hits (page TEXT PRIMARY KEY, n INTEGER)")
    threads = [threading.Thread(target=count, args=("home", 0.1 * number)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with connect() as database:
        return database.execute("SELECT page, n FROM hits").fetchall()

if __name__ == "__main__":
    print(main())
"""
REPLACES = 'database.execute("INSERT OR REPLACE INTO hits VALUES (?, ?)", (page, (row[0] if row else 0) + 1))'
SETS = 'database.execute("INSERT INTO hits VALUES (?, ?) ON CONFLICT (page) DO UPDATE SET n = excluded.n", (page, row[0] + 1 if row else 1))'
FILLS = 'row or database.execute("INSERT OR REPLACE INTO hits VALUES (?, ?)", (page, 1))'


BEGIN, COMMIT = 'database.execute("BEGIN IMMEDIATE")', 'database.execute("COMMIT")'
CASES = {
    "replaces": (REPLACES, "pass", "pass", "confirmed"),
    "sets": (SETS, "pass", "pass", "confirmed"),
    "locked": (REPLACES, BEGIN, COMMIT, ""),
    "fills": (FILLS, "pass", "pass", ""),
}


@pytest.mark.parametrize("case", list(CASES))
def test_an_upsert_of_what_was_read_loses_what_came_in_between(tmp_path: Path, case: str) -> None:
    write, begin, commit, tier = CASES[case]
    text = HITS
    for word, statement in (("BEGIN", begin), ("WRITE", write), ("COMMIT", commit)):
        text = text.replace(f"        {word}\n", f"        {statement}\n")
    (tmp_path / "app.py").write_text(text)
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    with Recording.open(tmp_path / "run.causeway") as recording:
        findings, _ = verify(recording, plan(recording, examine(recording)))
    told = [(each.tier, each.title, each.proof) for each in findings]
    assert {each.tier for each in findings if each.tier != "hint"} == ({tier} if tier else set()), told
