"""Evidence for the analysis, written down by hand: a source text and who did what at which of its lines."""

from __future__ import annotations

import textwrap
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.clock import Clock
from causeway_core.analysis.evidence.facts import Facts
from causeway_core.analysis.evidence.holds import Holds
from causeway_core.analysis.evidence.operations import ACQUIRES, RELEASES, Operation
from causeway_core.analysis.evidence.table import AccessTable
from causeway_core.analysis.flow import ProgramFlow, Role
from causeway_core.model import Actor, At, Function, Location, Site, Step, ValueKind, make_at
from causeway_core.storage.columns import ACCESS_OPS, AccessColumns
from causeway_core.storage.rows import ExceptionRow, Io, Obj, Span, Sql, Waiting
from causeway_core.wire.kinds import SYNC_WORDS, SyncOp

PATH = "/project/app.py"

Rows = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


class Trace:
    """Each call appends one event; the calls' order is the total order. Tasks share the stream of the event loop, threads have their own."""

    def __init__(self, source: str) -> None:
        self.source = textwrap.dedent(source)
        self._flow = ProgramFlow({PATH: self.source})
        self.actors: dict[int, Actor] = {}
        self.locations: dict[str, Location] = {}
        self.objects: dict[int, Obj] = {}
        self.operations: list[Operation] = []
        self.waiting: list[Waiting] = []
        self.sql: list[Sql] = []
        self.sql_order: list[int] = []
        self.io: list[Io] = []
        self.io_order: list[int] = []
        self.spans: list[Span] = []
        self.exceptions: list[ExceptionRow] = []
        self.edges: list[tuple[At, At]] = []
        self._functions: dict[str, Function] = {}
        self._sites: dict[int, Site] = {}
        self._steps: defaultdict[int, list[Step]] = defaultdict(list)
        self._stream: dict[int, int] = {}
        self._accesses: list[tuple[int, int, int, int, int, int, int]] = []
        self._values: list[str | None] = []
        self._events: list[tuple[At, int]] = []
        self._causes: dict[int, tuple[int, At]] = {}

    # Actors and order.

    def task(self, name: str, created_at: At | None = None) -> int:
        """A task of the one event loop."""
        return self._actor("task", name, 1, created_at)

    def callback(self, name: str, created_at: At) -> int:
        """A callback that runs in the event loop, scheduled at an event."""
        return self._actor("callback", name, 1, created_at)

    def thread(self, name: str, created_at: At | None = None) -> int:
        """A thread."""
        return self._actor("thread", name, 100 + len(self.actors), created_at)

    def _actor(self, kind: str, name: str, stream: int, created_at: At | None) -> int:
        id = len(self.actors) + 1
        self.actors[id] = Actor(id, 1, kind, name, f"main/{name}", None, None, None, 5000 + id, created_at, None, None, "running")  # type: ignore[arg-type]
        self._stream[id] = stream
        self.step(id)
        return id

    def step(self, actor: int, *, hop: bool = False) -> None:
        """The actor gives way and is resumed; `hop`: it had only asked for its next turn."""
        steps = self._steps[actor]
        cause = steps[-1].last_at if steps and hop else None
        id = 1 + sum(map(len, self._steps.values()))
        if steps:
            last = steps[-1]
            steps[-1] = Step(last.id, actor, last.number, last.first_at, last.last_at, last.started_ns, last.ended_ns, last.cause_at, "suspended")
        at = self.event(actor, open_step=False)
        steps.append(Step(id, actor, len(steps), at, at, len(self._events) * 1000, None, cause, None))
        self._causes[id] = (1 if hop else 2, cause or at)

    def event(self, actor: int, *, open_step: bool = True, at: At | None = None) -> At:
        """Any event of the actor; at a place of its own unless one is given."""
        at = at or make_at(self._stream[actor], 10 * (len(self._events) + 1))
        self._events.append((at, actor))
        if open_step:
            last = self._steps[actor][-1]
            self._steps[actor][-1] = Step(last.id, actor, last.number, last.first_at, at, last.started_ns, None, last.cause_at, None)
        return at

    def edge(self, cause: At, effect: At) -> None:
        """`cause` happens before `effect`, also in the must order."""
        self.edges.append((cause, effect))

    # Accesses.

    def read(self, actor: int, code: str, location: str, value: object, *, op: str = "read", name: str | None = None) -> At:
        """The actor reads a location at the line that contains `code`."""
        return self._access(actor, code, location, value, op, name, Role.READ)

    def write(self, actor: int, code: str, location: str, value: object, *, op: str = "write", name: str | None = None) -> At:
        """The actor writes a location at the line that contains `code`."""
        return self._access(actor, code, location, value, op, name, Role.WRITE)

    def _access(self, actor: int, code: str, location: str, value: object, op: str, name: str | None, role: Role) -> At:
        at = self.event(actor)
        place = self._location(location)
        wanted = name or place.key
        kind, shown = _value(value)
        site = self._site(code, wanted, role, op)
        self._accesses.append((at, actor, self._steps[actor][-1].id, place.id, ACCESS_OPS.index(op), site, kind))
        self._values.append(shown)
        return at

    def _location(self, name: str) -> Location:
        if name not in self.locations:
            owner, dot, attribute = name.rpartition(".")
            kind, key = ("attribute" if dot else "global"), attribute
            if name.endswith("]"):
                owner, _, key = name[:-1].partition("[")
                kind = "structure" if key == "*" else "item"
            self.locations[name] = Location(len(self.locations) + 1, 1, kind, self._object(owner), key, name.removesuffix("[*]"))
        return self.locations[name]

    def _object(self, owner: str) -> int:
        return 1 << 32 | 1 + sum(map(ord, owner))

    def _site(self, code: str, name: str, role: Role, op: str) -> int:
        line = next(number for number, text in enumerate(self.source.splitlines(), 1) if code in text)
        shapes = {"iterate": ("iterate",), "test": ("contains", "attribute"), "mutate": ("call", "item")}.get(
            op, ("attribute", "item", "name", "call")
        )
        for number, node in enumerate(self._flow.graph.nodes):
            place = node.place
            if place is None or place.line != line or place.role is not role or place.shape not in shapes:
                continue
            if place.name == name or place.shape in ("iterate", "contains", "item", "call"):
                if number not in self._sites:
                    function = self._functions.setdefault(
                        place.function, Function(len(self._functions) + 1, 1, PATH, place.function, "function", 1, 1000, ())
                    )
                    kind = {"attribute": "attr", "name": "global", "call": "method"}.get(place.shape, place.shape)
                    self._sites[number] = Site(number + 1, function.id, kind, place.line, place.end_line, place.col, place.end_col, place.name)
                return number + 1
        raise AssertionError(f"no {role} of {name} at {code!r}")

    # Synchronization.

    def lock(self, name: str, kind: str = "asyncio.locks.Lock") -> int:
        """A lock with a label."""
        id = 1 << 32 | 7000 + len(self.objects)
        self.objects[id] = Obj(id, kind, make_at(1, 1), name, None)
        return id

    def sync(self, actor: int, op: SyncOp, object: int, flags: int = 0, extra: int = 0, *, behind: At | None = None) -> At:
        """A synchronization operation; `behind`: right behind another, with nothing recorded between."""
        at = self.event(actor, at=None if behind is None else At(behind + SYNC_WORDS))
        self.operations.append(Operation(len(self._events), at, actor, op, flags, object, extra))
        return at

    def acquire(self, actor: int, lock: int) -> At:
        """The actor holds the lock from here on."""
        return self.sync(actor, SyncOp.ACQUIRED, lock, flags=4 if self.actors[actor].kind == "task" else 0)

    def release(self, actor: int, lock: int) -> At:
        """The actor gives the lock back."""
        return self.sync(actor, SyncOp.RELEASED, lock)

    def statement(
        self, actor: int, text: str, access: str, row: tuple[object, ...], *, connection: int = 1, transaction: int | None = None,
        system: str = "sqlite", isolation: str | None = None, clauses: Sequence[str] = (), rowcount: int = 1,
    ) -> At:  # fmt: skip
        """A database statement that touches one row."""
        at = self.event(actor)
        details = {"database": "shop", "tables": [row[0]], "clauses": list(clauses)}
        number = len(self.sql) + 1
        self.sql.append(Sql(number, at, actor, system, connection, text, None, access, rowcount, (row,), transaction, isolation, 0, 0, None, details))
        self.sql_order.append(len(self._events))
        return at

    def file(self, actor: int, action: str, path: str, mode: str = "", *, found: bool = False) -> At:
        """The actor does something with a file; `found` is what a look found."""
        at = self.event(actor)
        about = {"action": action, "file.path": path, "file.mode": mode, "file.found": found}
        self.io.append(Io(len(self.io) + 1, at, actor, "file", "point", 0, about))
        self.io_order.append(len(self._events))
        return at

    def setting(self, actor: int, action: str, name: str, value: int = 0) -> At:
        """The actor sets or uses a setting of its process."""
        at = self.event(actor)
        about = {"action": action, "setting.name": name, "setting.value": value}
        self.io.append(Io(len(self.io) + 1, at, actor, "setting", "point", 0, about))
        self.io_order.append(len(self._events))
        return at

    def raises(self, actor: int, type: str) -> At:
        """An exception leaves the actor's function."""
        at = self.event(actor)
        self.exceptions.append(ExceptionRow(len(self.exceptions) + 1, at, actor, None, type, "", 0, 0, "uncaught"))
        return at

    def request(self, actor: int, name: str, first: At, last: At) -> None:
        """The actor served a request from one event to another."""
        number = len(self.spans) + 1
        self.spans.append(Span(number, f"{number:016x}", "0" * 32, None, name, actor, first, last, 0, 0, "ok", {"span.kind": "server"}))

    # The result.

    def evidence(self, *, ignored: Sequence[int] = ()) -> Evidence:
        """What the detectors are given."""
        rows = np.array(self._accesses, np.int64).reshape(-1, 7)
        columns = AccessColumns(*(rows[:, i] for i in range(7)))
        rank = {at: number for number, (at, _) in enumerate(self._events, 1)}
        table = AccessTable.build(columns, np.array([rank[At(at)] for at in columns.at.tolist()], np.int64))
        all_steps = sorted((step for steps in self._steps.values() for step in steps), key=lambda step: step.first_at)
        firsts = [step.first_at for step in all_steps]

        def step_at(at: int) -> tuple[int | None, int | None]:
            owner = next((actor for event, actor in self._events if event == at), None)
            index = bisect_right(firsts, at) - 1
            return (all_steps[index].id, owner) if index >= 0 else (None, owner)

        facts = Facts(
            actors=self.actors,
            locations={each.id: each for each in self.locations.values()},
            sites={site.id: site for site in self._sites.values()},
            functions={each.id: each for each in self._functions.values()},
            sources={PATH: self.source},
            root="/project",
            objects=self.objects,
            steps=self._steps,
            step_cause=lambda step: self._causes[step][0],
            step_at=step_at,
            operations=self.operations,
            waiting=self.waiting,
            sql=self.sql,
            sql_order=self.sql_order,
            io=self.io,
            io_order=self.io_order,
            spans=self.spans,
            exceptions=self.exceptions,
        )
        holds = Holds([each for each in self.operations if each.op in ACQUIRES | RELEASES], ignored=frozenset(ignored))
        clock = Clock(np.array([at for at, _ in self._events]), np.arange(len(self._events)) * 1000)
        return Evidence(table, _Order(self._events, self.edges), holds, facts, lambda ids: [self._values[id - 1] for id in ids], clock)


