"""A possible finding, on its way through the filters."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum

from causeway_core.analysis.flow.graph import Dependence
from causeway_core.model import Tier
from causeway_core.model.finding import Kind


class Pattern(Enum):
    """The shape of a candidate: accesses of the first actor outside the brackets, of the second inside."""

    READ_WRITE_WRITE = "R[W]W"
    """A read, a write that depends on it, and a write in between: the classic lost update or check-then-act."""
    GUARDED_REENTRY = "W[W]R under a lock"
    """A value that its holder stored keeps it from acquiring its lock again, and another actor removes that value in between."""
    SHARED_FLAG = "W[R]R"
    """An actor sets a flag, finds it set and clears it; another actor finds it set in between and clears it for a reason of its own."""
    CLONE = "R[R]W"
    """The same, but the second actor only made the read: had it come earlier, it would have gone on to write."""
    WRITE_WRITE_READ = "W[W]R"
    """An actor reads back what it wrote, and another actor overwrites it in between."""
    READ_WRITE_READ = "R[W]R"
    """A check, a use that it allows, and a write in between that makes the check stale."""
    MULTI_VARIABLE = "x…y[x, y]"
    """Two locations: the actor reads one and therefore writes the other; the second actor changes both in between."""
    TORN_READ = "x…y[x y]"
    """Two locations are written with a gap and read together in between, or read with a gap and written together."""
    PARTIAL_REBUILD = "w…w[r]"
    """A table is cleared or replaced, and filled afterwards; in between another actor looks up a key."""
    EARLY_PUBLICATION = "m…w[m r]"
    """A flag is set before what it announces is filled in; in between another actor sees the flag and uses that."""
    ITERATION = "iterate[structure]"
    """A container is changed while it is iterated."""
    ENTRY_CLEANUP = "W[W]D"
    """An actor removes what it stored before, and another actor stores its own value there in between."""
    STALE_CONTAINER = "R[W]M"
    """A container is read, and changed after another actor has stored a new one in its location."""
    ORDER = "order"
    """One access needs another to come first (or not to have come yet), and nothing enforces it."""
    LATE_INITIALIZATION = "start W"
    """An actor starts another, and only then sets what that one reads unchecked."""
    LATE_CALLBACK = "done [R] W"
    """A future's callback changes what others read that have waited for the future alone."""
    EARLY_TASK_DONE = "task_done [R] W"
    """A worker signals that a piece of work is done, and only then changes what others read that have waited for that."""
    LATE_ENTRY = "start [D] W"
    """An actor starts work, and only then stores the entry that this work removes when it is done."""
    USE_AFTER_CLOSE = "close [R]"
    """One actor closes a library object, and another uses it without checking."""
    DATA_RACE = "W#W"
    """Two threads access a location without a common lock, and no other pattern explains any harm."""


GOOD_ORDER = "this run had the good order"
"""The reason for `latent` where the recorded order is harmless. The explanation already says that it did not happen in this run."""
EXPIRES = "in this run a wait with a time limit, which another actor ended, ordered the two; the limit could have ended it"
"""The reason for `hint` where only such a wait orders the accesses."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Accesses of two actors that go wrong in another order, or did in this one (`struck`).

    The accesses are rows of the access table. `first` and `last` are the window of the one actor (equal where a single access must come earlier or
    later). `others` are the accesses of the second actor that fall, or could fall, between them. `tier` is the best it can get; filters lower it and
    record why in `notes`.
    """

    pattern: Pattern
    kind: Kind
    first: int
    last: int
    others: tuple[int, ...]
    dependence: Dependence | None = None
    struck: bool = False
    tier: Tier = "likely"
    rank: float = 0.0
    notes: tuple[str, ...] = field(default=())
    alternates: tuple[Candidate, ...] = field(default=())
    """Candidates of the same sites between other actors, or at other times; then some of those that it represents."""
    stands_for: tuple[Candidate, ...] = field(default=())
    """Windows of the same location into which the same function writes. They are not reported themselves."""
    worth_forcing: bool = False
    """Only a re-run can tell, so its orders are forced even where it is a hint."""

    def lowered(self, tier: Tier, note: str, *, worth_forcing: bool = False) -> Candidate:
        """The candidate with at most this tier, and the reason."""
        order = ("confirmed", "likely", "latent", "hint")
        tier = max(self.tier, tier, key=order.index)
        return replace(self, tier=tier, notes=(*self.notes, note), worth_forcing=self.worth_forcing or worth_forcing)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a filter decides about a candidate: drop it (`tier` None), or lower it to `tier`, and why; and whether its orders are forced anyway."""

    tier: Tier | None
    reason: str
    worth_forcing: bool = False


DROP = None
