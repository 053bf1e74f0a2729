"""The one sentence of a race finding, with names and values."""

from __future__ import annotations

from causeway_core.analysis.candidate import Candidate, Pattern
from causeway_core.analysis.detectors.atomicity.check_then_use import takes_away
from causeway_core.analysis.wording.namer import Namer
from causeway_core.analysis.wording.section import section

GIVES = "give"
"""The role of an access that sets what an actor that runs already was started for."""
TAKES = "take"
"""The role of an access that takes out what is there."""
CLOSES = "close"
"""The role of an access that closes what is there."""
ROLES: dict[Pattern, tuple[str, str, tuple[str, ...]]] = {
    Pattern.READ_WRITE_WRITE: ("read", "write", ("write",)),
    Pattern.CLONE: ("read", "write", ("read",)),
    Pattern.WRITE_WRITE_READ: ("write", "read", ("write",)),
    Pattern.REENTERED: ("write", "check", ("write",)),
    Pattern.OWN_MARK: ("write", "check", ("read",)),
    Pattern.READ_WRITE_READ: ("check", "use", ("write",)),
    Pattern.TAKEN_OUT: ("put", TAKES, ("put",)),
    Pattern.STALE: ("read", "write", ("write",)),
    Pattern.CROSSED: ("check", "act", ("write", "write")),
    Pattern.TORN_READ: ("write", "write", ("read", "read")),
    Pattern.HALF_BUILT: ("write", "write", ("read", "read")),
    Pattern.PUBLISHED: ("write", "write", ("read", "read")),
    Pattern.GIVEN_LATE: (GIVES, GIVES, ("use",)),
    Pattern.NOTED_LATE: (GIVES, GIVES, ("use",)),
    Pattern.DONE_EARLY: (GIVES, GIVES, ("use",)),
    Pattern.ITERATION: ("iterate", "iterate", ("mutate",)),
    Pattern.FLIP: ("write", "write", ("use",)),
    Pattern.CLOSED: (CLOSES, CLOSES, ("use",)),
    Pattern.UNORDERED: ("access", "access", ("access",)),
}
"""What the accesses of each pattern are to it: the window's two ends and the other actor's."""


def title(namer: Namer, candidate: Candidate) -> str:
    """One sentence: who did what to what, and what came or would come of it."""
    match candidate.pattern:
        case Pattern.READ_WRITE_WRITE | Pattern.CLONE:
            return _update(namer, candidate)
        case Pattern.WRITE_WRITE_READ:
            return _read_back(namer, candidate)
        case Pattern.OWN_MARK:
            first, other = candidate.first, candidate.others[0]
            return (
                f"{_who(namer, first)} sets {namer.resource(first)} for `{namer.function(candidate.last)}`, which clears it; "
                f"{_who(namer, other)} clears it too where it finds it set, and could come in between: it would take the mark for its own"
            )
        case Pattern.REENTERED:
            first, last, other = candidate.first, candidate.last, candidate.others[0]
            return (
                f"{_who(namer, first)} {namer.act(first)} and, still holding its lock, comes to `{namer.function(last)}`, which takes the lock "
                f"unless it finds that; {_who(namer, other)} {namer.act(other)} and could come in between: it would wait for itself for ever"
            )
        case Pattern.READ_WRITE_READ:
            return _check_use(namer, candidate)
        case Pattern.TAKEN_OUT:
            return _taken_out(namer, candidate)
        case Pattern.STALE:
            return _stale(namer, candidate)
        case Pattern.ITERATION:
            first, other = candidate.first, candidate.others[0]
            return (
                f"`{namer.function(first)}` in {namer.actor_of(first)} iterates {namer.resource(first)} while "
                f"`{namer.function(other)}` in {namer.actor_of(other)} may change it"
            )
        case Pattern.FLIP:
            return _flip(namer, candidate)
        case Pattern.CROSSED:
            return _crossed(namer, candidate)
        case Pattern.TORN_READ:
            return _torn(namer, candidate)
        case Pattern.HALF_BUILT:
            first, other = candidate.first, candidate.others[0]
            what = "clears" if namer.evidence.changes_structure(first) else "puts a new table into"
            return (
                f"{_who(namer, first)} {what} {namer.resource(first)} and fills it afterwards; {_who(namer, other)} looks into it and could "
                "find it empty or half full"
            )
        case Pattern.PUBLISHED:
            first, last, other = candidate.first, candidate.last, candidate.others[0]
            helper = f"has {_who(namer, last)} fill" if namer.actor_of(last) != namer.actor_of(first) else "fills"
            return (
                f"{_who(namer, first)} sets {namer.resource(first)} and {helper} in {namer.resource(last)} afterwards; {_who(namer, other)} "
                "takes the first as a sign that the second is there, and could find nothing"
            )
        case Pattern.GIVEN_LATE:
            first, other = candidate.first, candidate.others[0]
            return (
                f"{_who(namer, first)} sets {namer.resource(first)} after it has started {namer.actor_of(other)}, and `{namer.function(other)}` "
                "there reads it without a look whether it is set: nothing makes it wait for that"
            )
        case Pattern.NOTED_LATE:
            first, other = candidate.first, candidate.others[0]
            return (
                f"{_who(namer, first)}, a callback of a future, changes {namer.resource(first)}; {_who(namer, other)} reads it once the future is "
                "done, which it is before its callbacks are called"
            )
        case Pattern.DONE_EARLY:
            first, other = candidate.first, candidate.others[0]
            return (
                f"{_who(namer, first)} changes {namer.resource(first)} after its `task_done()`; {_who(namer, other)} reads it once the queue is "
                "joined, which waits for no more than that"
            )
        case Pattern.CLOSED:
            first, other = candidate.first, candidate.others[0]
            return (
                f"{_who(namer, first)} closes {namer.resource(first)}; {_who(namer, other)} uses it without a look whether it is closed, and "
                "nothing makes the use come first"
            )
        case Pattern.UNORDERED:
            first, other = candidate.first, candidate.others[0]
            return f"{namer.actor_of(first)} and {namer.actor_of(other)} use {namer.resource(first)} and nothing orders them"


