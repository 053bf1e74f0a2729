"""Findings of the detectors in other runs of the program, which show what the recorded run cannot."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path

from causeway_core.analysis import Analysis, examine
from causeway_core.analysis.detectors.atomicity.changed_during_iteration import is_changed_during_iteration
from causeway_core.launch.zygote import ZygotePool
from causeway_core.model import At, Finding
from causeway_core.model.order import Exploration, Order
from causeway_core.proof.explore.sites import places
from causeway_core.proof.judge import REPEATS, Judge
from causeway_core.proof.planning.interchangeable import has_parts
from causeway_core.proof.running.isolation import Isolation
from causeway_core.proof.running.rerun import Reruns
from causeway_core.proof.verify import EXPLORED, lines_of, plan, worth_trying
from causeway_core.storage.recording import Recording

RUNS = 4
"""Runs with turns at random that are analysed."""
AT_ONCE = 2
MOST_TRIED = 6
"""Findings of other runs that are tried."""
SECONDS = 10.0
SLOWLY = "every peer reads slowly"
ELSEWHERE = "; its events stand here for what the recorded run did on the same lines, or for where an actor began."


@dataclass(frozen=True, slots=True)
class Variation:
    """How the program is run otherwise: in `batches`, one after the other, as long as time is left. `says` is for people, an end of a sentence.

    `slow_peers`: what is found happens with slow peers only, so the orders that prove it have them too.
    """

    batches: tuple[tuple[Exploration | Order, ...], ...]
    says: str
    slow_peers: bool = False


def random_turns(recording: Recording, analysis: Analysis) -> Variation:
    """Actors take turns at random (the strategy `random`, seeds from 0), so that every worker gets some work."""
    named = places(recording, analysis)
    runs = [Exploration("random", seed, 1, 0, named) for seed in range(RUNS if named else 0)]
    batches = (tuple(runs[first : first + AT_ONCE]) for first in range(0, len(runs), AT_ONCE))
    return Variation(tuple(batches), "whose actors took turns in another order")


SLOW_PEERS = Variation(
    ((Order("serial", SLOWLY, (), (), slow_peers=True),),), f"in which {SLOWLY}, so that what is sent waits", slow_peers=True
)  # fmt: skip
"""An await of a send suspends, as it does with a peer that does not read for a while."""


class OtherSchedules:
    """Looks for findings in other runs, and tries them on the recorded command.

    `known` findings are not tried again. Costs the runs of the variation with a recorder, the analysis of each, and the re-runs of what is found;
    nothing new is begun after `seconds`.
    """

    def __init__(
        self, recording: Recording, analysis: Analysis, known: Sequence[Finding], variation: Variation, *, keep: Path | None = None,
        isolation: Isolation | None = None, zygotes: ZygotePool | None = None, seconds: float = SECONDS, repeat: int = REPEATS,
    ) -> None:
        self._variation = variation
        self._recording, self._analysis, self._isolation = recording, analysis, isolation
        self._seen = {lines_of(finding) for finding in known}
        self._reruns = Reruns(recording, keep=keep, isolation=isolation, zygotes=zygotes)
        self._others: Reruns | None = None
        self._seconds, self._ends, self._repeat = seconds, 0.0, repeat

    def found(self) -> Finding | None:
        """The first finding that is confirmed, or else one whose order goes wrong in some of its runs. Raises Stopped, ResetFailed."""
        self._ends = time.monotonic() + self._seconds
        judge = Judge(self._reruns, self._repeat)
        unsteady: Finding | None = None
        with closing(self._findings()) as findings:
            for finding in islice(findings, MOST_TRIED):
                judged = judge.judge(finding)
                if judged.tier == "confirmed":
                    return judged
                if judged.tier == "likely" and judged.reproduced is not None:
                    unsteady = unsteady or judged
                if time.monotonic() > self._ends:
                    break
        return unsteady

    def stop(self) -> None:
        """Kills all runs."""
        for reruns in (self._reruns, self._others):
            if reruns is not None:
                reruns.stop()

    def _findings(self) -> Generator[Finding]:
        """Findings of other runs that the recorded run lacks, carried over to the events of its recording."""
        for batch in self._variation.batches:
            if time.monotonic() > self._ends:
                return
            with tempfile.TemporaryDirectory(prefix="causeway-others-", ignore_cleanup_errors=True) as folder:
                self._others = Reruns(self._recording, keep=Path(folder), isolation=self._isolation, zygotes=self._reruns.zygotes)
                self._others.attempt(*batch)
                for finding in chain.from_iterable(map(self._of, sorted(Path(folder).glob("*.causeway")))):
                    if lines_of(finding) not in self._seen:
                        self._seen.add(lines_of(finding))
                        yield finding

    def _of(self, path: Path) -> Iterator[Finding]:
        with Recording.open(path) as other:
            analysis = examine(other)
            places = _SamePlaces(self._recording, self._analysis, other, analysis)
            # A change during an iteration raises in the loop, and would pass for the harm of all other findings there.
            for finding in sorted(plan(other, analysis), key=is_changed_during_iteration, reverse=True):
                if worth_trying(finding) and finding.tier != "hint":
                    yield _carried_over(finding, places, self._variation)


class _SamePlaces:
    """Maps events of another run to the recorded one: the same actor's first event on the same line, or else the actor's beginning."""

    def __init__(self, recording: Recording, analysis: Analysis, other: Recording, its: Analysis) -> None:
        self._actors = {actor.path: actor for actor in recording.actors()}
        self._paths = {actor.id: actor.path for actor in other.actors()}
        self._its = its.evidence
        evidence, table = analysis.evidence, analysis.evidence.table
        self._first: dict[tuple[int, str, int], At] = {}
        for row in range(len(table)):
            site = evidence.facts.sites.get(abs(int(table.site[row])))
            if site is not None:
                key = (int(table.actor[row]), evidence.facts.path_of(site.id), site.line)
                self._first[key] = min(evidence.at(row), self._first.get(key, evidence.at(row)))

    def at(self, at: At | None, file: str, line: int) -> At | None:
        """The recorded event; None if the recorded run did not have the actor."""
        actor = None if at is None else self._actors.get(self._paths.get(self._its.actor_at(at) or 0, ""))
        return None if actor is None else self._first.get((actor.id, file, line), actor.first_at)


def _carried_over(finding: Finding, places: _SamePlaces, variation: Variation) -> Finding:
    accesses = tuple(replace(access, at=places.at(access.at, access.file, access.line)) for access in finding.accesses)
    timeline = tuple(replace(row, at=at) for row in finding.timeline if (at := places.at(row.at, row.file, row.line)) is not None)
    witness = tuple(dict.fromkeys(access.at for access in accesses if access.at is not None))
    explanation = f"{finding.explanation} Seen in another run of the program, {variation.says}{ELSEWHERE}".strip()
    # The workers that got the work in that run may not get it again: orders between parts come first.
    parts = [replace(order, alternate=False) for order in finding.orders if has_parts(order)]
    orders = (*parts, *(order for order in finding.orders if not has_parts(order)))
    if variation.slow_peers:
        orders = tuple(replace(order, says=f"{order.says}; {SLOWLY}", slow_peers=True) for order in orders)
    return replace(finding, accesses=accesses, timeline=timeline, witness=witness, explanation=explanation, orders=orders, rule=EXPLORED)
