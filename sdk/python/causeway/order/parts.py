"""Parts of an order (`main/work*1`, `main/serve/answer**1`): the first of several interchangeable actors to reach a place of a part takes it."""

from __future__ import annotations

from causeway.order.document import interchangeable_key, part_of, without_numbers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from causeway.order.actors import Actor, Actors
    from causeway.order.document import Order, Place


class Parts:
    """The parts of one order. Every method is called with the forcing's lock held."""

    def __init__(self, order: Order, actors: Actors) -> None:
        self._order = order
        self._actors = actors
        self._stems = {stem for place in order.places.values() if (stem := part_of(place.actor))}

    def are_of(self, path: str) -> bool:
        """Whether the order has parts for actors that run the same as the actor of this path."""
        return path in self._stems or f"{without_numbers(path)}*" in self._stems

    def offer(self, actor: Actor, places: Iterable[Place], done: Collection[str]) -> None:
        """Assigns a free part of some places to an actor that reaches them and has no part: if possible, one in which it need not wait here.
        `done`: the places that are passed.
        """
        # Called by every gate; most orders have no parts.
        stems = self._stems & _stems(actor.path) if self._stems else ()
        if not stems:
            return
        free = [place for place in places if part_of(place.actor) in stems and place.actor not in self._actors.by_path]
        if free:
            held = {one.hold.key for one in self._order.constraints if one.after.key not in done}
            self._actors.rename_to_part(actor, min(free, key=lambda place: place.key in held).actor)

    def candidates(self, part: str) -> list[Actor]:
        """The actors that may still take a part."""
        stem = part_of(part)
        found = self._actors.by_path.items()
        return [actor for path, actor in found if stem and stem in _stems(path) & _stems(actor.path) and not actor.ended]


def _stems(path: str) -> set[str]:
    """The names of the parts that an actor may take."""
    return {interchangeable_key(path), f"{without_numbers(path)}*"}
