"""Events of a recording as places that another run can find again."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import cast

import numpy as np

from causeway_core.analysis import Analysis
from causeway_core.analysis.statement import parse
from causeway_core.analysis.table import MUTATE
from causeway_core.graph import SourcePlace
from causeway_core.model import Actor, At, Function, Site, Step, ValueKind, make_at, stream_of
from causeway_core.model.order import OrderPlace, PlaceAccess
from causeway_core.session.past import Past
from causeway_core.session.sitetable import bits
from causeway_core.session.stopping import LINES
from causeway_core.storage.columns import ACCESS_OPS
from causeway_core.storage.recording import Recording
from causeway_core.wire.kinds import Kind, XKind

_POINTS: dict[int, PlaceAccess] = {
    Kind.CALL: "call", Kind.RESUME: "resume", Kind.GETATTR: "read", Kind.GETITEM: "read", Kind.GETVAR: "read", Kind.SETATTR: "write",
    Kind.SETITEM: "write", Kind.SETVAR: "write",
}  # fmt: skip

_CHANGES = ("attr", "item", "method")
_LOOKS_INTO_LOOP = 64
"""Records of a loop that are looked at for a place to stop at."""
_STEPS_BACK = 8
"""Steps before an event in which a place to hold an actor at is looked for."""
_FARTHEST = 200
"""How many statements ahead a line is looked for."""
ANYBODY = "*"
"""The actor of a place that is everybody's."""


class Unplaced(Exception):
    """An event that no place can be given for: its site or its actor is not known."""


