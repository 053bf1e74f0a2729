"""What real programs seldom do: two services, thousands of actors, generators that change threads, missing tables, hits to count."""

from __future__ import annotations

from pathlib import Path

import pytest
from causeway_core.ingest.ingestor import Ingestor
from causeway_core.model import make_at
from causeway_core.session import DataBreakpoint, FunctionBreakpoint, LineBreakpoint
from causeway_core.session.session import Session
from causeway_core.wire.kinds import ActorKindCode, StepState, SyncOp, XKind

from tests.support.ingest import ingest
from tests.support.spool import ABSENT, UNCAPTURED, ProcessBuilder, SpoolBuilder, StreamBuilder


def opened(spool: SpoolBuilder, tmp_path: Path, chunk_words: int = 1 << 16) -> Session:
    return Session.open(ingest(spool, tmp_path / "run.causeway", chunk_words))


def place(travel: Session) -> tuple[str, int]:
    frame = travel.frames()[0]
    return frame.function, frame.line


def lines(process: ProcessBuilder, stream: StreamBuilder, function: str, *numbers: int) -> None:
    for number in numbers:
        stream.line(process.site("line", number, function=function))


def function(process: ProcessBuilder, stream: StreamBuilder, name: str, line: int) -> int:
    process.function(name, first=line)
    return stream.call(process.site("call", line, function=name))


def test_a_handler_s_first_line_steps_back_into_the_other_service(tmp_path: Path) -> None:
    spool = SpoolBuilder(tmp_path / "spool")
    gateway, ledger = spool.process(service="gateway"), spool.process(service="ledger", parent=None)
    client, server = gateway.thread(), ledger.thread()
    function(gateway, client, "pay", 1)
    lines(gateway, client, "pay", 2)
    client.local(gateway.site("local", 2, "amount", "pay"), 70)
    lines(gateway, client, "pay", 3)
    client.json(XKind.MESSAGE, {"id": "ab", "peer": "ledger", "carrier": "http", "trace_id": "1", "from": None}, 1)
    task = server.task("handler")
    server.step(task, first=True)
    server.json(XKind.MESSAGE, {"id": "ab", "peer": "gateway", "carrier": "http", "trace_id": "1", "from": [f"{gateway.uid:016x}", 0, 0]}, 2)
    function(ledger, server, "withdraw", 10)
    lines(ledger, server, "withdraw", 11, 12)
    server.ret(ledger.site("return", 12, function="withdraw"), 5)
    server.step_end(task, StepState.FINISHED)
    lines(gateway, client, "pay", 4)
    client.ret(gateway.site("return", 4, function="pay"))
    travel = opened(spool, tmp_path)
    assert place(travel) == ("pay", 2)
    path = travel.recording.sources()[0].path
    travel.goto(travel.executions(path, 12)[0].mark)
    shown = [frame.label or (frame.function, frame.line) for frame in travel.frames()]
    assert shown == [("withdraw", 12), "called from service gateway", ("pay", 3)]
    assert travel.evaluate("amount + 1", travel.frames()[2]).text == "71"
    assert travel.step_back().reason == "step" and place(travel) == ("withdraw", 11)
    stop = travel.step_back()
    assert stop.text == "sent by gateway / thread MainThread" and place(travel) == ("pay", 3)
    travel.step_over()
    assert place(travel) == ("withdraw", 11)
    titles = {state.title for state in travel.actors().actors}
    assert titles == {"ledger / task handler", "ledger / thread MainThread", "gateway / thread MainThread"}


