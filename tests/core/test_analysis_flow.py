"""Which reads a write depends on, from the text alone."""

from __future__ import annotations

import textwrap

import pytest
from causeway_core.analysis.flow import ProgramFlow, Role
from causeway_core.analysis.flow.graph import Usage
from causeway_core.analysis.source_text import Texts


def origins(source: str, target: str) -> dict[str, str]:
    """What the write of attribute (or mutation by method) `target` depends on, by name; attributes and calls only."""
    flow = ProgramFlow({"app.py": textwrap.dedent(source)})
    graph = flow.graph
    found: dict[str, str] = {}
    for number, node in enumerate(graph.nodes):
        if node.place is not None and node.place.role is Role.WRITE and node.place.name == target and node.place.shape != "name":
            for origin, how in graph.origins(number).items():
                place = flow.place(origin)
                if place.shape in ("attribute", "item", "contains") and place.name is not None and place.role is Role.READ:
                    found[place.name] = min(how, found.get(place.name, how), key=("data", "control").index)
    return found


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("t = s.v\n    s.v = t + 1", {"v": "data"}),
        ("t = s.w\n    t = 3\n    s.v = t", {}),
        ("if s.w:\n        s.v = 1", {"w": "control"}),
        ("if s.w:\n        return\n    s.v = 1", {"w": "control"}),
        ("while not s.w:\n        pause()\n    s.v = 1", {"w": "control"}),
        ("t = 0\n    for x in s.w:\n        t += x\n    s.v = t", {"w": "data"}),
        ("assert s.w\n    s.v = 1", {}),
        ("s.v = 1 if s.w else 2", {"w": "control"}),
        ("d = dict(s.w)\n    d['k'] = 1\n    s.v = d", {"w": "data"}),
        ("try:\n        t = s.w\n    except KeyError:\n        t = 0\n    s.v = t", {"w": "data"}),
        ("match s.w:\n        case 1:\n            s.v = 1", {"w": "control"}),
        ("t = [x for x in s.w if x]\n    s.v = t", {"w": "data"}),
        ("if (t := s.w) > 1:\n        s.v = 1", {"w": "control"}),
        ("with s.lock:\n        s.v = 1", {}),
        ("try:\n        return s.w\n    except AttributeError:\n        s.v = 1", {"w": "control"}),
        ("try:\n        return s.w\n    except AttributeError:\n        pass\n    s.v = 1", {"w": "control"}),
        ("try:\n        show(s.w)\n    except KeyError:\n        s.v = 1", {}),
        ("try:\n        show(s['w'])\n    except (KeyError, IndexError):\n        s.v = 1", {"'w'": "control"}),
        ("try:\n        show(s['w'])\n    except KeyError:\n        return\n    s.v = 1", {"'w'": "control"}),
        ("if s.v == 0:\n        start()\n    s.v = 1", {"v": "control"}),
        ("if s.v == 0:\n        t = 1\n    s.v = 1", {}),
        ("s.mine = s.w\n    s.v = s.mine + 1", {"mine": "data", "w": "data"}),
        ("top = s.w[0]\n    show(top)\n    heappop(s.w)\n    s.v = top", {"w": "data", "0": "data"}),
        ("t = run(lambda: s.w)\n    s.v = t", {"w": "data"}),
    ],
)
def test_within_a_function(body: str, expected: dict[str, str]) -> None:
    assert origins(f"def f(s):\n    {body}\n", "v") == expected


def choosers(source: str) -> set[str]:
    """The attributes that decide which of several constants `append` adds."""
    flow = ProgramFlow({"app.py": textwrap.dedent(source)})
    places = [(number, node.place) for number, node in enumerate(flow.graph.nodes) if node.place is not None and node.place.role is Role.WRITE]
    chosen = (flow.place(each) for number, place in places if place.name == "append" for each in flow.graph.choosers(number))
    return {place.name for place in chosen if place.shape == "attribute" and place.name is not None}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("s.log.append('a' if s.w else 'b')", {"w"}),
        ("t = 'a' if s.w else 'b'\n    put(s, t)", {"w"}),
        ("if s.w:\n        t = 'a'\n    else:\n        t = 'b'\n    s.log.append({'t': t, 'u': 1})", {"w"}),
        ("t = s.free.pop() if s.free else Thing()\n    s.log.append(t)", set()),
        ("if s.w:\n        s.log.append('a')", set()),
        ("t = Item('a' if s.w else 'b')\n    s.log.append(t)", {"w"}),
    ],
)
def test_what_decides_a_constant_that_is_stored(body: str, expected: set[str]) -> None:
    before = "class Item:\n    def __init__(self, kind):\n        self.kind = kind\n\ndef put(s, t):\n    s.log.append((t, 1))\n\n"
    assert choosers(f"{before}def f(s):\n    {body}\n") == expected


def test_heappop_depends_on_an_earlier_read_of_the_first_element() -> None:
    assert origins("def f(s):\n    show(s.w[0])\n    heapq.heappop(s.w)\n", "heappop") == {"w": "data", "0": "data"}


def test_through_calls_by_name() -> None:
    source = """
    class Store:
        async def load(self):
            return self.balance

        async def save(self, value):
            self.balance = value

    async def withdraw(store, amount):
        old = await store.load()
        await store.save(old - amount)
    """
    assert origins(source, "balance") == {"balance": "data"}


