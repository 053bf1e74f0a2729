"""A hang of several processes is noticed as soon as all of them wait for each other, and never while one of them may go on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from causeway.order.process_group import ProcessGroup

from tests.sdk.forced import order, run

FREE = order({})
"""The order that holds no actor."""
HEAD = """
import multiprocessing, os, subprocess, sys, time
from concurrent.futures import ProcessPoolExecutor

context = multiprocessing.get_context("fork")

def in_process(target, *args):
    process = context.Process(target=target, args=args)
    process.start()
    return process
"""

CROSSED = """
def cross(mine, other, both):
    with mine:
        both.wait()
        with other:
            pass

left, right, both = context.Lock(), context.Lock(), context.Barrier(2)
for process in (in_process(cross, left, right, both), in_process(cross, right, left, both)):
    process.join()
"""
JOINED_BEFORE_READ = """
def answer(answers):
    answers.put(bytes(1_000_000))

answers = context.Queue()
process = in_process(answer, answers)
process.join()
answers.get()
"""
ASKED_BOTH_WAYS = """
here, there = context.Pipe()
process = in_process(there.recv)
here.recv()
"""
POOL = """
never = context.Event()

def work():
    never.wait()

with ProcessPoolExecutor(2, context) as pool:
    pool.submit(work).result()
"""
MANAGER = """
with context.Manager() as manager:
    asked, answers = manager.Queue(), manager.Queue()
    process = in_process(asked.get)
    answers.get()
"""
EXECUTED = """
if "child" in sys.argv:
    sys.stdin.read()
else:
    child = subprocess.Popen([sys.executable, __file__, "child"], stdin=subprocess.PIPE)
    child.wait()
"""

needs_proc = pytest.mark.skipif(not Path("/proc/self/syscall").exists(), reason="what threads block in is told by Linux")

HELD_WHILE_ASLEEP = """
def hold(lock, held):
    with lock:
        held.set()
        time.sleep(1.5)

lock, held = context.Lock(), context.Event()
in_process(hold, lock, held)
held.wait()
lock.acquire()
"""
LIMITED = """
def wait(end):
    context.Event().wait(1.5)
    end.set()

end = context.Event()
in_process(wait, end)
end.wait()
"""
ANOTHER_PROGRAM = """
def become():
    os.execv("/bin/sleep", ["sleep", "1.5"])

in_process(become).join()
"""


@needs_proc
@pytest.mark.parametrize(
    ("program", "waits"),
    [
        (CROSSED, {"main": "the end of a process", "main/process": "a lock or semaphore", "main/process#2": "a lock or semaphore"}),
        (JOINED_BEFORE_READ, {"main": "the end of a process", "main/process/_feed": "a reader"}),
        (ASKED_BOTH_WAYS, {"main": "input", "main/process": "input"}),
        (POOL, {"main": "lock", "main/run": "input"}),
        (MANAGER, {"main": "input", "main/process#2": "input"}),
        (EXECUTED, {"main": "the end of a process", "main/process": "input"}),
    ],
    ids=("crossed locks", "joined before read", "pipe", "pool", "manager", "subprocess"),
)
def test_processes_that_wait_for_each_other_hang(program: str, waits: dict[str, str], tmp_path: Path) -> None:
    # `run` sets no time limit that could end the program.
    done = run(tmp_path, HEAD + program, FREE)
    said = {one["actor"]: one["waits_for"] for one in done.result["hang"]["actors"]}
    assert {actor: what for actor, what in waits.items() if not said[actor].startswith(what)} == {}, said
    assert done.result["ended"] and done.code != 0, done


@pytest.mark.parametrize("program", [HELD_WHILE_ASLEEP, LIMITED, ANOTHER_PROGRAM], ids=("sleeps", "time limit", "another program"))
def test_a_process_that_goes_on_later_is_waited_for(program: str, tmp_path: Path) -> None:
    done = run(tmp_path, f"{HEAD}{program}\nprint('end')", FREE)
    assert (done.stdout, done.code, done.result.get("hang")) == ("end\n", 0, None), done


def still(**more: Any) -> dict[str, Any]:
    """A process that waits, for nothing unless something is said."""
    said = {"quiet": True, "timed": False, "hears": [], "held": [], "unsent": [], "visits": [], "visitors": [], "children": [], "executed": []}
    return {**said, **more}


def hangs(*states: dict[str, Any], gone: tuple[int, ...] = (), lives: bool = False) -> bool:
    """Whether processes 1, 2, … that stand like this in two looks hang; processes that are gone took part before."""
    now = dict(enumerate(states, 1))
    group = ProcessGroup()
    group.add_observation(now, dict.fromkeys(gone, "main/process"))
    return group.hangs(now, now, lambda process: lives)


def test_processes_without_anything_to_come_hang() -> None:
    assert hangs(still(hears=["process 2"]), still(hears=["listen '/tmp/pymp-x/listener-y'"]), gone=(9,))
    assert hangs(still(children=[2], executed=[2]), still())


@pytest.mark.parametrize(
    ("states", "why"),
    [
        ((still(timed=True), still()), "a timer of twenty seconds ends some day"),
        ((still(), still(hears=["listen 127.0.0.1:80"], visitors=[]), still(visits=["127.0.0.1:80"])), "a client may come"),
        ((still(executed=[9]), still()), "what another program has left behind may hold a pipe"),
        ((still(), still(quiet=False)), "one runs"),
    ],
)
def test_processes_with_something_to_come_do_not(states: tuple[dict[str, Any], ...], why: str) -> None:
    assert not hangs(*states), why


def test_a_process_that_has_left_the_order_and_still_runs_may_do_anything() -> None:
    assert not hangs(still(hears=["process 9"]), gone=(9,), lives=True)


HELD_ACROSS_AWAIT = """
import asyncio, contextlib, threading
lock = threading.Lock()

async def holds(event):
    with lock:
        async with passed_on(event):
            pass

@contextlib.asynccontextmanager
async def passed_on(event):
    yield await event.wait()

async def wants(event):
    with lock:
        event.set()

async def main():
    event = asyncio.Event()
    await asyncio.gather(holds(event), wants(event))

asyncio.run(main())
"""


def test_where_tasks_wait_is_told_although_their_thread_is_blocked(tmp_path: Path) -> None:
    done = run(tmp_path, HELD_ACROSS_AWAIT, FREE)
    lines = {one["actor"]: one["lines"] for one in done.result["hang"]["actors"]}
    assert lines["main/main/holds"] == ["program.py:12", "program.py:7"], done
    assert lines["main"][0] == "program.py:15" and lines["main"][-1] == "program.py:22", done


def test_where_a_thread_waits_for_another_is_told(tmp_path: Path) -> None:
    program = "import threading\n\ndef never():\n    lock.acquire()\n\nlock = threading.Lock()\nlock.acquire()\n"
    done = run(tmp_path, program + "thread = threading.Thread(target=never)\nthread.start()\nthread.join()\n", FREE)
    waits = {one["actor"]: one["waits_for"] for one in done.result["hang"]["actors"]}
    assert waits["main"].startswith("the end of Thread-1") and waits["main"].endswith(" at program.py:10"), waits
    assert waits["main/never"] == "lock at program.py:4", waits
