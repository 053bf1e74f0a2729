"""The one sentence of a race finding, with names and values."""

from __future__ import annotations

from causeway_core.analysis.candidate import Candidate, Pattern
from causeway_core.analysis.detectors.check_use import takes_away
from causeway_core.analysis.telling.section import section
from causeway_core.analysis.telling.teller import Teller

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


def title(teller: Teller, candidate: Candidate) -> str:
    """One sentence: who did what to what, and what came or would come of it."""
    match candidate.pattern:
        case Pattern.READ_WRITE_WRITE | Pattern.CLONE:
            return _update(teller, candidate)
        case Pattern.WRITE_WRITE_READ:
            return _read_back(teller, candidate)
        case Pattern.OWN_MARK:
            first, other = candidate.first, candidate.others[0]
            return (
                f"{_who(teller, first)} sets {teller.resource(first)} for `{teller.function(candidate.last)}`, which clears it; "
                f"{_who(teller, other)} clears it too where it finds it set, and could come in between: it would take the mark for its own"
            )
        case Pattern.REENTERED:
            first, last, other = candidate.first, candidate.last, candidate.others[0]
            return (
                f"{_who(teller, first)} {teller.act(first)} and, still holding its lock, comes to `{teller.function(last)}`, which takes the lock "
                f"unless it finds that; {_who(teller, other)} {teller.act(other)} and could come in between: it would wait for itself for ever"
            )
        case Pattern.READ_WRITE_READ:
            return _check_use(teller, candidate)
        case Pattern.TAKEN_OUT:
            return _taken_out(teller, candidate)
        case Pattern.STALE:
            return _stale(teller, candidate)
        case Pattern.ITERATION:
            first, other = candidate.first, candidate.others[0]
            return (
                f"`{teller.function(first)}` in {teller.actor_of(first)} iterates {teller.resource(first)} while "
                f"`{teller.function(other)}` in {teller.actor_of(other)} may change it"
            )
        case Pattern.FLIP:
            return _flip(teller, candidate)
        case Pattern.CROSSED:
            return _crossed(teller, candidate)
        case Pattern.TORN_READ:
            return _torn(teller, candidate)
        case Pattern.HALF_BUILT:
            first, other = candidate.first, candidate.others[0]
            what = "clears" if teller.evidence.changes_structure(first) else "puts a new table into"
            return (
                f"{_who(teller, first)} {what} {teller.resource(first)} and fills it afterwards; {_who(teller, other)} looks into it and could "
                "find it empty or half full"
            )
        case Pattern.PUBLISHED:
            first, last, other = candidate.first, candidate.last, candidate.others[0]
            helper = f"has {_who(teller, last)} fill" if teller.actor_of(last) != teller.actor_of(first) else "fills"
            return (
                f"{_who(teller, first)} sets {teller.resource(first)} and {helper} in {teller.resource(last)} afterwards; {_who(teller, other)} "
                "takes the first as a sign that the second is there, and could find nothing"
            )
        case Pattern.GIVEN_LATE:
            first, other = candidate.first, candidate.others[0]
            return (
                f"{_who(teller, first)} sets {teller.resource(first)} after it has started {teller.actor_of(other)}, and `{teller.function(other)}` "
                "there reads it without a look whether it is set: nothing makes it wait for that"
            )
        case Pattern.NOTED_LATE:
            first, other = candidate.first, candidate.others[0]
            return (
                f"{_who(teller, first)}, a callback of a future, changes {teller.resource(first)}; {_who(teller, other)} reads it once the future is "
                "done, which it is before its callbacks are called"
            )
        case Pattern.DONE_EARLY:
            first, other = candidate.first, candidate.others[0]
            return (
                f"{_who(teller, first)} changes {teller.resource(first)} after its `task_done()`; {_who(teller, other)} reads it once the queue is "
                "joined, which waits for no more than that"
            )
        case Pattern.CLOSED:
            first, other = candidate.first, candidate.others[0]
            return (
                f"{_who(teller, first)} closes {teller.resource(first)}; {_who(teller, other)} uses it without a look whether it is closed, and "
                "nothing makes the use come first"
            )
        case Pattern.UNORDERED:
            first, other = candidate.first, candidate.others[0]
            return f"{teller.actor_of(first)} and {teller.actor_of(other)} use {teller.resource(first)} and nothing orders them"


def _who(teller: Teller, row: int) -> str:
    return f"`{teller.function(row)}` in {teller.actor_of(row)}"


