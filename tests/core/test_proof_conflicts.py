"""Conflicts of a run that no serial order of its actors explains."""

from __future__ import annotations

from causeway_core.proof.outcome.conflicts import Conflict, conflicts

from tests.support.trace import Trace

SOURCE = """
def follow(lobby):
    seen = lobby.players
    lobby.feed = seen

def join(lobby):
    lobby.players = 2
    return lobby.feed

def count(lobby):
    lobby.feed += 1

def fill(lobby):
    lobby.ready = True
    lobby.palette = 31

def paint(lobby):
    if lobby.ready:
        return lobby.palette

def show(lobby):
    print(lobby.ready, lobby.palette)

def report(lobby):
    sent = list(lobby.visits)
    seen = len(lobby.visits)
    first = lobby.visits[0]
    lobby.visits = [0] * len(lobby.visits)

def visit(lobby):
    lobby.visits[0] += 1

def idle(lobby):
    return lobby.waiting == 0

def finish(lobby):
    while not idle(lobby):
        wait()
    return dict(lobby.visits)

def watch(lobby):
    while not idle(lobby):
        print(dict(lobby.visits))

def arrive(lobby):
    lobby.arrived += 1
    if lobby.arrived == lobby.expected:
        lobby.open()
    print(lobby.arrived)

def call(lobby):
    lobby.turn = turn = lobby.turn + 1
    if lobby.turn == turn:
        lobby.open()

def leave(lobby):
    lobby.waiting = 0
    lobby.visits["left"] += 1
"""


def found(trace: Trace, one: int, other: int) -> frozenset[Conflict]:
    evidence = trace.evidence()
    return conflicts(evidence, [(evidence.facts.actors[one].path, evidence.facts.actors[other].path)])


def visited(feed: int, read: bool = True) -> tuple[Trace, int, int]:
    """One actor has read the players when the other adds one and looks at the feed."""
    trace = Trace(SOURCE)
    one, other = trace.task("one"), trace.task("other")
    trace.read(one, "seen =", "Lobby.players", 1)
    trace.write(other, "players = 2", "Lobby.players", 2)
    if read:
        trace.read(other, "return lobby.feed", "Lobby.feed", feed)
    return trace, one, other


def test_a_decision_by_what_the_other_has_changed() -> None:
    trace, one, other = visited(0)
    trace.write(one, "feed = seen", "Lobby.feed", 1)
    (conflict,) = found(trace, one, other)
    assert conflict == Conflict(False, "Lobby.players", "Lobby.feed")
    assert str(conflict) == "one side read Lobby.players before the other changed it, and then changed Lobby.feed, which the other had used"


def test_what_the_other_has_not_used_is_no_conflict() -> None:
    trace, one, other = visited(0, read=False)
    trace.write(one, "feed = seen", "Lobby.feed", 1)
    assert not found(trace, one, other)


def test_a_read_after_the_change_is_a_new_decision() -> None:
    trace, one, other = visited(0)
    trace.read(one, "seen =", "Lobby.players", 2)
    trace.write(one, "feed = seen", "Lobby.feed", 1)
    assert not found(trace, one, other)


def test_a_statistic_that_counts_what_the_other_did_is_no_conflict() -> None:
    trace, one, other = visited(1)
    trace.read(one, "feed += 1", "Lobby.feed", 1)
    trace.write(one, "feed += 1", "Lobby.feed", 2)
    assert not found(trace, one, other)


def test_writing_the_same_value_is_no_conflict() -> None:
    trace = Trace(SOURCE)
    one, other = trace.task("one"), trace.task("other")
    trace.read(one, "seen =", "Lobby.players", 1)
    trace.write(other, "players = 2", "Lobby.players", 2)
    trace.write(one, "players = 2", "Lobby.players", 2)
    assert not found(trace, one, other)


def half_done(reader: str) -> frozenset[Conflict]:
    trace = Trace(SOURCE)
    one, other = trace.thread("one"), trace.thread("other")
    trace.write(one, "ready = True", "Lobby.ready", True)
    trace.read(other, reader, "Lobby.ready", True)
    trace.read(other, "return lobby.palette" if "if" in reader else reader, "Lobby.palette", 0)
    trace.write(one, "palette = 31", "Lobby.palette", 31)
    return found(trace, one, other)


def test_a_half_done_change_that_decides() -> None:
    assert half_done("if lobby.ready") == {Conflict(True, "Lobby.ready", "Lobby.palette")}


def test_a_half_done_change_that_is_only_shown() -> None:
    assert not half_done("print(lobby.ready")


