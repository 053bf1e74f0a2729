"""What a detector found (schema causeway.findings/1, docs/findings.md)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from causeway_core.model.at import At
from causeway_core.model.order import Order
from causeway_core.model.proof import Proof

Kind = Literal[
    "data_race", "lost_update", "atomicity_violation", "order_violation", "deadlock", "lost_wakeup", "blocking_call", "unretrieved_exception"
]
Tier = Literal["confirmed", "likely", "latent", "hint"]


@dataclass(frozen=True, slots=True)
class FindingAccess:
    """One side of a finding. `role`: read, write, check, act, iterate, mutate, acquire, wait … `value` as shown to people.

    `at` is None where nothing ran (`causeway check`); there the range is known: `col` and `end_col` in characters from 0, `end_line` from 1.
    """

    role: str
    file: str
    line: int
    function: str
    actor: str
    at: At | None
    value: str | None
    col: int | None = None
    end_line: int | None = None
    end_col: int | None = None


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """One row of a finding's timeline: lane (index into `Finding.lanes`), words, relative time in ns from the first row."""

    lane: int
    at: At
    text: str
    file: str
    line: int
    offset_ns: int


@dataclass(frozen=True, slots=True)
class Finding:
    """A detector's output with its witness. `rank` orders findings, smaller is more pressing; `confidence` is 0 to 1.

    `window` says which await or lock gap opened the window; `unordered` why nothing orders the two sides.
    `rule` names the rule of `causeway check` that suspects it, None for findings of a recording.
    `constraints` is the partial order that would force it: (before, after) pairs of named places, for people. `orders` is what a re-run forces,
    `proof` what came of that, `reproduced` the number of runs of the bad order and how many of them went wrong.
    `alike` is how many more findings this one stands for: of other objects, actors or windows. `happened`: the bad order is the recorded one.
    `enforces_limit`: the check keeps an amount below a limit, and exceeding it is wrong even if nothing else fails. `worth_forcing`: its orders are
    forced even while it is a hint, because only a re-run can tell. `doubt`: why it may be harmless; empty once a re-run has shown that it is not.
    """

    id: str
    kind: Kind
    tier: Tier
    rank: float
    confidence: float
    title: str
    resource: str
    accesses: tuple[FindingAccess, ...]
    lanes: tuple[str, ...]
    timeline: tuple[TimelineEvent, ...]
    window: str | None
    unordered: str | None
    explanation: str
    recommendation: str
    witness: tuple[At, ...]
    reproduced: tuple[int, int] | None = None
    constraints: tuple[tuple[str, str], ...] = field(default=())
    rule: str | None = None
    orders: tuple[Order, ...] = field(default=())
    proof: Proof | None = None
    alike: int = 0
    happened: bool = False
    enforces_limit: bool = False
    worth_forcing: bool = False
    doubt: str = ""

    @property
    def why(self) -> str:
        """The explanation with the doubt, as people read it."""
        return f"{self.explanation} {self.doubt}".strip()
