"""Lost updates of what processes share are forced by gates in both of them; the locked twins stay silent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import causeway

PROGRAM = """
import multiprocessing
from multiprocessing.shared_memory import SharedMemory


def work(total, lock, number):
    {body}


def main():
    context = multiprocessing.get_context("fork")
    {make}
    lock = {lock}
    workers = [context.Process(target=work, args=(total, lock, number)) for number in (1, 10)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print({shown})
    {end}


main()
"""
LOCKED = "with lock:\n        {}"
VALUE = ("total = context.Value('i', 0)", "total.value", "pass")
BLOCK = ("total = SharedMemory(create=True, size=16)", "total.buf[4]", "total.close(), total.unlink()")
SERVED = ("manager = context.Manager(); total = manager.dict(sum=0)", "dict(total)", "manager.shutdown()")


def analysed(folder: Path, kind: tuple[str, str, str], body: str, lock: str, *words: str) -> list[dict[str, Any]]:
    make, shown, end = kind
    (folder / "program.py").write_text(PROGRAM.format(body=body, make=make, lock=lock, shown=shown, end=end))
    for command in (("record", "-q", "-o", "run.causeway", "program.py"), ("analyze", "run.causeway", "--format", "json", *words)):
        done = causeway(*command, cwd=folder)
        assert done.returncode in (0, 1), done.stderr
    return list(json.loads(done.stdout)["findings"])


@pytest.mark.parametrize(
    ("kind", "body"),
    [(VALUE, "total.value += number"), (BLOCK, "total.buf[4] += number"), (SERVED, "total['sum'] = total.get('sum') + number")],
    ids=("value", "block", "manager"),
)
def test_an_update_lost_between_processes_is_confirmed(kind: tuple[str, str, str], body: str, tmp_path: Path) -> None:
    (finding,) = analysed(tmp_path, kind, body, "None", "--verify")
    assert (finding["tier"], finding["kind"]) == ("confirmed", "lost_update")


def test_a_check_outside_of_the_lock_is_confirmed(tmp_path: Path) -> None:
    body = "if total.value == 0:\n        with lock:\n            total.value += number"
    (finding,) = analysed(tmp_path, VALUE, body, "total.get_lock()", "--verify")
    assert (finding["tier"], finding["kind"]) == ("confirmed", "atomicity_violation")


@pytest.mark.parametrize(
    ("kind", "body", "lock"),
    [
        (VALUE, "total.value += number", "total.get_lock()"),
        (BLOCK, "total.buf[4] += number", "context.Lock()"),
        (SERVED, "total['sum'] = total.get('sum') + number", "manager.Lock()"),
        (SERVED, "total['sum'] = total.get('sum') + number", "manager.BoundedSemaphore(1)"),
    ],
    ids=("value", "block", "manager", "manager's semaphore"),
)
def test_the_same_under_a_lock_is_silent(kind: tuple[str, str, str], body: str, lock: str, tmp_path: Path) -> None:
    assert analysed(tmp_path, kind, LOCKED.format(body), lock, "--no-verify") == []
