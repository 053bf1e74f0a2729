"""Queues and futures: which put a get belongs to, which submit a run, which result somebody got."""

# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sdk.hooked import hooked
from tests.sdk.spool_facts import ProcessFacts

ORDERS = {
    "queue.Queue()": [0, 1, 2, 3],
    "queue.LifoQueue()": [3, 2, 1, 0],
    "queue.PriorityQueue()": [1, 2, 0, 3],
    "queue.SimpleQueue()": [0, 1, 2, 3],
}
"""For puts of 5, 1, 3, 7: which of them each get takes."""


def tokens(process: ProcessFacts, op: str, type_name: str) -> list[int]:
    return [fact.extra for fact in process.syncs(op, type_name=type_name)]


@pytest.mark.parametrize("queue", ORDERS)
def test_a_get_carries_the_token_of_its_put(queue: str, tmp_path: Path) -> None:
    program = f"""
        import queue
        it = {queue}
        for item in (5, 1, 3, 7): it.put(item)
        print([it.get() for _ in range(4)])
        """
    process = hooked(tmp_path, program).main
    name = queue.removesuffix("()").replace("queue.Simple", "_queue.Simple")
    puts, gets = tokens(process, "put", name), tokens(process, "get", name)
    assert len(set(puts)) == 4
    assert gets == [puts[at] for at in ORDERS[queue]]


def test_equal_items_and_many_queues_keep_their_tokens(tmp_path: Path) -> None:
    program = """
        import queue
        first, second = queue.Queue(), queue.Queue()
        for _ in range(3): first.put(None); second.put(None)
        heap = queue.PriorityQueue()
        for n in (2, 0, 1) * 40: heap.put(n)
        print([heap.get() for _ in range(120)] == sorted([0, 1, 2] * 40), [(second.get(), first.get()) for _ in range(3)])
        """
    process = hooked(tmp_path, program).main
    by_queue: dict[int, dict[str, list[int]]] = {}
    for fact in process.syncs("put", "get"):
        by_queue.setdefault(fact.object, {"put": [], "get": []})[fact.op].append(fact.extra)
    assert len(by_queue) == 3
    for ops in by_queue.values():
        assert sorted(ops["put"]) == sorted(ops["get"])
        if len(ops["put"]) == 3:
            assert ops["put"] == ops["get"]


def test_a_queue_of_the_programs_own_order(tmp_path: Path) -> None:
    program = """
        import queue
        class Middle(queue.Queue):
            def _init(self, maxsize): self.queue = []
            def _get(self): return self.queue.pop(len(self.queue) // 2)
        it = Middle()
        for item in "abcde": it.put(item)
        print([it.get_nowait() for _ in range(5)])
        """
    process = hooked(tmp_path, program).main
    puts, gets = tokens(process, "put", "__main__.Middle"), tokens(process, "get", "__main__.Middle")
    assert gets == [puts[at] for at in (2, 3, 1, 4, 0)]


def test_full_and_empty_queues_ask_before_they_block(tmp_path: Path) -> None:
    program = """
        import queue
        it, simple = queue.Queue(1), queue.SimpleQueue()
        it.put(1)
        for call in (lambda: it.put(2, timeout=0.01), lambda: (it.get(), it.get(timeout=0.01)), lambda: simple.get(timeout=0.01), lambda: simple.get(block=False)):
            try:
                call()
            except (queue.Full, queue.Empty) as error:
                print(type(error).__name__)
        """
    process = hooked(tmp_path, program).main
    assert [fact.op for fact in process.syncs("put", "put_request", "get", "get_request", type_name="queue.Queue")] == [
        "put",
        "put_request",
        "get",
        "get_request",
    ]
    assert [fact.op for fact in process.syncs("get_request", "timeout", "get", type_name="_queue.SimpleQueue")] == ["get_request", "timeout"]


def test_task_done_releases_join(tmp_path: Path) -> None:
    program = """
        import queue, threading
        it = queue.Queue()
        def work():
            for _ in range(3): it.get(); it.task_done()
        for n in range(3): it.put(n)
        thread = threading.Thread(target=work)
        thread.start()
        it.join()
        thread.join()
        """
    process = hooked(tmp_path, program).main
    released = process.syncs("sem_released")
    (joined,) = process.syncs("sem_acquired")
    assert len(released) == 3
    assert {fact.object for fact in released} == {joined.object}
    assert all(process.facts.index(fact) < process.facts.index(joined) for fact in released)


def test_submit_run_and_result(tmp_path: Path) -> None:
    program = """
        from concurrent.futures import ThreadPoolExecutor, Future
        def fail(): raise ValueError("no")
        with ThreadPoolExecutor(2) as pool:
            good, bad = pool.submit(pow, 2, 5), pool.submit(fail)
            print(good.result(), repr(bad.exception()))
        lost = Future()
        lost.add_done_callback(lambda future: print("called"))
        lost.set_result(1)
        lost.add_done_callback(lambda future: print("at once", future.result()))
        """
    process = hooked(tmp_path, program).main
    future = "concurrent.futures._base.Future"
    assert sorted(tokens(process, "submit", future)) == sorted(tokens(process, "run", future))
    (good, lost), (bad,) = ([fact.object for fact in process.syncs(op, type_name=future)] for op in ("result_set", "exception_set"))
    got = [fact.object for fact in process.syncs("result_got", type_name=future)]
    assert got == [good, bad, lost, lost]
    runs = {fact.extra: fact.actor for fact in process.syncs("run")}
    submits = {fact.extra: fact.actor for fact in process.syncs("submit")}
    assert all(runs[token] != submits[token] for token in submits)
