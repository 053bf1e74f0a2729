"""How much an exploration may cost, and what counts as found."""

from __future__ import annotations

from dataclasses import dataclass

from causeway_core.model import Tier
from causeway_core.model.order import Strategy
from causeway_core.proof.judge import REPEATS

MOST_FINDINGS = 5


@dataclass(frozen=True, slots=True)
class Effort:
    """How an exploration goes about it: `runs` at most, `seconds` in all, until there are so many `findings`; `depth` is how many ordering decisions
    a bug may need. Where the machine is too busy for the runs, they may take `longest` seconds, if that is more.

    `harmless`: the tier of an order in which nothing fails, no update is lost and no accesses conflict, and whose outcome is one that no serial order
    gives all the same. Only findings of the tiers `counts` count as found; the search goes on after others.
    """

    strategy: Strategy = "pct"
    seed: int = 0
    depth: int = 3
    runs: int = 100
    seconds: float = 300.0
    repeat: int = REPEATS
    findings: int = MOST_FINDINGS
    harmless: Tier = "confirmed"
    longest: float = 0.0
    counts: tuple[Tier, ...] = ("confirmed", "likely", "latent")

    def seconds_for(self, run: float) -> float:
        """The time that an exploration may take where one run takes `run` seconds."""
        return max(self.seconds, min(self.longest, self.runs * run))
