"""Whether an actor could have an object before its maker has set something in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from causeway_core.analysis.evidence.handover import could_have
from causeway_core.model import At, Edge, make_at

from tests.support.trace import Trace

JOB = """
class Job:
    def change(self, size):
        self.size = size

def add(jobs, job):
    jobs.append(job)

def work(job):
    return job.size + 1
"""


def could(meanwhile: Callable[[Trace, int], object], *, early: bool = True, edges: tuple[Edge, ...] = ()) -> bool:
    """A thread makes a job and sets its size; another thread, which it started before that or after it, reads the size."""
    trace = Trace(JOB)
    maker = trace.thread("MainThread")
    made = trace.event(maker) if not early else None
    user = trace.thread("worker", trace.event(maker))
    made = made or trace.event(maker)
    meanwhile(trace, maker)
    set_at = trace.write(maker, "self.size = size", "job.size", 2)
    read_at = trace.read(user, "job.size + 1", "job.size", 2)
    evidence = trace.evidence()
    evidence.facts = replace(evidence.facts, first_seen=lambda object: made, edges_out_of=lambda first, last: edges)
    rows: dict[At, int] = {evidence.at(row): row for row in range(len(evidence.table))}
    return could_have(evidence, rows[read_at], rows[set_at])


def test_a_thread_that_was_started_before_the_object_was_made_does_not_have_it() -> None:
    assert not could(Trace.event)


def test_a_thread_may_be_given_what_its_starter_has() -> None:
    assert could(Trace.event, early=False)


@pytest.mark.parametrize("edge", [True, False])
def test_an_object_may_be_handed_over_by_whatever_orders_threads(edge: bool) -> None:
    edges = (Edge(make_at(1, 1), make_at(2, 1), "lock", True),) if edge else ()
    assert could(Trace.event, edges=edges) is edge


def test_an_object_may_be_in_a_container_that_was_changed() -> None:
    assert could(lambda trace, maker: trace.write(maker, "jobs.append(job)", "jobs[*]", 1, op="mutate", name="append"))
