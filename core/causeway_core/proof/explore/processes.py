"""Interruptions of one process by another. An exploration lets child processes run freely, so these are forced one by one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import islice, permutations, zip_longest

from causeway_core.analysis import Analysis
from causeway_core.model import Actor, Finding
from causeway_core.model.order import Order, OrderPlace
from causeway_core.proof.explore.expected import Expected, usual
from causeway_core.proof.explore.finding import Failure, finding_of
from causeway_core.proof.outcome.contrast import contrast
from causeway_core.proof.outcome.outcome import FAILURES
from causeway_core.proof.planning.anchors import Anchors
from causeway_core.proof.planning.draft import drafted
from causeway_core.proof.planning.places import Unplaced
from causeway_core.proof.running.rerun import AT_A_TIME, PLAIN, Rerun, Reruns
from causeway_core.storage.recording import Recording

MOST_PAIRS = 6
MOST_PLACES = 10
"""Statements of one process after which it is interrupted."""


class Interruptions:
    """Holds one process after a file or database statement until another process has ended: each pair of processes, each statement once.

    Costs a run for each order; `seconds` bounds them.
    """

    def __init__(self, recording: Recording, analysis: Analysis, reruns: Reruns, *, repeat: int, seconds: float) -> None:
        self._recording, self._analysis, self._reruns, self._repeat = recording, analysis, reruns, repeat
        self._anchors = Anchors(recording, analysis)
        self._expected = Expected()
        self._ends = time.monotonic() + seconds

    def first_wrong(self) -> Finding | None:
        """The first order that goes wrong in every run; None if there is none in the given time. Raises Stopped."""
        orders = list(self._orders())
        if not orders:
            return None
        plain = [run.outcome for run in self._reruns.attempt(PLAIN, PLAIN, again=True)]
        self._expected.plain = usual(plain, [], self._reruns.recorded)
        for start in range(0, len(orders), AT_A_TIME):
            if time.monotonic() > self._ends:
                break
            for run in self._reruns.attempt(*orders[start : start + AT_A_TIME]):
                wrong = self._wrong(run)
                finding = self._judged(run, wrong) if wrong else None
                if finding is not None:
                    return finding
        return None

    def _orders(self) -> Iterator[Order]:
        """The first order of each pair of processes, then the second of each, and so on."""
        pairs = islice(permutations(_processes(self._recording), 2), MOST_PAIRS)
        for column in zip_longest(*(list(self._interrupted(one, other)) for one, other in pairs)):
            yield from (order for order in column if order is not None)

    def _interrupted(self, one: Actor, other: Actor) -> Iterator[Order]:
        end = self._anchors.end(other)
        for place, rest in islice(self._held_between(one), MOST_PLACES):
            says = f"{one.title} is held after `{place.text}` until {other.title} has ended"
            yield drafted("bad", says, [(place, OrderPlace(other.path, "start"), None), (end, rest, place)])

    def _held_between(self, actor: Actor) -> Iterator[tuple[OrderPlace, OrderPlace]]:
        """The first execution of each file or database statement of an actor, with the statement at which it can be held afterwards."""
        facts, seen = self._analysis.evidence.facts, set[tuple[str, int]]()
        events = [(io.at, "file") for io in facts.io if io.actor == actor.id and io.op == "file"]
        events += [(sql.at, "sql") for sql in facts.sql if sql.actor == actor.id]
        for at, access in sorted(events):
            try:
                place = self._anchors.operation(actor.id, at, "sql" if access == "sql" else "file")
                rest = self._anchors.following(actor.id, at)
            except Unplaced:
                continue
            if rest is not None and (place.file, place.line) not in seen:
                seen.add((place.file, place.line))
                yield place, rest

    def _wrong(self, run: Rerun) -> tuple[str, ...]:
        return self._expected.wrong(run) if run.result.feasible or run.result.hang is not None else ()

    def _judged(self, first: Rerun, wrong: tuple[str, ...]) -> Finding | None:
        assert isinstance(first.order, Order)
        found = first.order
        serial = [run for run in self._reruns.attempt(*_serial(found)) if run.result.feasible]
        self._expected.serial += [run.outcome for run in serial]
        runs = [first, *self._reruns.attempt(*[found] * (self._repeat - 1), again=True)]
        same = set(wrong).intersection(*(self._wrong(run) for run in runs))
        if not serial or not same:
            return None
        aspects = tuple(name for name in wrong if name in same)
        others = self._expected.plain if same & set(FAILURES) else [*self._expected.plain, *self._expected.serial]
        said = contrast(first.outcome, others, aspects, first.result)
        return finding_of(self._recording, self._analysis, Failure(found, first.result.passed, aspects, said, len(runs), len(runs)))


def several_processes(recording: Recording) -> bool:
    """Whether at least two child processes took part and ended normally."""
    return len(_processes(recording)) > 1


def _processes(recording: Recording) -> list[Actor]:
    """The first actor of each child process that ended normally."""
    found: dict[int, Actor] = {}
    for actor in recording.actors():
        found.setdefault(actor.process, actor)
    return [actor for actor in list(found.values())[1:] if actor.state == "finished"]


def _serial(order: Order) -> Iterator[Order]:
    """The two processes of an order one after the other, both ways."""
    actors = list(dict.fromkeys(place.actor for _, place in order.places))
    for one, other in permutations(actors, 2):
        yield drafted("serial", f"{one} first, then {other}", [(OrderPlace(one, "end"), OrderPlace(other, "start"), None)])
