"""All edges of a recording."""

from __future__ import annotations

import sqlite3

from causeway_core.ingest.edges.edge_rows import EdgeRows
from causeway_core.ingest.edges.lifetimes import Lifetimes, message_edges, read_actors, spawn_edges
from causeway_core.ingest.edges.locks import gathering_objects
from causeway_core.ingest.edges.operations import in_order, read_operations, read_order
from causeway_core.ingest.edges.pools import pool_handovers
from causeway_core.ingest.edges.private import private_objects
from causeway_core.ingest.edges.synchronization import Synchronization
from causeway_core.ingest.edges.transactions import transaction_edges
from causeway_core.ingest.edges.wakes import wake_edges


def derive_edges(database: sqlite3.Connection) -> int:
    """Fills table `edge` again from tables sync, step, actor, message, process, sql and run; returns how many edges there are.

    `database` is the connection of the recording's writer; committing is the caller's. About 3 s and 100 MB for a million
    synchronization operations.
    """
    order, actors, operations = read_order(database), read_actors(database), read_operations(database)
    edges = EdgeRows()
    lifetimes = Lifetimes(edges, actors, order)
    gathering = gathering_objects(database)
    wake_edges(database, actors, operations, edges, gathering)
    private = private_objects(database.execute("SELECT id, type, label, owner FROM object"))
    Synchronization(edges, lifetimes, gathering, private).run(in_order(operations, order))
    edges.soften(pool_handovers(database, order))
    lifetimes.finish()
    spawn_edges(database, edges)
    message_edges(database, edges)
    transaction_edges(database, order, edges)
    rows = edges.rows()
    database.execute("DELETE FROM edge")
    database.executemany("INSERT INTO edge (src, dst, kind, hard, object, note) VALUES (?, ?, ?, ?, ?, ?)", rows)
    return len(rows)
