"""Actors and their spawn paths."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from causeway_core.ingest.facts import ActorFacts, ProcessFacts
from causeway_core.ingest.pipeline import Pipeline

_STATES = ("suspended", "finished", "failed", "cancelled")

_Seen = tuple[int, int, int]
"""First event, last event, state or -1."""


class ActorRows:
    """Table `actor`: one row for each actor that introduced itself or did anything. Belongs to the thread of its pipeline."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._paths: _Paths | None = None
        self._seen: dict[int, _Seen] = {}
        self._revision = -1
        self._waiting: set[int] = set()
        self._ended: set[int] = set()
        self._ends_read = 0

    def write(self) -> None:
        """Fills the table again."""
        facts, database = self._pipeline.facts, self._pipeline.writer.database
        self._seen = {}
        self._look(moved=False)
        facts.introduced.clear()
        self._revision = facts.revision
        self._paths = _Paths(self._pipeline)
        database.execute("DELETE FROM actor")
        self._pipeline.writer.insert("actor", [self._row(actor) for _, actor in sorted(facts.actors.items())])

    def update(self) -> None:
        """As `write`, for a growing recording: the cost is that of the changes, unless a process or a known actor has changed."""
        facts = self._pipeline.facts
        waited = self._waiting
        changed = self._look(moved=True) | waited ^ self._waiting
        new = sorted(facts.introduced, key=lambda actor: actor.id)
        if self._paths is None or facts.revision != self._revision or not self._paths.appends(new):
            self.write()
            return
        facts.introduced.clear()
        changed |= {actor.id for actor in new}
        rows = [self._row(facts.actors[id]) for id in sorted(changed) if id in facts.actors]
        self._pipeline.writer.replace("actor", rows)

    def _look(self, *, moved: bool) -> set[int]:
        """Takes over from the scanner where actors are, which wait and which threads have ended; returns the actors concerned."""
        facts, database = self._pipeline.facts, self._pipeline.writer.database
        spoken = set()
        for process in facts.processes:
            for id, number, first_at, last_at, ending, steps in self._pipeline.scanner.actors(process, moved):
                if steps or id in facts.actors:
                    if id not in facts.actors:
                        facts.actors[id] = ActorFacts(id, process, number, name=f"thread-{number & 0xFFFF}")
                        facts.introduced.append(facts.actors[id])
                    self._seen[id] = (first_at, last_at, ending)
                    spoken.add(id)
        self._waiting = {row[0] for row in database.execute("SELECT actor FROM waiting")}
        for id, actor in database.execute("SELECT id, actor FROM sync WHERE id > ? AND op = 'end'", (self._ends_read,)):
            self._ended.add(actor)
            self._ends_read = max(self._ends_read, id)
        return spoken

    def _row(self, actor: ActorFacts) -> tuple[object, ...]:
        facts = self._pipeline.facts
        assert self._paths is not None
        first_at, last_at, code = self._seen.get(actor.id, (-1, -1, -1))
        if actor.id in self._waiting:
            state = "waiting"
        elif code >= 0 and actor.kind != "thread":
            state = _STATES[code]
        elif actor.id in self._ended or facts.processes[actor.process].ended:
            state = "finished" if actor.kind == "thread" else "suspended"
        else:
            state = "running"
        file, first_line, qualname = _split(actor.function)
        obj = actor.process << 32 | actor.object if actor.object else None
        if obj is not None:
            facts.mentioned.add(obj)
        name = actor.name or qualname or f"{actor.kind}-{actor.number}"
        events = (actor.created_at, first_at if first_at >= 0 else None, last_at if last_at >= 0 else None)
        return (actor.id, actor.process, actor.number, actor.kind, name, self._paths.of(actor), qualname, file, first_line, obj, *events, state)


@dataclass(frozen=True, slots=True)
class _Spawn:
    """The start of a child process: the process and actor that start it, and when. It has its turn after actor `after`, the last that the same
    actor had made by then.
    """

    process: int
    actor: int
    at: int
    after: int


