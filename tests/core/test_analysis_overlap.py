"""Updates by two processes that overlapped, told from the values that they read and wrote."""

from __future__ import annotations

from dataclasses import replace

import pytest
from causeway_core.analysis.candidate import Candidate, Pattern
from causeway_core.analysis.overlap import overlapped

from tests.support.trace import Trace

SOURCE = """
def add(tally, number):
    had = tally.done
    tally.done = had + number

def look(tally):
    return tally.done  # look

def reset(tally):
    tally.done = 0  # reset
"""
READ, WRITE = "had = tally.done", "tally.done = had + number"


class Shared:
    """Two processes that use one value. Each is traced as a whole, one after the other: how they interleaved is not known."""

    def __init__(self) -> None:
        self.trace = Trace(SOURCE)
        self.one, self.two = self.trace.thread("one"), self.trace.thread("two")
        self.trace.actors[self.two] = replace(self.trace.actors[self.two], process=2)

    def adds(self, actor: int, had: int, now: int, *, looks: int | None = None) -> None:
        self.trace.read(actor, READ, "Tally.done", had)
        if looks is not None:
            self.trace.read(actor, "# look", "Tally.done", looks)
        self.trace.write(actor, WRITE, "Tally.done", now)

    def overlapped(self) -> bool:
        evidence = self.trace.evidence()
        table = evidence.table
        sites = {table.writes[row]: row for row in range(len(table)) if int(table.actor[row]) == self.one}
        other = next(row for row in range(len(table)) if int(table.actor[row]) == self.two)
        return overlapped(Candidate(Pattern.READ_WRITE_WRITE, "lost_update", sites[False], sites[True], (other,), "data"), evidence)


@pytest.mark.parametrize(("had", "now", "happened"), [(0, 10, True), (1, 11, False)], ids=["the same value", "what the first one wrote"])
def test_two_processes_that_read_the_same_value_before_either_wrote(had: int, now: int, happened: bool) -> None:
    shared = Shared()
    shared.adds(shared.one, 0, 1)
    shared.adds(shared.two, had, now)
    assert shared.overlapped() is happened


def test_actors_of_one_process_have_an_order() -> None:
    shared = Shared()
    shared.trace.actors[shared.two] = replace(shared.trace.actors[shared.two], process=1)
    shared.adds(shared.one, 0, 1)
    shared.adds(shared.two, 0, 10)
    assert not shared.overlapped()


def test_a_value_that_came_back_may_have_been_read_at_another_time() -> None:
    shared = Shared()
    shared.adds(shared.one, 0, 1)
    shared.trace.write(shared.one, "# reset", "Tally.done", 0)
    shared.adds(shared.two, 0, 10)
    assert not shared.overlapped()


def test_a_stale_check_counts_although_the_update_reads_again() -> None:
    shared = Shared()
    shared.adds(shared.one, 0, 1)
    shared.adds(shared.two, 0, 11, looks=1)
    assert shared.overlapped()


def test_who_only_looks_loses_nothing() -> None:
    shared = Shared()
    shared.adds(shared.one, 0, 1)
    shared.trace.read(shared.two, "# look", "Tally.done", 0)
    assert not shared.overlapped()
