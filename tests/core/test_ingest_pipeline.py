"""From a spool to rows: actors, steps, exceptions, messages, boundaries, gaps; in order, in parts, and torn."""

from __future__ import annotations

import json
from pathlib import Path

from causeway_core.ingest.ingestor import Ingestor
from causeway_core.ingest.merge import merge
from causeway_core.ingest.recover import recover
from causeway_core.model.at import position_of
from causeway_core.storage import Recording
from causeway_core.wire.kinds import ActorKindCode, HandleKind, StepState, SyncFlag, SyncOp, XKind

from tests.support.ingest import ingest
from tests.support.proofs import record
from tests.support.spool import SpoolBuilder


def test_tasks_have_steps_with_causes_and_endings(tmp_path: Path) -> None:
    spool = SpoolBuilder(tmp_path / "spool")
    main = spool.process().thread()
    task = main.task("transfer-1", "/bank.py:10:Bank.transfer")
    first, second = main.handle(), main.handle(HandleKind.TIMER)
    main.step(task, first, first=True)
    main.step_end(task, StepState.SUSPENDED)
    main.step(task, second)
    main.step_end(task, StepState.FINISHED)
    with Recording.open(ingest(spool, tmp_path / "run.causeway")) as recording:
        thread, actor = recording.actors()
        assert (actor.kind, actor.name, actor.path, actor.function, actor.line) == ("task", "transfer-1", "main/transfer", "Bank.transfer", 10)
        assert (actor.state, thread.state, actor.created_at is not None) == ("finished", "running", True)
        one, two = recording.steps(actor.id)
        assert (one.number, one.ending, two.number, two.ending) == (0, "suspended", 1, "finished")
        assert recording.step_at(one.cause_at).actor == thread.id  # type: ignore[arg-type, union-attr]
        assert recording.cause_kind(two.id) == HandleKind.TIMER
        assert one.ended_ns is not None and one.started_ns < one.ended_ns < two.started_ns


def test_an_eager_task_interrupts_the_step_of_its_creator(tmp_path: Path) -> None:
    spool = SpoolBuilder(tmp_path / "spool")
    process = spool.process()
    main = process.thread()
    line = process.site("line")
    outer, inner = main.task("outer"), main.task("inner")
    main.step(outer)
    main.line(line)
    main.step(inner)
    main.line(line)
    main.step_end(inner, StepState.FINISHED)
    after = main.line(line)
    main.step_end(outer, StepState.FINISHED)
    with Recording.open(ingest(spool, tmp_path / "run.causeway")) as recording:
        actors = {actor.name: actor.id for actor in recording.actors()}
        pieces = recording.steps(actors["outer"])
        assert [piece.ending for piece in pieces] == [None, "finished"]
        assert position_of(pieces[1].first_at) == after.position
        assert [step.ending for step in recording.steps(actors["inner"])] == ["finished"]


def test_a_thread_is_cut_where_it_takes_what_others_gave(tmp_path: Path) -> None:
    spool = SpoolBuilder(tmp_path / "spool")
    process = spool.process()
    main = process.thread()
    lock = process.object("_thread.lock", None)
    taken = main.sync(SyncOp.ACQUIRED, lock)
    main.sync(SyncOp.ACQUIRED, lock, flags=SyncFlag.REENTRANT)
    main.sync(SyncOp.RELEASED, lock)
    got = main.sync(SyncOp.GET, lock, extra=5)
    with Recording.open(ingest(spool, tmp_path / "run.causeway")) as recording:
        steps = recording.steps()
        assert [position_of(step.first_at) for step in steps[1:]] == [taken.position, got.position]
        assert [sync.op for sync in recording.syncs()] == ["acquired", "acquired", "released", "get"]
        assert recording.syncs(1 << 32 | lock.id)[0].flags == 0


