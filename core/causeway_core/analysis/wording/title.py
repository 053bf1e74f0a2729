"""The title of a race finding: one sentence with names and values."""

from __future__ import annotations

from collections.abc import Callable

from causeway_core.analysis.candidate import Candidate, Pattern
from causeway_core.analysis.detectors.atomicity.check_then_use import takes_away
from causeway_core.analysis.wording.namer import Namer
from causeway_core.analysis.wording.section import section

GIVES = "give"
"""The role of an access that sets what a running actor already needs."""
TAKES = "take"
"""The role of an access that removes whatever is there."""
CLOSES = "close"
"""The role of an access that closes an object."""
ROLES: dict[Pattern, tuple[str, str, tuple[str, ...]]] = {
    Pattern.READ_WRITE_WRITE: ("read", "write", ("write",)),
    Pattern.CLONE: ("read", "write", ("read",)),
    Pattern.WRITE_WRITE_READ: ("write", "read", ("write",)),
    Pattern.GUARDED_REENTRY: ("write", "check", ("write",)),
    Pattern.SHARED_FLAG: ("write", "check", ("read",)),
    Pattern.READ_WRITE_READ: ("check", "use", ("write",)),
    Pattern.ENTRY_CLEANUP: ("put", TAKES, ("put",)),
    Pattern.STALE_CONTAINER: ("read", "write", ("write",)),
    Pattern.MULTI_VARIABLE: ("check", "act", ("write", "write")),
    Pattern.TORN_READ: ("write", "write", ("read", "read")),
    Pattern.PARTIAL_REBUILD: ("write", "write", ("read", "read")),
    Pattern.EARLY_PUBLICATION: ("write", "write", ("read", "read")),
    Pattern.LATE_INITIALIZATION: (GIVES, GIVES, ("use",)),
    Pattern.LATE_CALLBACK: (GIVES, GIVES, ("use",)),
    Pattern.EARLY_TASK_DONE: (GIVES, GIVES, ("use",)),
    Pattern.ITERATION: ("iterate", "iterate", ("mutate",)),
    Pattern.ORDER: ("write", "write", ("use",)),
    Pattern.USE_AFTER_CLOSE: (CLOSES, CLOSES, ("use",)),
    Pattern.DATA_RACE: ("access", "access", ("access",)),
}
"""The roles of each pattern's accesses: the two ends of the window, and the accesses of the other actor."""


def title(namer: Namer, candidate: Candidate) -> str:
    """One sentence: which actor did what to what, and what went wrong or would go wrong."""
    return _TITLES[candidate.pattern](namer, candidate)


def _who(namer: Namer, row: int) -> str:
    return f"`{namer.function(row)}` in {namer.actor_of(row)}"


def _update(namer: Namer, candidate: Candidate) -> str:
    first, last, other = candidate.first, candidate.last, candidate.others[0]
    one, two = namer.actor_of(first), namer.actor_of(other)
    span = section(namer, candidate)
    who = f"`{span.function}` in {one}" if span is not None else _who(namer, first)
    if candidate.struck:
        lost = "one update is lost" if candidate.dependence == "data" else "it acted on a stale check"
        return f"{who} {namer.act(first)}, then {two} {namer.act(other)}, then {one} {namer.act(last)}: {lost}"
    start = f"{who} {namer.act(first)} and later {namer.act(last)}"
    if candidate.pattern is Pattern.CLONE:
        harm = "one update would be lost" if candidate.dependence == "data" else "both would pass the check"
        return f"{start}; {two} could read it in between: {harm}"
    harm = "one update would be lost" if candidate.dependence == "data" else "the check would be stale"
    if not namer.evidence.table.writes[other]:
        harm = "what it adds there would be lost"
    return f"{start}; {_who(namer, other)} {namer.act(other)} and could run in between: {harm}"