def _update(teller: Teller, candidate: Candidate) -> str:
    first, last, other = candidate.first, candidate.last, candidate.others[0]
    one, two = teller.actor_of(first), teller.actor_of(other)
    span = section(teller, candidate)
    who = f"`{span.function}` in {one}" if span is not None else _who(teller, first)
    if candidate.struck:
        lost = "one update is lost" if candidate.dependence == "data" else "it acted on what no longer held"
        return f"{who} {teller.act(first)}, then {two} {teller.act(other)}, then {one} {teller.act(last)}: {lost}"
    start = f"{who} {teller.act(first)} and later {teller.act(last)}"
    if candidate.pattern is Pattern.CLONE:
        harm = "one update would be lost" if candidate.dependence == "data" else "both would go on as if they were the only one"
        return f"{start}; {two} makes the same read and could come in between: {harm}"
    harm = "one update would be lost" if candidate.dependence == "data" else "the check would no longer hold"
    if not teller.evidence.table.writes[other]:
        harm = "what it puts there would be thrown away"
    return f"{start}; {_who(teller, other)} {teller.act(other)} and could come in between: {harm}"


def _read_back(teller: Teller, candidate: Candidate) -> str:
    first, last, other = candidate.first, candidate.last, candidate.others[0]
    if candidate.struck:
        return (
            f"{_who(teller, first)} {teller.act(first)}, then {teller.actor_of(other)} {teller.act(other)}, and the first "
            f"{teller.act(last)} back as if it were its own"
        )
    return (
        f"{_who(teller, first)} {teller.act(first)} and reads it back later; {_who(teller, other)} {teller.act(other)} "
        "and could come in between: the first would go on with the other's value"
    )


def _taken_out(teller: Teller, candidate: Candidate) -> str:
    first, last, other = candidate.first, candidate.last, candidate.others[0]
    verb = "took" if candidate.struck else "would take"
    return (
        f"{_who(teller, first)} {teller.act(first)} and `{teller.function(last)}` takes out later what is there; {_who(teller, other)} "
        f"puts its own there: the first {verb} out the other's"
    )


def _stale(teller: Teller, candidate: Candidate) -> str:
    first, other = candidate.first, candidate.others[0]
    verb = "did" if candidate.struck else "could"
    return (
        f"{_who(teller, first)} fetches {teller.resource(first)} and later changes it; {_who(teller, other)} {teller.act(other)} and {verb} "
        "come in between: the change would be to the old one, which nobody finds any more"
    )


def _check_use(teller: Teller, candidate: Candidate) -> str:
    first, other = candidate.first, candidate.others[0]
    start = (
        f"{_who(teller, first)} checks {teller.resource(first)} at line {teller.line(first)} and uses "
        f"{teller.resource(candidate.last)} at line {teller.line(candidate.last)}"
    )
    return f"{start}; {_who(teller, other)} {teller.act(other)} and could come in between: the use would fail"


def _flip(teller: Teller, candidate: Candidate) -> str:
    write, use = candidate.first, candidate.others[0]
    if takes_away(teller.evidence, write):
        return f"{_who(teller, use)} uses {teller.resource(use)}, {_who(teller, write)} {teller.act(write)}, and nothing makes the use come first"
    return f"{_who(teller, use)} needs {teller.resource(use)}, which {_who(teller, write)} sets, and nothing makes it wait for that"


def _crossed(teller: Teller, candidate: Candidate) -> str:
    first, last, other = candidate.first, candidate.last, candidate.others[0]
    start = f"{_who(teller, first)} {teller.act(first)} and because of it {teller.act(last)}; {_who(teller, other)}"
    if not all(teller.evidence.table.writes[row] for row in candidate.others):
        does = "changed {} and took in {}" if candidate.struck else "may change {} and take in {}"
        return f"{start} {does.format(teller.resource(first), teller.resource(last))} in between: what is added then is missed"
    return f"{start} {'changed' if candidate.struck else 'may change'} both in between"


def _torn(teller: Teller, candidate: Candidate) -> str:
    first, last, other = candidate.first, candidate.last, candidate.others[0]
    names = f"{teller.resource(first)} and, later, {teller.resource(last)}"
    if candidate.kind == "order_violation":
        return f"{_who(teller, first)} sets {names}; {_who(teller, other)} takes the first as a sign that the second is ready"
    return f"{_who(teller, first)} changes {names}; {_who(teller, other)} reads both and could see one new and one old"
