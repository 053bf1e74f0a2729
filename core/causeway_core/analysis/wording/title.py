"""The title of a race finding: one sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from causeway_core.analysis.candidate import Candidate, Pattern
from causeway_core.analysis.detectors.atomicity.check_then_use import removes_value
from causeway_core.analysis.wording.namer import Namer
from causeway_core.analysis.wording.section import section
from causeway_core.analysis.wording.sides import indefinite_name, sides

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
    Pattern.LATE_ENTRY: (GIVES, GIVES, ("use",)),
    Pattern.ITERATION: ("iterate", "iterate", ("mutate",)),
    Pattern.ORDER: ("write", "write", ("use",)),
    Pattern.USE_AFTER_CLOSE: (CLOSES, CLOSES, ("use",)),
    Pattern.DATA_RACE: ("access", "access", ("access",)),
}
"""The roles of each pattern's accesses: the two ends of the window, and the accesses of the other actor."""


def title(namer: Namer, candidate: Candidate) -> str:
    """One sentence: the code on both sides, what they do to which location, and what goes wrong. Actors and values are in the timeline."""
    return _TITLES[candidate.pattern](namer, candidate)


def _sides(namer: Namer, candidate: Candidate) -> tuple[str, str]:
    """The code on both sides: that of the window (or of the first access), and that of the other actor."""
    first, other = candidate.first, candidate.others[0]
    return sides(namer, (namer.actor_id(first), namer.qualname(first)), (namer.actor_id(other), namer.qualname(other)))


def _update(namer: Namer, candidate: Candidate) -> str:
    one, two = _update_sides(namer, candidate)
    reads, acts = _does(namer, candidate.first), _does(namer, candidate.last, after=candidate.first)
    between = _does(namer, candidate.others[0], after=candidate.first)
    if candidate.struck:
        end = "one update is lost" if candidate.dependence == "data" else "it acted on a stale check"
        return f"{one} {reads.past}, then {acts.past}; {two} {between.past} in between: {end}"
    if candidate.pattern is Pattern.CLONE:
        end = "one update would be lost" if candidate.dependence == "data" else "both would pass the check"
    elif not namer.evidence.table.writes[candidate.others[0]]:
        end = "that change would be lost"
    else:
        end = "one update would be lost" if candidate.dependence == "data" else "the check would be stale"
    return f"{one} {reads.present}, then {acts.present}; {two} could {between.infinitive} in between: {end}"


def _update_sides(namer: Namer, candidate: Candidate) -> tuple[str, str]:
    """The sides of a window that may span calls: the function that makes them stands for the first."""
    span, other = section(namer, candidate), candidate.others[0]
    if span is None or span.inner is None:
        return _sides(namer, candidate)
    two = f"`{namer.function(other)}`"
    if namer.function(other) in (span.function, *span.inner):
        two = f"{two} in {indefinite_name(namer, namer.actor_id(other), namer.actor_id(candidate.first))}"
    return f"`{span.function}`", two


def _read_back(namer: Namer, candidate: Candidate) -> str:
    one, two = _sides(namer, candidate)
    what = namer.resource(candidate.first)
    between = _does(namer, candidate.others[0], after=candidate.first)
    if candidate.struck:
        return f"{one} wrote {what} and read it back as its own value, but {two} {between.past} in between"
    return f"{one} writes {what} and later reads it back; {two} could {between.infinitive} in between: a wrong value"


def _shared_flag(namer: Namer, candidate: Candidate) -> str:
    one, two = _sides(namer, candidate)
    return f"{one} sets {namer.resource(candidate.first)} for itself; {two} could take it for its own and clear it"


def _guarded_reentry(namer: Namer, candidate: Candidate) -> str:
    one, two = _sides(namer, candidate)
    what = namer.resource(candidate.first)
    return f"only {what}, set by {one}, prevents a second acquire of its lock; {two} could change it: a self-deadlock"


def _check_use(namer: Namer, candidate: Candidate) -> str:
    one, two = _sides(namer, candidate)
    checked, used = namer.resource(candidate.first), namer.resource(candidate.last)
    between = _does(namer, candidate.others[0], after=candidate.first).infinitive if checked == used else "run"
    return f"{one} checks {checked}, then uses {'it' if checked == used else used}; {two} could {between} in between: the use would fail"


def _entry_cleanup(namer: Namer, candidate: Candidate) -> str:
    one, two = _sides(namer, candidate)
    end = "had replaced it: the wrong one was removed" if candidate.struck else "could have replaced it: the wrong one would go"
    remover, what = f"`{namer.function(candidate.last)}`", namer.resource(candidate.first)
    return f"{remover} removes what {'it' if remover == one else one} put into {what}; {two} {end}"


def _stale_container(namer: Namer, candidate: Candidate) -> str:
    one, two = _sides(namer, candidate)
    between = _does(namer, candidate.others[0], after=candidate.first)
    what = namer.resource(candidate.first)
    if candidate.struck:
        return f"{one} fetched {what} and later changed it; {two} {between.past} in between: the change to the old container is lost"
    return f"{one} fetches {what} and later changes it; {two} could {between.infinitive} in between: the change would be lost"