def _read_back(namer: Namer, candidate: Candidate) -> str:
    first, last, other = candidate.first, candidate.last, candidate.others[0]
    if candidate.struck:
        return (
            f"{_who(namer, first)} {namer.act(first)}, then {namer.actor_of(other)} {namer.act(other)}, then {namer.actor_of(first)} "
            f"{namer.act(last)} as if it were its own"
        )
    return (
        f"{_who(namer, first)} {namer.act(first)} and later reads it back; {_who(namer, other)} {namer.act(other)} "
        "and could run in between: the first would use the wrong value"
    )


def _shared_flag(namer: Namer, candidate: Candidate) -> str:
    first, other = candidate.first, candidate.others[0]
    return (
        f"{_who(namer, first)} sets {namer.resource(first)} for itself and clears it in `{namer.function(candidate.last)}`; "
        f"{_who(namer, other)} could find it set in between, take it for its own and clear it"
    )


def _guarded_reentry(namer: Namer, candidate: Candidate) -> str:
    first, other = candidate.first, candidate.others[0]
    return (
        f"{_who(namer, first)} {namer.act(first)} under a lock; only that stops `{namer.function(candidate.last)}` from acquiring the lock again; "
        f"{_who(namer, other)} {namer.act(other)} and could run in between: a self-deadlock"
    )


def _check_use(namer: Namer, candidate: Candidate) -> str:
    first, last, other = candidate.first, candidate.last, candidate.others[0]
    return (
        f"{_who(namer, first)} checks {namer.resource(first)} at line {namer.line(first)} and uses {namer.resource(last)} at line "
        f"{namer.line(last)}; {_who(namer, other)} {namer.act(other)} and could run in between: the use would fail"
    )


def _entry_cleanup(namer: Namer, candidate: Candidate) -> str:
    first, last, other = candidate.first, candidate.last, candidate.others[0]
    verb = "removed" if candidate.struck else "would remove"
    return (
        f"{_who(namer, first)} {namer.act(first)} and `{namer.function(last)}` later removes whatever is there; {_who(namer, other)} "
        f"puts its own value there: the first {verb} the wrong one"
    )


def _stale_container(namer: Namer, candidate: Candidate) -> str:
    first, other = candidate.first, candidate.others[0]
    verb, lost = ("ran", "went to the old container and was lost") if candidate.struck else ("could run", "would go to the old container and be lost")
    return (
        f"{_who(namer, first)} fetches {namer.resource(first)} and later changes it; {_who(namer, other)} {namer.act(other)} and {verb} "
        f"in between: the change {lost}"
    )


def _iteration(namer: Namer, candidate: Candidate) -> str:
    first, other = candidate.first, candidate.others[0]
    return f"{_who(namer, first)} iterates {namer.resource(first)}; {_who(namer, other)} could change it during the iteration"


def _flip(namer: Namer, candidate: Candidate) -> str:
    write, use = candidate.first, candidate.others[0]
    if takes_away(namer.evidence, write):
        return f"{_who(namer, use)} uses {namer.resource(use)}; {_who(namer, write)} {namer.act(write)}, and nothing makes the use happen first"
    return f"{_who(namer, use)} needs {namer.resource(use)}, which {_who(namer, write)} sets, and nothing makes the use wait for that"


def _multi_variable(namer: Namer, candidate: Candidate) -> str:
    first, last, other = candidate.first, candidate.last, candidate.others[0]
    start = f"{_who(namer, first)} {namer.act(first)} and therefore {namer.act(last)}; {_who(namer, other)}"
    if all(namer.evidence.table.writes[row] for row in candidate.others):
        return f"{start} {'changed' if candidate.struck else 'could change'} both in between"
    does = "changed {} and read {}" if candidate.struck else "could change {} and read {}"
    return f"{start} {does.format(namer.resource(first), namer.resource(last))} in between: it misses what is added afterwards"


