"""Work items of thread pools: the same worker may run two of them in a row, or two workers at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from causeway_core.analysis import analyze
from causeway_core.model import Finding
from causeway_core.storage import Recording

from tests.support.proofs import record

COUNT = """
import threading
from concurrent.futures import ThreadPoolExecutor

lock = threading.Lock()

def count(counts, word):
    {body}

def main():
    counts = {{"a": 0}}
    with ThreadPoolExecutor({workers}) as pool:
        {submit}
    print(counts["a"])

main()
"""
BARE = "counts[word] = counts.get(word, 0) + 1"
LOCKED = f"with lock: {BARE}"
IN_ROW = 'futures = [pool.submit(count, counts, "a") for _ in range(3)]'
AWAITED = '[pool.submit(count, counts, "a").result() for _ in range(3)]'


ONE_WORKER = """import concurrent.futures
        release = threading.Event()
        pool.submit(release.wait)
        futures = [pool.submit(count, counts, "a") for _ in range(3)]
        concurrent.futures.wait(futures)
        release.set()"""


def findings(tmp_path: Path, body: str, workers: object, submit: str) -> list[Finding]:
    program = tmp_path / "program.py"
    program.write_text(COUNT.format(body=body, workers=workers, submit=submit))
    assert record([str(program)], tmp_path / "run.causeway", root=tmp_path) == 0
    with Recording.open(tmp_path / "run.causeway") as recording:
        return [each for each in analyze(recording, store=False) if each.tier in ("likely", "latent")]


def test_items_submitted_together_are_not_ordered_whoever_ran_them(tmp_path: Path) -> None:
    (finding,) = findings(tmp_path, BARE, 4, IN_ROW)
    assert (finding.kind, finding.tier, finding.resource) == ("lost_update", "likely", "counts['a']")
    assert "work item" in finding.title
    assert finding.unordered


@pytest.mark.parametrize(("body", "workers", "submit"), [(LOCKED, 4, IN_ROW), (BARE, 1, IN_ROW), (BARE, 4, AWAITED)])
def test_a_lock_a_single_worker_and_a_result_waited_for_order_them(tmp_path: Path, body: str, workers: int, submit: str) -> None:
    assert not findings(tmp_path, body, workers, submit)


def test_items_that_one_worker_ran_in_a_row_touch_what_they_share(tmp_path: Path) -> None:
    (finding,) = findings(tmp_path, BARE, 2, ONE_WORKER)
    assert (finding.kind, finding.resource) == ("lost_update", "counts['a']")