def test_a_list_of_ten_thousand_tasks_is_capped(tmp_path: Path) -> None:
    spool = SpoolBuilder(tmp_path / "spool", segment_words=1 << 20)
    process = spool.process()
    main = process.thread()
    site, call, end = process.site("line", 2, function="work"), process.site("call", 1, function="work"), process.site("return", 3, function="work")
    tasks = [main.task(f"t{i}") for i in range(10_000)]
    gate = process.object("asyncio.locks.Event", {})
    for task in tasks:
        main.step(task, first=True)
        main.call(call)
        main.line(site)
        main.step_end(task, StepState.SUSPENDED, gate)
    for task in tasks[:5000]:
        main.step(task)
        main.ret(end, None)
        main.step_end(task, StepState.FINISHED)
    travel = opened(spool, tmp_path)
    found = travel.actors()
    assert len(found.actors) == 1000 and found.total == 10_001 and found.note is not None and found.note.startswith("9001 more")
    travel.goto(travel.executions(travel.recording.sources()[0].path, 2, 20_000)[9_000].mark)
    found = travel.actors()
    assert found.actors[0].title == "task t9000" and found.actors[0].words == "stopped here"
    assert sum(state.state == "waiting" for state in found.actors) > 900
    assert "waiting for Event" in found.actors[3].words


def test_a_generator_continues_in_another_thread(tmp_path: Path) -> None:
    spool = SpoolBuilder(tmp_path / "spool")
    process = spool.process()
    first, second = process.thread(), process.thread("other")
    process.function("gen", "generator", first=1)
    site = lambda kind, number, name=None, function="gen": process.site(kind, number, name, function)  # noqa: E731
    function(process, first, "one", 20)
    lines(process, first, "one", 21)
    frame = first.call(site("call", 1))
    first.line(site("line", 2))
    first.local(site("local", 2, "total"), 7)
    first.line(site("line", 3))
    first.suspend(site("yield", 3), frame, 7)
    lines(process, first, "one", 22)
    function(process, second, "two", 30)
    lines(process, second, "two", 31)
    second.resume(site("resume", 3), frame, None)
    second.line(site("line", 4))
    second.local(site("local", 4, "more"), 1)
    second.line(site("line", 5))
    second.ret(site("return", 5), None)
    lines(process, second, "two", 32)
    travel = opened(spool, tmp_path)
    path = travel.recording.sources()[0].path
    travel.goto(travel.executions(path, 5)[0].mark)
    assert [frame.function for frame in travel.frames()] == ["gen", "two"]
    assert travel.evaluate("total + more").text == "8"
    for expected in (("gen", 4), ("gen", 3), ("gen", 2), ("one", 21)):
        travel.step_back()
        assert place(travel) == expected
    travel.goto(travel.executions(path, 3)[0].mark)
    travel.step_over()
    assert place(travel) == ("gen", 4)


def looping(tmp_path: Path, rounds: int = 20, chunk_words: int = 64) -> Session:
    """`for i: x = i * i; total.n = x` on lines 2 to 4 of f, called once."""
    spool = SpoolBuilder(tmp_path / "spool")
    process = spool.process()
    main = process.thread()
    function(process, main, "f", 1)
    owner = process.object("m.Total", {"n": 0})
    main.local(process.site("param", 1, "total", "f"), owner)
    for i in range(rounds):
        main.line(process.site("line", 2, function="f"))
        main.local(process.site("local", 2, "i", "f"), i)
        main.line(process.site("line", 3, function="f"))
        main.getattr(process.site("attr", 3, "n", "f", col=9), owner, i)
        main.setattr(process.site("attr", 3, "n", "f"), owner, i * i)
        function(process, main, "leaf", 10)
        lines(process, main, "leaf", 11)
        main.ret(process.site("return", 11, function="leaf"))
    main.line(process.site("line", 6, function="f"))
    main.ret(process.site("return", 7, function="f"), None)
    return opened(spool, tmp_path, chunk_words)


@pytest.mark.parametrize(("hit", "condition", "expected"), [
    ("5", None, [4]), (">=18", None, [17, 18, 19]), ("%7", None, [6, 13]), (None, "i > 17", [18, 19]), ("==2", "i % 5 == 0", [5]),
    ("<3", None, [0, 1]), (None, "nix", []),
])
def test_conditions_and_hit_conditions(tmp_path: Path, hit: str | None, condition: str | None, expected: list[int]) -> None:
    travel = looping(tmp_path)
    path = travel.recording.sources()[0].path
    assert travel.set_line_breakpoints(path, [LineBreakpoint(path, 3, hit=hit, condition=condition)])[0].verified
    found = []
    while travel.continue_forward().reason == "breakpoint":
        found.append(int(travel.evaluate("i").text))
    assert found == expected
    while travel.reverse_continue().reason == "breakpoint":
        assert int(travel.evaluate("i").text) == found.pop()
    assert not found


