"""Forced orders between processes, through the coordinator."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sdk.forced import order, place, run

COUNTER = """
    import multiprocessing
    import subprocess
    import sys
    from pathlib import Path

    def add(path, amount):
        seen = int(path.read_text())
        path.write_text(str(seen + amount))

    def executed(path):
        children = [subprocess.Popen([sys.executable, __file__, "add", str(path), amount]) for amount in ("1", "10")]
        for child in children:
            child.wait()

    def three(path):
        first = subprocess.Popen([sys.executable, __file__, "add", str(path), "1"])
        subprocess.run([sys.executable, "-c", "pass"], check=True)
        second = subprocess.Popen([sys.executable, __file__, "add", str(path), "10"])
        first.wait()
        second.wait()

    def forked(path):
        context = multiprocessing.get_context("fork")
        children = [context.Process(target=add, args=(path, amount)) for amount in (1, 10)]
        for child in children:
            child.start()
        for child in children:
            child.join()

    if sys.argv[1] == "add":
        add(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        path = Path("counter.txt")
        path.write_text("0")
        globals()[sys.argv[1]](path)
        print(path.read_text())
"""


def lost(first: str, second: str) -> dict[str, object]:
    read, write = "seen = int(path.read_text())", "path.write_text(str(seen + amount))"
    places = {
        "a1": place(first, "file", read, qualname="add"),
        "a2": place(first, "file", write, qualname="add"),
        "b": place(second, "start"),
        "c": place(second, "end"),
    }
    return order(places, ("a1", "b", None), ("c", "a2", "a1"))


@pytest.mark.parametrize("how", ["executed", "forked"])
@pytest.mark.parametrize("recorded", [False, True])
def test_a_lost_update_of_a_file_by_two_processes(tmp_path: Path, how: str, recorded: bool) -> None:
    done = run(tmp_path, COUNTER, lost("main/process", "main/process#2"), arguments=(how,), recorded=recorded)
    assert (done.stdout, done.code) == ("1\n", 0), done
    assert done.result["feasible"] and done.result["passed"] == ["a1", "b", "c", "a2"]


BORN = """
    import multiprocessing

    def child():
        print("child", flush=True)

    def parent():
        print("parent", flush=True)

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    parent()
    process.join()
"""


def test_a_process_that_has_just_been_forked_is_waited_for(tmp_path: Path) -> None:
    places = {"a": place("main/process", "end"), "b": place("main", "acquire", 'print("parent", flush=True)', qualname="parent")}
    done = run(tmp_path, BORN, order(places, ("a", "b", None)))
    assert (done.stdout, done.code) == ("child\nparent\n", 0), done
    assert done.result["feasible"], done

def test_a_process_is_held_where_it_has_emptied_a_file(tmp_path: Path) -> None:
    read, write = "seen = int(path.read_text())", "path.write_text(str(seen + amount))"
    places = {
        "a1": place("main/process", "file", write, "opened", qualname="add"),
        "a2": place("main/process", "end"),
        "b1": place("main/process#2", "file", read, qualname="add"),
        "b2": place("main/process#2", "end"),
    }
    done = run(tmp_path, COUNTER, order(places, ("a1", "b1", None), ("b2", "a2", "a1")), arguments=("forked",))
    assert "invalid literal for int() with base 10: ''" in done.stderr
    assert done.stdout == "1\n" and done.result["feasible"], done


def test_the_other_one_is_lost(tmp_path: Path) -> None:
    done = run(tmp_path, COUNTER, lost("main/process#2", "main/process"), arguments=("executed",))
    assert (done.stdout, done.code) == ("10\n", 0), done
    assert done.result["passed"] == ["a1", "b", "c", "a2"]


def test_a_process_that_ends_without_its_place(tmp_path: Path) -> None:
    never = place("main/process", "file", "seen = int(path.read_text())", qualname="add", nth=3)
    given = order({"a": never, "b": place("main/process#2", "start")}, ("a", "b", None))
    done = run(tmp_path, COUNTER, given, arguments=("executed",))
    assert done.stdout == "11\n" and done.why == "actor ended", done


def test_a_process_that_has_no_part_in_it_changes_nothing(tmp_path: Path) -> None:
    done = run(tmp_path, COUNTER, lost("main/process", "main/process#3"), arguments=("three",))
    assert done.stdout == "1\n" and done.result["passed"] == ["a1", "b", "c", "a2"], done
