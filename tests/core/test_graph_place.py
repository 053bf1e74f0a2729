"""The line that was executing at an event, also where a chunk begins in the middle of things."""

from __future__ import annotations

from pathlib import Path

import pytest
from causeway_core.graph.place import Places
from causeway_core.model import make_at
from causeway_core.storage.recording import Recording
from causeway_core.wire.kinds import StepState, SyncOp

from tests.support.ingest import ingest
from tests.support.spool import Event, SpoolBuilder

CHUNKS = [1 << 16, 64, 16]


def lines(path: Path, events: dict[str, Event]) -> dict[str, int | None]:
    with Recording.open(path) as recording:
        places = Places(recording)
        found = {name: places.of(make_at(event.stream + 1, event.position)) for name, event in events.items()}
        return {name: place.line if place else None for name, place in found.items()}


@pytest.mark.parametrize("chunk_words", CHUNKS)
def test_the_innermost_activation_counts_and_a_return_still_belongs_to_it(tmp_path: Path, chunk_words: int) -> None:
    spool = SpoolBuilder(tmp_path / "spool")
    process = spool.process()
    main = process.thread()
    lock = process.object("_thread.lock")
    events = {"before all": main.sync(SyncOp.ACQUIRED, lock)}
    main.call(process.site("call", 1, function="outer"))
    main.line(process.site("line", 2, function="outer"))
    events["outer"] = main.sync(SyncOp.RELEASED, lock)
    main.call(process.site("call", 5, function="inner"))
    main.line(process.site("line", 6, function="inner"))
    for _ in range(20):
        events["inner"] = main.sync(SyncOp.ACQUIRED, lock)
        main.sync(SyncOp.RELEASED, lock)
    events["return"] = main.ret(process.site("return", 6, function="inner"))
    events["back"] = main.sync(SyncOp.ACQUIRED, lock)
    main.ret(process.site("return", 3, function="outer"))
    events["after all"] = main.sync(SyncOp.RELEASED, lock)
    path = ingest(spool, tmp_path / "run.causeway", chunk_words)
    assert lines(path, events) == {"before all": None, "outer": 2, "inner": 6, "return": 6, "back": 2, "after all": None}


@pytest.mark.parametrize("chunk_words", CHUNKS)
def test_each_task_keeps_its_place_over_an_await(tmp_path: Path, chunk_words: int) -> None:
    spool = SpoolBuilder(tmp_path / "spool")
    process = spool.process()
    loop = process.thread()
    loop.call(process.site("call", 1, function="run"))
    loop.line(process.site("line", 1, function="run"))
    tasks, frames, events = {}, {}, {}
    for name, line in (("a", 10), ("b", 20)):
        tasks[name] = loop.task(name)
        loop.step(tasks[name], loop.handle(), first=True)
        frames[name] = loop.call(process.site("call", line, function=name))
        loop.line(process.site("line", line + 1, function=name))
        loop.suspend(process.site("await", line + 1, function=name), frames[name])
        events[f"{name} suspends"] = loop.step_end(tasks[name])
        events[f"loop after {name}"] = loop.sync(SyncOp.EVENT_SET, process.object("threading.Event"))
    for name, line in (("a", 10), ("b", 20)):
        loop.step(tasks[name], loop.handle())
        events[f"{name} woken"] = loop.sync(SyncOp.WAIT_END, process.object("asyncio.locks.Event"))
        loop.resume(process.site("resume", line + 1, function=name), frames[name])
        loop.line(process.site("line", line + 2, function=name))
        events[f"{name} goes on"] = loop.sync(SyncOp.EVENT_CLEAR, process.object("asyncio.locks.Event"))
        loop.ret(process.site("return", line + 2, function=name))
        loop.step_end(tasks[name], StepState.FINISHED)
    path = ingest(spool, tmp_path / "run.causeway", chunk_words)
    assert lines(path, events) == {
        "a suspends": 11, "loop after a": 1, "b suspends": 21, "loop after b": 1, "a woken": 11, "a goes on": 12, "b woken": 21, "b goes on": 22,
    }


@pytest.mark.parametrize("chunk_words", CHUNKS)
def test_a_generator_and_a_handler_leave_and_take_the_top(tmp_path: Path, chunk_words: int) -> None:
    spool = SpoolBuilder(tmp_path / "spool")
    process = spool.process()
    main = process.thread()
    event = process.object("threading.Event")
    caller = main.call(process.site("call", 1, function="caller"))
    main.line(process.site("line", 2, function="caller"))
    generator = main.call(process.site("call", 8, function="items"))
    main.line(process.site("line", 9, function="items"))
    main.suspend(process.site("yield", 9, function="items"), generator, 1)
    events = {"yielded": main.sync(SyncOp.EVENT_SET, event)}
    main.resume(process.site("resume", 9, function="items"), generator)
    events["resumed"] = main.sync(SyncOp.EVENT_CLEAR, event)
    main.handler(process.site("handler", 4, function="caller"), caller)
    events["handled"] = main.sync(SyncOp.EVENT_SET, event)
    path = ingest(spool, tmp_path / "run.causeway", chunk_words)
    assert lines(path, events) == {"yielded": 2, "resumed": 9, "handled": 2}