def test_what_was_written_before_the_other_began_is_no_half_of_a_change() -> None:
    trace = Trace(SOURCE)
    one, other = trace.thread("one"), trace.thread("other")
    made = trace.write(one, "ready = True", "Lobby.ready", True)
    trace.edge(made, trace.read(other, "if lobby.ready", "Lobby.ready", True))
    trace.read(other, "return lobby.palette", "Lobby.palette", 0)
    trace.write(one, "palette = 31", "Lobby.palette", 31)
    assert not found(trace, one, other)


def test_a_later_write_of_what_was_there_from_the_beginning_is_half_of_a_change() -> None:
    trace = Trace(SOURCE)
    one, other = trace.thread("one"), trace.thread("other")
    made = trace.write(one, "ready = True", "Lobby.ready", False)
    trace.write(one, "ready = True", "Lobby.ready", True)
    trace.edge(made, trace.read(other, "if lobby.ready", "Lobby.ready", True))
    trace.read(other, "return lobby.palette", "Lobby.palette", 0)
    trace.write(one, "palette = 31", "Lobby.palette", 31)
    assert found(trace, one, other) == {Conflict(True, "Lobby.ready", "Lobby.palette")}


def left(reader: str) -> frozenset[Conflict]:
    """One actor says that it is done before it counts what it did; the other asks through a function and copies the counts."""
    trace = Trace(SOURCE)
    one, other = trace.thread("one"), trace.thread("other")
    trace.write(one, "waiting = 0", "Lobby.waiting", 0)
    trace.read(other, "return lobby.waiting", "Lobby.waiting", 0)
    trace.read(other, reader, "Lobby.visits", "<dict #1>")
    trace.read(one, 'visits["left"] += 1', "Lobby.visits", "<dict #1>")
    return found(trace, one, other)


def test_counts_that_are_copied_once_the_other_seems_to_be_done() -> None:
    assert left("return dict") == {Conflict(True, "Lobby.waiting", "Lobby.visits")}


def test_counts_that_are_shown_while_the_other_goes_on_are_progress() -> None:
    assert not left("print(dict")


def reset(*reads: str, again: bool = False) -> frozenset[Conflict]:
    """One actor reads a list and replaces it; in between the other changes the list in place. `again`: the first reads its contents once more."""
    trace = Trace(SOURCE)
    one, other = trace.thread("one"), trace.thread("other")
    for code in reads:
        trace.read(one, code, "Lobby.visits", "<list #1>")
    trace.read(other, "visits[0] += 1", "Lobby.visits", "<list #1>")
    if again:
        trace.read(one, "sent = list", "Lobby.visits", "<list #1>")
    trace.read(one, "visits = [0] * len", "Lobby.visits", "<list #1>")
    trace.write(one, "visits = [0] * len", "Lobby.visits", "<list #1>")
    return found(trace, one, other)


def test_what_is_put_into_a_list_that_was_copied_and_is_replaced() -> None:
    assert reset("sent = list") == {Conflict(False, "Lobby.visits", "Lobby.visits")}


def test_who_asks_for_the_size_or_one_entry_took_nothing_out() -> None:
    assert not reset("seen = len", "first =")


def test_contents_that_are_read_after_the_change_are_not_lost() -> None:
    assert not reset("sent = list", again=True)


def counted(update: str, reader: str, *, again: bool = False) -> frozenset[Conflict]:
    """One actor counts itself; the other does the same before the first one reads the count. `again`: the first had read it before."""
    trace = Trace(SOURCE)
    one, other = trace.thread("one"), trace.thread("other")
    place = "Lobby.turn" if "turn" in update else "Lobby.arrived"
    for actor, number in ((one, 1), (other, 2)):
        trace.read(actor, update, place, number - 1)
        trace.write(actor, update, place, number)
        if again:
            trace.read(actor, reader, place, number)
    trace.read(one, reader, place, 2)
    return found(trace, one, other)


def test_a_test_of_a_count_that_the_other_has_raised_since() -> None:
    (conflict,) = counted("arrived += 1", "if lobby.arrived")
    assert conflict == Conflict(False, "Lobby.arrived", "Lobby.arrived", decided=True)
    assert str(conflict) == "one side updated Lobby.arrived, and the other changed it before the first one tested the result"


def test_a_count_that_is_shown_or_tested_again_decides_nothing() -> None:
    assert not counted("arrived += 1", "print(lobby.arrived")
    assert not counted("arrived += 1", "if lobby.arrived", again=True)


def test_who_compares_with_what_it_wrote_asks_for_later_ones_on_purpose() -> None:
    assert not counted("turn = turn", "if lobby.turn")
