"""The recorder in the memory of somebody else's program: what it reads is there, what it holds it gives back.

A test whose failure might end the process runs in one of its own.
"""

from __future__ import annotations

import abc
import gc
import os
import subprocess
import sys
import textwrap
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from causeway import _tap
from taps import Tape, recording
from wire_reader import read_one

BEGIN = """\
import gc, os, sys, threading
from causeway import _tap
_tap.start(sys.argv[1], "full", "{}")
base = _tap.add_sites(64, "k")
_tap.actor(2, None, "other", "")
"""


def alone(spool: Path, script: str, **environment: str) -> str:
    """What a process of its own prints that records; it must end well."""
    spool.mkdir(exist_ok=True)
    words = [sys.executable, "-c", BEGIN + textwrap.dedent(script) + "\n_tap.stop()\n", str(spool)]
    done = subprocess.run(words, capture_output=True, text=True, env=os.environ | environment, timeout=240, check=False)
    assert done.returncode == 0, (done.returncode, done.stderr)
    return done.stdout


class Plain:
    value: Any = None


def test_a_slot_is_not_read_from_an_object_of_another_class(tmp_path: Path) -> None:
    """Where the slot would be, such an object has something else: here the bits of a number."""
    alone(
        tmp_path,
        """
        class Slotted:
            __slots__ = ("mark",)

        class Number(float):
            mark = Slotted.mark

        number = Number(1.5)
        assert (_tap.make("owner", base, "mark") @ number) is number
        """,
    )


def test_a_queue_without_an_id_passes_its_items(tmp_path: Path) -> None:
    """Half a million objects have ids and there is no room for this queue's."""
    alone(
        tmp_path,
        """
        import queue
        _tap.patch_simple_queue()
        known, unknown = queue.SimpleQueue(), queue.SimpleQueue()
        known.put(1)
        crowd = [object() for _ in range(500_000)]
        for thing in crowd:
            _tap.object_id(thing)
        assert not _tap.object_id(object())
        for number in range(200):
            unknown.put(number)
        assert [unknown.get() for _ in range(200)] == list(range(200)) and known.get() == 1
        """,
    )


def test_a_class_that_was_met_without_room_is_not_taken_for_the_next_one_at_its_address(tmp_path: Path) -> None:
    with recording(tmp_path):
        crowd = [object() for _ in range(500_001)]
        for thing in crowd:
            _tap.object_id(thing)
        made = [type("Made", (), {}) for _ in range(50)]
        addresses = {id(one) for one in made}
        assert not any(_tap.object_id(one()) for one in made)
        made.clear()
        gc.collect()
        crowd.clear()
        again = [one for one in (type("Made", (), {}) for _ in range(50)) if id(one) in addresses]
        del thing
        for one in again:
            # Objects that follow each other at one address have ids of their own, as the death of each is seen.
            assert len({_tap.object_id(one()) for _ in range(10)}) == 10
        assert again


def test_an_object_whose_class_is_met_when_the_table_grows_is_described_once(tmp_path: Path) -> None:
    class Later(metaclass=abc.ABCMeta): ...  # noqa: B024

    with recording(tmp_path) as tape:
        thing: Any = Plain()
        _tap.object_id([[[thing]]])  # too deep inside to be looked at
        thing.__class__ = Later
        crowd: list[object] = []
        while _tap.statistics()["objects_live"] < 2048:
            crowd.append(object())
            _tap.object_id(crowd[-1])
        identity = _tap.object_id(thing)
        assert _tap.object_id(thing) == identity
    assert len(tape.process.snapshots(identity)) == 2  # in passing, and in full


def test_a_slot_without_its_descriptor_has_a_name(tmp_path: Path) -> None:
    """The class is all that holds the name then."""
    alone(
        tmp_path,
        """
        name = "_".join(("hid", "den"))
        Own = type("Own", (), {"__slots__": (name,)})
        thing = Own()
        setattr(thing, name, 12345)
        delattr(Own, name)
        del name
        sys._clear_type_cache()
        gc.collect()
        _tap.object_id(thing)
        """,
        PYTHONMALLOC="debug",
    )
    process = read_one(tmp_path)
    attributes = [record.items for record in process.of("OBJECT") if record.form == 4]
    assert [[(process.plain(name), value) for name, value in items] for items in attributes] == [[("hid_den", 12345)]]


