"""trio, and anyio over it: tasks are actors, what they synchronize with orders them, and so does what crosses threads."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from causeway_core.analysis import analyze
from causeway_core.storage import Recording

from tests.support.recordings import record

RACES = """
    import trio

    class Account:
        def __init__(self): self.balance, self.owner = 0, None

        async def deposit(self, amount):
            balance = self.balance
            await trio.sleep(0.001)
            self.balance = balance + amount

        async def open(self):
            if self.owner is None:
                await trio.lowlevel.checkpoint()
                self.owner = object()

    async def main():
        account = Account()
        async with trio.open_nursery() as nursery:
            for amount in (10, 20):
                nursery.start_soon(account.deposit, amount)
                nursery.start_soon(account.open)

    trio.run(main)
    """

SYNCHRONIZED = """
    import trio

    class State:
        def __init__(self): self.count, self.value, self.ready = 0, None, False

    class Box:
        def __init__(self): self.n = 0

    async def counts(state, guard):
        async with guard:
            count = state.count
            await trio.lowlevel.checkpoint()
            state.count = count + 1

    async def sets(state, event):
        state.value = 5
        await trio.lowlevel.checkpoint()
        event.set()

    async def waits(state, event):
        await event.wait()
        state.value += 1

    async def notifies(state, condition):
        async with condition:
            state.ready = True
            condition.notify_all()

    async def is_notified(state, condition):
        async with condition:
            while not state.ready:
                await condition.wait()
            state.value = state.ready

    async def sends(channel, boxes):
        async with channel:
            for box in boxes:
                box.n += 1
                await channel.send(box)

    async def receives(channel, total):
        async with channel:
            async for box in channel:
                box.n += 1
        total.n += 1

    async def sleeps(state):
        try:
            await trio.sleep_forever()
        finally:
            state.count += 1

    async def starts(state, task_status):
        state.count += 1
        task_status.started()

    def blocks(state):
        state.count += 1
        trio.from_thread.run_sync(adds, state)
        trio.from_thread.run(adds_later, state)
        state.count += 1

    def adds(state):
        state.count += 1

    async def adds_later(state):
        await trio.lowlevel.checkpoint()
        state.count += 1

    async def main():
        for guard in (trio.Lock(), trio.StrictFIFOLock(), trio.Semaphore(1), trio.CapacityLimiter(1), trio.Condition()):
            state = State()
            async with trio.open_nursery() as nursery:
                for _ in range(3):
                    nursery.start_soon(counts, state, guard)
            assert state.count == 3
        state, event, condition = State(), trio.Event(), trio.Condition()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(waits, state, event)
            nursery.start_soon(sets, state, event)
        state.value += 1
        async with trio.open_nursery() as nursery:
            nursery.start_soon(is_notified, state, condition)
            await trio.testing.wait_all_tasks_blocked()
            nursery.start_soon(notifies, state, condition)
        for size in (0, 1):
            boxes, total = [Box() for _ in range(4)], Box()
            async with trio.open_nursery() as nursery:
                send, receive = trio.open_memory_channel(size)
                nursery.start_soon(sends, send.clone(), boxes[:2])
                nursery.start_soon(sends, send, boxes[2:])
                nursery.start_soon(receives, receive, total)
            assert [box.n for box in boxes] == [2, 2, 2, 2] and total.n == 1
        async with trio.open_nursery() as nursery:
            nursery.start_soon(sleeps, state)
            await trio.testing.wait_all_tasks_blocked()
            nursery.cancel_scope.cancel()
        async with trio.open_nursery() as nursery:
            await nursery.start(starts, state)
            state.count += 1
        with trio.move_on_after(0.001):
            await trio.sleep_forever()
        await trio.to_thread.run_sync(blocks, state)
        print(state.count)

    import trio.testing
    trio.run(main)
    """

KINDS = {"lock", "semaphore", "event", "condition", "queue", "join", "fork", "timer", "executor", "call_soon"}


@pytest.fixture(scope="module")
def synchronized(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recording]:
    folder = tmp_path_factory.mktemp("trio")
    script = folder / "synchronized.py"
    script.write_text(textwrap.dedent(SYNCHRONIZED))
    recorded = record(script, folder)
    assert recorded.stdout == "7\n"
    with Recording.open(recorded.path) as recording:
        yield recording


def test_tasks_that_synchronize_are_no_finding(synchronized: Recording) -> None:
    assert [gap.detail for gap in synchronized.gaps()] == []
    assert analyze(synchronized) == ()
    assert {edge.kind for edge in synchronized.edges()} >= KINDS


def test_tasks_are_actors_of_their_functions(synchronized: Recording) -> None:
    tasks = {actor.path: actor for actor in synchronized.actors() if actor.kind == "task"}
    assert {"main/main", "main/main/counts", "main/main/counts#15", "main/main/sends#4"} - set(tasks) == set()
    assert tasks["main/main/sleeps"].state == "cancelled"
    assert tasks["main/main/sets"].state == "finished"
    assert tasks["main/main"].name.startswith("main-")


def test_tasks_that_do_not_are(tmp_path: Path) -> None:
    script = tmp_path / "races.py"
    script.write_text(textwrap.dedent(RACES))
    with Recording.open(record(script, tmp_path).path) as recording:
        found = {(finding.kind, finding.resource): finding for finding in analyze(recording)}
    assert set(found) == {("lost_update", "Account.balance"), ("atomicity_violation", "Account.owner")}
    assert all("hold a trio.Lock" in finding.recommendation for finding in found.values())


PROTECTED = """
    import trio
    from trio._core import _ki, _run

    table = getattr(_ki, "_CODE_KI_PROTECTION_STATUS_WMAP", None)
    functions = (trio.Lock.acquire, trio.Lock.release, trio.Event.set, trio.MemorySendChannel.send, _run.unrolled_run)
    print(table is None or [table[function.__code__] for function in functions])
    """


def test_functions_stay_protected_from_ctrl_c(tmp_path: Path) -> None:
    script = tmp_path / "protected.py"
    script.write_text(textwrap.dedent(PROTECTED))
    assert record(script, tmp_path).stdout in ("[True, True, True, True, True]\n", "True\n")


PROGRAM = """
    import anyio

    class Box:
        def __init__(self): self.value, self.seen = 0, []

    def work(box, n):
        box.value = n
        box.seen.append(n)
        anyio.from_thread.run_sync(note, box)
        return box.value

    def note(box):
        box.value = box.value + 1

    async def main():
        box = Box()
        for n in range(6):
            box.value = -1
            await anyio.to_thread.run_sync(work, box, n)
            box.value += len(box.seen)
        print(box.value, len(box.seen))

    anyio.run(main, backend="%s")
    """


@pytest.mark.parametrize("backend", ["trio", "asyncio"])
def test_what_a_worker_thread_hands_back_is_no_finding(tmp_path: Path, backend: str) -> None:
    script = tmp_path / "program.py"
    script.write_text(textwrap.dedent(PROGRAM % backend))
    recorded = record(script, tmp_path)
    assert recorded.stdout == "12 6\n"
    with Recording.open(recorded.path) as recording:
        assert [gap.detail for gap in recording.gaps() if gap.detail.startswith("trio")] == []
        assert {"queue", "future" if backend == "asyncio" else "executor"} <= {edge.kind for edge in recording.edges()}
        assert analyze(recording) == ()
