"""The explanation of a race finding: why the pattern is harmful, and what is known about this run."""

from __future__ import annotations

from causeway_core.analysis.candidate import GOOD_ORDER, Candidate, Pattern
from causeway_core.analysis.rank import effects_in_window
from causeway_core.analysis.wording.namer import Namer

STRUCK = "It happened in this run."
NOT_STRUCK = "It did not happen in this run."
_LIMIT = "The check enforces a limit: exceeding it is wrong even if nothing else fails."
_MOST_NAMED = 4
NOT_CANCELLED_HERE = "The program cancels tasks (a timeout is a cancellation too). It did not happen at this await in this run."

_BODY: dict[Pattern, str] = {
    Pattern.WRITE_WRITE_READ: (
        "The location is used like a local variable: written, then read back after a scheduling point. But all actors share it."
    ),
    Pattern.SHARED_FLAG: (
        "The flag does not record which actor set it. The other actor acts on a flag that it did not set, and the one that set it finds "
        "it cleared."
    ),
    Pattern.GUARDED_REENTRY: (
        "One thread cannot acquire a plain (non-reentrant) lock twice. In this run, only the check before the acquire prevented that."
    ),
    Pattern.READ_WRITE_READ: (
        "This is a check-then-use race. The check is meant to make the use safe, but its result is stale once another actor has run."
    ),
    Pattern.ITERATION: "Adding to or removing from a container while it is iterated raises RuntimeError; a list skips elements instead.",
    Pattern.ENTRY_CLEANUP: (
        "The removal takes whatever is there, not what this actor put there. The other actor then finds nothing when it removes its own."
    ),
    Pattern.STALE_CONTAINER: "This is a stale reference. Readers find the new container from then on, so nobody sees a change to the old one.",
    Pattern.ORDER: "In this run the order was right by timing alone. In the other order, the use finds nothing there.",
    Pattern.MULTI_VARIABLE: (
        "The two locations belong together: what was read from one decides about the write to the other. Once the second actor has run in "
        "between, that decision is stale (a multi-variable atomicity violation)."
    ),
    Pattern.TORN_READ: "The two locations are written one after the other. In between they are inconsistent, and a reader sees that (a torn read).",
    Pattern.PARTIAL_REBUILD: "Until the table is filled again, lookups miss keys that were in it before and will be in it afterwards.",
    Pattern.EARLY_PUBLICATION: (
        "The flag is published before the data it stands for. An actor that finds it unset waits, or fills in the data itself. One that "
        "finds it set does neither, although the data is not there yet."
    ),
    Pattern.LATE_INITIALIZATION: (
        "In this run the order was right by timing alone. In the other order, the new actor reads the unset value and uses it."
    ),
    Pattern.LATE_CALLBACK: (
        "The waiters of a future are woken when its result is set. The worker calls the callbacks after that, and only the shutdown of the pool "
        "waits for them."
    ),
    Pattern.LATE_ENTRY: (
        "Work that is started can be done at once. It then finds no entry to remove, and the entry that is stored afterwards stays."
    ),
    Pattern.EARLY_TASK_DONE: (
        "A queue's `join()` returns with the last `task_done()`. What a worker does after that call can come before or after the return."
    ),
    Pattern.USE_AFTER_CLOSE: (
        "In this run the order was right by timing alone. Most objects raise an error when they are used after they were closed."
    ),
    Pattern.DATA_RACE: (
        "This is a data race: two threads access the location, at least one of them writes, and neither an order nor a common lock protects it. "
        "Under the interpreter lock (GIL), single operations stay atomic."
    ),
}


def explanation(namer: Namer, candidate: Candidate, *, happened: bool, limit: bool) -> str:
    """Why this pattern is harmful, whether it happened in this run, whether the check enforces a limit, and what lowered the tier."""
    parts = [_body(candidate), *_details(namer, candidate), STRUCK if happened else NOT_STRUCK]
    if limit:
        parts.append(_LIMIT)
    owner = namer.owner(candidate.first)
    if owner is not None:
        parts.append(f"{namer.resource(candidate.first)} is an attribute of {owner}.")
    effects = effects_in_window(candidate, namer.evidence)
    if effects:
        parts.append(f"Inside the window, the actor also made these calls: {', '.join(effects)}.")
    if candidate.stands_for:
        parts.append(_crowd(namer, candidate))
    parts.extend(f"{note[0].upper()}{note[1:]}." for note in candidate.notes if note != GOOD_ORDER)
    return " ".join(parts)


def _details(namer: Namer, candidate: Candidate) -> list[str]:
    """What the title leaves out and the timeline does not show: functions, and what the second actor misses."""
    first, last, other = candidate.first, candidate.last, candidate.others[0]
    if candidate.pattern is Pattern.SHARED_FLAG:
        return [f"`{namer.function(last)}` clears it."]
    if candidate.pattern is Pattern.GUARDED_REENTRY:
        return [f"The check is in `{namer.function(last)}`."]
    if candidate.pattern is Pattern.MULTI_VARIABLE and not all(namer.evidence.table.writes[row] for row in candidate.others):
        changes = f"`{namer.function(other)}` changes {namer.resource(first)} and reads {namer.resource(last)}"
        return [f"{changes}: it misses what is added afterwards."]
    return []


def _crowd(namer: Namer, candidate: Candidate) -> str:
    """The other windows into which the second actor's function comes."""
    functions = list(dict.fromkeys(f"`{namer.function(row)}`" for each in candidate.stands_for for row in (each.first, each.last)))
    named = ", ".join(functions[:_MOST_NAMED]) + (" and others" if len(functions) > _MOST_NAMED else "")
    windows = "1 more window" if len(candidate.stands_for) == 1 else f"{len(candidate.stands_for)} more windows"
    return f"`{namer.function(candidate.others[0])}` comes into {windows}, in {named}."


def _body(candidate: Candidate) -> str:
    """Why the pattern is harmful."""
    if candidate.pattern not in (Pattern.READ_WRITE_WRITE, Pattern.CLONE):
        return _BODY[candidate.pattern]
    checks = candidate.dependence == "control"
    name = "The read decides about the write (check-then-act)" if checks else "The write is computed from the read (read-modify-write)"
    if candidate.pattern is Pattern.CLONE:
        harm = "In this run the second actor only read, because the first had already written. If both read first, both write."
    elif checks:
        harm = "Once another actor has run in between, the decision is stale."
    else:
        harm = "What another actor does in between is overwritten: a lost update."
    return f"{name}, so the two must be atomic. {harm}"
