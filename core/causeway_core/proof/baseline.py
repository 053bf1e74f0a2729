"""The expected runs of a finding: its serial orders, and plain runs without an order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from causeway_core.analysis.detectors.atomicity.changed_during_iteration import is_changed_during_iteration
from causeway_core.model import Finding
from causeway_core.model.order import Order
from causeway_core.proof.outcome.outcome import Outcome
from causeway_core.proof.running.rerun import AT_A_TIME, PLAIN, PLAIN_AGAIN, Rerun, Reruns


class Baseline:
    """Makes expected runs a few at a time, since most bad orders end as the first of them does. All findings share runs of equal orders.

    `struck`: the recorded run itself went wrong, so a plain run is no measure. Neither is a serial order under which the program fails although a
    plain run does not: it separates what belongs together. A plain run that fails where the serial orders do not is no measure of failures: the bug
    may have struck in it. One that lost an update of the finding's place is no measure at all: nothing keeps the bug from striking in it, and on a
    busy machine it often does.
    """

    def __init__(self, reruns: Reruns, finding: Finding, *, struck: bool) -> None:
        self._reruns = reruns
        self._struck = struck
        self._place = finding.resource
        self._disturbed = _disturbed(finding)
        self._plain = PLAIN
        self._serial: list[Rerun] = []
        serial = [order for order in finding.orders if order.aim == "serial"]
        self._whole = [order for order in serial if not order.alternate]
        self._instead = [order for order in serial if order.alternate]
        self.lacking = ""
        """The first request of an isolated run that has no recorded answer."""

    @property
    def first(self) -> list[Order]:
        """The orders to run together with a bad order."""
        return self._whole[:1] if self._struck else [PLAIN]

    def stages(self) -> Iterator[list[Rerun]]:
        """The expected runs, more of them each time. Alternates are run only if no other serial order could be forced."""
        if self._struck or not self._whole or not self._reruns.attempt(self._plain)[0].outcome.failed:
            yield self.now()
        for start in range(0, len(self._whole), AT_A_TIME):
            self._serial += self._reruns.attempt(*self._whole[start : start + AT_A_TIME])
            yield self.now()
        if self._instead and not _feasible(self._serial):
            self._serial += self._reruns.attempt(*self._instead)
            yield self.now()

    def now(self) -> list[Rerun]:
        """The expected runs made so far."""
        self.lacking = self.lacking or next((run.uncaptured for run in self._serial if run.uncaptured), "")
        found = [run for run in _feasible(self._serial) if not self._is_disturbed(run)]
        if not found and (self._struck or self._reruns.driven):
            return []
        plain = self._unforced()
        if plain is None or plain.uncaptured or (self._reruns.driven and not self._struck):
            return found  # requests arrive at any time: a run without an order may go wrong
        if not self._struck:
            fails = bool(found) and all(plain.outcome.fails_beyond(run.outcome) for run in found)
            return [*found, replace(plain, outcome=plain.outcome.without_failures()) if fails else plain]
        return [run for run in found if not run.outcome.fails_beyond(plain.outcome)]

    def _is_disturbed(self, run: Rerun) -> bool:
        """Whether the iteration of the finding failed in a serial order, although it does not in a plain run.

        Another actor changed the container during it, or the two with roles exchanged did, so the order separates nothing.
        """
        if not self._disturbed or not _raises(run, self._disturbed):
            return False
        return not _raises(self._reruns.attempt(self._plain)[0], self._disturbed)

    def _unforced(self) -> Rerun | None:
        """The plain run, or the second one if the bug struck in the first; None if it struck in both."""
        for order in dict.fromkeys((self._plain, PLAIN_AGAIN)):
            [plain] = self._reruns.attempt(order)
            if self._struck or not self._strikes(plain.outcome):
                return plain
        return None

    def _strikes(self, plain: Outcome) -> bool:
        """Whether the bug struck in a plain run, unless that showed all that the recorded run did, in which it did not strike."""
        recorded = self._reruns.recorded
        same = recorded.knows(self._place) and plain.knows(self._place) and plain.agrees(recorded, self._place)
        return self._place in plain.lost_updates and not same

    def reconsidered(self) -> bool:
        """Whether the plain run was not an expected one after all: it differs from the recorded run, and a second plain run does not.

        A recording does not tell what rows and files held; serial orders stand in for it there.
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
        """Whether the first plain run differs from all serial orders, and a second one does not."""
        serial = [run.outcome for run in _feasible(self._reruns.attempt(*self._whole[:AT_A_TIME]))]
        return bool(serial) and bool(first.deviations(serial)) and not self._reruns.attempt(PLAIN_AGAIN)[0].outcome.deviations(serial)


def _disturbed(finding: Finding) -> str:
    """What the iteration of a finding raises if the container is changed meanwhile; empty if the finding is of another kind."""
    return f"RuntimeError in {finding.accesses[0].function}" if is_changed_during_iteration(finding) else ""


def _raises(run: Rerun, what: str) -> bool:
    return any(text.partition(" ×")[0] == what for text in run.outcome.aspects.get("exceptions", ()))


def _feasible(runs: list[Rerun]) -> list[Rerun]:
    return [run for run in runs if run.result.feasible]
