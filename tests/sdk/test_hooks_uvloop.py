"""uvloop, where it is installed: tasks and callbacks are steps with causes, as under asyncio's own loop."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sdk.hooked import run_hooked, run_plain

pytest.importorskip("uvloop")

PROGRAM = """
import asyncio, threading, uvloop
async def worker(queue, total):
    while (item := await queue.get()) is not None:
        await asyncio.sleep(0.0001)
        total[0] += item
async def main():
    queue, total, done = asyncio.Queue(2), [0], asyncio.Event()
    task = asyncio.create_task(worker(queue, total), name="worker")
    for item in (1, 2, 3, None): await queue.put(item)
    await task
    thread = threading.Thread(target=asyncio.get_running_loop().call_soon_threadsafe, args=(done.set,), name="caller")
    thread.start()
    await done.wait()
    thread.join()
    print(total, await asyncio.to_thread(int, "7"))
uvloop.run(main())
"""


def test_tasks_and_callbacks_are_steps(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    plain, recorded = run_plain(tmp_path, ["program.py"]), run_hooked(tmp_path, ["program.py"])
    assert (recorded.stdout, recorded.stderr, recorded.code) == (plain.stdout, plain.stderr, plain.code)
    process = recorded.main
    handles = {fact.token: fact for fact in process.of("handle")}
    steps = process.of("step")
    assert steps and len(steps) == len(process.of("step_end"))
    assert all(step.token in handles for step in steps)
    woken = [handles[step.token] for step in steps if process.actors[step.number].name == "Event.set"]
    assert [(fact.handle_kind, process.actors[fact.actor].name) for fact in woken] == [(4, "caller")]
    assert process.named("worker").function.endswith(":worker")
    assert [gap["hook"] for gap in process.gaps] == ["uvloop"]
