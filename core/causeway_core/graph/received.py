"""The messages that each actor received."""

from __future__ import annotations

from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from causeway_core.graph.actors import Actors
from causeway_core.graph.causal_order import CausalOrder
from causeway_core.model import At
from causeway_core.storage.rows import Message

_BYTES = "socket"
"""The carrier of messages that are bytes of a connection. A request or response that they are part of is a message of its own."""


@dataclass(frozen=True, slots=True)
class Received:
    """A message where it was received. `answer`: to a request of the receiver's own. `part_of`: of bytes, where the request or response was received
    that they are part of.
    """

    at: At
    answer: bool
    part_of: At | None


class ReceivedMessages:
    """By receiver. Bytes belong to the request or response that their sender sent to their receiver in the same turn: between the two it received
    nothing.
    """

    def __init__(self, messages: Iterable[Message], order: CausalOrder, actors: Actors) -> None:
        self._order = order
        self._actors = actors
        pairs = [(each, each.send_at, each.receive_at) for each in messages if each.send_at is not None and each.receive_at is not None]
        self._arrivals: defaultdict[int | None, list[tuple[int, int]]] = defaultdict(list)
        for _, _, received in pairs:
            self._arrivals[self._actor(received)].append(order.total.key(received))
        for keys in self._arrivals.values():
            keys.sort()
        meant = {self._turn(sent, received): received for each, sent, received in pairs if each.carrier != _BYTES}
        self._of: defaultdict[int | None, list[Received]] = defaultdict(list)
        for each, sent, received in pairs:
            part_of = meant.get(self._turn(sent, received)) if each.carrier == _BYTES else None
            self._of[self._actor(received)].append(Received(received, each.key.endswith(":r"), part_of))

    def before(self, actor: int, at: At, *, answers: bool) -> tuple[Sequence[At], frozenset[At]]:
        """What an actor had received at an event of its own; without `answers`, not the answers to its own requests. Apart from that, bytes that are
        part of a request or response which it had received too.
        """
        found = [each for each in self._of.get(actor, ()) if self._precedes(each.at, at)]
        parts = frozenset(each.at for each in found if each.part_of is not None and self._precedes(each.part_of, at))
        return [each.at for each in found if (answers or not each.answer) and each.at not in parts], parts

    def _precedes(self, received: At, at: At) -> bool:
        return received == at or self._order.happens_before(received, at)

    def _turn(self, sent: At, received: At) -> tuple[int | None, int | None, int]:
        sender = self._actor(sent)
        return sender, self._actor(received), bisect(self._arrivals[sender], self._order.total.key(sent))

    def _actor(self, at: At) -> int | None:
        """None where nothing of the actor was recorded."""
        try:
            return self._actors.of(at).id
        except KeyError:
            return None
