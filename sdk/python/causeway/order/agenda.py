"""The constraints of an order by actor."""

from __future__ import annotations

from causeway.order.document import ARRIVES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

    from causeway.order.document import Constraint, Order, Place


class Agenda:
    """An order, indexed by the spawn paths of its actors. Immutable; `done` is always the set of keys of the passed places."""

    __slots__ = ("_awaited", "_holds", "_inject", "_lifetime", "_places", "inside", "named")

    def __init__(self, order: Order) -> None:
        self.named = {place.actor for place in order.places.values()}
        """The actors that have places."""
        self.inside = {one.since.key: one for one in order.constraints if one.since is not None and one.since.same_statement(one.hold)}
        """By the key of the place from which its actor is held: constraints whose two places of the held actor lie in one statement."""
        self._places = order.places
        self._inject = order.inject
        self._holds: dict[str, list[Constraint]] = {}
        self._awaited: dict[str, list[Constraint]] = {}
        for constraint in order.constraints:
            self._holds.setdefault(constraint.hold.actor, []).append(constraint)
            self._awaited.setdefault(constraint.after.actor, []).append(constraint)
        self._lifetime: dict[tuple[str, str], list[str]] = {}
        for place in order.places.values():
            if place.access in ("start", "end"):
                self._lifetime.setdefault((place.actor, place.access), []).append(place.key)

    def names(self, path: str) -> bool:
        """Whether the order has a place of this actor, or of one below it."""
        return any(name == path or name.startswith(path + "/") for name in self.named)

    def names_later_actor(self, path: str) -> bool:
        """Whether the order has a place of a later actor of this name, or of one below such an actor."""
        return any(name.startswith(path + "#") for name in self.named)

    def names_function(self, path: str, qualname: str) -> bool:
        """Whether the order has a place of this actor in this function."""
        return any(place.actor == path and place.qualname == qualname for place in self._places.values())

    def held_by(self, path: str, done: Collection[str], place: Place | None = None) -> Constraint | None:
        """The constraints that hold an actor now, or at a place that it has reached."""
        for constraint in self._holds.get(path, ()):
            if constraint.after.key in done:
                continue
            if constraint.since is None or constraint.since.key in done or constraint.hold is place:
                return constraint
        return None

    def must_wait(self, path: str, done: Collection[str]) -> bool:
        """Whether a place that an actor has passed holds it, while no other actor waits for a place that it has yet to pass."""
        holds = [one for one in self._holds.get(path, ()) if one.after.key not in done and one.since is not None and one.since.key in done]
        held = {one.hold.key for one in holds}
        wanted = {one.after.key for one in self._awaited.get(path, ()) if one.after.access != "end" and one.after.key not in done}
        return bool(holds) and wanted <= held

    def unmet(self, path: str, done: Collection[str]) -> list[Constraint]:
        """The constraints that wait for a place of an actor which it has not passed."""
        return [one for one in self._awaited.get(path, ()) if one.after.key not in done]

    def starts(self, path: str) -> list[str]:
        """The keys of an actor's start."""
        return self._lifetime.get((path, "start"), [])

    def ends(self, path: str) -> list[str]:
        """The keys of an actor's end."""
        return self._lifetime.get((path, "end"), [])

    def due_injection(self, path: str, arrived: Collection[str]) -> str:
        """The key of an actor's start whose injection is still due; else empty."""
        return next((key for key in self.starts(path) if self._inject.get(key) in ARRIVES and key not in arrived), "")