def test_what_one_thread_defines_another_uses(tmp_path: Path) -> None:
    """The worker's segments are sealed and read while the main thread's, which hold the sites, are still open."""
    spool = SpoolBuilder(tmp_path / "spool")
    process = spool.process()
    main, worker = process.thread(), process.thread("worker")
    process.begin(main)
    call = process.site("call", function="work", line=3)
    worker.call(call)
    worker.local(process.site("local", function="work", line=4, name="x"), 7)
    process.begin(main)
    spool.write(sealed=False)
    ingestor = Ingestor(spool.path, tmp_path / "run.causeway")
    ingestor.poll()
    ingestor.finish(0)
    with Recording.open(tmp_path / "run.causeway") as recording:
        assert recording.gaps()[0].kind == "lost"
        assert {actor.name for actor in recording.actors()} == {"MainThread", "worker"}
        assert [run.number for run in recording.runs(1)] == [1, 2, 3]


def test_spools_grow_between_polls(tmp_path: Path) -> None:
    spool = SpoolBuilder(tmp_path / "spool", segment_words=200)
    process = spool.process()
    main, worker = process.thread(), process.thread("worker")
    line = process.site("line", function="f")
    ingestor = None
    for _ in range(30):
        for stream in (main, worker):
            for _ in range(17):
                stream.line(line)
        spool.write(sealed=False)
        ingestor = ingestor or Ingestor(spool.path, tmp_path / "run.causeway", chunk_words=128)
        ingestor.poll()
    assert ingestor is not None
    process.end()
    spool.write()
    ingestor.finish(0)
    with Recording.open(tmp_path / "run.causeway") as recording:
        assert [gap.detail for gap in recording.gaps()] == []
        assert sum(chunk.events for chunk in recording.chunks()) == recording.meta.events == sum(len(stream.records) for stream in process.streams)
        assert [run.number for run in recording.runs(1)] == list(range(1, process.order + 1))
        for stream in recording.streams():
            chunks = recording.chunks(stream.id)
            assert [chunk.first for chunk in chunks[1:]] == [chunk.end for chunk in chunks[:-1]]
            assert chunks[-1].end == stream.words


def test_a_run_is_read_to_its_end_before_the_next_though_a_look_found_only_its_beginning(tmp_path: Path) -> None:
    """A worker schedules a callback after the recorder has looked at its open segment; the loop's thread, read first, runs it."""
    spool = SpoolBuilder(tmp_path / "spool")
    process = spool.process()
    main, worker = process.thread(), process.thread("worker")
    line = process.site("line", function="f")
    main.line(line)
    worker.line(line)
    spool.write(sealed=False)
    ingestor = Ingestor(spool.path, tmp_path / "run.causeway")
    ingestor.poll()
    token = worker.handle()
    callback = main.task("callback", kind=ActorKindCode.CALLBACK)
    main.step(callback, token, first=True)
    main.step_end(callback)
    spool.write(sealed=False)
    ingestor.poll()
    ingestor.finish(0)
    with Recording.open(tmp_path / "run.causeway") as recording:
        (step,) = [step for step in recording.steps() if step.cause_at is not None]
        assert [run.number for run in recording.runs(1)] == [1, 2, 3]
        assert step.cause_at is not None and step.cause_at >> 40 == 2


def test_exceptions_have_a_fate(tmp_path: Path) -> None:
    spool = SpoolBuilder(tmp_path / "spool")
    process = spool.process()
    main = process.thread()
    caught, uncaught = process.object("builtins.ValueError", None, 128), process.object("builtins.KeyError", None, 128)
    outer = main.call(process.site("call", function="outer"))
    main.call(process.site("call", function="inner"))
    main.raised(process.site("unwind", function="inner"), caught, 12, "builtins.ValueError", "bad")
    main.unwind(process.site("unwind", function="inner"), caught)
    main.handler(process.site("handler", function="outer"), outer, caught)
    main.raised(process.site("unwind", function="outer"), uncaught, 14, "builtins.KeyError", "'k'")
    main.unwind(process.site("unwind", function="outer"), uncaught)
    with Recording.open(ingest(spool, tmp_path / "run.causeway")) as recording:
        first, second = recording.exceptions()
        assert (first.type, first.message, first.line, first.fate) == ("builtins.ValueError", "bad", 12, "caught")
        assert second.fate == "uncaught"
        assert recording.function(recording.site(first.site).function).qualname == "inner"


