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
    """A read and a write that depends on it, and a write between them: the classic lost update or check-then-act."""
    REENTERED = "W[W]R under a lock"
    """What keeps an actor from asking again for a lock that it holds is taken away in between."""
    OWN_MARK = "W[R]R"
    """An actor sets a flag, finds it, and clears it; another would find it in between, and clear it for a reason of its own."""
    CLONE = "R[R]W"
    """The same, but the second actor was only seen to make the same read: had it come earlier, it would have gone on to write."""
    WRITE_WRITE_READ = "W[W]R"
    """An actor reads back what it wrote, and another overwrites it in between."""
    READ_WRITE_READ = "R[W]R"
    """A check and a use that the check allows, and a write between them that forbids it."""
    CROSSED = "x…y[x, y]"
    """Two places: the actor reads one and writes the other because of it; the second actor changes both in between."""
    TORN_READ = "x…y[x y]"
    """Two places are written with a gap, and read together in between; or read with a gap and written together."""
    HALF_BUILT = "w…w[r]"
    """A table is emptied, or put in the place of another, and filled afterwards; in between a key is looked for."""
    PUBLISHED = "m…w[m r]"
    """A mark is set, and what it says is ready is filled in afterwards; in between another sees the mark and uses it."""
    ITERATION = "iterate[structure]"
    """A container is changed while it is iterated."""
    TAKEN_OUT = "W[W]D"
    """An actor takes out of a place what it put there before, and another puts its own there in between."""
    STALE = "R[W]M"
    """A container is fetched, and changed after another actor has put a new one in the place it was fetched from."""
    FLIP = "order"
    """One access needs another to come first (or not to have come yet), and nothing makes sure of it."""
    GIVEN_LATE = "start W"
    """An actor starts another, and sets only then what that reads without a look whether it is there."""
    NOTED_LATE = "done [R] W"
    """A callback of a future notes what others read who have waited for the future alone."""
    DONE_EARLY = "task_done [R] W"
    """A worker says that a piece of work is done, and notes only then what others read who have waited for just that."""
    CLOSED = "close [R]"
    """An object of a library is closed by one actor, and used by another that does not look whether it still may."""
    UNORDERED = "W#W"
    """Two threads touch a place without a common lock, and no other pattern explains harm."""


BASE_RANK: dict[Pattern, float] = {
    Pattern.READ_WRITE_WRITE: 0.0,
    Pattern.CLONE: 1.0,
    Pattern.WRITE_WRITE_READ: 1.0,
    Pattern.REENTERED: 2.0,
    Pattern.OWN_MARK: 2.5,
    Pattern.ITERATION: 1.0,
    Pattern.READ_WRITE_READ: 2.0,
    Pattern.STALE: 2.0,
    Pattern.TAKEN_OUT: 2.0,
    Pattern.FLIP: 2.0,
    Pattern.CROSSED: 3.0,
    Pattern.TORN_READ: 3.0,
    Pattern.HALF_BUILT: 2.0,
    Pattern.GIVEN_LATE: 2.5,
    Pattern.NOTED_LATE: 2.5,
    Pattern.DONE_EARLY: 2.5,
    Pattern.CLOSED: 2.5,
    Pattern.PUBLISHED: 2.0,
    Pattern.UNORDERED: 5.0,
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """Two actors' accesses that would go wrong in another order (or did: `struck`). All members are rows of the access table.

    `first` and `last` are the window of the one actor (equal for an order flip), `others` the accesses of the second actor that fall, or
    could fall, between them. `tier` is the best it may get; filters lower it and say why in `notes`.
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
    """The same at the same sites between other actors, or at other times."""

    def lowered(self, tier: Tier, note: str) -> Candidate:
        """The candidate with at most this tier, and the reason."""
        order = ("confirmed", "likely", "latent", "hint")
        return replace(self, tier=max(self.tier, tier, key=order.index), notes=(*self.notes, note))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a filter says of a candidate: drop it (`tier` None), or that it deserves no better than `tier`, and why."""

    tier: Tier | None
    reason: str


DROP = None
