"""Whose hang it is: a forced run that hangs proves a finding only if actors wait where the finding says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from causeway_core.model import At, Finding, FindingAccess
from causeway_core.model.order import Order
from causeway_core.proof.hangs import is_stuck
from causeway_core.proof.outcome.order_result import OrderResult
from causeway_core.proof.outcome.outcome import Outcome
from causeway_core.proof.running.rerun import Rerun

ORDER = Order("bad", "each takes its first lock before any requests its second", (), ())


def access(role: str, line: int, actor: str, at: int) -> FindingAccess:
    return FindingAccess(role, "app/farm.py", line, "work", actor, At(at), None)


def finding(*accesses: FindingAccess, resource: str = "licence and scratch") -> Finding:
    return Finding("F1", "deadlock", "hint", 20.5, 0.15, "", resource, accesses, (), (), None, None, "", "", ())


CYCLE = finding(
    access("acquire", 18, "clean", 1), access("acquire", 20, "clean", 2), access("acquire", 10, "render", 3), access("acquire", 12, "render", 4)
)  # fmt: skip
QUEUE = finding(access("acquire", 10, "render", 1), access("wait", 13, "render", 2), access("ask", 20, "clean", 3), resource="licence")
ANSWERED = finding(*QUEUE.accesses, access("answer", 22, "clean", 4), resource="licence")
"""The wait at line 13 was seen, and answered."""
SAME_LINE = finding(*(access("acquire", line, actor, at) for at, (line, actor) in enumerate([(5, "one"), (7, "one"), (5, "two"), (7, "two")])))
REENTERED = finding(access("acquire", 17, "main", 1), access("callback", 27, "worker", 2), resource="lock")


def hung(*stacks: tuple[str, ...]) -> Rerun:
    hang = tuple(f"actor waits for lock at {stack[0]}" if stack else "actor waits for lock" for stack in stacks)
    return Rerun(ORDER, OrderResult(True, hang=hang, stacks=stacks), Outcome({"hang": ("the program hangs",)}), 1.0)


MAIN = ("farm.py:32",)


@pytest.mark.parametrize(
    ("of", "run", "stuck"),
    [
        (CYCLE, hung(MAIN, ("farm.py:20", "farm.py:30"), ("farm.py:12",)), True),
        (CYCLE, hung(MAIN, ("farm.py:18",), ("farm.py:12",)), False),
        (QUEUE, hung(MAIN, ("farm.py:20",), ("farm.py:12",)), False),
        (QUEUE, hung(MAIN, ("farm.py:20",), ("pipes.py:4", "farm.py:13")), True),
        (QUEUE, hung(MAIN, ("farm.py:24", "farm.py:20"), ("farm.py:13",)), False),
        (ANSWERED, hung(("farm.py:14",), ("farm.py:20",)), True),
        (ANSWERED, hung(("farm.py:14",), ("farm.py:24", "farm.py:20")), False),
        (SAME_LINE, hung(MAIN, ("farm.py:7",), ("farm.py:7",)), True),
        (SAME_LINE, hung(MAIN, ("farm.py:7",), ("farm.py:5",)), False),
        (REENTERED, hung(("farm.py:27", "farm.py:17")), True),
        (REENTERED, hung(MAIN, ("farm.py:40",)), False),
        (CYCLE, hung((), ()), True),
    ],
    ids=(
        "its cycle", "one waits elsewhere", "another cycle", "inside of a call", "asks for another lock", "another wait under the lock",
        "and another lock", "two at one line", "one at it", "itself", "others", "unknown",
    ),
)
def test_a_hang_proves_the_finding_whose_actors_wait(of: Finding, run: Rerun, stuck: bool) -> None:
    assert is_stuck(of, run) is stuck


def test_a_deadlock_that_a_time_limit_ended_is_told_by_the_analysis_of_the_run() -> None:
    ended = Rerun(ORDER, OrderResult(True), Outcome({"hang": ()}, deadlocks=("licence",), blocked=("farm.py:12", "farm.py:20")), 1.0)
    assert is_stuck(CYCLE, ended) and not is_stuck(QUEUE, ended)
    assert not is_stuck(CYCLE, replace(ended, outcome=replace(ended.outcome, deadlocks=("other",))))


def test_the_lines_of_who_waits_are_read() -> None:
    told = [{"actor": "main", "waits_for": "lock at farm.py:12", "lines": ["farm.py:12", "farm.py:32"]}, {"actor": "main/pump", "waits_for": "lock"}]
    result = OrderResult.of({"feasible": True, "hang": {"actors": told}})
    assert result.stacks == (("farm.py:12", "farm.py:32"), ())
