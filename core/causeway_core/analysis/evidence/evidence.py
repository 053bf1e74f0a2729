"""Everything that a detector or filter may ask about one recording."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from causeway_core.analysis.evidence.clock import Clock
from causeway_core.analysis.evidence.facts import Facts
from causeway_core.analysis.evidence.holds import Holds
from causeway_core.analysis.evidence.initializers import Initializers
from causeway_core.analysis.evidence.table import MUTATE, AccessTable, Ints, Values
from causeway_core.analysis.evidence.transactions import Transactions
from causeway_core.analysis.flow import ProgramFlow, Role
from causeway_core.analysis.flow.expression import READING_MUTATORS
from causeway_core.analysis.flow.graph import Dependence, Node
from causeway_core.analysis.source_text import Texts
from causeway_core.model import At, Site, ValueKind
from causeway_core.storage.rows import Span

LOOK_BACK = 400
"""How many accesses of an actor a query about its past reads."""


class Order(Protocol):
    """Happens-before, as `graph.CausalOrder` answers it."""

    def happens_before(self, a: At, b: At, *, must: bool = False) -> bool:
        """Whether `a` happens before `b`; with `must` without lock, semaphore and transaction order."""

    def happen_before(self, a: Ints, b: Ints, *, must: bool = False) -> NDArray[np.bool_]:
        """`happens_before` of many pairs."""


@dataclass(slots=True)
class _SiteNodes:
    reads: dict[int, int] = field(default_factory=dict)
    writes: dict[int, int] = field(default_factory=dict)
    read_sites: defaultdict[int, list[int]] = field(default_factory=lambda: defaultdict(list))


class Evidence:
    """Accesses, order, locks and dependence of one recording. Built once by `analyze`; reading it changes nothing but caches.
    Single-threaded.
    """

    def __init__(self, table: AccessTable, order: Order, holds: Holds, facts: Facts, values: Values, clock: Clock) -> None:
        self.table = table
        self.order = order
        self.holds = holds
        self.facts = facts
        self.clock = clock
        self._values = values
        self._value_cache: dict[int, str | None] = {}
        self._dependence: dict[int, Mapping[int, Dependence]] = {}
        self._atomic: dict[int, dict[int, int]] = {}
        self._known_reads: Mapping[int, int] = {}

    def extended(self, table: AccessTable, sites: Mapping[int, Site], content: Mapping[int, int]) -> Evidence:
        """The same with more accesses; their sites and their places in the flow graph are new."""
        facts = replace(self.facts, sites={**self.facts.sites, **sites})
        other = Evidence(table, self.order, self.holds, facts, self._values, self.clock)
        other.flow = self.flow
        other.texts = self.texts
        other._known_reads = content
        return other

    def in_order(self, order: Order) -> Evidence:
        """The same events and accesses in another happens-before."""
        other = Evidence(self.table, order, self.holds, self.facts, self._values, self.clock)
        other.flow = self.flow
        other.texts = self.texts
        other._known_reads = self._known_reads
        return other

    # Places.

    @cached_property
    def transactions(self) -> Transactions:
        """Which database statements the transactions keep out of a window."""
        return Transactions(self.facts)

    @cached_property
    def texts(self) -> Texts:
        """The recorded sources as trees."""
        return Texts(self.facts.sources)

    @cached_property
    def initializers(self) -> Initializers:
        """Which writes come before any other actor can have the object."""
        return Initializers(self.texts)

    @cached_property
    def flow(self) -> ProgramFlow:
        """Dependence over the sources that hold a site of the table."""
        used = {
            self.facts.functions[self.facts.sites[site].function].path for site in np.unique(self.table.site).tolist() if site in self.facts.sites
        }
        return ProgramFlow({path: text for path, text in self.facts.sources.items() if path in used})

    @cached_property
    def _nodes(self) -> _SiteNodes:
        found = _SiteNodes()
        written = self.table.writes
        for site in np.unique(self.table.site[~written]).tolist():
            self._note_read(found, site)
        for site in np.unique(self.table.site[written]).tolist():
            node = self._find(site, Role.WRITE)
            if node is not None:
                found.writes[site] = node
        for site in np.unique(self.table.site[self.table.op == MUTATE]).tolist():
            if site in self.facts.sites and self.facts.sites[site].name in READING_MUTATORS:
                self._note_read(found, site)
        return found

    def _note_read(self, found: _SiteNodes, site: int) -> None:
        node = self._known_reads.get(site) or self._find(site, Role.READ)
        if node is not None:
            found.reads[site] = node
            found.read_sites[node].append(site)

    def _find(self, site: int, role: Role) -> int | None:
        row = self.facts.sites.get(site)
        if row is None:
            return None
        path = self.facts.functions[row.function].path
        return self.flow.find(path, row.kind, row.line, row.col, row.end_line, row.end_col, row.name, role)

    def read_node(self, site: int) -> int | None:
        """The place in the flow graph of a site that reads."""
        return self._nodes.reads.get(site)

    def read_place(self, site: int) -> int | None:
        """Where in the flow graph a site would read, whether or not a read was recorded."""
        return self._find(site, Role.READ)

    def write_node(self, site: int) -> int | None:
        """The place in the flow graph of a site that writes."""
        return self._nodes.writes.get(site)

    def node(self, number: int | None) -> Node | None:
        """A place of the flow graph with its usage."""
        return None if number is None else self.flow.graph.nodes[number]

    def depends(self, write_site: int) -> Mapping[int, Dependence]:
        """The read sites that a write site depends on, and how. Empty when its place in the source is unknown."""
        known = self._dependence.get(write_site)
        if known is None:
            node = self.write_node(write_site)
            origins = {} if node is None else self.flow.graph.origins(node)
            known = {site: how for origin, how in origins.items() for site in self._nodes.read_sites.get(origin, ())}
            self._dependence[write_site] = known
        return known

    def decided_by(self, site: int, decider: int, *, writes: bool) -> bool:
        """Whether the read at site `decider` guards the access at `site`."""
        node = self.write_node(site) if writes else self.read_node(site)
        guard = self.read_node(decider)
        return node is not None and guard is not None and guard in self.flow.graph.deciders(node)

    def sites_of_reads(self, nodes: Iterable[int]) -> list[int]:
        """The recorded read sites of some places."""
        return sorted({site for node in nodes for site in self._nodes.read_sites.get(node, ())})

    @cached_property
    def calls(self) -> frozenset[tuple[int, int]]:
        """Pairs of function.ids with recorded accesses, of which the first calls the second by the text."""
        scopes: dict[str, set[int]] = defaultdict(set)
        for site, node in (*self._nodes.reads.items(), *self._nodes.writes.items()):
            scopes[self.flow.place(node).scope].add(self.function_of(site))
        graph = self.flow.graph.calls
        return frozenset((one, two) for caller, callee in graph for one in scopes.get(caller, ()) for two in scopes.get(callee, ()))

    def function_of(self, site: int) -> int:
        """The function.id of a site."""
        return self.facts.sites[site].function if site in self.facts.sites else -1

    # Accesses.

    def value(self, row: int) -> str | None:
        """The value of an access, as shown to people."""
        access = int(self.table.id[row])
        if access not in self._value_cache:
            self.fetch_values([row])
        return self._value_cache[access]

    def fetch_values(self, rows: Sequence[int]) -> None:
        """Reads the values of many accesses at once, for `value`."""
        self._value_cache.update((access, None) for row in rows if (access := int(self.table.id[row])) < 0)
        wanted = [access for row in rows if (access := int(self.table.id[row])) not in self._value_cache]
        self._value_cache.update(zip(wanted, self._values(wanted), strict=True))

    def at(self, row: int) -> At:
        """The event of an access."""
        return At(int(self.table.at[row]))

    def concurrent(self, first: int, second: int) -> bool:
        """Whether two accesses are must-concurrent: nothing but locks orders them."""
        return self.unordered(self.at(first), self.at(second))

    def unordered(self, a: At, b: At) -> bool:
        """Whether two accesses are concurrent under must-happens-before: at most locks order them."""
        return not self.order.happens_before(a, b, must=True) and not self.order.happens_before(b, a, must=True)

    # Requests.

    @cached_property
    def requests(self) -> Mapping[int, Sequence[Span]]:
        """The requests that each actor served, in the order in which they began."""
        found: defaultdict[int, list[Span]] = defaultdict(list)
        for span in self.facts.spans:
            if span.attributes.get("span.kind") == "server":
                found[span.actor].append(span)
        return {actor: sorted(spans, key=lambda span: span.first_at) for actor, spans in found.items()}

    def request_at(self, row: int) -> Span | None:
        """The request that the actor was serving at an event: the innermost, or that of the actor that submitted the work item."""
        return self.request_of(int(self.table.actor[row]), self.at(row))

    def request_of(self, actor: int, at: At) -> Span | None:
        """The request that an actor worked for at an event: the innermost that it was serving, or that the submitter of its work item was serving."""
        item = self.facts.work_items.all.get(actor)
        if item is not None:
            actor, at = item.submitter, item.submitted
        for span in reversed(self.requests.get(self.facts.thread_of(actor), ())):
            if span.first_at <= at and (span.last_at is None or at <= span.last_at):
                return span
        return None

    # Atomicity.

    def atomic_unit(self, row: int) -> int:
        """The stretch of its actor without a scheduling point that contains the access. No other task can run between two accesses of one unit."""
        return self.unit_of(int(self.table.actor[row]), int(self.table.step[row]))

    def unit_of(self, actor: int, step: int) -> int:
        """The stretch without a scheduling point that contains a step."""
        units = self._atomic.get(actor)
        if units is None:
            units, unit = {}, 0
            for each in self.facts.steps.get(actor, ()):
                unit = unit or each.id
                units[each.id] = unit
                if each.ending is not None:
                    unit = 0
            self._atomic[actor] = units
        return units.get(step, step)

    def runs_another_step(self, row: int) -> bool:
        """Whether the actor ran another step after the one that contains the access."""
        steps = self.facts.steps.get(int(self.table.actor[row]), ())
        return bool(steps) and self.atomic_unit(row) != self._atomic[int(self.table.actor[row])][steps[-1].id]

    def changes_structure(self, row: int) -> bool:
        """Whether a write of a structure location adds or removes something (they all do; a plain item write is not one)."""
        return self.facts.locations[int(self.table.location[row])].kind == "structure"

    def can_run_between(self, first: int, last: int, other: int) -> bool:
        """Whether the actor of `other` can run between two accesses of one actor: a scheduling point lies between, or it is another thread."""
        streams = self.stream(first), self.stream(last), self.stream(other)
        if streams[0] != streams[2] or streams[1] != streams[2]:
            return True
        return self.atomic_unit(first) != self.atomic_unit(last)

    def started_in_step_of(self, row: int, other: int) -> bool:
        """Whether the actor of `row`, a task or callback, was started in the stretch without a scheduling point that contains `other`."""
        actor = self.facts.actors.get(int(self.table.actor[row]))
        if actor is None or actor.kind == "thread" or actor.created_at is None:
            return False
        step, creator = self.facts.step_at(actor.created_at)
        return step is not None and creator == int(self.table.actor[other]) and self.unit_of(creator, step) == self.atomic_unit(other)

    def stream(self, row: int) -> int:
        """The thread of an access, or the work item of a pool. Code that runs in one of them cannot run between its own accesses."""
        actor = int(self.table.actor[row])
        return actor if actor in self.facts.work_items.all else int(self.table.at[row]) >> 40

    def locks_at(self, row: int) -> frozenset[int]:
        """The exclusive locks held at an access."""
        return self.holds.locks(self.facts.thread_of(int(self.table.actor[row])), int(self.table.order[row]))

    def locks_through(self, first: int, last: int) -> frozenset[int]:
        """The exclusive locks held without a break from one access to a later one of the same actor."""
        return self.holds.through(self.facts.thread_of(int(self.table.actor[first])), int(self.table.order[first]), int(self.table.order[last]))

    def step_at(self, at: int) -> int | None:
        """The step.id of the step that an event lies in."""
        return self.facts.step_at(at)[0]

    def actor_at(self, at: int) -> int | None:
        """The actor whose event it is."""
        return self.facts.step_at(at)[1]

    def is_asynchronous(self, actor: int) -> bool:
        """Whether an actor is a task or callback."""
        row = self.facts.actors.get(actor)
        return row is not None and row.kind in ("task", "callback")

    def library(self, actor: int) -> str:
        """The name of the module whose task or callback an actor is: `asyncio` or `trio`."""
        row = self.facts.actors.get(actor)
        thing = self.facts.objects.get(row.object) if row is not None and row.object is not None else None
        return "trio" if thing is not None and thing.type.startswith("trio.") else "asyncio"

    def new_lock(self, actor: int) -> str:
        """The kind of lock for tasks like this one, with its article."""
        return "a trio.Lock" if self.library(actor) == "trio" else "an asyncio.Lock"

    def to_thread(self, actor: int) -> str:
        """The function with which an actor makes a blocking call in a thread."""
        return "trio.to_thread.run_sync" if self.library(actor) == "trio" else "asyncio.to_thread"

    def changed_after(self, wire_object: int, order: int) -> bool:
        """Whether a container, by its wire id, was changed after a rank of the total order."""
        places = [
            location.id for location in self.facts.locations.values() if location.object is not None and location.object & 0xFFFFFFFF == wire_object
        ]
        for place in places:
            span = self.table.span(place)
            if bool((self.table.writes[span] & (self.table.order[span] > order)).any()):
                return True
        return False

    # Accesses by site and by actor.

    @cached_property
    def _homes(self) -> dict[str, list[int]]:
        """Shared places by the objects that were written to them; the key is the end of the value's text (`#12>`)."""
        rows = np.flatnonzero((self.table.vk == ValueKind.OBJECT) & self.table.writes).tolist()
        self.fetch_values(rows)
        found: defaultdict[str, dict[int, None]] = defaultdict(dict)
        for row in rows:
            value = self.value(row)
            if value is not None and "#" in value:
                found[value[value.rindex("#") :]][int(self.table.location[row])] = None
        return {name: list(locations) for name, locations in found.items()}

    def registries(self, objects: Iterable[int]) -> list[int]:
        """The shared places where objects were stored, per process: values name objects by numbers that start again in each process."""
        places = self.facts.locations
        return [home for each in objects for home in self._homes.get(f"#{each & 0xFFFFFFFF}>", ()) if places[home].process == each >> 32]

    @cached_property
    def _first_uses(self) -> dict[tuple[int, int], int]:
        """The first access of each actor to a place of each object."""
        found: dict[tuple[int, int], int] = {}
        index, _ = self._by_actor
        for row in index.tolist():
            owner = self.facts.locations[int(self.table.location[row])].object
            if owner is not None:
                found.setdefault((int(self.table.actor[row]), owner), row)
        return found

    def first_use(self, actor: int, object: int) -> int | None:
        """The first access that an actor makes to a shared place of an object."""
        return self._first_uses.get((actor, object))

    @cached_property
    def _by_site(self) -> dict[int, Ints]:
        index = np.argsort(self.table.site, kind="stable")
        sites, starts = np.unique(self.table.site[index], return_index=True)
        return dict(zip(sites.tolist(), np.split(index, starts[1:]), strict=True)) if len(sites) else {}

    def rows_at(self, site: int) -> Ints:
        """All accesses at a site, in order of location and time."""
        return self._by_site.get(site, np.empty(0, np.int64))

    def latest(self, actor: int, sites: frozenset[int], before: int, after: int = -1) -> list[int]:
        """The last access of an actor at each of some sites, between two ranks of the total order (exclusive); looks back a bounded way."""
        found: dict[int, int] = {}
        for row in reversed(self.rows_of(actor, after + 1, before - 1, last=LOOK_BACK)):
            site = int(self.table.site[row])
            if site in sites and site not in found:
                found[site] = row
        return list(found.values())

    def deciding_sites(self, row: int) -> frozenset[int]:
        """The read sites that guard an access."""
        site = int(self.table.site[row])
        return self._guards(self.write_node(site) if self.table.writes[row] else self.read_node(site))

    def deciding_sites_of(self, write_site: int) -> frozenset[int]:
        """The read sites that guard what is written at a site."""
        return self._guards(self.write_node(write_site))

    def _guards(self, node: int | None) -> frozenset[int]:
        if node is None:
            return frozenset()
        return frozenset(each for decider in self.flow.graph.deciders(node) for each in self._nodes.read_sites.get(decider, ()))

    @cached_property
    def _by_actor(self) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
        index = np.lexsort((self.table.order, self.table.actor))
        return index, self.table.actor[index]

    def rows_of(self, actor: int, first_order: int, last_order: int, *, last: int | None = None, first: int | None = None) -> list[int]:
        """The accesses of an actor from one rank of the total order to another, both included, in order; at most the `last` or `first`
        ones.
        """
        index, actors = self._by_actor
        start, stop = np.searchsorted(actors, actor, "left"), np.searchsorted(actors, actor, "right")
        orders = self.table.order[index[start:stop]]
        low, high = np.searchsorted(orders, first_order, "left"), np.searchsorted(orders, last_order, "right")
        if last is not None:
            low = max(low, high - last)
        if first is not None:
            high = min(high, low + first)
        return [int(row) for row in index[start + low : start + high]]
