"""The places at which an exploration may switch actors: shared accesses, lock operations, and ends of awaits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, combinations, islice

from causeway_core.analysis import Analysis
from causeway_core.analysis.evidence.table import ITERATE
from causeway_core.model import Access, At, ObjectRef
from causeway_core.model.order import OrderPlace, PlaceAccess
from causeway_core.proof.planning.anchors import Anchors
from causeway_core.proof.planning.places import ANY_ACTOR, Unplaced
from causeway_core.storage.recording import Recording

MOST_PLACES = 400
MOST_PAIRS = 200
"""Pairs of accesses of one location that are examined before it counts as shared."""
MOST_SYNCS = 20_000
_SYNCHRONIZING = ("_thread.", "threading.", "asyncio.", "trio.", "queue.", "function", "module", "type")
_OPERATIONS = (
    "acquired", "acquire_request", "wait_begin", "wait_end", "notify", "notify_all", "event_set", "event_clear", "event_read", "put_request", "put",
    "get_request", "get", "sem_acquired", "sem_released", "barrier_arrive",
)  # fmt: skip


def places(recording: Recording, analysis: Analysis) -> tuple[tuple[str, OrderPlace], ...]:
    """The places by key, at most 400; accesses first. Costs about one pass over the recording."""
    anchors = Anchors(recording, analysis)
    found: dict[OrderPlace, None] = {}
    handles = _handle_sites(recording, analysis)
    sources = (
        _accesses(analysis, anchors), _statements(recording, anchors), _operations(recording, anchors), _resumptions(recording, anchors),
        _untaken_branches(recording, analysis, anchors, handles), _handles(handles, anchors),
    )  # fmt: skip
    for place in chain.from_iterable(sources):
        found.setdefault(place)
        if len(found) == MOST_PLACES:
            break
    return tuple((f"p{number}", place) for number, place in enumerate(found))


def _accesses(analysis: Analysis, anchors: Anchors) -> Iterator[OrderPlace]:
    table = analysis.evidence.table
    seen: set[tuple[int, int]] = set()
    for location in dict.fromkeys(table.location.tolist()):
        if not _disputed(analysis, location):
            continue
        span = table.span(location)
        for row in range(span.start, span.stop):
            key = (int(table.site[row]), int(table.op[row]))
            if key in seen or not key[0]:
                continue
            seen.add(key)
            try:
                yield anchors.for_any_actor(abs(key[0]), anchors.kind(row))
                if key[1] == ITERATE:
                    inside = anchors.inside_loop(anchors.actor(row), analysis.evidence.at(row))
                    yield from (replace(place, actor=ANY_ACTOR, nth=0) for place in islice(inside, 1))
            except Unplaced:
                continue


def _handles(handles: Mapping[int, Sequence[int]], anchors: Anchors) -> Iterator[OrderPlace]:
    for site in chain.from_iterable(handles.values()):
        try:
            yield anchors.for_any_actor(site, "read")
        except (Unplaced, KeyError):
            continue


def _handle_sites(recording: Recording, analysis: Analysis) -> dict[int, list[int]]:
    """Where several actors read the same object from an attribute, global or cell that is never changed. Sites by location.

    What they do with the object may not be recorded (items of lists, containers and connections of libraries).
    """
    places = {location.id: location for location in recording.locations() if location.kind in ("attribute", "global", "cell")}
    own = {function.qualname.rpartition(".")[2] for function in recording.functions() if function.kind == "class"}
    used: defaultdict[tuple[int, int], list[Access]] = defaultdict(list)
    for each in recording.accesses(most=MOST_SYNCS):
        thing = each.value.payload
        if each.writes or each.location not in places or not isinstance(thing, ObjectRef) or not thing.id:
            continue
        if thing.type.rpartition(".")[2] not in own and not thing.type.startswith(_SYNCHRONIZING):
            used[each.location, thing.id].append(each)
    found: dict[int, list[int]] = {}
    for (location, _), reads in used.items():
        first = {each.actor: each for each in reversed(reads)}
        apart = (analysis.evidence.unordered(one.at, other.at) for one, other in islice(combinations(first.values(), 2), MOST_PAIRS))
        if any(apart):
            found[location] = list(dict.fromkeys(each.site for each in reads))
    return found


def _disputed(analysis: Analysis, location: int) -> bool:
    """Whether two actors may access a location in either order, one of them writing. Locks do not count: either actor may take one first."""
    table, evidence = analysis.evidence.table, analysis.evidence
    span = table.span(location)
    first: dict[tuple[int, bool], int] = {}
    last: dict[tuple[int, bool], int] = {}
    for row in range(span.start, span.stop):
        key = (int(table.actor[row]), bool(table.writes[row]))
        first.setdefault(key, row)
        last[key] = row
    looked = 0
    for one, early in first.items():
        for other, late in last.items():
            if one[0] == other[0] or not (one[1] or other[1]):
                continue
            looked += 1
            if looked > MOST_PAIRS:
                return True
            a, b = evidence.at(early), evidence.at(late)
            if not evidence.order.happens_before(a, b, must=True) and not evidence.order.happens_before(b, a, must=True):
                return True
    return False


def _operations(recording: Recording, anchors: Anchors) -> Iterator[OrderPlace]:
    """Statements of threads that take locks, wait and notify."""
    kinds = {actor.id: actor.kind for actor in recording.actors()}
    for sync in recording.syncs(most=MOST_SYNCS):
        if sync.op in _OPERATIONS and kinds.get(sync.actor) == "thread":
            try:
                place = anchors.statement(sync.at, "acquire")
            except Unplaced:
                continue
            if not place.text.startswith(("import ", "from ")):
                yield place


def _statements(recording: Recording, anchors: Anchors) -> Iterator[OrderPlace]:
    """Database statements, and statements that open, rename or remove files."""
    asked: list[tuple[At, PlaceAccess]] = [(sql.at, "sql") for sql in recording.sql()[:MOST_SYNCS]]
    asked += [(io.at, "file") for io in recording.io()[:MOST_SYNCS] if io.op == "file"]
    for at, access in asked:
        try:
            yield anchors.statement(at, access)
        except Unplaced:
            continue


def _untaken_branches(recording: Recording, analysis: Analysis, anchors: Anchors, handles: Collection[int]) -> Iterator[OrderPlace]:
    """Accesses in branches that were not taken, by name: of attributes and globals that are disputed, or that hold synchronization objects."""
    facts, table = analysis.evidence.facts, analysis.evidence.table
    disputed = (facts.locations[each] for each in (*handles, *dict.fromkeys(table.location.tolist())) if each in handles or _disputed(analysis, each))
    names = {location.key for location in disputed if location.kind in ("attribute", "global")}
    waited = {sync.object for sync in recording.syncs(most=MOST_SYNCS) if sync.op in _OPERATIONS}
    labels = (facts.objects[each].label for each in waited if each is not None and each in facts.objects)
    names |= {label.rpartition(".")[2] for label in labels if label}
    taken = set(abs(table.site).tolist())
    for site in recording.sites():
        if site.id > 0 and site.id not in taken and site.kind in ("attr", "global") and site.name in names:
            try:
                yield anchors.for_any_actor(site.id, "read" if analysis.evidence.read_place(site.id) is not None else "write")
            except (Unplaced, KeyError):
                continue


def _resumptions(recording: Recording, anchors: Anchors) -> Iterator[OrderPlace]:
    """Where actors resume after an await or yield. For generators also their calls: a second actor that advances one finds it executing."""
    generators = {function.id for function in recording.functions() if function.kind == "generator"}
    for site in recording.sites():
        begins = site.kind == "call" and site.function in generators
        if site.id > 0 and (site.kind == "resume" or begins):
            try:
                yield anchors.for_any_actor(site.id, "call" if begins else "resume")
            except (Unplaced, KeyError):
                continue
