"""Forced orders between threads."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sdk.forced import order, place, run

COUNTER = """
    import threading

    class Counter:
        def __init__(self):
            self.value = 0
            self.lock = threading.Lock()

        def add(self):
            seen = self.value
            self.value = seen + 1

        def add_locked(self):
            with self.lock:
                self.add()

    def first(counter):
        counter.add()

    def second(counter):
        counter.add()

    def first_locked(counter):
        counter.add_locked()

    def second_locked(counter):
        counter.add_locked()

    def both(one, other):
        counter = Counter()
        threads = [threading.Thread(target=target, args=(counter,)) for target in (one, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        print(counter.value)
"""


def lost_update(first: str, second: str) -> dict[str, object]:
    """`first` reads, `second` reads and writes, `first` writes."""
    read, write = ("seen = self.value", "self.value = seen + 1")
    places = {
        "a1": place(first, "read", read, "value"),
        "a2": place(first, "write", write, "value"),
        "b1": place(second, "read", read, "value"),
        "b2": place(second, "write", write, "value"),
    }
    return order(places, ("a1", "b1", None), ("b2", "a2", "a1"), watch=["a1"])


@pytest.mark.parametrize("recorded", [False, True])
def test_a_lost_update_is_forced_every_time(tmp_path: Path, recorded: bool) -> None:
    for attempt in range(3):
        folder = tmp_path / str(attempt)
        folder.mkdir()
        done = run(folder, COUNTER + "\n    both(first, second)\n", lost_update("main/first", "main/second"), recorded=recorded)
        assert done.stdout == "1\n", done.stderr
        assert done.result["feasible"] and done.result["passed"] == ["a1", "b1", "b2", "a2"]
        assert done.result["values"] == {"a1": "1"} and done.result["ended"]


LAZY = """
    import threading

    table = {}

    class Shelf:
        def find(self):
            try:
                LOOK
            except (AttributeError, KeyError):
                with lock:
                    made.append(1)
                KEEP

    made, lock, shelf = [], threading.Lock(), Shelf()

    def first():
        shelf.find()

    def second():
        shelf.find()

    threads = [threading.Thread(target=target) for target in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(len(made))
"""


@pytest.mark.parametrize(
    ("look", "keep", "name"),
    [
        ("return table[1]", "table[1] = 2", "1"),
        ("return self.kept", "self.kept = 2", "kept"),
        ('return getattr(self, "kept")', "self.kept = 2", "kept"),
    ],
)
def test_a_read_that_finds_nothing_is_passed(tmp_path: Path, look: str, keep: str, name: str) -> None:
    places = {
        "a1": place("main/first", "read", look, name),
        "a2": place("main/first", "write", keep, name),
        "b1": place("main/second", "read", look, name),
        "b2": place("main/second", "end"),
    }
    done = run(tmp_path, LAZY.replace("LOOK", look).replace("KEEP", keep), order(places, ("a1", "b1", None), ("b2", "a2", "a1")))
    assert done.result["feasible"] and done.stdout == "2\n", done


WOKEN = """
    import threading

    moved, seen = CONDITION, []
    turn = ["first"]

    def sleeper():
        with moved:
            moved.wait()
            seen.append(turn[0])

    def waker():
        with moved:
            moved.notify_all()
        with moved:
            turn[0] = "second"

    threads = [threading.Thread(target=target) for target in (sleeper, waker)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(*seen)
"""


@pytest.mark.parametrize("condition", ["threading.Condition()", "threading.Condition(threading.Lock())"])
def test_who_is_woken_is_held_before_it_has_its_lock_again(tmp_path: Path, condition: str) -> None:
    places = {
        "a1": place("main/sleeper", "await", "moved.wait()"),
        "a2": place("main/sleeper", "acquire", "seen.append(turn[0])"),
        "b1": place("main/waker", "start"),
        "b2": place("main/waker", "end"),
    }
    done = run(tmp_path, WOKEN.replace("CONDITION", condition), order(places, ("a1", "b1", None), ("b2", "a2", "a1")))
    assert done.result["feasible"] and done.stdout == "second\n", done
    assert done.result["passed"][0] == "a1"


def test_the_other_order_is_the_serial_one(tmp_path: Path) -> None:
    done = run(tmp_path, COUNTER + "\n    both(second, first)\n", order(lost_update("main/first", "main/second")["places"], ("a2", "b1", None)))  # type: ignore[arg-type]
    assert done.stdout == "2\n" and done.result["passed"] == ["a1", "a2", "b1", "b2"]


def test_a_lock_makes_the_order_impossible_and_that_is_noticed_at_once(tmp_path: Path) -> None:
    done = run(tmp_path, COUNTER + "\n    both(first_locked, second_locked)\n", lost_update("main/first_locked", "main/second_locked"))
    assert (done.stdout, done.code) == ("2\n", 0), done.stderr
    assert not done.result["feasible"] and done.why == "everybody waits"
    assert "Lock" in done.result["gave_up"]["detail"] or "lock" in done.result["gave_up"]["detail"]


def test_an_actor_that_never_comes_and_one_that_ends(tmp_path: Path) -> None:
    given = lost_update("main/first", "main/second")
    done = run(tmp_path, COUNTER + "\n    both(first, print)\n", given)
    assert done.why in ("everybody waits", "no such actor") and done.code == 0
    places = {"a": place("main/first", "read", "seen = self.value", "value", nth=7), "b": place("main/second", "read", "seen = self.value", "value")}
    done = run(tmp_path, COUNTER + "\n    both(first, second)\n", order(places, ("a", "b", None)))
    assert done.why == "actor ended" and done.stdout == "2\n"


def test_code_that_is_gone(tmp_path: Path) -> None:
    places = {"a": place("main/first", "read", "seen = self.total", "total"), "b": place("main/second", "start")}
    done = run(tmp_path, COUNTER + "\n    both(first, second)\n", order(places, ("a", "b", None)))
    assert done.why == "no such place" and "The code is gone" in done.result["gave_up"]["detail"] and done.stdout == "2\n"


DEADLOCK = """
    import threading

    left, right = threading.Lock(), threading.Lock()

    def first():
        with left:
            with right:
                print("first")

    def second():
        with right:
            with left:
                print("second")

    threads = [threading.Thread(target=target) for target in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print("done")
"""


@pytest.mark.parametrize("kind", ["lock", "RLock"])
def test_a_deadlock_is_forced_reported_and_ended(tmp_path: Path, kind: str) -> None:
    places = {
        "a1": place("main/first", "acquire", "with left:", qualname="first"),
        "a2": place("main/first", "acquire", "with right:", qualname="first"),
        "b1": place("main/second", "acquire", "with right:", qualname="second"),
        "b2": place("main/second", "acquire", "with left:", qualname="second"),
    }
    program = DEADLOCK if kind == "lock" else DEADLOCK.replace("threading.Lock()", "threading.RLock()")
    done = run(tmp_path, program, order(places, ("b1", "a2", "a1"), ("a1", "b2", "b1")))
    assert done.result["feasible"] and done.result["passed"][:2] in (["a1", "b1"], ["b1", "a1"]), done
    waits = {one["actor"]: one["waits_for"] for one in done.result["hang"]["actors"]}
    assert waits["main/first"].startswith(f"{kind} at program.py:8") and waits["main/second"].startswith(f"{kind} at program.py:13"), waits
    assert done.code in (130, -2) and "done" not in done.stdout


def test_who_imports_a_library_is_not_held_with_its_lock(tmp_path: Path) -> None:
    library = tmp_path / "site-packages"
    library.mkdir()
    (library / "frames.py").write_text("import sys\nimport threading\n\nsys.found()\nwith threading.Lock():\n    pass\n")
    program = """
        import sys
        import threading

        sys.path.insert(0, "site-packages")

        def found():
            pass

        def first():
            import frames
            print("first")

        def second():
            import frames
            print("second")

        sys.found = found
        threads = [threading.Thread(target=each) for each in (first, second)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    """
    places = {
        "a1": place("main/first", "call", "def found():", qualname="found"),
        "a2": place("main/first", "acquire", 'print("first")', qualname="first"),
        "b1": place("main/second", "start"),
        "b2": place("main/second", "end"),
    }
    done = run(tmp_path, program, order(places, ("a1", "b1", None), ("b2", "a2", "a1")))
    assert done.stdout == "second\nfirst\n", done.stderr
    assert done.result["feasible"], done.result
