"""What is right: runs of the serial orders of a finding, and of the program as it runs by itself."""

from __future__ import annotations

from collections.abc import Iterator

from causeway_core.model import Finding
from causeway_core.model.order import Order
from causeway_core.proof.outcome.outcome import Outcome
from causeway_core.proof.running.rerun import AT_A_TIME, PLAIN, PLAIN_AGAIN, Rerun, Reruns


class Baseline:
    """Makes them a few at a time: most bad orders end as the first of them does. Runs of equal orders are shared by all findings.

    `struck`: the program went wrong by itself when it was recorded, so as it runs by itself is no measure. An order under which it fails that by
    itself it does not is none, either: it parts what belongs together.
    """

    def __init__(self, reruns: Reruns, finding: Finding, *, struck: bool) -> None:
        self._reruns = reruns
        self._struck = struck
        self._place = finding.resource
        self._plain = PLAIN
        self._serial: list[Rerun] = []
        serial = [order for order in finding.orders if order.aim == "serial"]
        self._whole = [order for order in serial if not order.alternate]
        self._instead = [order for order in serial if order.alternate]
        self.lacking = ""
        """What an isolated run asked for in vain."""

    @property
    def first(self) -> list[Order]:
        """What is run first, beside a bad order."""
        return self._whole[:1] if self._struck else [PLAIN]

    def stages(self) -> Iterator[list[Rerun]]:
        """The right runs, more of them each time. Alternates come only where no other serial order could be forced."""
        yield self.now()
        for start in range(0, len(self._whole), AT_A_TIME):
            self._serial += self._reruns.attempt(*self._whole[start : start + AT_A_TIME])
            yield self.now()
        if self._instead and not _feasible(self._serial):
            self._serial += self._reruns.attempt(*self._instead)
            yield self.now()

    def now(self) -> list[Rerun]:
        """The right runs that were made until now."""
        self.lacking = self.lacking or next((run.uncaptured for run in self._serial if run.uncaptured), "")
        found = _feasible(self._serial)
        if not found and (self._struck or self._reruns.driven):
            return []
        [plain] = self._reruns.attempt(self._plain)
        if plain.uncaptured or (self._reruns.driven and not self._struck):
            return found  # requests come as they come: a run without an order may go wrong by itself
        if not self._struck:
            return [*found, plain]
        return [run for run in found if not run.outcome.fails_beyond(plain.outcome)]

    def reconsidered(self) -> bool:
        """Whether the program as it runs by itself was taken for right too soon: nothing went wrong when it was recorded, but it shows something
        else now, and shows the same when it is run once more. It may well have gone wrong this time.

        Of rows and files a recording does not tell what they held; there serial orders stand for it.
        """
        if self._struck or self._plain is PLAIN_AGAIN:
            return False
        first, recorded = self._reruns.attempt(PLAIN)[0].outcome, self._reruns.recorded
        if not first.agrees(recorded, self._place):
            strays = self._reruns.attempt(PLAIN_AGAIN)[0].outcome.agrees(recorded, self._place)
        else:
            strays = not first.knows(self._place) and self._strays_from_serial(first)
        if strays:
            self._plain = PLAIN_AGAIN
        return strays

    def _strays_from_serial(self, first: Outcome) -> bool:
        """Whether the first run gave what no serial order gives, and another gives what one does."""
        serial = [run.outcome for run in _feasible(self._reruns.attempt(*self._whole[:AT_A_TIME]))]
        return bool(serial) and bool(first.deviations(serial)) and not self._reruns.attempt(PLAIN_AGAIN)[0].outcome.deviations(serial)


def _feasible(runs: list[Rerun]) -> list[Rerun]:
    return [run for run in runs if run.result.feasible]
