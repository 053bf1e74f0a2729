"""What to do about a race, naming the lock or the statement."""

from __future__ import annotations

from causeway_core.analysis.candidate import Candidate, Pattern
from causeway_core.analysis.detectors.atomicity.check_then_use import removes_value
from causeway_core.analysis.wording.namer import Namer
from causeway_core.analysis.wording.section import section

_LOCK_TYPES = (
    "asyncio.locks.Lock",
    "trio.Lock",
    "trio.StrictFIFOLock",
    "_thread.lock",
    "_thread.RLock",
    "threading.Lock",
    "threading.RLock",
    "asyncio.locks.Condition",
    "trio.Condition",
    "threading.Condition",
    "Lock",
    "RLock",
)


def recommendation(namer: Namer, candidate: Candidate) -> str:
    """One or two sentences that a developer can act on."""
    match candidate.pattern:
        case Pattern.READ_WRITE_WRITE | Pattern.CLONE | Pattern.MULTI_VARIABLE:
            return _hold(namer, candidate)
        case Pattern.WRITE_WRITE_READ:
            return (
                "keep the value in a local variable (or a contextvars.ContextVar) instead of "
                f"{namer.resource(candidate.first)}, which all {_kind(namer, candidate)}s share"
            )
        case Pattern.SHARED_FLAG:
            return f"use one flag per {_kind(namer, candidate)} (a local variable) instead of the shared {namer.resource(candidate.first)}"
        case Pattern.GUARDED_REENTRY:
            return f"release the lock before calling what can lead back to `{namer.function(candidate.last)}`, or use a threading.RLock"
        case Pattern.READ_WRITE_READ:
            return (
                f"read {namer.resource(candidate.first)} once into a local at line {namer.line(candidate.first)} and use "
                f"that, or check again right before line {namer.line(candidate.last)}"
            )
        case Pattern.STALE_CONTAINER:
            return f"read {namer.resource(candidate.first)} again right before the change, or hold {_a_lock(namer, candidate)} on both sides"
        case Pattern.ENTRY_CLEANUP:
            return (
                "remove it before another actor can put its own value there, or only if it is still the value that line "
                f"{namer.line(candidate.first)} wrote"
            )
        case Pattern.ITERATION:
            return (
                f"iterate over a copy (`list(…)` around what line {namer.line(candidate.first)} iterates), or hold "
                f"{_a_lock(namer, candidate)} around the loop and every change"
            )
        case Pattern.USE_AFTER_CLOSE:
            return (
                f"close it at line {namer.line(candidate.first)} only after its users are done (await or join them), or make "
                f"`{namer.function(candidate.others[0])}` check whether it is closed"
            )
        case Pattern.ORDER if removes_value(namer.evidence, candidate.first):
            return (
                f"make `{namer.function(candidate.first)}` wait until its users are done (await or join them) before line "
                f"{namer.line(candidate.first)}"
            )
        case Pattern.ORDER:
            library = namer.library(candidate.others[0]) if namer.is_asynchronous(candidate.others[0]) else "threading"
            event = f"{'an' if library == 'asyncio' else 'a'} {library}.Event"
            return (
                f"make the use wait: await or join what runs `{namer.function(candidate.first)}`, or set {event} after line "
                f"{namer.line(candidate.first)} and wait for it before the use"
            )
        case Pattern.EARLY_PUBLICATION:
            return f"set {namer.resource(candidate.first)} last, after {namer.resource(candidate.last)} and everything else that it announces"
        case Pattern.LATE_INITIALIZATION:
            return f"set {namer.resource(candidate.first)} before the other side is started, or pass it as an argument"
        case Pattern.LATE_ENTRY:
            return f"store {namer.resource(candidate.first)} before the work is started, or start it while holding a lock that the removal takes"
        case Pattern.LATE_CALLBACK:
            return (
                f"use the results of the futures themselves, rather than what `{namer.function(candidate.first)}` records of them; or read it "
                "after the pool is shut down (`with` waits for that)"
            )
        case Pattern.EARLY_TASK_DONE:
            return "call `task_done()` last, in a `finally` around all of the work"
        case Pattern.TORN_READ if candidate.kind == "order_violation":
            return f"set {namer.resource(candidate.last)} before {namer.resource(candidate.first)}: write last what other actors check"
        case Pattern.PARTIAL_REBUILD:
            return (
                f"fill a new table first and assign it to {namer.resource(candidate.first)} once it is complete, or hold "
                f"{_a_lock(namer, candidate)} on both sides"
            )
        case Pattern.TORN_READ:
            gap = "await" if namer.is_asynchronous(candidate.first) else "gap"
            return (
                f"change both with no {gap} in between, keep both in one object that is replaced in one assignment, or hold "
                f"{_a_lock(namer, candidate)} on both sides"
            )
        case Pattern.DATA_RACE:
            return f"if the order matters, hold {_a_lock(namer, candidate)} on both sides"