@pytest.mark.parametrize(
    "call",
    [
        "await asyncio.to_thread(read, s)",
        "await loop.run_in_executor(None, read, s)",
        "pool.submit(read, s).result()",
        "partial(read, s)()",
        "next(given(s))",
        "await asyncio.to_thread(s.read_it)",
    ],
)
def test_through_functions_that_are_handed_on_and_generators(call: str) -> None:
    source = f"""
    def read(s):
        return s.balance

    def given(s):
        yield s.balance

    class Account:
        def read_it(self):
            return self.balance

    def write(s, value):
        s.balance = value

    async def withdraw(s, amount):
        old = {call}
        await asyncio.to_thread(write, s, old - amount)
    """
    assert origins(source, "balance")["balance"] == "data"


def test_a_variable_is_not_taken_for_a_function_of_its_name() -> None:
    assert origins("def price(s):\n    return s.w\n\ndef f(s, price):\n    s.v = show(price)\n", "v") == {}


@pytest.mark.parametrize(("told", "expected"), [("sorted(s.plans)", {}), ("s.plans()", {"w": "data"})])
def test_a_table_is_not_taken_for_a_function_of_its_name(told: str, expected: dict[str, str]) -> None:
    source = f"""
    def fill(s):
        s.plans = {{}}

    def plans():
        return store.w

    def f(s):
        s.v = {told}
    """
    assert {name: how for name, how in origins(source, "v").items() if name == "w"} == expected


def test_a_use_rests_on_what_was_asserted() -> None:
    graph = ProgramFlow({"app.py": "def f(s):\n    assert s.w\n    pause()\n    show(s.w.name)\n"}).graph
    used = next(number for number, node in enumerate(graph.nodes) if node.place is not None and node.place.name == "name")
    assert [place.line for each in graph.deciders(used) if (place := graph.nodes[each].place) is not None and place.name == "w"] == [2]


@pytest.mark.parametrize(("body", "expected"), [("s.v = pages.get('k')", {"limit": "control"}), ("s.v = fetch('k')", {"limit": "control"})])
def test_what_a_call_gives_back_does_not_depend_on_who_else_makes_it(body: str, expected: dict[str, str]) -> None:
    source = f"""
    def get(pages, key):
        return open(key) if pages.limit else None

    def fetch(key):
        return get(pages, key)

    def poll(s):
        if s.w:
            get(pages, s.key)
            fetch(s.key)

    def f(s):
        {body}
    """
    assert {name: how for name, how in origins(source, "v").items() if name in ("limit", "w", "key")} == expected


def test_what_a_recursive_call_gives_back_does_not_depend_on_who_else_makes_it() -> None:
    source = """
    def depth(node):
        return 1 + depth(node.up) if node.up else 0

    def poll(s):
        if s.w:
            depth(s)

    def f(s):
        s.v = depth(s)
    """
    assert origins(source, "v") == {"up": "control"}


def test_a_method_is_not_taken_for_a_function_of_its_name() -> None:
    source = """
    class Jobs:
        def run(self, key):
            self.v = key

    def run(s):
        return s.w

    def f(jobs, key):
        jobs.run(key)
        s.v = jobs.run(key)
    """
    assert origins(source, "v") == {}


def test_guards_reach_into_the_functions_they_allow() -> None:
    source = """
    def act(s):
        s.v = 1

    def f(s):
        if s.w:
            act(s)
    """
    assert origins(source, "v") == {"w": "control"}


def test_a_wait_made_on_a_condition_guards_what_follows() -> None:
    assert origins("def f(s):\n    if not s.items:\n        s.condition.wait()\n    return s.items.pop()\n", "pop")["items"] == "control"


def test_sources_that_do_not_parse_are_left_out() -> None:
    assert ProgramFlow({"bad.py": "def f(:\n", "good.py": "x = 1\n"}).graph.nodes


def test_a_recorded_place_is_found_by_its_position() -> None:
    flow = ProgramFlow({"app.py": "def f(s):\n    s.v += s.v\n"})
    read = flow.find("app.py", "attr", 2, 11, 2, 14, "v", Role.READ)
    written = flow.find("app.py", "attr", 2, 4, 2, 7, "v", Role.WRITE)
    assert read is not None and flow.place(read).col == 11
    assert written is not None and flow.place(written).col == 4
    assert flow.find("app.py", "attr", 9, 0, 9, 3, "v", Role.READ) is None


def test_functions_that_call_two_in_a_row() -> None:
    source = "def both():\n    one()\n    two()\n\ndef back():\n    two()\n    one()\n\ndef one():\n    pass\n\ndef two():\n    one()\n"
    texts = Texts({"m.py": source})
    assert [function.name for function in texts.in_row("one", "two")] == ["both"]
    assert [function.name for function in texts.in_row("two", "one")] == ["back", "two"]
    assert not texts.in_row("one", "three")


@pytest.mark.parametrize(
    ("body", "needed"),
    [
        ("t = s.v\n    t.close()", True),
        ("t = s.v\n    if t is not None:\n        t.close()", False),
        ("t, s.v = s.v, None\n    if t:\n        t.close()", False),
        ("t = s.v\n    if t.open:\n        t.close()", True),
        ("if s.v is not None:\n        s.v.close()", True),
    ],
    ids=["used", "tested first", "taken and tested", "used in the test", "read again"],
)
def test_whether_a_read_needs_a_value(body: str, needed: bool) -> None:
    graph = ProgramFlow({"app.py": f"def f(s):\n    {body}\n"}).graph
    reads = [node for node in graph.nodes if node.place is not None and node.place.role is Role.READ and node.place.name == "v"]
    assert any(node.usage & Usage.DEREFERENCED for node in reads) is needed