def test_breakpoints_say_where_they_are(tmp_path: Path) -> None:
    travel = looping(tmp_path)
    path = travel.recording.sources()[0].path
    wanted = [LineBreakpoint(path, 2), LineBreakpoint(path, 4), LineBreakpoint(path, 99), LineBreakpoint(path, 3, hit="often")]
    found = travel.set_line_breakpoints(path, wanted)
    assert [(one.verified, one.line) for one in found] == [(True, 2), (True, 6), (False, 99), (False, 3)]
    assert found[2].reason == "no code was recorded at or after this line" and "not a hit condition" in (found[3].reason or "")
    assert travel.set_line_breakpoints("/elsewhere/program.py", [LineBreakpoint("/elsewhere/program.py", 2)])[0].verified
    unknown = travel.set_line_breakpoints("/elsewhere/unknown.py", [LineBreakpoint("/elsewhere/unknown.py", 2)])
    assert unknown[0].reason == "this file was not recorded"
    assert [one.verified for one in travel.set_function_breakpoints([FunctionBreakpoint("leaf"), FunctionBreakpoint("tree")])] == [True, False]
    assert travel.breakable_lines(path, 1, 5) == [(2, 1), (3, 1)]


def test_data_breakpoints_stop_at_writes_and_reads_both_ways(tmp_path: Path) -> None:
    travel = looping(tmp_path)
    path = travel.recording.sources()[0].path
    travel.goto(travel.executions(path, 3)[10].mark)
    where, other = travel.place("total.n"), travel.place("i")
    assert travel.evaluate("total.n").text == "81"
    assert travel.set_data_breakpoints([DataBreakpoint(where)])[0].hits == 20
    assert travel.reverse_continue().text == "Total.n is set to 81 here"
    assert travel.continue_forward().text == "Total.n is set to 100 here" and place(travel) == ("f", 3)
    travel.set_data_breakpoints([DataBreakpoint(where, "read")])
    assert travel.continue_forward().text == "Total.n is read here"
    travel.set_data_breakpoints([DataBreakpoint(other, condition="i == 4")])
    assert travel.reverse_continue().text == "i in f() is set to 5 here"
    assert [change.text for change in travel.history(other)][:3] == ["0", "1", "2"]
    writer = travel.last_writer(where)
    assert writer is not None and writer.text == "16"


def test_stepping_over_a_loop_in_small_chunks(tmp_path: Path) -> None:
    travel = looping(tmp_path, 50, chunk_words=32)
    seen = []
    while travel.step_over().reason != "end":
        seen.append(place(travel)[1])
    assert seen == [3, *[2, 3] * 49, 6]
    back = []
    while travel.step_back().reason != "entry":
        back.append(place(travel)[1])
    assert back == [6, *[3, 2] * 50]


def test_execution_previews(tmp_path: Path) -> None:
    travel = looping(tmp_path)
    path = travel.recording.sources()[0].path
    found = travel.executions(path, 2)
    assert [one.nth for one in found] == list(range(1, 21)) and found[3].preview == "i=3"
    travel.goto(found[10].mark)
    assert [one.nth for one in travel.executions(path, 2, limit=4)] == [9, 10, 11, 12]
    assert travel.executions(path, 3)[4].preview == ".n=16"


def test_deleted_and_uncaptured_values_say_so(tmp_path: Path) -> None:
    spool = SpoolBuilder(tmp_path / "spool")
    process = spool.process()
    main = process.thread()
    function(process, main, "f", 1)
    main.local(process.site("param", 1, "a", "f"), 1)
    main.local(process.site("param", 1, "b", "f"), UNCAPTURED)
    lines(process, main, "f", 2)
    main.local(process.site("local", 2, "a", "f"), ABSENT)
    lines(process, main, "f", 3)
    travel = opened(spool, tmp_path)
    names = lambda: {v.name: v.text for v in travel.variables(travel.scopes(travel.frames()[0])[0].ref)}  # noqa: E731
    assert names() == {"a": "1", "b": "<not captured: not looked at>"}
    travel.step_over()
    assert names() == {"b": "<not captured: not looked at>"}
    for expression, why in (("a", "not bound"), ("b", "not captured: not looked at"), ("b + 1", "not captured")):
        with pytest.raises(Exception, match=why):
            travel.evaluate(expression)