def test_a_name_that_two_threads_bring_at_once_has_one_site(tmp_path: Path) -> None:
    asked, answer = threading.Event(), threading.Event()

    def table(site: int, name: str) -> str:
        if threading.current_thread().name == "slow":
            asked.set()
            answer.wait()
        return "names"

    thing = Plain()
    with recording(tmp_path, other_actors=True) as tape:
        _tap.name_sites(table)
        tap = tape.tap("named")
        slow = threading.Thread(target=lambda: tap[setattr](thing, "value", 1), name="slow")
        slow.start()
        asked.wait()
        tap[setattr](thing, "value", 2)
        answer.set()
        slow.join()
        tap[setattr](thing, "value", 3)
        _tap.name_sites(None)
    records = tape.process.of("SETATTR")
    assert len(records) == 3 and len({record.site for record in records}) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_threads_that_free_deep_structures_leave_no_memory_behind(tmp_path: Path) -> None:
    said = alone(
        tmp_path,
        """
        def resident():
            return int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

        _tap.object_id([])

        def free():
            for depth in range(44, 54):
                tree = [[] for _ in range(4000)]
                for _ in range(depth):
                    tree = [tree]

        def run(count):
            for _ in range(count):
                thread = threading.Thread(target=free)
                thread.start()
                thread.join()

        run(20)
        before = resident()
        run(200)
        print(resident() - before)
        """,
    )
    assert int(said) < 8 << 20


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="the collector no longer runs within an allocation")
def test_threads_that_go_on_while_they_are_listed_are_listed(tmp_path: Path) -> None:
    """The collector runs while the list is made, a finalizer of the program lets the thread go on, and its stack is gone."""
    alone(
        tmp_path,
        """
        _tap.patch_locks()
        threading.stack_size(64 << 20)  # too large for the system to keep
        full = [(one, one, one, one) for one in range(3000)]  # the next tuple of four is allocated

        class Releases:
            def __init__(self, lock, threads):
                self.itself, self.lock, self.threads = self, lock, threads

            def __del__(self):
                gc.disable()
                self.lock.release()
                for thread in self.threads:
                    thread.join()

        def pass_through(lock):
            with lock:
                pass

        gc.disable()
        for after in range(12):
            lock = threading.Lock()
            lock.acquire()
            threads = [threading.Thread(target=pass_through, args=(lock,)) for _ in range(3)]
            for thread in threads:
                thread.start()
            while len(_tap.blocked()) < 3:
                pass
            gc.collect()
            waiting = Releases(lock, threads)
            del waiting
            gc.set_threshold(gc.get_count()[0] + after)
            gc.enable()
            listed = _tap.blocked()
            gc.disable()
            assert len(listed) in (0, 3)
            gc.collect()
        """,
    )


def test_the_holder_of_an_unknown_lock_is_unknown(tmp_path: Path) -> None:
    said = alone(
        tmp_path,
        """
        _tap.keep_holders()
        locks = [threading.Lock() for _ in range(4000)]
        for lock in locks:
            _tap.sync(1, lock)
        for lock in locks[1:]:
            _tap.sync(2, lock)
        print(_tap.holder(threading.Lock()), _tap.holder(locks[0]) != 0)
        """,
    )
    assert said.split() == ["0", "True"]


def test_an_option_without_truth_is_an_error(tmp_path: Path) -> None:
    class Failing:
        def __bool__(self) -> bool:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        _tap.configure(sanitize_values=Failing())


def every_tap(tape: Tape, thing: Any, value: Any, table: dict[Any, Any], items: list[Any], queue: deque[Any], values: set[Any]) -> Callable[[], None]:
    """Each kind of tap once, on the same objects."""
    make = tape.tap
    line, call, leave, unbind, cell = make("line"), make("call", 1), make("return", 2), make("unbind", 3, "x"), make("cell", 4, "c")
    local, several, entry = make("local", 5, "x"), make("locals", 6, ("x", "y")), make("entry", 8, ("a",))
    walrus, comp, crosses, resumes = make("walrus", 10, "x"), make("comp", 11, "x"), make("yield", 12), make("resume", 13)
    glob, attr, stored, owner = make("global", 14, "g"), make("attr", 15, "value"), make("stored", 16, "value"), make("owner", 17, "value")
    item, contains, read, bound, named = make("item", 18), make("contains", 19), make("read", 20), make("bound", 21, "append"), make("named", 22)
    methods = {name: make("method", 23 + i, name) for i, name in enumerate(("append", "pop", "get", "update", "add", "discard", "__setitem__"))}
    mutated, unwind, handler, put_back = make("mutated", 40), make("unwind", 41), make("handler", 42), make("bound", 43, "__setitem__")

    def once() -> None:
        ~line, ~call, ~unbind, ~entry  # noqa: B018
        leave[value], walrus[value], crosses[value], resumes[value], glob[value], owner[thing], read[items], read[values]
        comp @ value
        local @ value
        del several[value, thing]
        del entry[value]
        del cell[7, value]
        cell[7:value]
        attr[thing] = value
        attr[thing]
        stored[thing] = value
        item[table, value] = value
        item[table:value]
        item[items, -1] = value
        item[items:0]
        item[queue, 0] = value
        contains @ (value, table)
        methods["append"][items](value)
        methods["pop"][items]()
        methods["append"][queue](value)
        methods["pop"][queue]()
        methods["get"][table](value)
        methods["update"][table]({value: value})
        methods["update"][table](name=value)
        methods["add"][values](value)
        methods["discard"][values](value)
        methods["__setitem__"][table](value, value)
        bound[items.append](value)
        items.pop()
        put_back[table.__setitem__](value, value)
        mutated[list.extend](items, [value])
        del items[1:]
        named[setattr](thing, "value", value)
        named[getattr](thing, "value")
        try:
            raise KeyError(value)
        except KeyError:
            ~unwind, ~handler  # noqa: B018
        _tap.sync(1, thing)
        _tap.object_id(value)

    return once


def test_taps_give_back_every_reference(tmp_path: Path) -> None:
    thing, value, table, items = Plain(), Plain(), dict[Any, Any](), [None]
    queue, values = deque([None]), set[Any]()
    with recording(tmp_path, other_actors=True) as tape:
        once = every_tap(tape, thing, value, table, items, queue, values)
        held = [thing, value, table, items, queue, values, None, True, False, Plain, "value"]

        def counts() -> list[int]:
            gc.collect()
            return [sys.getrefcount(one) for one in held]

        for _ in range(50):
            once()
        before = counts()
        for _ in range(1000):
            once()
        after = counts()
    assert all(abs(now - then) < 50 for then, now in zip(before, after, strict=True)), (before, after)