def _iteration(namer: Namer, candidate: Candidate) -> str:
    one, two = _sides(namer, candidate)
    return f"{one} iterates {namer.resource(candidate.first)}; {two} could change it during the iteration"


def _flip(namer: Namer, candidate: Candidate) -> str:
    writer, user = _sides(namer, candidate)
    write, use = candidate.first, candidate.others[0]
    if removes_value(namer.evidence, write):
        removes = _does(namer, write, after=use)
        return f"{user} uses {namer.resource(use)}; {writer} {removes.present}, and nothing makes the use happen first"
    return f"{user} needs {namer.resource(use)}, which {writer} sets, and nothing makes the use wait for that"


def _late_entry(namer: Namer, candidate: Candidate) -> str:
    writer, user = _sides(namer, candidate)
    return f"{writer} starts work and then stores {namer.resource(candidate.first)}; {user} could look to remove it before: it would stay"


def _multi_variable(namer: Namer, candidate: Candidate) -> str:
    one, two = _sides(namer, candidate)
    start = f"{one} {_does(namer, candidate.first).present} and therefore {_does(namer, candidate.last).present}; {two}"
    if all(namer.evidence.table.writes[row] for row in candidate.others):
        return f"{start} {'changed' if candidate.struck else 'could change'} both in between"
    return f"{start} {'ran' if candidate.struck else 'could run'} in between and miss{'ed' if candidate.struck else ''} that"


def _torn_read(namer: Namer, candidate: Candidate) -> str:
    one, two = _sides(namer, candidate)
    names = f"{namer.resource(candidate.first)} and later {namer.resource(candidate.last)}"
    if candidate.kind == "order_violation":
        return f"{one} sets {names}; {two} takes the first as a sign that the second is ready"
    return f"{one} changes {names}; {two} reads both and could see one new and one old"


def _partial_rebuild(namer: Namer, candidate: Candidate) -> str:
    one, two = _sides(namer, candidate)
    what = "clears" if namer.evidence.changes_structure(candidate.first) else "puts a new table into"
    return f"{one} {what} {namer.resource(candidate.first)} and then fills it; {two} looks up a key in it and could find it empty or half full"


def _early_publication(namer: Namer, candidate: Candidate) -> str:
    one, two = _sides(namer, candidate)
    first, last = candidate.first, candidate.last
    filler = f"`{namer.function(last)}`" if namer.actor_of(last) != namer.actor_of(first) else "it"
    return f"{one} sets {namer.resource(first)} before {filler} fills {namer.resource(last)}; {two} could find the first without the second"


def _late_initialization(namer: Namer, candidate: Candidate) -> str:
    one, two = _sides(namer, candidate)
    started = namer.noun(namer.actor_id(candidate.others[0]))
    return f"{one} sets {namer.resource(candidate.first)} after it has started the {started} in which {two} reads it unchecked: it could be unset"


def _late_callback(namer: Namer, candidate: Candidate) -> str:
    one, two = _sides(namer, candidate)
    return f"{one}, a future's callback, changes {namer.resource(candidate.first)}; {two} reads it once the future is done, maybe before the callback"


def _early_task_done(namer: Namer, candidate: Candidate) -> str:
    one, two = _sides(namer, candidate)
    what = namer.resource(candidate.first)
    return f"{one} changes {what} after its `task_done()`; {two} reads it after the queue's `join()`, which does not wait for that"


def _use_after_close(namer: Namer, candidate: Candidate) -> str:
    one, two = _sides(namer, candidate)
    return f"{one} closes {namer.resource(candidate.first)}; {two} uses it without checking for that, and nothing makes the use happen first"


def _data_race(namer: Namer, candidate: Candidate) -> str:
    one, two = _sides(namer, candidate)
    return f"{one} and {two} access {namer.resource(candidate.first)} without a common lock, and nothing orders them"


class _Verb(NamedTuple):
    """What an access does, with its object: `reads Account.balance`, `wrote it`."""

    present: str
    past: str
    infinitive: str


_VERBS = {
    "read": ("reads", "read", "read"),
    "write": ("writes", "wrote", "write"),
    "delete": ("deletes", "deleted", "delete"),
    "check": ("checks", "checked", "check"),
    "iterate": ("iterates", "iterated", "iterate"),
    "call": ("calls", "called", "call"),
    "change": ("changes", "changed", "change"),
}


def _does(namer: Namer, row: int, after: int | None = None) -> _Verb:
    """What an access does. Its location is `it` where that of the access `after` has just been named."""
    what = "it" if after is not None and namer.resource(row) == namer.resource(after) else namer.resource(row)
    verb, method = namer.verb(row)
    if method is not None:
        what = f"{method} on {what}"
    return _Verb(*(f"{form} {what}" for form in _VERBS[verb]))


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
    Pattern.LATE_ENTRY: _late_entry,
    Pattern.USE_AFTER_CLOSE: _use_after_close,
    Pattern.DATA_RACE: _data_race,
}