def test_threads_say_which_lock_they_wait_for(tmp_path: Path) -> None:
    spool = SpoolBuilder(tmp_path / "spool")
    process = spool.process()
    first, second = process.thread("one"), process.thread("two")
    lock = process.object("_thread.lock", None)
    first.sync(SyncOp.ACQUIRED, lock)
    function(process, second, "g", 20)
    lines(process, second, "g", 21)
    second.sync(SyncOp.ACQUIRE_REQUEST, lock)
    function(process, first, "f", 1)
    lines(process, first, "f", 2, 3)
    travel = opened(spool, tmp_path)
    travel.goto(travel.executions(travel.recording.sources()[0].path, 3)[0].mark)
    states = {state.title: state.words for state in travel.actors().actors}
    assert states["thread two"] == f"waiting for lock #{lock.id} held by thread one"


def test_a_growing_recording_is_taken_in(tmp_path: Path) -> None:
    spool = SpoolBuilder(tmp_path / "spool")
    process = spool.process()
    main = process.thread()
    function(process, main, "f", 1)
    lines(process, main, "f", *[2, 3] * 20)
    spool.write(sealed=False)
    ingestor = Ingestor(spool.path, tmp_path / "run.causeway", chunk_words=16)
    ingestor.poll()
    travel = Session.open(tmp_path / "run.causeway")
    path = travel.recording.sources()[0].path
    before = len(travel.executions(path, 3))
    assert before > 5 and not travel.refresh()
    travel.set_line_breakpoints(path, [LineBreakpoint(path, 3)])
    travel.continue_forward()
    mark = travel.mark
    lines(process, main, "f", *[2, 3] * 20)
    spool.write(sealed=False)
    ingestor.poll()
    assert travel.refresh() and travel.mark == mark and len(travel.executions(path, 3)) > before
    assert travel.continue_forward().reason == "breakpoint" and travel.mark != mark
    ingestor.finish(0)
    assert travel.refresh() and len(travel.executions(path, 3)) == 40


def test_a_long_continue_can_be_interrupted(tmp_path: Path) -> None:
    travel = looping(tmp_path, 200)
    path = travel.recording.sources()[0].path
    travel.set_line_breakpoints(path, [LineBreakpoint(path, 3, condition="total.n < 0")])
    asked: list[bool] = []
    travel.interrupt_when(lambda: not asked.append(True) and len(asked) == 2)
    start = travel.mark
    stop = travel.continue_forward()
    assert (stop.reason, stop.mark) == ("pause", start) and len(asked) == 2
    assert travel.continue_forward().reason == "end"


def test_records_of_unknown_tables_and_actors_do_no_harm(tmp_path: Path) -> None:
    spool = SpoolBuilder(tmp_path / "spool")
    process = spool.process()
    main = process.thread(announce=False)
    main.call(5000, 77)
    main.line(5001)
    main.line(5002)
    main.step(999)
    main.line(5003)
    main.step_end(999)
    main.step_end(12, StepState.FINISHED)
    main.resume(5000, 123456)
    main.line(5001)
    main.task("late", kind=ActorKindCode.THREAD)
    travel = opened(spool, tmp_path)
    for move in ("step_in", "step_over", "step_in", "step_back", "step_back_in", "step_out", "continue_forward", "reverse_continue"):
        stop = getattr(travel, move)()
        assert stop.text and isinstance(travel.frames(), list) and travel.actors().actors is not None


def test_goto_an_event_that_does_not_exist(tmp_path: Path) -> None:
    travel = looping(tmp_path)
    with pytest.raises(KeyError):
        travel.goto(make_at(9, 5))
    with pytest.raises(KeyError):
        travel.goto(make_at(1, 10**9))
    with pytest.raises(KeyError):
        travel.travel("F99")