class Anchors:
    """Makes places of accesses, steps and operations. The first question about a process lays it out (30 ns a record)."""

    def __init__(self, recording: Recording, analysis: Analysis) -> None:
        self._past = Past(recording)
        self._evidence = analysis.evidence
        self._graph = analysis.graph

    def actor(self, row: int) -> Actor:
        """The actor of an access."""
        return self.actor_of(int(self._evidence.table.actor[row]))

    def actor_of(self, actor: int) -> Actor:
        """An actor by id. Raises Unplaced."""
        found = self._evidence.facts.actors.get(actor)
        if found is None:
            raise Unplaced(f"actor {actor} was never announced")
        return found

    def on_next_connection(self, actor: Actor) -> str | None:
        """The path that an actor would have that a callback of the event loop made, were it the next that such a callback makes; else None."""
        paths = {each.path: each.kind for each in self._evidence.facts.actors.values() if each.process == actor.process}
        parts = actor.path.split("/")
        for index in range(2, len(parts)):
            if paths.get("/".join(parts[:index])) == "callback":
                names = [part.partition("#")[0] for part in parts[index:]]
                base = "/".join((*parts[:index], names[0]))
                made = sum(path.count("/") == index and _unnumbered(path) == base for path in paths)
                return "/".join((f"{base}#{made + 1}", *names[1:]))
        return None

    def access(self, row: int) -> OrderPlace:
        """The place of an access, by row of the access table."""
        table = self._evidence.table
        return self._at_site(self.actor(row), abs(int(table.site[row])), self.kind(row), At(int(table.at[row])))

    def kind(self, row: int) -> PlaceAccess:
        """What the access is to the code: an item that is written or deleted changes a structure, but the code writes or deletes."""
        table = self._evidence.table
        op, site = int(table.op[row]), self._evidence.facts.sites.get(abs(int(table.site[row])))
        if op == MUTATE and site is not None and site.kind == "item":
            return "delete" if int(table.vk[row]) == ValueKind.ABSENT else "write"
        if site is not None and site.kind == "truth":
            return "read"
        return cast(PlaceAccess, ACCESS_OPS[op])

    def predicted(self, row: int, actor: Actor, before: At) -> OrderPlace:
        """The place at which another actor would make the access of `row`, the first time after `before`."""
        place = self.access(row)
        function = self._evidence.facts.functions[self._evidence.facts.sites[abs(int(self._evidence.table.site[row]))].function]
        here = self._statements_at(actor, function, place.line)
        return replace(place, actor=actor.path, nth=self._count(actor, here, LINES, before))

    def end(self, actor: Actor) -> OrderPlace:
        """The end of an actor."""
        return OrderPlace(actor.path, "end")

    def operation(self, actor: int, at: At, access: PlaceAccess) -> OrderPlace:
        """The place of a lock operation, a wait or a statement for a database: the line that was executing."""
        function, line, text, shown = self._executing(at)
        who = self.actor_of(actor)
        name = self._asked(at) if access == "sql" else None
        return OrderPlace(who.path, access, shown, line, function.qualname, text, name, self._nth(who, function, line, at))

    def _asked(self, at: At) -> str | None:
        """What tells a statement for a server from others that are made in the same line of the program: a mapper may make several."""
        sql = next((each for each in self._evidence.facts.sql if each.at == at), None)
        tables = sql.details.get("tables") if sql is not None and sql.system == "postgresql" else None
        return f"{parse(sql.statement).verb} {tables[0]}" if sql is not None and tables else None

    def _executing(self, at: At) -> tuple[Function, int, str, str]:
        """Function, first line, text and file of the statement that was executing."""
        found = self._graph.place(at)
        if found is None or found.line <= 0:
            raise Unplaced("no recorded line was executing")
        function = self._function_at(found)
        if function is None:
            raise Unplaced(f"no function is known at {found}")
        line, text = self._statement(found.path, found.line)
        return function, line, text, found.shown

    def _function_at(self, found: SourcePlace) -> Function | None:
        return next((each for each in self._evidence.facts.functions.values() if each.path == found.path and _holds(each, found)), None)

    def following(self, actor: int, at: At) -> OrderPlace | None:
        """The next statement of the call that an event lies in."""
        timeline = self._past.at(at)
        found = timeline.stop_after(timeline.locate(at), at)
        return None if found is None else self._begun(actor, found)

    def preceding(self, actor: int, at: At) -> OrderPlace | None:
        """The statement before that of an event, if it was executed in the same call."""
        timeline = self._past.at(at)
        segment = timeline.locate(at)
        here = timeline.stop_before(segment, at)
        before = None if here is None else timeline.stop_before(timeline.locate(here), here)
        return None if before is None else self._begun(actor, before)

    def _begun(self, actor: int, stop: At) -> OrderPlace:
        """The place of the statement that begins at an event; the very next record may be that the next one does."""
        function, line, text, shown = self._executing(stop)
        who = self.actor_of(actor)
        return OrderPlace(who.path, "acquire", shown, line, function.qualname, text, None, self._nth(who, function, line, At(stop + 1)))

    def unreached(self, actor: int, at: At, line: int) -> OrderPlace:
        """The first execution of the statement at a line of the function that an event lies in, which the actor did not come to. Raises Unplaced."""
        function, _, _, shown = self._executing(at)
        first, text = self._statement(function.path, line)
        return OrderPlace(self.actor_of(actor).path, "acquire", shown, first, function.qualname, text)

    def upcoming(self, actor: int, at: At, line: int) -> tuple[OrderPlace, OrderPlace | None]:
        """The next execution of the statement at a line, in the call that an event lies in, and the statement before. Raises Unplaced."""
        timeline = self._past.at(at)
        found = timeline.stop_after(timeline.locate(at), at)
        for _ in range(_FARTHEST):
            if found is None:
                break
            place = self._begun(actor, found)
            if place.line == line:
                return place, self.preceding(actor, At(found + 1))
            found = timeline.stop_after(timeline.locate(found), found)
        raise Unplaced(f"line {line} was not executed")

    def begins(self, actor: Actor) -> At | None:
        """The first event of an actor's own code. A thread's first events belong to what starts it, which waits for them."""
        if actor.first_at is None or actor.kind != "thread":
            return actor.first_at
        stream = stream_of(actor.first_at)
        end = make_at(stream, self._past.chunks.end(stream))
        return self._past.chunks.first(actor.first_at, end, 1 << Kind.CALL) or actor.first_at

    def since(self, row: int) -> OrderPlace | None:
        """The last place that the actor passes for certain before the scheduling point before the access; None if that is its start.

        A task: something in its previous step. A thread: its call of the function that makes the access.
        """
        return self.since_event(self.actor(row), self._evidence.at(row))

    def since_event(self, actor: Actor, at: At, after: At | None = None) -> OrderPlace | None:
        """`since` for any event; with `after` only what lies after that event of the same thread."""
        if actor.kind in ("task", "callback"):
            return self._previous_step(actor, at)
        timeline = self._past.at(at)
        activation = timeline.activation(timeline.locate(at).activation)
        if activation.is_root or not activation.site or (after is not None and activation.call_at < after):
            return None
        return self._at_wire(actor, activation.call_at, "call")

    def held_since(self, row: int, other: int) -> OrderPlace | None:
        """Where to hold the actor of `row` before that access: at its start, unless the other side's access needs something it does before."""
        return self.held_since_event(self.actor(row), self._evidence.at(row), self._evidence.at(other))

    def held_since_event(self, actor: Actor, at: At, other: At) -> OrderPlace | None:
        """`held_since` of events. Who started the other in the function of the event can be held only after that: at the statement before."""
        begins = self.begins(actor)
        if begins is not None and not self._evidence.order.happens_before(begins, other, must=True):
            return None
        if actor.kind == "thread" and self._evidence.order.happens_before(At(self.entered(at) + 1), other, must=True):
            before = self.preceding(actor.id, at)
            if before is not None:
                return before
        return self.since_event(actor, at)

    def entered(self, at: At) -> At:
        """When the call was made that an event lies in."""
        timeline = self._past.at(at)
        return timeline.activation(timeline.locate(at).activation).call_at

    def before_step(self, actor: Actor, at: At) -> At | None:
        """The first event of the step after which the actor gave way the last time before an event."""
        return next((step.first_at for step in self._steps_before(actor, at)), None)

    def _steps_before(self, actor: Actor, at: At) -> Iterator[Step]:
        """The steps of an actor before the stretch without a scheduling point that holds an event, the last first."""
        steps = self._evidence.facts.steps.get(actor.id, ())
        index = next((index for index, step in enumerate(steps) if step.first_at <= at <= step.last_at), 0)
        unit = self._evidence.unit_of(actor.id, steps[index].id) if steps else 0
        while index > 0 and self._evidence.unit_of(actor.id, steps[index - 1].id) == unit:
            index -= 1
        yield from reversed(steps[max(0, index - _STEPS_BACK) : index])

    def last_before(self, actor: Actor, at: At) -> OrderPlace | None:
        """The last place that a task passes before an event, in the same step or in one before."""
        step = self._evidence.facts.step_of(actor.id, at)
        return (None if step is None else self._last(actor, step.first_at, at)) or self._previous_step(actor, at)

    def _previous_step(self, actor: Actor, at: At) -> OrderPlace | None:
        """The last place in the nearest step before that has one: in some only a library runs."""
        places = (self._last(actor, step.first_at, At(step.last_at + 1)) for step in self._steps_before(actor, at))
        return next((place for place in places if place is not None), None)

    def _last(self, actor: Actor, start: At, end: At) -> OrderPlace | None:
        """The last place that an actor passes between two of its events."""
        mask = sum(1 << kind for kind in _POINTS)
        while (found := self._past.chunks.last(start, end, mask)) is not None:
            try:
                return self._at_wire(actor, found, _POINTS[self._past.record(found).kind])
            except Unplaced:
                end = found
        return None

    def resumed_after(self, actor: Actor, at: At) -> OrderPlace | None:
        """The first place at which the actor goes on in a later step than that of `at`, as it did in the recording."""
        for step in self._evidence.facts.steps.get(actor.id, ()):
            if step.first_at > at:
                found = self._past.chunks.first(step.first_at, At(step.last_at + 1), 1 << Kind.RESUME)
                if found is not None:
                    return self._at_wire(actor, found, "resume")
        return None

    def resumptions_of(self, actor: Actor) -> Iterator[tuple[At, OrderPlace]]:
        """The first place at which the actor goes on in each of its later steps. Raises Unplaced."""
        for step in self._evidence.facts.steps.get(actor.id, ())[1:]:
            found = self._past.chunks.first(step.first_at, At(step.last_at + 1), 1 << Kind.RESUME)
            if found is not None:
                yield found, self._at_wire(actor, found, "resume")

    def inside_loop(self, actor: Actor, at: At) -> Iterator[OrderPlace]:
        """The places that a thread passes inside the loop that it begins at an event, in order: accesses and calls of its body."""
        site = self._past.site_at(at)
        if site is None:
            return
        function = self._evidence.facts.functions[site.function]
        lines = loop_lines(self._evidence.facts.sources.get(function.path, ""), site.line, site.col)
        if lines is None:
            return
        timeline = self._past.at(at)
        end = timeline.activation(timeline.locate(at).activation).end_at or make_at(stream_of(at), self._past.chunks.end(stream_of(at)))
        mask, start = sum(1 << kind for kind in (*_POINTS, Kind.LINE)), at
        for _ in range(_LOOKS_INTO_LOOP):
            found = self._past.chunks.first(start, end, mask, beyond=True)
            if found is None:
                return
            start, record, place = found, self._past.record(found), self._past.site_at(found)
            where = None if place is None else self._evidence.facts.functions.get(place.function)
            if place is None or where is None:
                continue
            within = where.path == function.path and place.line in lines
            if place.function == site.function and not within:
                return
            # A comprehension is a function of its own, called once.
            if record.kind in _POINTS and not (within and record.kind == Kind.CALL):
                yield self._at_wire(actor, found, _POINTS[record.kind])

    # Sites.

    def resumptions(self, file: str, line: int) -> list[tuple[Actor, At]]:
        """Where tasks went on in a later step after an await that stands at a line, in order of the recording."""
        facts, found = self._evidence.facts, []
        for site in facts.sites.values():
            if site.kind == "resume" and site.line == line and facts.path_of(site.id) == file:
                found += [at for process in self._past.processes for at in self._records(process, [site], 1 << Kind.RESUME)]
        actors = [(facts.actors.get(self._past.actor_of(at)), at) for at in sorted(found, key=self._past.sort_key)]
        return [(actor, at) for actor, at in actors if actor is not None and actor.kind == "task" and self._suspended(actor, at)]

    def _records(self, process: int, sites: list[Site], kinds: int, xkinds: int = 0) -> Iterator[At]:
        """The records of some kinds at some sites in a process."""
        table = self._past.sites(process)
        wires = table.wires(sites)
        for chunk in table.chunks_with(wires):
            for offset in self._past.chunks.all_in(chunk, kinds, sites=bits(wires), xkinds=xkinds).tolist():
                yield make_at(chunk.stream, chunk.first + offset)

    def _suspended(self, actor: Actor, at: At) -> bool:
        """Whether the actor was not yet in the step of an event when the event's line began."""
        step, line = self._evidence.facts.step_of(actor.id, at), self._past.stop_of(at)
        return step is not None and line is not None and not step.first_at <= line <= at

    def changed_before(self, actor: Actor, at: At, file: str, line: int) -> OrderPlace | None:
        """The last change of something shared that the actor made at a line before an event."""
        facts = self._evidence.facts
        sites = [site for site in facts.sites.values() if site.line == line and site.kind in _CHANGES and facts.path_of(site.id) == file]
        kinds = 1 << Kind.SETATTR | 1 << Kind.SETITEM
        made = [(each, site) for site in sites for each in self._records(actor.process, [site], kinds, 1 << XKind.MUTATE)]
        key = self._past.sort_key
        mine = [(each, site) for each, site in made if key(each) < key(at) and self._past.actor_of(each) == actor.id]
        if not mine:
            return None
        last, site = max(mine, key=lambda pair: key(pair[0]))
        return self._at_site(actor, site.id, "mutate" if site.kind == "method" else "write", last)

    def resumed(self, actor: Actor, at: At) -> OrderPlace:
        """The place of the record that an await is over."""
        return self._at_wire(actor, at, "resume")

    def woken_by(self, actor: Actor, at: At) -> At | None:
        """What made the step of an event runnable."""
        step = self._evidence.facts.step_of(actor.id, at)
        return None if step is None else step.cause_at

    def step_begins(self, actor: int, at: At) -> OrderPlace | None:
        """The first statement that begins in the step of an event, before it or with it."""
        step = self._evidence.facts.step_of(actor, at)
        if step is None:
            return None
        timeline = self._past.at(at)
        found = timeline.stop_after(timeline.locate(step.first_at), step.first_at)
        return None if found is None or found > at else self._begun(actor, found)

    def step_starts(self, actor: int, at: At) -> OrderPlace | None:
        """Where the step of an event begins, before it does anything: an await is over, or the actor starts. Raises Unplaced."""
        step, who = self._evidence.facts.step_of(actor, at), self.actor_of(actor)
        if step is None:
            return None
        if step is self._evidence.facts.steps[actor][0]:
            return OrderPlace(who.path, "start")
        found = self._past.chunks.first(step.first_at, At(at + 1), 1 << Kind.RESUME)
        return None if found is None else self._at_wire(who, found, "resume")

    def lines_below(self, at: At) -> list[tuple[Function, int, At]]:
        """Function, line and the event at which that began, of each call on the stack of the running actor, innermost first."""
        timeline, found = self._past.at(at), []
        for number, segment in enumerate(timeline.stack(timeline.locate(at))):
            stop = timeline.stop_before(segment, At(at + 1) if number == 0 else segment.end)
            site = None if stop is None else self._past.site_at(stop)
            if stop is not None and site is not None:
                found.append((self._evidence.facts.functions[site.function], site.line, stop))
        return found

    def before_await(self, actor: Actor, function: Function, line: int, began: At) -> OrderPlace:
        """The place of an await that has not begun: in the statement that did at an event."""
        first, text = self._statement(function.path, line)
        nth = self._nth(actor, function, first, At(began + 1))
        return OrderPlace(actor.path, "await", self._evidence.facts.shown(function.path), first, function.qualname, text, None, nth)

    def _at_wire(self, actor: Actor, at: At, access: PlaceAccess) -> OrderPlace:
        record = self._past.record(at)
        site = self._past.sites(self._past.process_of(at)).site(record.site)
        if site is None:
            raise Unplaced("its site table is missing")
        return self._at_site(actor, site.id, access, at)

    def _at_site(self, actor: Actor, number: int, access: PlaceAccess, at: At) -> OrderPlace:
        place = self.anybody(number, access)
        site = self._evidence.facts.sites[number]
        function = self._evidence.facts.functions[site.function]
        nth = self._calls(actor, site, at) if access == "call" else self._nth(actor, function, place.line, at)
        return replace(place, actor=actor.path, nth=nth)

    def anybody(self, number: int, access: PlaceAccess) -> OrderPlace:
        """The place of a site whoever comes there (`ANYBODY`), and how often. Raises Unplaced."""
        facts = self._evidence.facts
        site = facts.sites.get(number)
        if site is None:
            raise Unplaced("its site table is missing")
        function = facts.functions[site.function]
        line, text = self._statement(function.path, function.first_line if access == "call" else site.line)
        name = None if access in ("call", "resume") else site.name
        return OrderPlace(ANYBODY, access, facts.path_of(number), line, function.qualname, text, name)

    def statement(self, at: At, access: PlaceAccess) -> OrderPlace:
        """The place of the statement that was executing at an event, whoever comes there. Raises Unplaced."""
        function, line, text, shown = self._executing(at)
        return OrderPlace(ANYBODY, access, shown, line, function.qualname, text)

    @cached_property
    def _by_function(self) -> dict[int, list[Site]]:
        found: dict[int, list[Site]] = {}
        for site in self._evidence.facts.sites.values():
            if site.id > 0:
                found.setdefault(site.function, []).append(site)
        return found

    def _nth(self, actor: Actor, function: Function, line: int, at: At) -> int:
        """Which execution of the statement at `line`, from 0, the actor was in at an event."""
        return max(self._count(actor, self._statements_at(actor, function, line), LINES, at) - 1, 0)

    def _calls(self, actor: Actor, site: Site, at: At) -> int:
        """How often the actor had called the function before an event."""
        return self._count(actor, self._past.sites(actor.process).wires([site]), 1 << Kind.CALL, at)

    def _statements_at(self, actor: Actor, function: Function, line: int) -> list[int]:
        """The wire sites whose records say that the first statement of a line begins."""
        sites = [site for site in self._by_function.get(function.id, ()) if site.line == line]
        return sorted(self._past.sites(actor.process).line_sites(sites))[:1]

    def _count(self, actor: Actor, wires: list[int], kinds: int, before: At) -> int:
        """The actor's records of some kinds at some wire sites before an event."""
        table = self._past.sites(actor.process)
        timeline, count = self._past.timeline(actor.process), 0
        worker = self._evidence.facts.thread_of(actor.id)
        number, limit = self._past.numbers.get(worker, -1), timeline.key(before)
        # A work item counts what it did itself, not what its worker did before.
        begun = timeline.key(actor.first_at) if worker != actor.id and actor.first_at is not None else None
        for chunks in table.streams_with(wires).values():
            for chunk in chunks:
                offsets = self._past.chunks.all_in(chunk, kinds, sites=bits(wires))
                for at in (offsets.astype(np.int64) + chunk.first_at).tolist():
                    key = timeline.key(At(at))
                    count += key < limit and (begun is None or key >= begun) and timeline.locate(At(at)).actor == number
        return count

    def _statement(self, path: str, line: int) -> tuple[int, str]:
        """First line of the innermost statement that holds a line, and its stripped text."""
        source = self._evidence.facts.sources.get(path, "")
        first = _statements(source).get(line, line)
        lines = source.splitlines()
        return first, lines[first - 1].strip() if 0 < first <= len(lines) else ""