class _Paths:
    """Names actors by their creator, the code that they run and their number among siblings that run the same code: the same in every run. Actors
    that callbacks create are named below the callback's name without its number, which depends on how often the loop called back.

    The first actor of a child process is `process` below the actor that started it. Starts are counted, whether or not the child was recorded.
    """

    def __init__(self, pipeline: Pipeline) -> None:
        self._facts = pipeline.facts
        self._known: dict[int, str] = {}
        self._last = 0
        self._latest: dict[int, int] = {}
        """The creation of the last task, by creator."""
        self._stems: dict[int, str] = {}
        """The prefix of the paths of the actors that a callback creates, by the callback's id."""
        self._siblings: Counter[str] = Counter()
        self._roots = self._find_roots()
        self._by_uid = {f"{process.uid:016x}": process for process in self._facts.processes.values()}
        self._starts: dict[tuple[int, int, int], str] = {}
        """Paths by the key of the start."""
        spawns = self._find_spawns()
        depths = {process.id: self._depth(process) for process in self._facts.processes.values()}
        places = self._places()
        turns: list[tuple[tuple[int, int, int], ActorFacts | tuple[int, int, int]]] = [
            ((depths[actor.process], places.get(actor.id, actor.id), -1), actor) for actor in self._facts.actors.values()
        ]
        turns += [((depths[spawn.process], spawn.after, spawn.at), key) for key, spawn in spawns.items()]
        for _, turn in sorted(turns, key=lambda turn: turn[0]):
            if isinstance(turn, ActorFacts):
                self.of(turn)
            else:
                self._starts[turn] = self._numbered(f"{self._stem_of(spawns[turn].actor)}/process")

    def appends(self, actors: Sequence[ActorFacts]) -> bool:
        """Whether new actors (in order of id) change no existing path: they come after all others, and none is the first of its process."""
        fits = all(actor.creator is not None and actor.process in self._roots and self._is_latest(actor) for actor in actors)
        return fits and (not actors or actors[0].id > self._last)

    def _is_latest(self, actor: ActorFacts) -> bool:
        """Whether a new actor was created after all tasks of the same creator so far."""
        if actor.kind != "task" or actor.creator is None or actor.created_at is None:
            return True
        before = self._latest.get(actor.creator, 0)
        self._latest[actor.creator] = max(before, actor.created_at)
        return actor.created_at > before

    def _places(self) -> dict[int, int]:
        """The turn of each task, as if tasks of one creator had their ids in the order of their creation.

        They introduce themselves with their first step, and a schedule may run the one that was created last first: it would get another's path.
        """
        made: dict[int, list[ActorFacts]] = {}
        for actor in sorted(self._facts.actors.values(), key=lambda actor: actor.id):
            if actor.kind == "task" and actor.creator is not None and actor.created_at is not None:
                made.setdefault(actor.creator, []).append(actor)
        self._latest = {creator: max(each.created_at or 0 for each in tasks) for creator, tasks in made.items()}
        found = {}
        for tasks in made.values():
            by_creation = sorted(tasks, key=lambda each: each.created_at or 0)
            found.update({task.id: place.id for task, place in zip(by_creation, tasks, strict=True)})
        return found

    def _find_roots(self) -> dict[int, int]:
        """The first actor of each process."""
        roots: dict[int, int] = {}
        for actor in sorted(self._facts.actors.values(), key=lambda actor: (actor.creator is not None, actor.kind != "thread", actor.id)):
            roots.setdefault(actor.process, actor.id)
        return roots

    def _find_spawns(self) -> dict[tuple[int, int, int], _Spawn]:
        """Starts of processes by process, stream number and position; the first actor of the parent where nothing says who made one."""
        made: dict[int, list[tuple[int, int]]] = {}
        for actor in self._facts.actors.values():
            if actor.creator is not None and actor.created_at is not None:
                made.setdefault(actor.creator, []).append((actor.created_at, actor.id))
        found = {}
        for process in self._facts.processes.values():
            for key, (at, who) in process.spawns.items():
                found[process.id, *key] = (at, who)
        for process in self._facts.processes.values():
            start = self._start_of(process)
            if start is not None and start not in found:
                stream = self._facts.processes[start[0]].streams.get(start[1], 0)
                found[start] = (stream << 40 | start[2], self._roots.get(start[0], 0))
        return {
            key: _Spawn(key[0], who, at, max((id for created_at, id in made.get(who, ()) if created_at < at), default=who))
            for key, (at, who) in found.items()
        }

    def _start_of(self, process: ProcessFacts) -> tuple[int, int, int] | None:
        parent = self._by_uid.get(process.parent or "")
        if parent is None or parent is process or process.parent_event is None:
            return None
        return (parent.id, *process.parent_event)

    def _depth(self, process: ProcessFacts) -> int:
        """How many processes are above it; a cycle is followed only once."""
        depth, seen = 0, {process.id}
        parent = self._by_uid.get(process.parent or "")
        while parent is not None and parent.id not in seen:
            depth += 1
            seen.add(parent.id)
            parent = self._by_uid.get(parent.parent or "")
        return depth

    def of(self, actor: ActorFacts) -> str:
        """The spawn path of an actor."""
        known = self._known.get(actor.id)
        if known is not None:
            return known
        chain: dict[int, ActorFacts] = {}
        current: ActorFacts | None = actor
        while current is not None and current.id not in self._known and current.id not in chain:
            chain[current.id] = current
            current = self._facts.actors.get(self._creator(current) or 0)
        for entry in reversed(chain.values()):
            self._known[entry.id] = self._make(entry)
            self._last = max(self._last, entry.id)
        return self._known[actor.id]

    def _path_of(self, actor: int) -> str:
        found = self._facts.actors.get(actor)
        return "main" if found is None else self.of(found)

    def _stem_of(self, actor: int) -> str:
        path = self._path_of(actor)
        return self._stems.get(actor, path)

    def _creator(self, actor: ActorFacts) -> int | None:
        if actor.creator is not None:
            return actor.creator
        return None if self._roots.get(actor.process) == actor.id else self._roots.get(actor.process)

    def _make(self, actor: ActorFacts) -> str:
        creator = self._creator(actor)
        if creator is None:
            return self._root(self._facts.processes[actor.process])
        _, _, qualname = _split(actor.function)
        # Not `_path_of`: in a broken recording, actors may appear to have created each other. Such a cycle is not followed.
        above = self._stems.get(creator, self._known.get(creator, "main"))
        base = f"{above}/{(qualname or actor.name or actor.kind).rsplit('.', 1)[-1]}"
        if actor.kind == "callback":
            self._stems[actor.id] = base
        return self._numbered(base)

    def _root(self, process: ProcessFacts) -> str:
        start = self._start_of(process)
        # A shell may start several programs, all with the key of its own start: the first has its name.
        path = self._starts.pop(start, None) if start is not None else None
        if path is not None:
            return path
        parent = self._by_uid.get(process.parent or "")
        if parent is None:
            return self._numbered("main" if process.id == 1 else "main@process")
        return self._numbered(f"{self._path_of(self._roots.get(parent.id, 0))}/process")

    def _numbered(self, base: str) -> str:
        self._siblings[base] += 1
        return base if self._siblings[base] == 1 else f"{base}#{self._siblings[base]}"


@lru_cache(1024)
def _split(function: str) -> tuple[str | None, int | None, str | None]:
    """`path:line:qualname` taken apart."""
    if not function:
        return None, None, None
    path, _, rest = function.rpartition(":")
    file, _, line = path.rpartition(":")
    if not file or not line.isdecimal() or len(line) > 9:
        return None, None, function
    return file, int(line), rest or None
