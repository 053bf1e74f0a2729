"""Which actor runs next in an exploration: seeded, so that the same seed makes the same choices for the same program.

`pct` is probabilistic concurrency testing (Burckhardt et al., ASPLOS 2010): every actor gets a random priority, the highest goes, and at
`depth - 1` random points the running actor falls below all others. A bug that needs `depth` ordering decisions among n actors and k points is found
with a probability of at least 1 / (n * k^(depth - 1)) a run.
"""

from __future__ import annotations

from _random import Random
from zlib import crc32

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from causeway.order.actors import Actor
    from causeway.order.document import Explore


class Priorities:
    """PCT. Random priorities by spawn path; `falls` are the points at which the running actor loses its own."""

    longest_sleep = 1.0
    """Seconds. Actors do not wait for a creator that sleeps longer than this."""
    holds_starts = True
    """Whether a task also waits for its turn before its first step."""

    def __init__(self, seed: int, depth: int, length: int) -> None:
        self._seed = seed
        self._of: dict[str, float] = {}
        self._lowest = 0.0
        chance = Random(seed)
        self.falls = frozenset(1 + int(chance.random() * max(length, 1)) for _ in range(depth - 1))

    def priority(self, actor: Actor) -> float:
        """The highest priority goes first; priorities below zero were lowered."""
        known = self._of.get(actor.path)
        if known is None:
            known = self._of[actor.path] = self._drawn(actor.path)
        return known

    def _drawn(self, path: str) -> float:
        """The priority that an actor begins with: from 0 to 1."""
        return Random(crc32(f"{self._seed}:{path}".encode())).random()

    def point(self, actor: Actor, number: int) -> None:
        """The actor reaches the point of this number, counted over all actors from 1."""
        if number in self.falls:
            self.lower(actor)

    def lower(self, actor: Actor) -> None:
        """Lowers the actor's priority below all others."""
        self._lowest -= 1.0
        self._of[actor.path] = self._lowest

    def choose(self, held: Sequence[Actor]) -> Actor:
        """The actor that continues, of those that can."""
        return max(held, key=lambda actor: (self.priority(actor), actor.path))

    def outranks(self, sleeper: Actor, held: Sequence[Actor]) -> bool:
        """Whether actors that can continue wait for a sleeping one."""
        return self.priority(sleeper) > max(map(self.priority, held))


class Switches(Priorities):
    """One or two interruptions per run, each combination once: n = seed // 2 interrupts at point n, from `length` on at points i and j, where n is
    (i + 1) * length + j. Each pair of seeds has opposite priorities, so that of any two actors each goes first once. CHESS (Musuvathi et al., OSDI
    2008) bounds preemptions in this way.
    """

    holds_starts = False
    """An event loop starts tasks in the order of their creation, so a late first step cannot happen in a real run."""
    longest_sleep = 0.02
    """Sleeps that stand for I/O end sooner. An actor that starts others and then sleeps longer relies on their progress in that time, and they nearly
    always make it: a failure that comes from preventing it is not considered a bug.
    """

    def __init__(self, seed: int, length: int) -> None:
        length = max(length, 1)
        again, number = divmod(seed // 2, length + length * length)
        super().__init__(again, 1, length)
        self._upside_down = bool(seed % 2)
        earlier, last = divmod(number, length)
        self.falls = frozenset({1 + last} if not earlier else {earlier, 1 + last})

    def _drawn(self, path: str) -> float:
        drawn = super()._drawn(path)
        return 1.0 - drawn if self._upside_down else drawn


class LateSwitches(Switches):
    """As `Switches`, but an actor that started others is waited for while it sleeps: the interrupted actor continues after that sleep."""

    longest_sleep = 1.0


class RandomChoice(Priorities):
    """A uniformly random choice each time."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed, 1, 1)
        self._chance = Random(seed)

    def choose(self, held: Sequence[Actor]) -> Actor:
        """One of them."""
        return sorted(held, key=lambda actor: actor.path)[int(self._chance.random() * len(held))]

    def outranks(self, sleeper: Actor, held: Sequence[Actor]) -> bool:
        """Every other time."""
        return self._chance.random() < 0.5


class Serial(Priorities):
    """Interrupts no actor: each runs until it ends or has to wait. This produces the expected outcomes."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed, 1, 1)
        self._current = ""

    def choose(self, held: Sequence[Actor]) -> Actor:
        """The same actor as before, if it can continue."""
        chosen = next((actor for actor in held if actor.path == self._current), None) or super().choose(held)
        self._current = chosen.path
        return chosen

    def outranks(self, sleeper: Actor, held: Sequence[Actor]) -> bool:
        """Never: a sleeping actor has not ended."""
        return sleeper.path == self._current


def strategy_of(explore: Explore) -> Priorities:
    """The strategy that an order file asks for."""
    match explore.strategy:
        case "random":
            return RandomChoice(explore.seed)
        case "switch":
            return Switches(explore.seed, explore.length)
        case "late":
            return LateSwitches(explore.seed, explore.length)
        case "serial":
            return Serial(explore.seed)
    return Priorities(explore.seed, explore.depth, explore.length)