def test_messages_pair_and_processes_have_parents(tmp_path: Path) -> None:
    spool = SpoolBuilder(tmp_path / "spool")
    parent = spool.process()
    main = parent.thread()
    send = main.json(XKind.MESSAGE, {"id": "a1", "carrier": "http", "trace_id": "t"}, 1)
    fork = main.sync(SyncOp.FORK, extra=99)
    child = spool.process(parent=f"{parent.uid:016x}", parent_event=[0, fork.position], service="ledger")
    other = child.thread()
    receive = other.json(XKind.MESSAGE, {"id": "a1", "carrier": "http", "from": [f"{parent.uid:016x}", 0, send.position]}, 2)
    other.json(XKind.MESSAGE, {"id": "b2", "carrier": "http", "from": [f"{parent.uid:016x}", 0, fork.position]}, 2)
    child.end(3)
    with Recording.open(ingest(spool, tmp_path / "run.causeway")) as recording:
        first, second = recording.processes()
        assert (second.parent, position_of(second.parent_at), second.service) == (first.id, fork.position, "ledger")  # type: ignore[arg-type]
        assert (first.ending, second.ending, second.exit_code) == ("lost", "exited", 3)
        pair, guessed = recording.messages()
        assert (position_of(pair.send_at), position_of(pair.receive_at)) == (send.position, receive.position)  # type: ignore[arg-type]
        assert position_of(guessed.send_at) == fork.position  # type: ignore[arg-type]
        assert [actor.path for actor in recording.actors()] == ["main", "main/process"]


def test_boundaries_become_rows(tmp_path: Path) -> None:
    spool = SpoolBuilder(tmp_path / "spool")
    process = spool.process()
    main = process.thread()
    main.json(XKind.SPAN, {"name": "request", "trace_id": "ab", "parent": None, "attributes": {"k": 1}}, 1, 17, 0)
    main.json(XKind.IO, {"op": "file", "phase": "point", "id": 3, "path": "/x"})
    main.json(XKind.SQL, {"system": "sqlite", "phase": "begin", "id": 1, "connection": 2, "statement": "SELECT 1"})
    begun = {"system": "sqlite", "id": 1, "connection": 2, "statement": "SELECT 1"}
    main.json(XKind.SQL, {**begun, "phase": "end", "access": "read", "rows": [["t", 1]]})
    main.json(XKind.LOG, {"logger": "bank", "level": "INFO", "message": "hello"})
    main.json(XKind.CUSTOM, {"name": "tick", "attributes": {"n": 1}})
    main.output("hi\n", 2)
    main.json(XKind.WAITING, {"actor": main.actor_number, "waiting_on": "Bank.lock", "object": None, "stack": [["/b.py", 3, "f"]]})
    main.json(XKind.SPAN, {"status": "error"}, 2, 17, 0)
    main.json(XKind.GAP, {"hook": "sqlite3", "reason": "TypeError"})
    main.extended(XKind.LOG, 99, 1)
    with Recording.open(ingest(spool, tmp_path / "run.causeway")) as recording:
        [span] = recording.spans()
        assert (span.span_id, span.name, span.status, span.attributes) == ("0000000000000011", "request", "error", {"k": 1})
        assert recording.io()[0].attributes == {"path": "/x"}
        [sql] = recording.sql()
        assert (sql.statement, sql.rows, sql.access) == ("SELECT 1", (("t", 1),), "read")
        assert [(log.kind, log.name, log.text) for log in recording.logs()] == [
            ("log", "bank", "INFO hello"), ("custom", "tick", json.dumps({"n": 1})), ("stderr", "", "hi\n"),
        ]
        assert recording.waiting()[0].stack == (("/b.py", 3, "f"),)
        assert recording.actors()[0].state == "waiting"
        assert next(gap.detail for gap in recording.gaps()) == "sqlite3 stopped: TypeError"


