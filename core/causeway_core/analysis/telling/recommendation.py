"""What to do about a race, naming the lock or the statement."""

from __future__ import annotations

from causeway_core.analysis.candidate import Candidate, Pattern
from causeway_core.analysis.detectors.check_use import takes_away
from causeway_core.analysis.telling.section import section
from causeway_core.analysis.telling.teller import Teller

_LOCK_TYPES = (
    "asyncio.locks.Lock",
    "_thread.lock",
    "_thread.RLock",
    "threading.Lock",
    "threading.RLock",
    "asyncio.locks.Condition",
    "threading.Condition",
    "Lock",
    "RLock",
)


def recommendation(teller: Teller, candidate: Candidate) -> str:
    """One or two sentences that a developer can act on."""
    match candidate.pattern:
        case Pattern.READ_WRITE_WRITE | Pattern.CLONE | Pattern.CROSSED:
            return _hold(teller, candidate)
        case Pattern.WRITE_WRITE_READ:
            return (
                "keep the value in a local variable (or a contextvars.ContextVar) instead of "
                f"{teller.resource(candidate.first)}, which every {_kind(teller, candidate)} shares"
            )
        case Pattern.OWN_MARK:
            return f"give every {_kind(teller, candidate)} a flag of its own instead of {teller.resource(candidate.first)} (a local)"
        case Pattern.REENTERED:
            return f"call what may lead back to `{teller.function(candidate.last)}` after the lock is released; or use a threading.RLock"
        case Pattern.READ_WRITE_READ:
            return (
                f"read {teller.resource(candidate.first)} once into a local at line {teller.line(candidate.first)} and use "
                f"that, or check again right before line {teller.line(candidate.last)}"
            )
        case Pattern.STALE:
            return f"read {teller.resource(candidate.first)} after the gap, where it is changed, or hold {_a_lock(teller, candidate)} on both sides"
        case Pattern.TAKEN_OUT:
            return f"take it out before others may put theirs there, or only if it is still what line {teller.line(candidate.first)} put there"
        case Pattern.ITERATION:
            return (
                f"iterate over a copy: `list(…)` around what line {teller.line(candidate.first)} iterates, or hold "
                f"{_a_lock(teller, candidate)} around the loop and every change"
            )
        case Pattern.CLOSED:
            return (
                f"close it in line {teller.line(candidate.first)} only when its users are done (await or join them), or have "
                f"`{teller.function(candidate.others[0])}` look whether it is closed"
            )
        case Pattern.FLIP if takes_away(teller.evidence, candidate.first):
            return (
                f"let `{teller.function(candidate.first)}` wait until its users are done (await or join them) before line "
                f"{teller.line(candidate.first)}"
            )
        case Pattern.FLIP:
            event = "asyncio.Event" if teller.is_asynchronous(candidate.others[0]) else "threading.Event"
            return (
                f"make the use wait: await or join what runs `{teller.function(candidate.first)}`, or set an {event} after line "
                f"{teller.line(candidate.first)} and wait for it before the use"
            )
        case Pattern.PUBLISHED:
            return f"set {teller.resource(candidate.first)} last, when {teller.resource(candidate.last)} and all else that it stands for is there"
        case Pattern.GIVEN_LATE:
            return f"set {teller.resource(candidate.first)} before `start()`, or hand it over as an argument"
        case Pattern.NOTED_LATE:
            return (
                f"use the futures' results where they are waited for, rather than what `{teller.function(candidate.first)}` notes of them; or read "
                "it after the pool is shut down (`with` waits for that)"
            )
        case Pattern.DONE_EARLY:
            return "call `task_done()` last, in a `finally` around all of the work"
        case Pattern.TORN_READ if candidate.kind == "order_violation":
            return f"set {teller.resource(candidate.last)} before {teller.resource(candidate.first)}: what others check must be written last"
        case Pattern.HALF_BUILT:
            return (
                f"fill a new table first and put it into {teller.resource(candidate.first)} when it is whole, in one assignment, or hold "
                f"{_a_lock(teller, candidate)} on both sides"
            )
        case Pattern.TORN_READ:
            return f"change both without a gap, put both into one object that is replaced at once, or hold {_a_lock(teller, candidate)} on both sides"
        case Pattern.UNORDERED:
            return f"if the order matters, hold {_a_lock(teller, candidate)} on both sides"


