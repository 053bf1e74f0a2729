"""What the kernel tells of threads that wait where no hook sees it."""

from __future__ import annotations

import sqlite3
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from causeway.order.syscalls import waits_outside

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the kernel of Linux is asked")


def test_a_thread_that_waits_for_a_lock_of_sqlite_waits_outside(tmp_path: Path) -> None:
    """Its busy handler sleeps between attempts: an exploration need not wait until the thread has seemed still for long."""
    database = tmp_path / "rows.db"
    with closing(sqlite3.connect(database, isolation_level=None)) as writer:
        writer.execute("CREATE TABLE rows (number INTEGER)")
        writer.execute("BEGIN IMMEDIATE")

        def insert() -> None:
            with closing(sqlite3.connect(database, timeout=60, isolation_level=None)) as other:
                other.execute("INSERT INTO rows VALUES (1)")

        thread = threading.Thread(target=insert)
        thread.start()
        assert thread.native_id is not None
        while thread.is_alive() and not waits_outside(thread.native_id):
            pass
        waited = thread.is_alive()
        writer.execute("COMMIT")
        thread.join()
        assert waited
        assert writer.execute("SELECT count(*) FROM rows").fetchone() == (1,)


def test_a_thread_that_computes_does_not_wait() -> None:
    done = threading.Event()

    def compute() -> None:
        while not done.is_set():
            pass

    thread = threading.Thread(target=compute)
    thread.start()
    assert thread.native_id is not None
    computes = not waits_outside(thread.native_id)
    done.set()
    thread.join()
    assert computes