def shared_state(spool: SpoolBuilder) -> None:
    """Two threads use an account, a dictionary, a list and a global; one has things of its own."""
    process = spool.process()
    main, worker = process.thread(), process.thread("worker")
    account = process.object("bank.Account", {"balance": 1})
    accounts = process.object("builtins.dict", {"a": 1}, flags=2)
    log = process.object("builtins.list", [], flags=1)
    private = process.object("bank.Account", {"balance": 1})
    main.setvar(process.site("global", name="accounts"), accounts)
    main.setattr(process.site("attr", name="log"), account, log)
    for stream in (main, worker):
        stream.getattr(process.site("attr", name="log"), account, log)
        stream.getattr(process.site("attr", name="balance"), account, 1)
        stream.setattr(process.site("attr", name="balance"), account, 2)
        stream.setitem(process.site("item", name="'a'"), accounts, "a", 2)
        stream.mutate(process.site("method", name="append"), log, [5])
        stream.setvar(process.site("global", name="total"), 1)
    worker.setitem(process.site("item", name="'b'"), accounts, "b", 2)
    main.getattr(process.site("attr", name="balance"), private, 1)
    main.setattr(process.site("attr", name="balance"), private, 1)
    main.plain(11, process.site("iterate"), accounts.id << 4)


def test_shared_places_have_names_and_accesses(tmp_path: Path) -> None:
    spool = SpoolBuilder(tmp_path / "spool")
    shared_state(spool)
    with Recording.open(ingest(spool, tmp_path / "run.causeway")) as recording:
        places = {(place.kind, place.name): [access.op for access in recording.accesses(place.id)] for place in recording.locations()}
        assert places == {
            ("attribute", "Account.balance"): ["read", "write"] * 2,
            ("attribute", "Account.log"): ["write", "read", "read"],
            ("item", "accounts['a']"): ["write", "write"],
            ("structure", "Account.log"): ["mutate", "mutate"],
            ("global", "total"): ["write", "write"],
            ("structure", "accounts"): ["iterate", "mutate"],
        }
        columns = recording.access_columns()
        assert len(columns.at) == len(recording.accesses()) == 15
        assert recording.accesses(most=4) == recording.accesses()[:4]
        values = [str(access.value) for place in recording.locations() if place.name == "Account.balance" for access in recording.accesses(place.id)]
        assert values == ["1", "2", "1", "2"]


def test_replacing_an_item_does_not_change_the_structure(tmp_path: Path) -> None:
    spool = SpoolBuilder(tmp_path / "spool")
    process = spool.process()
    main, worker = process.thread(), process.thread("worker")
    cache = process.object("builtins.dict", {}, flags=2)
    item = process.site("item", name="k")
    main.setitem(item, cache, "k", 1)
    worker.setitem(item, cache, "k", 2)
    main.plain(11, process.site("iterate"), cache.id << 4)
    worker.plain(11, process.site("iterate"), cache.id << 4)
    with Recording.open(ingest(spool, tmp_path / "run.causeway")) as recording:
        [structure] = [place for place in recording.locations() if place.kind == "structure"]
        assert sorted(access.op for access in recording.accesses(structure.id)) == ["iterate", "iterate", "mutate"]


def test_a_default_that_get_returns_does_not_mean_that_the_key_is_there(tmp_path: Path) -> None:
    spool = SpoolBuilder(tmp_path / "spool")
    process = spool.process()
    main, worker = process.thread(), process.thread("worker")
    cache = process.object("builtins.dict", {}, flags=2)
    get, item = process.site("method", name="get"), process.site("item", name="k")
    main.getitem(get, cache, "k", None)
    main.mutate(process.site("method", name="setdefault"), cache, ["k", 1], 1)
    worker.getitem(get, cache, "k", 1)
    worker.setitem(item, cache, "k", 2)
    worker.getitem(get, cache, "m", 0)
    worker.setitem(item, cache, "m", 1)
    main.plain(11, process.site("iterate"), cache.id << 4)
    with Recording.open(ingest(spool, tmp_path / "run.causeway")) as recording:
        [structure] = [place for place in recording.locations() if place.kind == "structure"]
        assert sorted(access.op for access in recording.accesses(structure.id)) == ["iterate", "mutate", "mutate"]


