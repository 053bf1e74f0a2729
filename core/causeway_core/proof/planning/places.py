"""Places: events of a recording, named so that another run can find them again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import cast

import numpy as np

from causeway_core.analysis import Analysis
from causeway_core.analysis.database.statement import parse
from causeway_core.analysis.evidence.table import MUTATE
from causeway_core.graph import SourcePlace
from causeway_core.model import Actor, At, Function, Site, ValueKind
from causeway_core.model.order import OrderPlace, PlaceAccess
from causeway_core.proof.planning.source_lines import statement_at
from causeway_core.session.past import Past
from causeway_core.session.sitetable import bits
from causeway_core.session.stopping import LINES
from causeway_core.storage.columns import ACCESS_OPS
from causeway_core.storage.recording import Recording
from causeway_core.wire.kinds import Kind

ANY_ACTOR = "*"
"""The actor of a place that applies to every actor."""


class Unplaced(Exception):
    """An event has no place that another run could find, since its site or actor is unknown."""


class Places:
    """Makes places of accesses, operations and statements. The first question about a process lays it out (30 ns a record)."""

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

    def access(self, row: int) -> OrderPlace:
        """The place of an access, by row of the access table."""
        table = self._evidence.table
        return self._at_site(self.actor(row), abs(int(table.site[row])), self.kind(row), At(int(table.at[row])))

    def kind(self, row: int) -> PlaceAccess:
        """The access as the code spells it: writing or deleting an item mutates a structure, but the code says write or delete."""
        table = self._evidence.table
        op, site = int(table.op[row]), self._evidence.facts.sites.get(abs(int(table.site[row])))
        if op == MUTATE and site is not None and site.kind == "item":
            return "delete" if int(table.vk[row]) == ValueKind.ABSENT else "write"
        if site is not None and site.kind == "truth":
            return "read"
        return cast(PlaceAccess, ACCESS_OPS[op])

    def predicted(self, row: int, actor: Actor, before: At) -> OrderPlace:
        """The place at which another actor makes the access of `row`, the first time after `before`."""
        place = self.access(row)
        function = self._evidence.facts.functions[self._evidence.facts.sites[abs(int(self._evidence.table.site[row]))].function]
        here = self._statements_at(actor, function, place.line)
        return replace(place, actor=actor.path, nth=self._count(actor, here, LINES, before))

    def last_execution(self, actor: Actor, function: Function, line: int, before: At) -> At | None:
        """When the actor last began the statement at a line of a function, before an event."""
        first, _ = self._statement_at(function.path, line)
        found = self._executions(actor, self._statements_at(actor, function, first), LINES, before)
        return max(found, key=self._past.sort_key, default=None)

    def end(self, actor: Actor) -> OrderPlace:
        """The end of an actor."""
        return OrderPlace(actor.path, "end")

    def operation(self, actor: int, at: At, access: PlaceAccess) -> OrderPlace:
        """The place of a lock operation, a wait or a database statement: the line that was executing."""
        function, line, text, shown = self._executing(at)
        who = self.actor_of(actor)
        name = self._statement_key(at) if access == "sql" else None
        return OrderPlace(who.path, access, shown, line, function.qualname, text, name, self._nth(who, function, line, at))

    def unreached(self, actor: int, at: At, line: int) -> OrderPlace:
        """The first execution of a statement that the actor never reached, at a line of the function of an event. Raises Unplaced."""
        function, _, _, shown = self._executing(at)
        first, text = self._statement_at(function.path, line)
        return OrderPlace(self.actor_of(actor).path, "acquire", shown, first, function.qualname, text)

    def resumed(self, actor: Actor, at: At) -> OrderPlace:
        """The place at which an await ends."""
        return self._at_wire(actor, at, "resume")

    def before_await(self, actor: Actor, function: Function, line: int, began: At) -> OrderPlace:
        """The place of an await that has not begun, in the statement that began at an event."""
        first, text = self._statement_at(function.path, line)
        nth = self._nth(actor, function, first, At(began + 1))
        return OrderPlace(actor.path, "await", self._evidence.facts.shown(function.path), first, function.qualname, text, None, nth)

    def entered(self, at: At) -> At:
        """When the call was made that an event lies in."""
        timeline = self._past.at(at)
        return timeline.activation(timeline.locate(at).activation).call_at

    def for_any_actor(self, number: int, access: PlaceAccess) -> OrderPlace:
        """The place of a site for any actor and any execution. Raises Unplaced."""
        facts = self._evidence.facts
        site = facts.sites.get(number)
        if site is None:
            raise Unplaced("its site table is missing")
        function = facts.functions[site.function]
        line, text = self._statement_at(function.path, function.first_line if access == "call" else site.line)
        name = None if access in ("call", "resume") else site.name
        return OrderPlace(ANY_ACTOR, access, facts.path_of(number), line, function.qualname, text, name)

    def in_function(self, file: str, line: int) -> tuple[OrderPlace, OrderPlace]:
        """For any actor: the call of the innermost function around a line of a file, and the statement at the line. `file` is as shown to users.

        Raises Unplaced."""
        facts = self._evidence.facts
        known = (each for each in facts.functions.values() if facts.shown(each.path) == file and each.kind != "class")
        around = [each for each in known if 0 < each.first_line <= line]
        if not around:
            raise Unplaced(f"no function is known at {file}:{line}")
        function = max(around, key=lambda each: each.first_line)
        first, entry = self._statement_at(function.path, function.first_line)
        begins, text = self._statement_at(function.path, line)
        call = OrderPlace(ANY_ACTOR, "call", file, first, function.qualname, entry)
        return call, OrderPlace(ANY_ACTOR, "acquire", file, begins, function.qualname, text)

    def statement(self, at: At, access: PlaceAccess) -> OrderPlace:
        """The place, for any actor, of the statement that was executing at an event. Raises Unplaced."""
        function, line, text, shown = self._executing(at)
        return OrderPlace(ANY_ACTOR, access, shown, line, function.qualname, text)

    def _begun(self, actor: int, stop: At) -> OrderPlace:
        """The place of the statement that begins at an event; the next record may already be the beginning of another one."""
        function, line, text, shown = self._executing(stop)
        who = self.actor_of(actor)
        return OrderPlace(who.path, "acquire", shown, line, function.qualname, text, None, self._nth(who, function, line, At(stop + 1)))

    def has_place(self, at: At) -> bool:
        """Whether a line of the program was executing at an event."""
        return self._line_at(at) is not None

    def _line_at(self, at: At) -> SourcePlace | None:
        found = self._graph.place(at)
        return found if found is not None and found.line > 0 else None

    def _executing(self, at: At) -> tuple[Function, int, str, str]:
        """Function, first line, text and file of the statement that was executing."""
        found = self._line_at(at)
        if found is None:
            raise Unplaced("no recorded line was executing")
        function = self._function_at(found)
        if function is None:
            raise Unplaced(f"no function is known at {found}")
        line, text = self._statement_at(found.path, found.line)
        return function, line, text, found.shown

    def _statement_key(self, at: At) -> str | None:
        """What distinguishes a server statement from others of the same line of the program: an ORM may issue several."""
        sql = next((each for each in self._evidence.facts.sql if each.at == at), None)
        tables = sql.details.get("tables") if sql is not None and sql.system == "postgresql" else None
        return f"{parse(sql.statement).verb} {tables[0]}" if sql is not None and tables else None

    def _function_at(self, found: SourcePlace) -> Function | None:
        return next((each for each in self._evidence.facts.functions.values() if each.path == found.path and _holds(each, found)), None)

    def _at_wire(self, actor: Actor, at: At, access: PlaceAccess) -> OrderPlace:
        record = self._past.record(at)
        site = self._past.sites(self._past.process_of(at)).site(record.site)
        if site is None:
            raise Unplaced("its site table is missing")
        return self._at_site(actor, site.id, access, at)

    def _at_site(self, actor: Actor, number: int, access: PlaceAccess, at: At) -> OrderPlace:
        place = self.for_any_actor(number, access)
        site = self._evidence.facts.sites[number]
        function = self._evidence.facts.functions[site.function]
        nth = self._calls(actor, site, at) if access == "call" else self._nth(actor, function, place.line, at)
        return replace(place, actor=actor.path, nth=nth)

    @cached_property
    def _by_function(self) -> dict[int, list[Site]]:
        found: dict[int, list[Site]] = {}
        for site in self._evidence.facts.sites.values():
            if site.id > 0:
                found.setdefault(site.function, []).append(site)
        return found

    def _statement_at(self, path: str, line: int) -> tuple[int, str]:
        """First line of the innermost statement that holds a line, and its stripped text."""
        return statement_at(self._evidence.facts.sources.get(path, ""), line)

    def _nth(self, actor: Actor, function: Function, line: int, at: At) -> int:
        """Which execution of the statement at `line`, from 0, the actor was in at an event."""
        return max(self._count(actor, self._statements_at(actor, function, line), LINES, at) - 1, 0)

    def _calls(self, actor: Actor, site: Site, at: At) -> int:
        """How often the actor had called the function before an event."""
        return self._count(actor, self._past.sites(actor.process).wires([site]), 1 << Kind.CALL, at)

    def _statements_at(self, actor: Actor, function: Function, line: int) -> list[int]:
        """The wire sites whose records mark the beginning of the first statement of a line."""
        sites = [site for site in self._by_function.get(function.id, ()) if site.line == line]
        return sorted(self._past.sites(actor.process).line_sites(sites))[:1]

    def _count(self, actor: Actor, wires: list[int], kinds: int, before: At) -> int:
        return sum(1 for _ in self._executions(actor, wires, kinds, before))

    def _executions(self, actor: Actor, wires: list[int], kinds: int, before: At) -> Iterator[At]:
        """The actor's records of some kinds at some wire sites before an event."""
        table = self._past.sites(actor.process)
        timeline = self._past.timeline(actor.process)
        worker = self._evidence.facts.thread_of(actor.id)
        number, limit = self._past.numbers.get(worker, -1), timeline.key(before)
        # A work item counts its own executions, not earlier ones of its worker.
        begun = timeline.key(actor.first_at) if worker != actor.id and actor.first_at is not None else None
        for chunks in table.streams_with(wires).values():
            for chunk in chunks:
                offsets = self._past.chunks.all_in(chunk, kinds, sites=bits(wires))
                for at in (offsets.astype(np.int64) + chunk.first_at).tolist():
                    key = timeline.key(At(at))
                    if key < limit and (begun is None or key >= begun) and timeline.locate(At(at)).actor == number:
                        yield At(at)


def _holds(function: Function, place: SourcePlace) -> bool:
    return function.qualname.rpartition(".")[2] == place.function.rpartition(".")[2] and function.first_line <= place.line <= function.last_line