def _kind(namer: Namer, candidate: Candidate) -> str:
    return "task" if namer.is_asynchronous(candidate.first) else "thread"


def _hold(namer: Namer, candidate: Candidate) -> str:
    mine, theirs = namer.evidence.locks_through(candidate.first, candidate.last), namer.evidence.locks_at(candidate.others[0])
    if mine:
        return _other_lock(namer, candidate, min(mine), min(theirs, default=None))
    if _same_statement(candidate, namer) and namer.is_asynchronous(candidate.first) and "await" in namer.code(candidate.last):
        return f"evaluate the await first and assign it to a local, then update {namer.resource(candidate.last)} in one statement without an await"
    if not namer.evidence.table.writes[candidate.others[0]] and candidate.pattern is Pattern.READ_WRITE_WRITE:
        name = namer.resource(candidate.last)
        return f"replace {name} in one step, before any await (`old, x = x, new`), and then work on the old one"
    if namer.waits_on_condition(candidate.first, candidate.last):
        return f"check again after the wait: `while …: wait()` instead of `if …: wait()` at line {namer.line(candidate.first)}"
    span = section(namer, candidate)
    where = (
        str(span)
        if span is not None
        else f"from line {namer.line(candidate.first)} to the write at {namer.file(candidate.last)}:{namer.line(candidate.last)}"
    )
    gap = namer.evidence.locks_at(candidate.first) & namer.evidence.locks_at(candidate.last)
    if gap:
        return f"hold {namer.lock(min(gap))} once, {where}, instead of acquiring it twice"
    again = ", or check again after the await" if candidate.dependence == "control" and namer.is_asynchronous(candidate.first) else ""
    return f"hold {_a_lock(namer, candidate)} {where}{again}"


def _other_lock(namer: Namer, candidate: Candidate, mine: int, theirs: int | None) -> str:
    """What to say where the window is locked, but not against the other side."""
    other = candidate.others[0]
    if theirs is None:
        return (
            f"acquire {namer.lock(mine)} in `{namer.function(other)}` too (line {namer.line(other)}); "
            f"`{namer.function(candidate.first)}` already holds it"
        )
    if namer.lock(mine) == namer.lock(theirs):
        return f"both sides hold a lock called {namer.lock(mine)}, but they are two objects: do not replace the lock while it is in use"
    return f"hold the same lock on both sides: one side holds {namer.lock(mine)}, the other {namer.lock(theirs)}"


def _same_statement(candidate: Candidate, namer: Namer) -> bool:
    return namer.line(candidate.first) == namer.line(candidate.last) and candidate.pattern is not Pattern.MULTI_VARIABLE


def _a_lock(namer: Namer, candidate: Candidate) -> str:
    """The lock that the place's owner already has, else the kind of lock to add."""
    location = namer.location(candidate.first)
    prefix = location.name.partition(".")[0].partition("[")[0]
    asynchronous = namer.is_asynchronous(candidate.first) and namer.is_asynchronous(candidate.others[0])
    for thing in sorted(namer.evidence.facts.objects.values(), key=lambda each: each.id):
        fits = thing.type.endswith(_LOCK_TYPES) and thing.type.startswith(("asyncio", "trio.")) == asynchronous
        if fits and thing.label and ((location.object is not None and thing.owner == location.object) or thing.label.startswith(f"{prefix}.")):
            return thing.label
    actors = [namer.evidence.facts.actors.get(int(namer.evidence.table.actor[row])) for row in (candidate.first, *candidate.others)]
    if len({actor.process for actor in actors if actor is not None}) > 1:
        return "a multiprocessing.Lock"
    threads = len({namer.evidence.stream(row) for row in (candidate.first, candidate.last, *candidate.others)}) > 1
    if threads or not asynchronous:
        return "a threading.Lock"
    return namer.evidence.new_lock(int(namer.evidence.table.actor[candidate.first]))