def _kind(teller: Teller, candidate: Candidate) -> str:
    return "task" if teller.is_asynchronous(candidate.first) else "thread"


def _hold(teller: Teller, candidate: Candidate) -> str:
    mine, theirs = teller.evidence.locks_through(candidate.first, candidate.last), teller.evidence.locks_at(candidate.others[0])
    if mine:
        return _other_lock(teller, candidate, min(mine), min(theirs, default=None))
    if _same_statement(candidate, teller) and teller.is_asynchronous(candidate.first) and "await" in teller.code(candidate.last):
        return f"evaluate the await first and assign it to a local, then update {teller.resource(candidate.last)} in one statement without an await"
    if not teller.evidence.table.writes[candidate.others[0]] and candidate.pattern is Pattern.READ_WRITE_WRITE:
        name = teller.resource(candidate.last)
        return f"take the old {name} and put the new one in its place in one step, before any await: `old, x = x, new`; then work on the old one"
    if teller.waits_on_condition(candidate.first, candidate.last):
        return f"check again after the wait: `while …: wait()` instead of `if …: wait()` at line {teller.line(candidate.first)}"
    span = section(teller, candidate)
    where = (
        str(span)
        if span is not None
        else f"from line {teller.line(candidate.first)} to the write at {teller.file(candidate.last)}:{teller.line(candidate.last)}"
    )
    gap = teller.evidence.locks_at(candidate.first) & teller.evidence.locks_at(candidate.last)
    if gap:
        return f"hold {teller.lock(min(gap))} once, {where}, instead of taking it twice"
    again = " or check again after the await" if candidate.dependence == "control" and teller.is_asynchronous(candidate.first) else ""
    return f"hold {_a_lock(teller, candidate)} {where}{again}"


def _other_lock(teller: Teller, candidate: Candidate, mine: int, theirs: int | None) -> str:
    """What to say where the window is locked, but not against the other side."""
    other = candidate.others[0]
    if theirs is None:
        return (
            f"`{teller.function(other)}` must take {teller.lock(mine)} too (line {teller.line(other)}); "
            f"`{teller.function(candidate.first)}` holds it already"
        )
    if teller.lock(mine) == teller.lock(theirs):
        return f"both sides hold a lock called {teller.lock(mine)}, but not the same one: it must not be replaced while it is used"
    return f"both must hold the same lock: one side holds {teller.lock(mine)}, the other {teller.lock(theirs)}"


def _same_statement(candidate: Candidate, teller: Teller) -> bool:
    return teller.line(candidate.first) == teller.line(candidate.last) and candidate.pattern is not Pattern.CROSSED


def _a_lock(teller: Teller, candidate: Candidate) -> str:
    """The lock that the place's owner already has, else the kind of lock to add."""
    location = teller.location(candidate.first)
    prefix = location.name.partition(".")[0].partition("[")[0]
    asynchronous = teller.is_asynchronous(candidate.first) and teller.is_asynchronous(candidate.others[0])
    for thing in sorted(teller.evidence.facts.objects.values(), key=lambda each: each.id):
        fits = thing.type.endswith(_LOCK_TYPES) and thing.type.startswith("asyncio") == asynchronous
        if fits and thing.label and ((location.object is not None and thing.owner == location.object) or thing.label.startswith(f"{prefix}.")):
            return thing.label
    actors = [teller.evidence.facts.actors.get(int(teller.evidence.table.actor[row])) for row in (candidate.first, *candidate.others)]
    if len({actor.process for actor in actors if actor is not None}) > 1:
        return "a multiprocessing.Lock"
    threads = len({teller.evidence.stream(row) for row in (candidate.first, candidate.last, *candidate.others)}) > 1
    return "a threading.Lock" if threads or not asynchronous else "an asyncio.Lock"
