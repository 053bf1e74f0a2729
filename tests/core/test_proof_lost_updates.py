"""Updates that a run lost, told from what it recorded."""

from __future__ import annotations

import pytest
from causeway_core.proof.outcome.lost_updates import lost_updates

from tests.support.trace import Trace

SOURCE = """
def add(tally, number):
    had = get(tally)
    put(tally, had + number)

def get(tally):
    return tally.done

def put(tally, value):
    tally.done = value

def back(tally, value):
    tally.done = value  # back
"""
READ, WRITE, BACK = "return tally.done", "tally.done = value", "# back"


@pytest.mark.parametrize(
    ("second", "last", "lost"),
    [(5, 2, True), (2, 2, False), (None, 2, False)],
    ids=["each adds its own", "both set the same", "the other only looks"],
)
def test_what_two_read_and_then_write_at_the_same_lines(second: int | None, last: int, lost: bool) -> None:
    trace = Trace(SOURCE)
    one, two = trace.thread("one"), trace.thread("two")
    trace.read(one, READ, "Tally.done", 1)
    trace.read(two, READ, "Tally.done", 1)
    if second is not None:
        trace.write(two, WRITE, "Tally.done", second)
    trace.write(one, WRITE, "Tally.done", last)
    assert lost_updates(trace.evidence()) == (("Tally.done",) if lost else ())


@pytest.mark.parametrize("looks_again", [False, True])
def test_a_number_that_is_put_back_as_it_was_before_another_counted(looks_again: bool) -> None:
    trace = Trace(SOURCE)
    one, two = trace.thread("one"), trace.thread("two")
    trace.read(one, READ, "Tally.done", 10)
    trace.write(one, WRITE, "Tally.done", 6)
    trace.read(two, READ, "Tally.done", 6)
    trace.write(two, WRITE, "Tally.done", 3)
    if looks_again:
        trace.read(one, READ, "Tally.done", 3)
    trace.write(one, BACK, "Tally.done", 10)
    assert lost_updates(trace.evidence()) == (() if looks_again else ("Tally.done",))
