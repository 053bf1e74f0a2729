"""What two events have in common, and why nothing orders them."""

from __future__ import annotations

import numpy as np

from causeway_core.graph.actors import Actors
from causeway_core.graph.causal_order import CausalOrder
from causeway_core.graph.held import HeldLocks
from causeway_core.graph.words import Words
from causeway_core.model import Actor, At


class Ancestry:
    """Questions about two events."""

    def __init__(self, order: CausalOrder, actors: Actors, words: Words, held: HeldLocks) -> None:
        self._order = order
        self._actors = actors
        self._words = words
        self._held = held

    def common_ancestor(self, a: At, b: At) -> At | None:
        """The nearest event that both follow from, or the earlier one if they are ordered; None when they share no past.

        The segment in both pasts that is deepest in the graph; linear in the size of the pasts.
        """
        if a == b or self._order.happens_before(a, b):
            return a
        if self._order.happens_before(b, a):
            return b
        return self._shared(a, b, must=False)

    def _shared(self, a: At, b: At, *, must: bool) -> At | None:
        shared = np.intersect1d(self._order.ancestors(a, must=must), self._order.ancestors(b, must=must))
        if not len(shared):
            return None
        segment = int(shared[np.argmax(self._order.levels[shared])])
        return self._order.last_event(segment)

    def why_unordered(self, a: At, b: At) -> str:
        """In words, why neither of two events must precede the other: nearest common ancestor, and the locks each holds."""
        first, second = self._actors.of(a), self._actors.of(b)
        if self._order.happens_before(a, b, must=True) or self._order.happens_before(b, a, must=True):
            return f"{self._words.actor(first)} and {self._words.actor(second)} are ordered"
        # Two events that only a lock's order connects have one of themselves as nearest ancestor in the full order, which says nothing.
        ancestor = self._shared(a, b, must=True)
        since = "they have no event in common"
        if ancestor is not None:
            since = f"nothing orders them since {self._words.where(self._actors.of(ancestor), ancestor)}"
        if not self._order.concurrent(a, b):
            since += " but the order in which locks happened to be taken"
        return f"{since}; {self._held_at(first, a, second, b)}"

    def _held_at(self, first: Actor, a: At, second: Actor, b: At) -> str:
        one, other = self._locks(first, a), self._locks(second, b)
        if not (one or other):
            return "neither holds a lock"
        if one == other:
            return f"each holds {' and '.join(one)}, in sections that can come in either order"
        sides = ((first, one), (second, other))
        return " and ".join(f"{self._words.actor(actor)} holds {' and '.join(locks) or 'no lock'}" for actor, locks in sides)

    def _locks(self, actor: Actor, at: At) -> list[str]:
        return list(dict.fromkeys(self._words.object(lock.object) for lock in self._held.at(actor.id, at)))
