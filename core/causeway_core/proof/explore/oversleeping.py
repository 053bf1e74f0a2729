"""Interruptions that last as long as the sleep of another actor: what it does afterwards comes while the interrupted one is at work."""

from __future__ import annotations

import time
from collections.abc import Sequence

from causeway_core.model import Finding
from causeway_core.model.order import Exploration
from causeway_core.proof.explore.expected import Overslept
from causeway_core.proof.explore.ranking import ranked
from causeway_core.proof.explore.reduction import Reduction
from causeway_core.proof.explore.scan import Scan
from causeway_core.proof.running.rerun import AT_A_TIME, Reruns

BEYOND = 99_999
"""Larger than the number of points of any run."""
MOST_RUNS = 16


class Oversleeping:
    """Tries `late` runs of an exploration: each actor that does not sleep is interrupted at its places until the sleepers have gone on.

    Costs some 20 runs, each as long as the sleeps.
    """

    def __init__(self, reruns: Reruns, scan: Scan, reduction: Reduction, expected: Overslept, explorations: Exploration) -> None:
        self._reruns, self._scan, self._reduction, self._expected = reruns, scan, reduction, expected
        self._any = explorations

    def finding(self, until: float) -> Finding | None:
        """The first finding that is confirmed; None if there is none until then (`time.monotonic`). Raises Stopped."""
        whole = self._scan.see([self._run(BEYOND, which, BEYOND + 1) for which in range(2)])
        self._expected.late = [run.outcome for run in self._reruns.attempt(*(each.exploration for each in whole))]
        stops = [each.result.stops for each in whole]
        length = max(map(len, stops), default=0)
        others = [(point, which) for point, which in ranked(stops) if stops[which][point][0] not in self._expected.sleepers]
        runs = [self._run(point, which, length) for point, which in others[:MOST_RUNS]]
        known = {each.signature for each in whole}
        for start in range(0, len(runs), AT_A_TIME):
            if time.monotonic() > until:
                break
            seen = [each for each in self._scan.see(runs[start : start + AT_A_TIME]) if each.signature not in known]
            known.update(each.signature for each in seen)
            if found := self._first([each.exploration for each in seen], until):
                return found
        return None

    def _first(self, explorations: Sequence[Exploration], until: float) -> Finding | None:
        for run in self._reruns.attempt(*explorations):
            wrong = self._expected.wrong(run)
            found = self._reduction.finding(run.result, wrong, harm=False, until=until) if wrong else None
            if found is not None and found.tier == "confirmed":
                return found
        return None

    def _run(self, point: int, which: int, length: int) -> Exploration:
        return Exploration("late", 2 * point + which, self._any.depth, length, self._any.places)