def test_recover_goes_on_where_the_recorder_was_killed(tmp_path: Path) -> None:
    path = tmp_path / "run.causeway"
    spool = SpoolBuilder(tmp_path / "run.causeway.spool", segment_words=150)
    shared_state(spool)
    spool.processes[0].end()
    spool.write()
    abandoned = Ingestor(spool.path, path, command=["x"], chunk_words=200)
    abandoned.poll()
    with Recording.open(path) as recording:
        assert not recording.complete
    abandoned._pipeline.writer.close()
    recover(path)
    reference = SpoolBuilder(tmp_path / "reference")
    shared_state(reference)
    reference.processes[0].end()
    with Recording.open(path) as recording, Recording.open(ingest(reference, tmp_path / "reference.causeway")) as expected:
        assert recording.complete and recording.meta.command == ("x",)
        assert recording.counts()["access"] == expected.counts()["access"]
        assert recording.accesses() == expected.accesses()
        assert recording.meta.events == expected.meta.events
        assert recording.gaps() == []
    assert not spool.path.exists()
    recover(path)


def test_processes_are_numbered_in_the_order_in_which_they_began(tmp_path: Path) -> None:
    spool = SpoolBuilder(tmp_path / "spool")
    for uid in (0xB, 0xC, 0xA):
        process = spool.process(uid=uid)
        process.thread().line(process.site("line"))
        process.end()
    with Recording.open(ingest(spool, tmp_path / "run.causeway")) as recording:
        assert [int(process.uid, 16) for process in recording.processes()] == [0xB, 0xC, 0xA]


def test_merge_joins_two_services(tmp_path: Path) -> None:
    left, right = SpoolBuilder(tmp_path / "left"), SpoolBuilder(tmp_path / "right")
    gateway, ledger = left.process(uid=0xA, service="gateway"), right.process(uid=0xB, service="ledger")
    main = gateway.thread()
    main.line(gateway.site("line", line=3, function="call"))
    send = main.json(XKind.MESSAGE, {"id": "s1", "carrier": "http"}, 1)
    gateway.end()
    other = ledger.thread()
    other.line(ledger.site("line", line=9, function="serve"))
    other.json(XKind.MESSAGE, {"id": "s1", "carrier": "http", "from": ["000000000000000a", 0, send.position]}, 2)
    ledger.end()
    merge(ingest(left, tmp_path / "a.causeway"), ingest(right, tmp_path / "b.causeway"), tmp_path / "c.causeway")
    with Recording.open(tmp_path / "c.causeway") as recording:
        assert [process.service for process in recording.processes()] == ["gateway", "ledger"]
        [message] = recording.messages()
        assert (message.send_at >> 40, message.receive_at >> 40) == (1, 2)  # type: ignore[operator]
        assert [(edge.kind, edge.hard) for edge in recording.edges()] == [("message", True)]
        assert {function.qualname for function in recording.functions()} == {"<module>", "call", "serve"}
        assert len(recording.meta.merged_from) == 2


def test_paths_are_the_same_in_every_run(tmp_path: Path) -> None:
    spool = SpoolBuilder(tmp_path / "spool")
    main = spool.process().thread()
    for name in ("Task-7", "Task-9", "Task-3"):
        main.task(name, "/p.py:3:transfer")
    main.task("cb", kind=ActorKindCode.CALLBACK)
    with Recording.open(ingest(spool, tmp_path / "run.causeway")) as recording:
        assert [actor.path for actor in recording.actors()] == ["main", "main/transfer", "main/transfer#2", "main/transfer#3", "main/cb"]


LAST_FIRST = """\
import asyncio

class Loop(asyncio.SelectorEventLoop):
    def call_soon(self, callback, *arguments, context=None):
        handle = super().call_soon(callback, *arguments, context=context)
        self._ready.rotate(1)
        return handle

async def visit(name):
    await asyncio.sleep(0)

async def main():
    await asyncio.gather(*(asyncio.create_task(visit(name), name=name) for name in ("first", "second", "third")))

with asyncio.Runner(loop_factory=Loop) as runner:
    runner.run(main())
"""


def test_tasks_are_numbered_as_they_were_created_whoever_runs_first(tmp_path: Path) -> None:
    program = tmp_path / "visits.py"
    program.write_text(LAST_FIRST)
    assert record([str(program)], tmp_path / "run.causeway", root=tmp_path) == 0
    with Recording.open(tmp_path / "run.causeway") as recording:
        tasks = {actor.name: actor for actor in recording.actors() if actor.kind == "task"}
    assert tasks["third"].id < tasks["first"].id
    assert [tasks[name].path for name in ("first", "second", "third")] == ["main/main/visit", "main/main/visit#2", "main/main/visit#3"]
