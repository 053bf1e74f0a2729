"""What the orders of one finding showed."""

from __future__ import annotations

from dataclasses import dataclass, field

from causeway_core.model.order import Order
from causeway_core.proof.running.rerun import Rerun

EVERYBODY_WAITS, NO_SUCH_ACTOR, ACTOR_ENDED = "everybody waits", "no such actor", "actor ended"
"""Reasons of the guest for giving up an order that is impossible, or that names an actor which does not exist (SPEC section 9).

Orders that are given up after a time limit have other reasons."""


@dataclass(slots=True)
class Notes:
    """What was observed of the orders of one finding.

    `refused` could not be forced; `impossible` of them never can be. `harmless` ended as expected. `strange` ended as expected too, but the place
    had `held` values in between that it holds in no expected run.
    """

    refused: list[str] = field(default_factory=list)
    harmless: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    held: tuple[str, ...] = ()
    impossible: int = 0
    as_recorded: bool = False
    """Whether a harmless order showed all that the recorded run did."""
    idle: int = 0
    """Orders that name an actor which did not exist in the re-run: they say nothing."""
    met: bool = False
    """Whether in some harmless order both actors reached the places at which it holds them."""
    missed: bool = False
    """Whether in some order an actor did not reach its place: another actor did its work, or none did."""
    lacking: str = ""
    """The first request of an isolated run that has no recorded answer."""

    def ordered(self, tried: int) -> bool:
        """Whether in all `tried` bad orders whose actors existed, the other side waits for the actor that is held."""
        return self.impossible > 0 and self.impossible + self.idle == tried

    def excuse(self, order: Order, forced: Rerun) -> None:
        """Notes an order that ended as expected."""
        self.harmless.append(order.says)
        came = all(key in forced.result.passed for key, _ in order.places)
        self.met |= came
        self.missed |= not came

    def refuse(self, order: Order, forced: Rerun) -> None:
        """Notes an order that could not be forced."""
        self.refused.append(f"{order.says}: {forced.result.reason or 'it could not be forced'}")
        self.impossible += forced.result.kind == EVERYBODY_WAITS
        self.idle += forced.result.kind == NO_SUCH_ACTOR
        self.missed |= forced.result.kind in (NO_SUCH_ACTOR, ACTOR_ENDED)
        self.lacking = self.lacking or forced.uncaptured
