"""Outcomes: what is compared, and what is left out because no two runs share it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from causeway_core.proof.outcome.canonical import canonical, canonical_lines
from causeway_core.proof.outcome.contrast import contrast
from causeway_core.proof.outcome.databases import dump
from causeway_core.proof.outcome.order_result import OrderResult
from causeway_core.proof.outcome.outcome import Outcome, observe
from causeway_core.storage import Recording

from tests.support.proofs import record


@pytest.mark.parametrize(("one", "other"), [
    ("at 2024-05-01T10:00:00Z", "at 2025-06-02T11:12:13.5+02:00"),
    ("<Task 0x7f00deadbeef>", "<Task 0x7f00cafebabe>"),
    ("took 1.25s", "took 0.3 s"),
    ("id 123e4567-e89b-12d3-a456-426614174000", "id 00000000-e89b-12d3-a456-426614174000"),
    ("http://127.0.0.1:8080/x", "http://127.0.0.1:40123/x"),
    ("pid 17", "pid 3"),
])  # fmt: skip
def test_what_no_two_runs_share_is_left_out(one: str, other: str) -> None:
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(("one", "other"), [("balance 850", "balance 950"), ("3 items", "2 items"), ("alice has 900", "bob has 900")])
def test_what_the_program_says_stays(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


def test_the_order_of_lines_is_no_outcome_but_their_number_is() -> None:
    assert canonical_lines("b\na\n") == canonical_lines("a\nb\n") != canonical_lines("a\na\nb\n")
    assert canonical_lines("/work/app/x.py: bad", "/work/app") == canonical_lines("/elsewhere/x.py: bad", "/elsewhere")


def outcome(**aspects: str) -> Outcome:
    return Outcome({name.replace("_", " "): (text,) if text else () for name, text in aspects.items()})


def test_only_what_no_serial_order_has_counts() -> None:
    serial = [outcome(returned="1", output="x"), outcome(returned="2", output="x")]
    assert outcome(returned="2", output="x").deviations(serial) == ()
    assert outcome(returned="3", output="x").deviations(serial) == ("returned",)
    assert outcome(returned="3", output="x").deviations(serial, only_failures=True) == ()
    assert outcome(returned="1", output="x", exceptions="KeyError in f").deviations(serial, only_failures=True) == ("exceptions",)


def test_the_difference_is_told_in_one_sentence() -> None:
    held = OrderResult(True)
    serial = [outcome(returned="main() = 2"), outcome(returned="main() = 2")]
    assert contrast(outcome(returned="main() = 1"), serial, ("returned",), held) == "every serial order gives main() = 2; this one gave main() = 1"
    said = contrast(outcome(exceptions="KeyError in f", returned=""), serial, ("returned", "exceptions"), held)
    assert said == "this order raises KeyError in f; no serial order does"
    fails = contrast(outcome(tests="test_one failed", exceptions="AssertionError in test_one"), serial, ("exceptions", "tests"), held)
    assert fails == "in this order test_one fails; in every serial order it passes"
    again = [outcome(exceptions="Refused in f ×2")]
    assert "raises" not in contrast(outcome(exceptions="Refused in f", returned="1"), again, ("exceptions", "returned"), held)
    left = [outcome(final_value="3")]
    elsewhere = outcome(final_value="2", exceptions="RuntimeError in tell")
    said = contrast(elsewhere, left, ("exceptions", "final value"), held, "Room.seq", frozenset({"say"}))
    assert said == "every serial order leaves Room.seq = 3; this one left 2"
    assert "raises RuntimeError in tell" in contrast(elsewhere, left, ("exceptions", "final value"), held, "Room.seq", frozenset({"tell"}))
    stuck = OrderResult(True, hang=("main/a waits for B",))
    assert contrast(outcome(hang="nothing can go on"), serial, ("hang",), stuck).startswith("in this order the program hangs (main/a waits for B)")


def test_the_rows_of_a_database_are_compared_whatever_their_order(tmp_path: Path) -> None:
    dumps = []
    for rows in ([(1, 5), (2, 7)], [(2, 7), (1, 5)]):
        path = tmp_path / f"{len(dumps)}.db"
        with sqlite3.connect(path) as database:
            database.execute("CREATE TABLE account (id, balance)")
            database.executemany("INSERT INTO account VALUES (?, ?)", rows)
        database.close()
        dumps.append(dump(path))
    assert dumps[0] == dumps[1] == ("account: (1, 5)", "account: (2, 7)")
    (tmp_path / "none.db").write_text("no database")
    assert dump(tmp_path / "none.db") is None and dump(tmp_path / "missing.db") is None


PROGRAM = """\
import asyncio, json

class Point:
    def __init__(self, x):
        self.x = x

async def add(log, x):
    await asyncio.sleep(0)
    log.append(x)

async def main():
    log = []
    await asyncio.gather(*[add(log, x) for x in {order}])
    with open("out.json", "w") as file:
        json.dump({{"n": len(log)}}, file)
    return {{"log": log, "point": Point(3), "pair": (1, "a")}}

asyncio.run(main())
"""


def test_what_the_entry_returns_is_read_deeply_and_appended_lists_have_no_order(tmp_path: Path) -> None:
    seen = []
    for number, order in enumerate(((1, 2, 3), (3, 1, 2))):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "app.py").write_text(PROGRAM.format(order=order))
        assert record(["app.py"], folder / "run.causeway", root=folder) == 0
        with Recording.open(folder / "run.causeway") as recording:
            seen.append(observe(recording, output="", result=None, timed_out=False, folder=folder))
    assert seen[0].aspects["returned"] == ("main() = {'log': [1, 2, 3], 'pair': (1, 'a'), 'point': Point(x=3)}",)
    assert seen[0].aspects["file out.json"] == ('{"n": 3}',)
    assert seen[0].differing(seen[1]) == frozenset()


def test_a_result_file_that_is_none_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    assert OrderResult.read(path) is None
    path.write_text("[1")
    assert OrderResult.read(path) is None
    path.write_text('{"feasible": false, "gave_up": {"reason": "actor ended", "detail": "it has ended"}, "passed": ["a1"]}')
    result = OrderResult.read(path)
    assert result is not None and (result.feasible, result.reason, result.kind, result.passed) == (False, "it has ended", "actor ended", ("a1",))