def _unnumbered(path: str) -> str:
    """A path without the number of its last part."""
    above, slash, name = path.rpartition("/")
    return above + slash + name.partition("#")[0]


def loop_lines(source: str, line: int, column: int) -> range | None:
    """The lines of the innermost loop or comprehension whose iterable holds a position."""
    best = None
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.For):
            iterables = [node.iter]
        elif isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            iterables = [each.iter for each in node.generators]
        else:
            continue
        if any((each.lineno, each.col_offset) <= (line, column) <= (each.end_lineno or each.lineno, each.end_col_offset or 0) for each in iterables):
            # Walked from the outside in, so the innermost loop has the last word.
            best = range(node.lineno, (node.end_lineno or node.lineno) + 1)
    return best


def _holds(function: Function, place: SourcePlace) -> bool:
    return function.qualname.rpartition(".")[2] == place.function.rpartition(".")[2] and function.first_line <= place.line <= function.last_line


@lru_cache(maxsize=64)
def _statements(source: str) -> dict[int, int]:
    """For each line the first line of the innermost statement it belongs to; a compound statement owns its header, decorators apart."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return {}
    found: dict[int, int] = {}
    for node in ast.walk(tree):
        # Walked from the outside in, so the innermost statement has the last word.
        if isinstance(node, ast.stmt):
            for line in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                found[line] = node.lineno
    return found
