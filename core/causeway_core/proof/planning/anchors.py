"""Anchors: places around an event of a recording at which its actor can be held."""

from __future__ import annotations

from collections.abc import Iterator

from causeway_core.model import Actor, At, Function, Site, Step, make_at, stream_of
from causeway_core.model.order import OrderPlace, PlaceAccess
from causeway_core.proof.planning.places import Places, Unplaced
from causeway_core.proof.planning.source_lines import loop_lines, yields_in
from causeway_core.session.sitetable import bits
from causeway_core.wire.kinds import Kind, XKind

_POINTS: dict[int, PlaceAccess] = {
    Kind.CALL: "call", Kind.RESUME: "resume", Kind.GETATTR: "read", Kind.GETITEM: "read", Kind.GETVAR: "read", Kind.SETATTR: "write",
    Kind.SETITEM: "write", Kind.SETVAR: "write",
}  # fmt: skip

_CHANGES = ("attr", "item", "method")
_LOOKS_INTO_LOOP = 64
"""Records of a loop that are searched for a place to hold at."""
_STEPS_BACK = 8
"""Steps before an event that are searched for a place to hold at."""
_FARTHEST = 200
"""How many statements ahead a line is searched."""


class Anchors(Places):
    """Finds the places before and after an event at which its actor can be held."""

    def on_next_connection(self, actor: Actor) -> str | None:
        """The path that an actor would have on the next connection, if a callback of the event loop created it; else None."""
        paths = {each.path: each.kind for each in self._evidence.facts.actors.values() if each.process == actor.process}
        parts = actor.path.split("/")
        for index in range(2, len(parts)):
            if paths.get("/".join(parts[:index])) == "callback":
                names = [part.partition("#")[0] for part in parts[index:]]
                base = "/".join((*parts[:index], names[0]))
                made = sum(path.count("/") == index and _unnumbered(path) == base for path in paths)
                return "/".join((f"{base}#{made + 1}", *names[1:]))
        return None

    def following(self, actor: int, at: At) -> OrderPlace | None:
        """The next statement in the call of an event."""
        timeline = self._past.at(at)
        found = timeline.stop_after(timeline.locate(at), at)
        return None if found is None else self._begun(actor, found)

    def last_in_call(self, actor: int, at: At) -> OrderPlace | None:
        """The last statement in the call of an event; None if none follows the event there."""
        timeline, found = self._past.at(at), at
        for _ in range(_FARTHEST):
            stop = timeline.stop_after(timeline.locate(found), found)
            if stop is None:
                break
            found = stop
        return None if found == at else self._begun(actor, found)

    def last_in_block(self, actor: int, at: At, last_line: int) -> OrderPlace | None:
        """The last statement after an event, in its call, that begins no later than `last_line`; None if there is none."""
        timeline, found, last = self._past.at(at), at, None
        for _ in range(_FARTHEST):
            stop = timeline.stop_after(timeline.locate(found), found)
            place = None if stop is None else self._begun(actor, stop)
            if stop is None or place is None or place.line > last_line:
                break
            found, last = stop, place
        return last

    def preceding(self, actor: int, at: At) -> OrderPlace | None:
        """The statement before that of an event, if it ran in the same call."""
        timeline = self._past.at(at)
        segment = timeline.locate(at)
        here = timeline.stop_before(segment, at)
        before = None if here is None else timeline.stop_before(timeline.locate(here), here)
        return None if before is None else self._begun(actor, before)

    def upcoming(self, actor: int, at: At, line: int) -> tuple[OrderPlace, OrderPlace | None]:
        """The next execution of the statement at a line in the call of an event, and the statement before it. Raises Unplaced."""
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

    def calls_around(self, actor: int, at: At) -> Iterator[tuple[OrderPlace, OrderPlace]]:
        """The calls of the functions on a thread's stack at an event, innermost first, each with the first statement of that function.

        The function that the thread runs is not among them. Raises Unplaced.
        """
        timeline, who = self._past.at(at), self.actor_of(actor)
        for segment in timeline.stack(timeline.locate(at)):
            activation = timeline.activation(segment.activation)
            if activation.is_root or not activation.site:
                return
            first = timeline.stop_after(timeline.locate(activation.call_at), activation.call_at)
            if first is not None:
                yield self._at_wire(who, activation.call_at, "call"), self._begun(actor, first)

    def begins(self, actor: Actor) -> At | None:
        """The first event of an actor's own code. A thread's first events belong to its start, which the creator waits for."""
        if actor.first_at is None or actor.kind != "thread":
            return actor.first_at
        stream = stream_of(actor.first_at)
        end = make_at(stream, self._past.chunks.end(stream))
        return self._past.chunks.first(actor.first_at, end, 1 << Kind.CALL) or actor.first_at

    def since(self, row: int) -> OrderPlace | None:
        """The last place that the actor is sure to pass before the scheduling point that precedes the access; None if that is its start.

        For a task: a place in its previous step. For a thread: the call of the function that makes the access.
        """
        return self.since_event(self.actor(row), self._evidence.at(row))

    def since_event(self, actor: Actor, at: At, after: At | None = None) -> OrderPlace | None:
        """`since` for any event; with `after` only a place later than that event of the same thread."""
        if actor.kind in ("task", "callback"):
            return self._previous_step(actor, at)
        timeline = self._past.at(at)
        activation = timeline.activation(timeline.locate(at).activation)
        if activation.is_root or not activation.site or (after is not None and activation.call_at < after):
            return None
        return self._at_wire(actor, activation.call_at, "call")

    def held_since(self, row: int, other: int) -> OrderPlace | None:
        """Since when to hold the actor of `row` before that access: its start (None), unless the other side needs something that it does first."""
        return self.held_since_event(self.actor(row), self._evidence.at(row), self._evidence.at(other))

    def held_since_event(self, actor: Actor, at: At, other: At) -> OrderPlace | None:
        """`held_since` for events. An actor that starts the other one in the same function can only be held later: at the preceding statement."""
        begins = self.begins(actor)
        if begins is not None and not self._evidence.order.happens_before(begins, other, must=True):
            return None
        if actor.kind == "thread" and self._evidence.order.happens_before(At(self.entered(at) + 1), other, must=True):
            before = self.preceding(actor.id, at)
            if before is not None:
                return before
        return self.since_event(actor, at)

    def before_step(self, actor: Actor, at: At) -> At | None:
        """The first event of the last step that ended before an event."""
        return next((step.first_at for step in self._steps_before(actor, at)), None)

    def _steps_before(self, actor: Actor, at: At) -> Iterator[Step]:
        """The steps of an actor before the one of an event, the latest first. Steps without a scheduling point in between count as one."""
        steps = self._evidence.facts.steps.get(actor.id, ())
        index = next((index for index, step in enumerate(steps) if step.first_at <= at <= step.last_at), 0)
        unit = self._evidence.unit_of(actor.id, steps[index].id) if steps else 0
        while index > 0 and self._evidence.unit_of(actor.id, steps[index - 1].id) == unit:
            index -= 1
        yield from reversed(steps[max(0, index - _STEPS_BACK) : index])

    def last_before(self, actor: Actor, at: At) -> OrderPlace | None:
        """The last place that a task passes before an event, in the same step or an earlier one."""
        step = self._evidence.facts.step_of(actor.id, at)
        return (None if step is None else self._last(actor, step.first_at, at)) or self._previous_step(actor, at)

    def _previous_step(self, actor: Actor, at: At) -> OrderPlace | None:
        """The last place in the nearest earlier step that has one: some steps run only library code."""
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
        """Where the actor resumed in the first later step that resumes its code."""
        for step in self._evidence.facts.steps.get(actor.id, ()):
            if step.first_at > at:
                found = self._past.chunks.first(step.first_at, At(step.last_at + 1), 1 << Kind.RESUME)
                if found is not None:
                    return self._at_wire(actor, found, "resume")
        return None

    def passes_loop_in_one_step(self, actor: Actor, at: At) -> bool:
        """Whether a task is known to have run the loop that it begins at an event without being suspended in it: no await of the body had to wait."""
        loop = self._loop_at(at)
        step = next((step for step in self._evidence.facts.steps.get(actor.id, ()) if step.first_at > at), None)
        if loop is None or step is None:
            return False
        found = self._past.chunks.first(step.first_at, At(step.last_at + 1), 1 << Kind.RESUME)
        return found is not None and not any(each is loop[0] and line in loop[1] for each, line, _ in self.lines_below(found))

    def resumptions_of(self, actor: Actor) -> Iterator[tuple[At, OrderPlace]]:
        """Where the actor resumed in each of its later steps. Raises Unplaced."""
        for step in self._evidence.facts.steps.get(actor.id, ())[1:]:
            found = self._past.chunks.first(step.first_at, At(step.last_at + 1), 1 << Kind.RESUME)
            if found is not None:
                yield found, self._at_wire(actor, found, "resume")

    def inside_loop(self, actor: Actor, at: At) -> Iterator[OrderPlace]:
        """The accesses and calls in the body of the loop that a thread begins at an event, in order."""
        loop = self._loop_at(at)
        if loop is None:
            return
        function, lines = loop
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
            if where is function and not within:
                return
            # A comprehension is a function of its own, called once.
            if record.kind in _POINTS and not (within and record.kind == Kind.CALL):
                yield self._at_wire(actor, found, _POINTS[record.kind])

    def statements_in_loop(self, actor: Actor, at: At) -> Iterator[OrderPlace]:
        """The executions of statements in the body of the loop that a thread begins at an event, in order.

        The body of a generator's loop is that of the loop that iterates the generator.
        """
        loop = self._loop_at(at)
        if loop is None:
            return
        (function, lines), timeline, found = loop, self._past.at(at), at
        if yields_in(self._evidence.facts.sources.get(function.path, ""), lines):
            yield from self._statements_between_yields(actor, at, function)
            return
        for _ in range(_LOOKS_INTO_LOOP):
            stop = timeline.stop_after(timeline.locate(found), found)
            if stop is None:
                return
            place, found = self._begun(actor.id, stop), stop
            if place.line not in lines:
                return
            if place.line > lines.start:
                yield place

    def _statements_between_yields(self, actor: Actor, at: At, generator: Function) -> Iterator[OrderPlace]:
        """The executions of statements outside a generator that a thread begins after an event of it and before it ends, in order."""
        timeline, found = self._past.at(at), at
        end = timeline.activation(timeline.locate(at).activation).end_at
        for _ in range(_LOOKS_INTO_LOOP):
            stop = timeline.stop_after(timeline.locate(found), found, of_actor=True)
            if stop is None or (end is not None and stop > end):
                return
            site, found = self._past.site_at(stop), stop
            if site is not None and site.function != generator.id:
                yield self._begun(actor.id, stop)

    def _loop_at(self, at: At) -> tuple[Function, range] | None:
        """The function and the lines of the loop that begins at an event."""
        site = self._past.site_at(at)
        if site is None:
            return None
        function = self._evidence.facts.functions[site.function]
        lines = loop_lines(self._evidence.facts.sources.get(function.path, ""), site.line, site.col)
        return None if lines is None else (function, lines)

    # Sites.

    def resumptions(self, file: str, line: int) -> list[tuple[Actor, At]]:
        """Where tasks resumed in a later step after an await at a line, in recorded order."""
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
        """The last shared write of the actor at a line before an event."""
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

    def woken_by(self, actor: Actor, at: At) -> At | None:
        """The event that made the step of an event runnable."""
        step = self._evidence.facts.step_of(actor.id, at)
        return None if step is None else step.cause_at

    def step_begins(self, actor: int, at: At) -> OrderPlace | None:
        """The first statement that begins in the step of an event, no later than the event."""
        step = self._evidence.facts.step_of(actor, at)
        if step is None:
            return None
        timeline = self._past.at(at)
        found = timeline.stop_after(timeline.locate(step.first_at), step.first_at)
        return None if found is None or found > at else self._begun(actor, found)

    def step_starts(self, actor: int, at: At) -> OrderPlace | None:
        """Where the step of an event begins: at the end of an await, or at the start of the actor. Raises Unplaced."""
        step, who = self._evidence.facts.step_of(actor, at), self.actor_of(actor)
        if step is None:
            return None
        if step is self._evidence.facts.steps[actor][0]:
            return OrderPlace(who.path, "start")
        found = self.began_step(who, at)
        return None if found is None else self._at_wire(who, found, "resume")

    def began_step(self, actor: Actor, at: At) -> At | None:
        """The end of the await after which the step of an event begins; None in the actor's first step."""
        step = self._evidence.facts.step_of(actor.id, at)
        if step is None or step is self._evidence.facts.steps[actor.id][0]:
            return None
        return self._past.chunks.first(step.first_at, At(at + 1), 1 << Kind.RESUME)

    def lines_below(self, at: At) -> list[tuple[Function, int, At]]:
        """Function, line, and the event at which the line began, for each call on the stack of the running actor, innermost first."""
        timeline, found = self._past.at(at), []
        for number, segment in enumerate(timeline.stack(timeline.locate(at))):
            stop = timeline.stop_before(segment, At(at + 1) if number == 0 else segment.end)
            site = None if stop is None else self._past.site_at(stop)
            if stop is not None and site is not None:
                found.append((self._evidence.facts.functions[site.function], site.line, stop))
        return found


def _unnumbered(path: str) -> str:
    """A path without the number of its last part."""
    above, slash, name = path.rpartition("/")
    return above + slash + name.partition("#")[0]