def _torn_read(namer: Namer, candidate: Candidate) -> str:
    first, last, other = candidate.first, candidate.last, candidate.others[0]
    names = f"{namer.resource(first)} and later {namer.resource(last)}"
    if candidate.kind == "order_violation":
        return f"{_who(namer, first)} sets {names}; {_who(namer, other)} takes the first as a sign that the second is ready"
    return f"{_who(namer, first)} changes {names}; {_who(namer, other)} reads both and could see one new and one old"


def _partial_rebuild(namer: Namer, candidate: Candidate) -> str:
    first, other = candidate.first, candidate.others[0]
    what = "clears" if namer.evidence.changes_structure(first) else "puts a new table into"
    return (
        f"{_who(namer, first)} {what} {namer.resource(first)} and then fills it; {_who(namer, other)} looks up a key in it and could "
        "find it empty or half full"
    )


def _early_publication(namer: Namer, candidate: Candidate) -> str:
    first, last, other = candidate.first, candidate.last, candidate.others[0]
    filler = _who(namer, last) if namer.actor_of(last) != namer.actor_of(first) else "it"
    return (
        f"{_who(namer, first)} sets {namer.resource(first)} before {filler} fills {namer.resource(last)}; {_who(namer, other)} "
        "takes the first as a sign that the second is ready, and could find nothing"
    )


def _late_initialization(namer: Namer, candidate: Candidate) -> str:
    first, other = candidate.first, candidate.others[0]
    return (
        f"{_who(namer, first)} sets {namer.resource(first)} after it has started {namer.actor_of(other)}, where `{namer.function(other)}` "
        "reads it unchecked: it could still be unset"
    )


def _late_callback(namer: Namer, candidate: Candidate) -> str:
    first, other = candidate.first, candidate.others[0]
    return (
        f"{_who(namer, first)}, a callback of a future, changes {namer.resource(first)}; {_who(namer, other)} reads it once the future is "
        "done, and could do so before the callback has run"
    )


def _early_task_done(namer: Namer, candidate: Candidate) -> str:
    first, other = candidate.first, candidate.others[0]
    return (
        f"{_who(namer, first)} changes {namer.resource(first)} after its `task_done()`; {_who(namer, other)} reads it after the queue's `join()`, "
        "which does not wait for that change"
    )


def _use_after_close(namer: Namer, candidate: Candidate) -> str:
    first, other = candidate.first, candidate.others[0]
    return (
        f"{_who(namer, first)} closes {namer.resource(first)}; {_who(namer, other)} uses it without checking whether it is closed, and "
        "nothing makes the use happen first"
    )


def _data_race(namer: Namer, candidate: Candidate) -> str:
    first, other = candidate.first, candidate.others[0]
    return f"{namer.actor_of(first)} and {namer.actor_of(other)} access {namer.resource(first)} without a common lock, and nothing orders them"


_TITLES: dict[Pattern, Callable[[Namer, Candidate], str]] = {
    Pattern.READ_WRITE_WRITE: _update,
    Pattern.CLONE: _update,
    Pattern.WRITE_WRITE_READ: _read_back,
    Pattern.SHARED_FLAG: _shared_flag,
    Pattern.GUARDED_REENTRY: _guarded_reentry,
    Pattern.READ_WRITE_READ: _check_use,
    Pattern.ENTRY_CLEANUP: _entry_cleanup,
    Pattern.STALE_CONTAINER: _stale_container,
    Pattern.ITERATION: _iteration,
    Pattern.ORDER: _flip,
    Pattern.MULTI_VARIABLE: _multi_variable,
    Pattern.TORN_READ: _torn_read,
    Pattern.PARTIAL_REBUILD: _partial_rebuild,
    Pattern.EARLY_PUBLICATION: _early_publication,
    Pattern.LATE_INITIALIZATION: _late_initialization,
    Pattern.LATE_CALLBACK: _late_callback,
    Pattern.EARLY_TASK_DONE: _early_task_done,
    Pattern.USE_AFTER_CLOSE: _use_after_close,
    Pattern.DATA_RACE: _data_race,
}
