"""Forced orders inside statements that bind globals and closure variables: between the read and the write of `counter += 1`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sdk.forced import order, place, run

SHAPES = {
    "global augmented": """
        counter = 0

        def add(amount):
            global counter
            counter += amount
    """,
    "global": """
        counter = 0

        def add(amount):
            global counter
            seen = 1
            counter = counter + amount
    """,
    "closure augmented": """
        def made():
            counter = 0

            def add(amount):
                nonlocal counter
                counter += amount

            def total():
                return counter

            return add, total

        add, total = made()
    """,
    "closure": """
        def made():
            counter = 0

            def add(amount):
                nonlocal counter
                counter = counter + amount

            def total():
                return counter

            return add, total

        add, total = made()
    """,
    "attribute augmented": """
        class Counter:
            n = 0

            def add(self, amount):
                self.n += amount

        counter = Counter()
        add = counter.add
    """,
    "item augmented": """
        counter = {"n": 0}

        def add(amount):
            counter["n"] += amount
    """,
}
TEXTS = {
    "global augmented": ("counter += amount", "counter", "add", "counter"),
    "global": ("counter = counter + amount", "counter", "add", "counter"),
    "closure augmented": ("counter += amount", "counter", "made.<locals>.add", "total()"),
    "closure": ("counter = counter + amount", "counter", "made.<locals>.add", "total()"),
    "attribute augmented": ("self.n += amount", "n", "Counter.add", "counter.n"),
    "item augmented": ('counter["n"] += amount', "'n'", "add", 'counter["n"]'),
}
THREADS = """
        import threading

        def first():
            add(1)

        def second():
            add(10)

        threads = [threading.Thread(target=target) for target in (first, second)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
"""


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("recorded", [False, True])
def test_an_update_is_lost_inside_one_statement(tmp_path: Path, shape: str, recorded: bool) -> None:
    text, name, qualname, shown = TEXTS[shape]
    program = SHAPES[shape] + THREADS + f"        print({shown})\n"
    places = {
        "a1": place("main/first", "read", text, name, qualname=qualname),
        "a2": place("main/first", "write", text, name, qualname=qualname),
        "b1": place("main/second", "read", text, name, qualname=qualname),
        "b2": place("main/second", "write", text, name, qualname=qualname),
    }
    given = order(places, ("a1", "b1", None), ("b2", "a2", "a1"), watch=["a2"])
    done = run(tmp_path, program, given, recorded=recorded)
    assert done.stdout == "1\n" and done.result["passed"] == ["a1", "b1", "b2", "a2"], done
    # Both have read before either writes, and the second writes last.
    crossed = order(places, ("b1", "a2", "a1"), ("a1", "b2", "b1"), ("a2", "b2", "b1"))
    done = run(tmp_path, program, crossed)
    assert done.stdout == "10\n" and sorted(done.result["passed"][:2]) == ["a1", "b1"] and done.result["passed"][2:] == ["a2", "b2"], done


PLAIN = """
    import threading

    ready = "no"

    def made():
        state = "no"

        def put(value):
            nonlocal state
            state = value

        def get():
            return state

        return put, get

    put, get = made()

    def first():
        global ready
        ready = "yes"
        put("yes")

    def second():
        print(ready, get())

    threads = [threading.Thread(target=target) for target in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
"""


def test_a_binding_is_over_when_the_name_is_bound(tmp_path: Path) -> None:
    bound = place("main/first", "write", 'ready = "yes"', "ready")
    called = place("main/first", "call", "def put(value):", qualname="made.<locals>.put")
    state = place("main/first", "write", "state = value", "state", qualname="made.<locals>.put")
    second, ended = place("main/second", "start"), place("main/second", "end")
    places = {"bound": bound, "called": called, "state": state, "second": second, "ended": ended}
    for _ in range(3):
        done = run(tmp_path, PLAIN, order(places, ("bound", "second", None), ("ended", "called", "bound")))
        assert done.stdout == "yes no\n" and done.result["feasible"], done
        done = run(tmp_path, PLAIN, order(places, ("called", "second", None), ("ended", "state", "called")))
        assert done.stdout == "yes no\n" and done.result["feasible"], done
        done = run(tmp_path, PLAIN, order(places, ("state", "second", None)))
        assert done.stdout == "yes yes\n", done
