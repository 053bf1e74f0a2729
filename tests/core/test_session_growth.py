"""What one session over a growing recording hands on to the next: the same past as if each had read all of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Event

import pytest
import zstandard
from causeway_core.ingest import chunkwriter
from causeway_core.ingest.ingestor import Ingestor
from causeway_core.session import Growth, Session
from causeway_core.storage import Recording
from causeway_core.wire.kinds import ActorKindCode, StepState, SyncOp, XKind

from tests.support.spool import ProcessBuilder, SpoolBuilder, StreamBuilder, text_words

SMALL_CHUNK = 16
"""Words."""


def work(process: ProcessBuilder, streams: list[StreamBuilder], times: int) -> None:
    """Each thread in turn calls, binds and returns."""
    for number in range(times):
        for stream in streams:
            name = f"work_{stream.number}"
            stream.call(process.site("call", function=name, line=1))
            for line in (2, 3):
                stream.line(process.site("line", function=name, line=line))
                stream.local(process.site("local", function=name, line=line, name=f"x{line}"), number)
            stream.ret(process.site("return", function=name, line=4), None)


def told(session: Session) -> list[object]:
    """All that a walk from the end sees: where each line back is, in whose stack, and the values there."""
    stop, seen = session.end(), []
    while stop.reason != "entry":
        stop = session.step_back_in()
        frame = session.frames()[0]
        values = [(one.name, one.value) for scope in session.scopes(frame) for one in session.variables(scope.ref)]
        seen.append((stop.mark, stop.text, frame.line, values))
    return [*seen, session.actors().actors]


def test_sessions_that_continue_one_another_see_what_a_first_reader_sees(tmp_path: Path) -> None:
    path = tmp_path / "run.causeway"
    spool = SpoolBuilder(tmp_path / "spool", segment_words=300)
    process = spool.process()
    streams = [process.thread(), process.thread("worker")]
    growth = Growth()
    spool.write(sealed=False)
    ingestor = Ingestor(spool.path, path, chunk_words=SMALL_CHUNK, indexed=True, growing=growth.growing)
    lengths = []
    for ahead in (True, False, True, False):
        work(process, streams, 8)
        spool.write(sealed=False)
        ingestor.poll()
        ingestor.settle()
        if ahead:
            growth.advance(path)
        continued, fresh = Session.open(path, growth), Session.open(path)
        assert told(continued) == told(fresh)
        lengths.append(len(told(fresh)))
        continued.close()
        fresh.close()
    assert lengths == sorted(set(lengths)), "each has more to see"
    ingestor.finish(0)


def test_more_chunks_than_wait_to_be_written_at_a_time_are_all_stored_in_order(tmp_path: Path) -> None:
    spool = SpoolBuilder(tmp_path / "spool")
    process = spool.process()
    work(process, [process.thread()], 600)
    spool.write()
    ingestor = Ingestor(spool.path, tmp_path / "run.causeway", chunk_words=SMALL_CHUNK)
    ingestor.poll()
    ingestor.finish(0)
    recording = Session.open(tmp_path / "run.causeway").recording
    chunks = recording.chunks(1)
    assert len(chunks) > 256
    assert [chunk.first for chunk in chunks[1:]] == [chunk.end for chunk in chunks[:-1]]
    words = b"".join(recording.chunk_data(chunk.stream, chunk.first) for chunk in chunks)
    wanted = [word for record in process.streams[0].records for word in record]
    assert [int.from_bytes(words[at : at + 4], "little") for at in range(0, len(words), 4)] == wanted


def test_chunks_that_are_not_compressed_yet_are_read_from_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compress, may_compress = chunkwriter._compressed, Event()

    def compress_later(compressor: zstandard.ZstdCompressor, entries: Sequence[chunkwriter.Entry]) -> list[tuple[object, ...]]:
        may_compress.wait()
        return compress(compressor, entries)

    monkeypatch.setattr(chunkwriter, "_compressed", compress_later)
    path = tmp_path / "run.causeway"
    spool = SpoolBuilder(tmp_path / "spool")
    process = spool.process()
    work(process, [process.thread(), process.thread("worker")], 40)
    spool.write()
    growth = Growth()
    ingestor = Ingestor(spool.path, path, chunk_words=SMALL_CHUNK, indexed=True, growing=growth.growing)
    ingestor.settle(wait=False)
    segments = sorted(spool.path.glob("*.seg"))
    with Recording.open(path) as recording:
        assert not recording.chunks()
    early = Session.open(path, growth)
    seen = told(early)
    early.close()
    assert segments, "what is not stored must stay in the spool"
    may_compress.set()
    ingestor.store(wait=True)
    later, fresh = Session.open(path, growth), Session.open(path)
    assert told(fresh) == told(later) == seen
    assert not list(spool.path.glob("*.seg"))
    later.close()
    fresh.close()
    ingestor.finish(0)


def rows_of_actors(path: Path) -> list[tuple[object, ...]]:
    with Recording.open(path) as recording:
        return list(recording.query("SELECT * FROM actor ORDER BY id").rows)


def some_tasks_run(process: ProcessBuilder, main: StreamBuilder, worker: StreamBuilder) -> None:
    for state in (StepState.FINISHED, StepState.SUSPENDED, StepState.FAILED):
        task = main.task("", "/app/work.py:3:transfer")
        main.step(task, first=True)
        main.task("inner", "/app/work.py:9:inner")
        main.step_end(task, state)


def a_task_goes_on(process: ProcessBuilder, main: StreamBuilder, worker: StreamBuilder) -> None:
    main.step(4)
    main.step_end(4, StepState.CANCELLED)


def a_task_waits_for_ever(process: ProcessBuilder, main: StreamBuilder, worker: StreamBuilder) -> None:
    main.json(XKind.WAITING, {"actor": main.task("waiter"), "waiting_on": "a lock", "stack": []})


def a_task_is_renamed(process: ProcessBuilder, main: StreamBuilder, worker: StreamBuilder) -> None:
    task = main.task("before")
    main.extended(XKind.ACTOR, task, ActorKindCode.TASK, 0, *text_words("after"), *text_words(""))


def a_thread_ends(process: ProcessBuilder, main: StreamBuilder, worker: StreamBuilder) -> None:
    worker.sync(SyncOp.END)


def somebody_unknown_runs(process: ProcessBuilder, main: StreamBuilder, worker: StreamBuilder) -> None:
    main.step(900)
    main.step_end(900)


def the_process_ends(process: ProcessBuilder, main: StreamBuilder, worker: StreamBuilder) -> None:
    process.end(3)


@pytest.mark.parametrize(
    "then",
    [some_tasks_run, a_task_goes_on, a_task_waits_for_ever, a_task_is_renamed, a_thread_ends, somebody_unknown_runs, the_process_ends],
    ids=lambda phase: phase.__name__,
)
def test_actors_that_are_listed_again_and_again_are_those_of_one_reading(tmp_path: Path, then: object) -> None:
    phases = (some_tasks_run, some_tasks_run, then, some_tasks_run)
    spool = SpoolBuilder(tmp_path / "often")
    process = spool.process()
    streams = process.thread(), process.thread("worker")
    spools = [tmp_path / "often", *(tmp_path / f"once{number}" for number in range(len(phases)))]
    ingestors = [Ingestor(path, path.with_suffix(".causeway"), indexed=True) for path in spools]
    for number, phase in enumerate(phases):
        assert callable(phase)
        phase(process, *streams)
        for spool.path, ingestor in zip(spools, ingestors, strict=True):
            spool.write(sealed=False)
            ingestor.poll()
        ingestors[0].settle()
        ingestors[number + 1].settle()
        assert rows_of_actors(spools[0].with_suffix(".causeway")) == rows_of_actors(spools[number + 1].with_suffix(".causeway"))
    for ingestor in ingestors:
        ingestor.finish(0)