def _who(namer: Namer, row: int) -> str:
    return f"`{namer.function(row)}` in {namer.actor_of(row)}"


def _update(namer: Namer, candidate: Candidate) -> str:
    first, last, other = candidate.first, candidate.last, candidate.others[0]
    one, two = namer.actor_of(first), namer.actor_of(other)
    span = section(namer, candidate)
    who = f"`{span.function}` in {one}" if span is not None else _who(namer, first)
    if candidate.struck:
        lost = "one update is lost" if candidate.dependence == "data" else "it acted on what no longer held"
        return f"{who} {namer.act(first)}, then {two} {namer.act(other)}, then {one} {namer.act(last)}: {lost}"
    start = f"{who} {namer.act(first)} and later {namer.act(last)}"
    if candidate.pattern is Pattern.CLONE:
        harm = "one update would be lost" if candidate.dependence == "data" else "both would go on as if they were the only one"
        return f"{start}; {two} makes the same read and could come in between: {harm}"
    harm = "one update would be lost" if candidate.dependence == "data" else "the check would no longer hold"
    if not namer.evidence.table.writes[other]:
        harm = "what it puts there would be thrown away"
    return f"{start}; {_who(namer, other)} {namer.act(other)} and could come in between: {harm}"


def _read_back(namer: Namer, candidate: Candidate) -> str:
    first, last, other = candidate.first, candidate.last, candidate.others[0]
    if candidate.struck:
        return (
            f"{_who(namer, first)} {namer.act(first)}, then {namer.actor_of(other)} {namer.act(other)}, and the first "
            f"{namer.act(last)} back as if it were its own"
        )
    return (
        f"{_who(namer, first)} {namer.act(first)} and reads it back later; {_who(namer, other)} {namer.act(other)} "
        "and could come in between: the first would go on with the other's value"
    )


def _taken_out(namer: Namer, candidate: Candidate) -> str:
    first, last, other = candidate.first, candidate.last, candidate.others[0]
    verb = "took" if candidate.struck else "would take"
    return (
        f"{_who(namer, first)} {namer.act(first)} and `{namer.function(last)}` takes out later what is there; {_who(namer, other)} "
        f"puts its own there: the first {verb} out the other's"
    )


def _stale(namer: Namer, candidate: Candidate) -> str:
    first, other = candidate.first, candidate.others[0]
    verb = "did" if candidate.struck else "could"
    return (
        f"{_who(namer, first)} fetches {namer.resource(first)} and later changes it; {_who(namer, other)} {namer.act(other)} and {verb} "
        "come in between: the change would be to the old one, which nobody finds any more"
    )


def _check_use(namer: Namer, candidate: Candidate) -> str:
    first, other = candidate.first, candidate.others[0]
    start = (
        f"{_who(namer, first)} checks {namer.resource(first)} at line {namer.line(first)} and uses "
        f"{namer.resource(candidate.last)} at line {namer.line(candidate.last)}"
    )
    return f"{start}; {_who(namer, other)} {namer.act(other)} and could come in between: the use would fail"


def _flip(namer: Namer, candidate: Candidate) -> str:
    write, use = candidate.first, candidate.others[0]
    if takes_away(namer.evidence, write):
        return f"{_who(namer, use)} uses {namer.resource(use)}, {_who(namer, write)} {namer.act(write)}, and nothing makes the use come first"
    return f"{_who(namer, use)} needs {namer.resource(use)}, which {_who(namer, write)} sets, and nothing makes it wait for that"


def _crossed(namer: Namer, candidate: Candidate) -> str:
    first, last, other = candidate.first, candidate.last, candidate.others[0]
    start = f"{_who(namer, first)} {namer.act(first)} and because of it {namer.act(last)}; {_who(namer, other)}"
    if not all(namer.evidence.table.writes[row] for row in candidate.others):
        does = "changed {} and took in {}" if candidate.struck else "may change {} and take in {}"
        return f"{start} {does.format(namer.resource(first), namer.resource(last))} in between: what is added then is missed"
    return f"{start} {'changed' if candidate.struck else 'may change'} both in between"


def _torn(namer: Namer, candidate: Candidate) -> str:
    first, last, other = candidate.first, candidate.last, candidate.others[0]
    names = f"{namer.resource(first)} and, later, {namer.resource(last)}"
    if candidate.kind == "order_violation":
        return f"{_who(namer, first)} sets {names}; {_who(namer, other)} takes the first as a sign that the second is ready"
    return f"{_who(namer, first)} changes {names}; {_who(namer, other)} reads both and could see one new and one old"
