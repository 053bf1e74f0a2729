"""Causes in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cached_property

from causeway_core.graph.place import Places
from causeway_core.ingest.edges.private import ObjectRow, library_owner, private_objects
from causeway_core.model import Access, Actor, At, Edge, Location, Process
from causeway_core.model.at import stream_of
from causeway_core.storage.recording import Recording
from causeway_core.storage.rows import Io

_THROUGH_OBJECTS = frozenset(("lock", "semaphore", "event", "condition", "barrier", "queue"))
_ENDINGS = {"failed": "failure", "cancelled": "cancellation", "exit": "exit"}


class Words:
    """Sentences about edges, with the object, the actor and the place: "woken by release of `Account.lock` in task transfer-2, bank.py:31"."""

    def __init__(self, recording: Recording, places: Places) -> None:
        self._recording = recording
        self._places = places
        self._homes = _homes(recording.processes())

    def actor(self, actor: Actor) -> str:
        """An actor's title; with its service, or its process where a service has several, when the recording holds more than one process."""
        return actor.title + self._homes.get(actor.process, "")

    def where(self, actor: Actor, at: At) -> str:
        """An actor and where it was, or last was, at an event: "task transfer-2, bank.py:31"."""
        place = self._places.of(at) or self._places.last(at)
        return f"{self.actor(actor)}, {place}" if place else self.actor(actor)

    def object(self, id: int | None) -> str:
        """An object's label, or that of the standard library's object it is a part of, or its type and number."""
        if id is None:
            return "something unnamed"
        row = self._objects.get(id)
        if row is None:
            return f"object #{id & 0xFFFFFFFF}"
        owner, kind = library_owner(row, self._objects), row[1].rpartition(".")[2]
        if owner is not None and owner[2]:
            return f"the {'lock' if kind.lower().endswith('lock') else kind.lower()} of `{owner[2]}`"
        return f"`{row[2]}`" if row[2] else f"{kind} #{id & 0xFFFFFFFF}"

    def private(self, edge: Edge) -> bool:
        """Whether an edge goes through something inside the standard library that no name of the program leads to."""
        return edge.kind in _THROUGH_OBJECTS and edge.object is not None and edge.object in self._private

    @cached_property
    def _objects(self) -> dict[int, ObjectRow]:
        return {thing.id: (thing.id, thing.type, thing.label, thing.owner) for thing in self._recording.objects()}

    @cached_property
    def _private(self) -> frozenset[int]:
        return private_objects(self._objects.values())

    def cause(self, edge: Edge, source: Actor, target: Actor | None) -> str:
        """Why the event at the end of an edge came after, or because of, its beginning."""
        where = self.where(source, edge.src)
        thing, note = self.object(edge.object), edge.note or ""
        match edge.kind:
            case "fork":
                return f"{'started' if target and target.kind == 'thread' else 'created'} by {where}"
            case "spawn":
                return f"process started by {where}"
            case "join":
                return f"woken by the {_ENDINGS.get(note, 'end')} of {where}"
            case "lock" | "semaphore":
                return f"woken by release of {thing} in {where}" if note == "release" else f"acquired {thing} after its release in {where}"
            case "event":
                return f"saw {thing} set by {where}" if note == "seen" else f"woken by set of {thing} in {where}"
            case "condition":
                return f"woken by {note} of {thing} in {where}"
            case "barrier":
                return f"let through {thing} by the last arrival, {where}" if note == "last arrival" else f"met at {thing} by {where}"
            case "queue":
                return self._queue(note, thing, where)
            case "future" if note.endswith(" set"):
                return f"woken by the {note.removesuffix(' set')} of {thing}, set by {where}"
            case "future":
                return f"received the {note} of {thing} set by {where}"
            case "executor":
                return f"submitted by {where}"
            case "message":
                return f"received {self.message(edge)} sent by {where}"
            case "transaction":
                return f"follows the commit of {where}"
            case "timer" if target is not None and source.id == target.id:
                return f"woken by its own timer, set at {self._places.of(edge.src) or 'an await'}"
            case "timer":
                return f"woken by a timer set in {where}"
            case "wake" if note == "cancel":
                return f"cancelled by {where}"
            case "wake":
                return f"woken by {note or 'an event'} registered in {where}"
            case _:
                if target is not None and source.id == target.id:
                    return f"went on after yielding to the event loop at {self._places.of(edge.src) or 'an await'}"
                return f"scheduled by {where}"

    @staticmethod
    def _queue(note: str, thing: str, where: str) -> str:
        match note:
            case "item":
                return f"received an item put into {thing} by {where}"
            case "put":
                return f"woken by a put into {thing} by {where}"
            case "task_done":
                return f"waited for task_done in {where}"
            case _:
                return f"found room in {thing} after a get by {where}"

    def effect(self, edge: Edge, target: Actor) -> str:
        """What an edge led to: the other end of `cause`."""
        where = self.where(target, edge.dst)
        match edge.kind:
            case "fork" | "spawn":
                return f"starts {where}"
            case "join":
                return f"its end is awaited by {where}"
            case "queue":
                return f"its item in {self.object(edge.object)} is taken by {where}" if edge.note == "item" else f"{edge.note} lets {where} go on"
            case "future":
                return f"its {(edge.note or 'result').removesuffix(' set')} of {self.object(edge.object)} reaches {where}"
            case "executor":
                return f"is run by {where}"
            case "message":
                return f"its {self.message(edge)} is received by {where}"
            case "transaction":
                return f"its commit precedes {where}"
            case "lock" | "semaphore" | "event" | "condition" | "barrier":
                return f"{edge.note or edge.kind} of {self.object(edge.object)} wakes {where}"
            case _:
                return f"makes {where} run"

    def reads_from(self, access: Access, location: Location, writer: Actor, write: Access | None, at: At) -> str:
        """Which write gave a read its value."""
        value = f" = {access.value}" if access.value.captured and access.op == "read" else ""
        verb = {"delete": "deleted", "mutate": "changed"}.get(write.op if write else "write", "written")
        return f"reads {location.name}{value}, {verb} by {self.where(writer, at)}"

    def overwrites(self, location: Location, writer: Actor, at: At) -> str:
        """Whose value a write replaced."""
        return f"{location.name} was last written by {self.where(writer, at)}"

    def message(self, edge: Edge) -> str:
        """A message as people name it: "request POST /withdraw", else "a message by pipe"."""
        answer = edge.note == "response"
        exchange = self._io_near(edge.dst if answer else edge.src, "http.client") or self._io_near(edge.src if answer else edge.dst, "http.server")
        if exchange is not None and exchange.phase == "end":
            exchange = self._begins.get((stream_of(exchange.at), exchange.key), exchange)
        if exchange is None or "http.request.method" not in exchange.attributes:
            return "a response" if answer else f"a message by {edge.note}" if edge.note else "a message"
        target = exchange.attributes.get("url.path") or _path_of(str(exchange.attributes.get("url.full", "")))
        return f"{'the response to' if answer else 'request'} {exchange.attributes['http.request.method']} {target}".rstrip()

    def _io_near(self, at: At, op: str) -> Io | None:
        """The boundary event of a kind nearest to a MESSAGE record on its stream; they are written by one hook, one beside the other."""
        near = [io for io in self._io.get(stream_of(at), ()) if io.op == op and abs(io.at - at) < 600]
        return min(near, key=lambda io: abs(io.at - at), default=None)

    @cached_property
    def _begins(self) -> dict[tuple[int, int], Io]:
        return {(stream_of(io.at), io.key): io for ios in self._io.values() for io in ios if io.phase == "begin"}

    @cached_property
    def _io(self) -> dict[int, list[Io]]:
        by_stream: dict[int, list[Io]] = {}
        for io in self._recording.io():
            by_stream.setdefault(stream_of(io.at), []).append(io)
        return by_stream


def _homes(processes: Sequence[Process]) -> dict[int, str]:
    services = Counter(process.service for process in processes)
    if len(processes) < 2:
        return {}
    return {p.id: f" in service {p.service}" if services[p.service] == 1 else f" in process {p.pid} of {p.service}" for p in processes}


def _path_of(url: str) -> str:
    """The path of a URL, without its query."""
    rest = url.partition("://")[2] or url
    return "/" + rest.partition("/")[2].partition("?")[0] if "/" in rest else url


