"""Fork and join of actors and processes."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import NamedTuple

from causeway_core.ingest.edges.edge_rows import EdgeRows
from causeway_core.ingest.edges.order import TotalOrder
from causeway_core.model import At


class ActorRow(NamedTuple):
    """The facts about an actor that the edges need."""

    id: int
    process: int
    number: int
    kind: str
    object: int | None
    created_at: int | None
    first_at: int | None
    last_at: int | None


def read_actors(database: sqlite3.Connection) -> dict[int, ActorRow]:
    """All actors by id."""
    rows = database.execute("SELECT id, process, number, kind, object, created_at, first_at, last_at FROM actor")
    return {row[0]: row for row in map(ActorRow._make, rows)}


class Lifetimes:
    """The start of an actor happens before all of its events; all of them happen before a join that saw its end."""

    def __init__(self, edges: EdgeRows, actors: Mapping[int, ActorRow], order: TotalOrder) -> None:
        self._edges = edges
        self._actors = actors
        self._order = order
        self._numbers = {(actor.process, actor.number): actor.id for actor in actors.values()}
        self._ended: dict[int, int] = {}
        self._joined: set[tuple[int, int]] = set()

    def _actor(self, at: int, number: int) -> ActorRow | None:
        id = self._numbers.get((self._order.process_of(At(at)), number))
        return None if id is None else self._actors[id]

    def fork(self, at: int, actor: int, flags: int, object: int, extra: int) -> None:
        """The actor started the actor whose wire number is `extra`."""
        child = self._actor(at, extra)
        if child is not None and child.first_at is not None and child.id != actor:
            self._edges.add(at, child.first_at, "fork", hard=True, object=child.object, note="start")

    def end(self, at: int, actor: int, flags: int, object: int, extra: int) -> None:
        """The actor is about to end."""
        self._ended[actor] = at

    def join(self, at: int, actor: int, flags: int, object: int, extra: int) -> None:
        """The actor saw that the actor `extra` has ended. Its last event before this one is what it waited for."""
        child = self._actor(at, extra)
        if child is None or child.id == actor or (child.id, actor) in self._joined:
            return
        last = child.last_at
        if last is None or self._order.key(At(last)) >= self._order.key(At(at)):
            last = self._ended.get(child.id)
        if last is not None:
            self._joined.add((child.id, actor))
            self._edges.add(last, at, "join", hard=True, object=child.object, note="end")

    def finish(self) -> None:
        """Edges from the creation of an actor, for actors whose first event no other edge reaches."""
        arrivals = self._edges.arrivals()
        for actor in self._actors.values():
            created, first = actor.created_at, actor.first_at
            if created is not None and first is not None and created != first and first not in arrivals:
                self._edges.add(created, first, "fork", hard=True, object=actor.object, note="create")


def spawn_edges(database: sqlite3.Connection, edges: EdgeRows) -> None:
    """The event that started a process happens before its first event."""
    sql = """SELECT process.parent_at, min(step.first_at) FROM process JOIN stream ON stream.process = process.id AND stream.number = 0
             JOIN step ON step.first_at >= stream.id << 40 AND step.first_at < (stream.id + 1) << 40
             WHERE process.parent_at IS NOT NULL GROUP BY process.id"""
    for parent_at, first_at in database.execute(sql):
        edges.add(parent_at, first_at, "spawn", hard=True, note="start")


def message_edges(database: sqlite3.Connection, edges: EdgeRows) -> None:
    """Sending a message happens before receiving it. The start and exit of a process are messages too (sdk/SPEC.md, record MESSAGE)."""
    for send_at, receive_at, carrier, key in database.execute(
        "SELECT send_at, receive_at, carrier, key FROM message WHERE send_at IS NOT NULL AND receive_at IS NOT NULL"
    ):
        if key.startswith("spawn:"):
            edges.add(send_at, receive_at, "spawn", hard=True, note="start")
        elif key.startswith("exit:"):
            edges.add(send_at, receive_at, "join", hard=True, note="exit")
        else:
            edges.add(send_at, receive_at, "message", hard=True, note="response" if key.endswith(":r") else carrier)