class _Order:
    """Happens-before by search over program order and the edges; both orders are the same."""

    def __init__(self, events: list[tuple[At, int]], edges: list[tuple[At, At]]) -> None:
        self._after: defaultdict[At, list[At]] = defaultdict(list)
        last: dict[int, At] = {}
        for at, actor in events:
            if actor in last:
                self._after[last[actor]].append(at)
            last[actor] = at
        for cause, effect in edges:
            self._after[cause].append(effect)

    def happens_before(self, a: At, b: At, *, must: bool = False) -> bool:
        seen, waiting = set[At](), list(self._after[a])
        while waiting:
            at = waiting.pop()
            if at == b:
                return True
            if at not in seen:
                seen.add(at)
                waiting.extend(self._after[at])
        return False

    def happen_before(self, a: Rows, b: Rows, *, must: bool = False) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        return np.array([self.happens_before(At(one), At(other)) for one, other in zip(a.tolist(), b.tolist(), strict=True)], np.bool_)


def _value(value: object) -> tuple[int, str | None]:
    match value:
        case None:
            return ValueKind.NONE, "None"
        case bool():
            return (ValueKind.TRUE if value else ValueKind.FALSE), str(value)
        case int():
            return ValueKind.INT32, str(value)
        case tuple():
            return ValueKind.TUPLE, repr(value)
        case str() if value.startswith("<"):
            return ValueKind.OBJECT, value
        case _:
            return (ValueKind.ABSENT, None) if value is ... else (ValueKind.TEXT, repr(value))
