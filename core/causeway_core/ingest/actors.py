"""Actors with their spawn paths."""

from __future__ import annotations

from collections import Counter

from causeway_core.ingest.facts import ActorFacts
from causeway_core.ingest.pipeline import Pipeline

_STATES = ("suspended", "finished", "failed", "cancelled")


def write_actors(pipeline: Pipeline) -> None:
    """Fills table `actor` anew: one row for each actor that introduced itself or did anything."""
    facts, database = pipeline.facts, pipeline.writer.database
    waiting = {row[0] for row in database.execute("SELECT actor FROM waiting")}
    seen: dict[int, tuple[int, int, int, int]] = {}
    for process in facts.processes:
        for id, number, first_at, last_at, ending, steps in pipeline.scanner.actors(process):
            if steps or id in facts.actors:
                facts.actors.setdefault(id, ActorFacts(id, process, number, name=f"thread-{number & 0xFFFF}"))
                seen[id] = (first_at, last_at, ending, steps)
    paths = _Paths(pipeline)
    threads_ended = {row[0] for row in database.execute("SELECT actor FROM sync WHERE op = 'end'")}
    rows = []
    for id, actor in sorted(facts.actors.items()):
        first_at, last_at, code, _ = seen.get(id, (-1, -1, -1, 0))
        process_facts = facts.processes[actor.process]
        if id in waiting:
            state = "waiting"
        elif code >= 0 and actor.kind != "thread":
            state = _STATES[code]
        elif id in threads_ended or process_facts.ended:
            state = "finished" if actor.kind == "thread" else "suspended"
        else:
            state = "running"
        file, first_line, qualname = _split(actor.function)
        obj = actor.process << 32 | actor.object if actor.object else None
        if obj is not None:
            facts.mentioned.add(obj)
        name = actor.name or qualname or f"{actor.kind}-{actor.number}"
        events = (actor.created_at, first_at if first_at >= 0 else None, last_at if last_at >= 0 else None)
        rows.append((id, actor.process, actor.number, actor.kind, name, paths.of(actor), qualname, file, first_line, obj, *events, state))
    database.execute("DELETE FROM actor")
    pipeline.writer.insert("actor", rows)


class _Paths:
    """Names actors by who made them, what they run and their place among the siblings that run the same: the same in every run."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._facts = pipeline.facts
        self._known: dict[int, str] = {}
        self._siblings: Counter[str] = Counter()
        self._roots = self._find_roots(pipeline)
        for actor in sorted(self._facts.actors.values(), key=lambda actor: actor.id):
            self.of(actor)

    def _find_roots(self, pipeline: Pipeline) -> dict[int, int]:
        """The first actor of each process."""
        roots: dict[int, int] = {}
        for actor in sorted(self._facts.actors.values(), key=lambda actor: (actor.creator is not None, actor.kind != "thread", actor.id)):
            roots.setdefault(actor.process, actor.id)
        return roots

    def of(self, actor: ActorFacts) -> str:
        """The spawn path of an actor."""
        chain = []
        current: ActorFacts | None = actor
        while current is not None and current.id not in self._known and current not in chain:
            chain.append(current)
            current = self._facts.actors.get(self._creator(current) or 0)
        for entry in reversed(chain):
            self._known[entry.id] = self._make(entry)
        return self._known[actor.id]

    def _creator(self, actor: ActorFacts) -> int | None:
        if actor.creator is not None:
            return actor.creator
        return None if self._roots.get(actor.process) == actor.id else self._roots.get(actor.process)

    def _make(self, actor: ActorFacts) -> str:
        creator = self._creator(actor)
        if creator is None:
            return self._root(actor)
        _, _, qualname = _split(actor.function)
        base = f"{self._known.get(creator, 'main')}/{(qualname or actor.name or actor.kind).rsplit('.', 1)[-1]}"
        self._siblings[base] += 1
        return base if self._siblings[base] == 1 else f"{base}#{self._siblings[base]}"

    def _root(self, actor: ActorFacts) -> str:
        process = self._facts.processes[actor.process]
        if process.parent is None or not any(f"{other.uid:016x}" == process.parent for other in self._facts.processes.values()):
            base = "main" if process.id == 1 else "main@process"
        else:
            base = "main/process"
        self._siblings[base] += 1
        return base if self._siblings[base] == 1 else f"{base}#{self._siblings[base]}"


def _split(function: str) -> tuple[str | None, int | None, str | None]:
    """`path:line:qualname` taken apart."""
    if not function:
        return None, None, None
    path, _, rest = function.rpartition(":")
    file, _, line = path.rpartition(":")
    if not file or not line.isdecimal() or len(line) > 9:
        return None, None, function
    return file, int(line), rest or None
