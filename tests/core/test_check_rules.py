"""`causeway check` over small sources: what each rule must find, and what must stay silent."""

from __future__ import annotations

from textwrap import dedent

import pytest
from causeway_core.check import check_source, examine

ACCOUNT = """
import asyncio
import threading

class Account:
    def __init__(self):
        self.balance = 0
        self.connection = None
        self.busy = False
        self.entries = {}
        self.listeners = set()
        self.queue = []
        self.names, self.limit = {}, 2
        self._lock = asyncio.Lock()
        self._guard = threading.Lock()
        self._slots = asyncio.Semaphore(4)

    def listen(self, listener):
        self.listeners.add(listener)

    def dequeue(self):
        self.queue.pop()

    async def pure(self):
        return self.balance

"""


def suspected(body: str) -> list[tuple[str | None, str]]:
    """Rule and resource of what is found in a method body of `Account`."""
    source = (
        ACCOUNT + "    async def method(self, key=None, amount=0):\n" + "".join(f"        {line}\n" for line in dedent(body).strip().splitlines())
    )
    return [(finding.rule, finding.resource) for finding in check_source(source, "account.py")]


READ_WRITE = ("read-await-write", "Account.balance")
CHECK_ACT = ("check-await-act", "Account.connection")
ITERATE = ("iterate-await", "Account.listeners")
BLOCKING = ("blocking-lock", "Account._guard")


@pytest.mark.parametrize(
    ("body", "found"),
    [
        pytest.param("value = self.balance\nawait io()\nself.balance = value + 1", READ_WRITE, id="through a local"),
        pytest.param("self.balance += await price()", READ_WRITE, id="augmented with an await"),
        pytest.param("self.balance = self.balance + await price()", READ_WRITE, id="read before the await in one expression"),
        pytest.param("v = self.balance\nw = max(v, 3) * 2\nasync with client() as c:\n    pass\nself.balance = w", READ_WRITE, id="async with"),
        pytest.param("v = self.balance\nasync for x in rows():\n    pass\nself.balance = v + 1", READ_WRITE, id="async for"),
        pytest.param(
            "async with self._lock:\n    v = self.balance\nasync with self._lock:\n    self.balance = v + 1", READ_WRITE, id="lock taken twice"
        ),
        pytest.param("v = self.balance\nfor _ in range(3):\n    await io()\n    self.balance = v + 1", READ_WRITE, id="in a loop"),
        pytest.param("v = self.entries[key]\nawait io()\nself.entries[key] = v + 1", ("read-await-write", "Account.entries[key]"), id="item"),
        pytest.param("async with self._slots:\n    v = self.balance\n    await io()\n    self.balance = v + 1", READ_WRITE, id="semaphore of four"),
        pytest.param("if self.connection is None:\n    self.connection = await connect()", CHECK_ACT, id="lazy connection"),
        pytest.param("if self.connection:\n    return\nawait io()\nself.connection = make()", CHECK_ACT, id="early return"),
        pytest.param("self.connection = self.connection or await connect()", CHECK_ACT, id="or"),
        pytest.param(
            "if self.balance >= amount:\n    await io()\n    self.balance -= amount", ("check-await-act", "Account.balance"), id="overdrawn"
        ),
        pytest.param(
            "if len(self.queue) < 3:\n    await io()\n    self.queue.append(key)", ("check-await-act", "Account.queue[key]"), id="bounded queue"
        ),
        pytest.param(
            "if key in self.entries:\n    await io()\n    del self.entries[key]", ("check-await-act", "Account.entries[key]"), id="gone when deleted"
        ),
        pytest.param(
            "try:\n    return self.entries[key]\nexcept KeyError:\n    self.entries[key] = await connect(key)",
            ("check-await-act", "Account.entries[key]"),
            id="except KeyError",
        ),
        pytest.param(
            "if len(self.entries) >= 2:\n    return\nawait io()\nself.entries[key] = 1",
            ("check-await-act", "Account.entries[key]"),
            id="how many there are",
        ),
        pytest.param(
            "if key in self.entries:\n    return\nawait io()\nself.entries[key] = amount",
            ("check-await-act", "Account.entries[key]"),
            id="what is handed in",
        ),
        pytest.param(
            "if len(self.names) < 2:\n    await io()\n    self.names[key] = 1", ("check-await-act", "Account.names[key]"), id="set beside another"
        ),
        pytest.param("for each in self.listeners:\n    await each()", ITERATE, id="iterate a set"),
        pytest.param("for each in self.queue:\n    await each()", ("iterate-await", "Account.queue"), id="iterate a list that loses elements"),
        pytest.param("with self._guard:\n    await io()", BLOCKING, id="thread lock"),
    ],
)
def test_window_is_found(body: str, found: tuple[str, str]) -> None:
    assert suspected(body) == [found]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("await io()\nvalue = self.balance\nself.balance = value + 1", id="read after the await"),
        pytest.param("self.balance += 1\nawait io()\nself.balance += 1", id="additions in one step"),
        pytest.param("self.balance = await price() + self.balance", id="awaited first"),
        pytest.param("v = self.balance\nawait self.pure()\nself.balance = v + 1", id="await that cannot suspend"),
        pytest.param("v = self.balance\nawait io()\nself.balance += 1", id="dead read"),
        pytest.param("async with self._lock:\n    v = self.balance\n    await io()\n    self.balance = v + 1", id="locked"),
        pytest.param("v = self.balance\nawait io()\nv = self.balance\nself.balance = v + 1", id="read again"),
        pytest.param(
            "while True:\n    old = self.balance\n    new = await price(old)\n    if self.balance == old:\n        self.balance = old + new",
            id="compare and set",
        ),
        pytest.param(
            "if self.connection is None:\n    new = await connect()\n    if self.connection is None:\n        self.connection = new", id="re-check"
        ),
        pytest.param(
            "if not self.connection:\n    async with self._lock:\n        if not self.connection:\n            self.connection = await connect()",
            id="double-checked lock",
        ),
        pytest.param(
            "if self.busy:\n    return\nself.busy = True\nv = self.balance\nawait io()\nself.balance = v + 1\nself.busy = False", id="in-flight flag"
        ),
        pytest.param(
            "if key in self.entries:\n    return await self.entries[key]\nself.entries[key] = asyncio.ensure_future(io())\nawait self.entries[key]",
            id="single flight",
        ),
        pytest.param("local = {}\nif key not in local:\n    local[key] = await connect()", id="local container"),
        pytest.param("for each in list(self.listeners):\n    await each()", id="iterate over a copy"),
        pytest.param("for each in self.listeners:\n    each()\nawait io()", id="no await in the loop"),
        pytest.param("for each in self.listeners:\n    return await each()", id="the loop ends with the await"),
        pytest.param("for each in self.entries:\n    await each()", id="nobody changes it"),
        pytest.param("with self._guard:\n    self.balance += 1\nawait io()", id="thread lock released before"),
        pytest.param("with self._guard:\n    await self.pure()", id="thread lock over what cannot suspend"),
        pytest.param(
            "await self._lock.acquire()\nv = self.balance\nawait io()\nself.balance = v + 1\nself._lock.release()", id="acquire and release"
        ),
        pytest.param("v = self.balance\nawait io()\nself.balance = v + 1  # causeway: ignore", id="ignored"),
        pytest.param("v = self.balance  # causeway: ignore[lost_update]\nawait io()\nself.balance = v + 1", id="ignored by kind"),
        pytest.param("v = self.balance\nawait io()  # causeway: ignore[read-await-write]\nself.balance = v + 1", id="ignored by rule"),
    ],
)
def test_stays_silent(body: str) -> None:
    assert suspected(body) == []


def test_helper_is_seen_through() -> None:
    source = """
    class Client:
        def __init__(self):
            self._session = None

        def is_open(self):
            return self._session is not None

        async def _open(self):
            self._session = await connect()

        async def ask(self):
            if not self.is_open():
                await self._open()
            return await self._session.ask()
    """
    (finding,) = check_source(dedent(source), "client.py")
    assert (finding.rule, finding.resource) == ("check-await-act", "Client._session")
    assert [(each.role, each.line, each.function) for each in finding.accesses] == [
        ("check", 13, "Client.ask"),
        ("wait", 14, "Client.ask"),
        ("act", 10, "Client._open"),
    ]


def test_lock_of_all_callers_counts() -> None:
    source = """
    class Client:
        async def _step(self):
            value = self.count
            await io()
            self.count = value + 1

        async def one(self):
            async with self._lock:
                await self._step()

        async def two(self):
            {}
    """
    assert check_source(dedent(source).format("async with self._lock:\n            await self._step()"), "client.py") == ()
    (finding,) = check_source(dedent(source).format("await self._step()"), "client.py")
    assert finding.resource == "Client.count"


def test_globals_and_closures_are_shared() -> None:
    source = """
    total = 0

    async def add(n):
        global total
        total = total + await price(n)

    def counter():
        count = 0

        async def tick():
            nonlocal count
            before = count
            await io()
            count = before + 1

        return tick
    """
    assert [(each.rule, each.resource) for each in check_source(dedent(source), "m.py")] == [
        ("read-await-write", "total"),
        ("read-await-write", "count"),
    ]


def test_object_handed_to_two_tasks_is_shared() -> None:
    source = """
    async def work(account):
        if account.open:
            account.handle = await connect()
        if account.handle is None:
            account.handle = await connect()

    async def main():
        one = Account()
        {}
    """
    shared = check_source(dedent(source).format("await asyncio.gather(work(one), work(one))"), "m.py")
    assert [(each.rule, each.resource) for each in shared] == [("check-await-act", "account.handle")]
    assert check_source(dedent(source).format("await work(one)"), "m.py") == ()


def test_ranges_are_in_characters() -> None:
    source = "class A:\n    async def f(self):\n        é = 'ü'; self.x = self.x + await io('é')\n"
    (finding,) = check_source(source, "a.py")
    read = finding.accesses[0]
    line = source.splitlines()[read.line - 1]
    assert (read.end_line, line[read.col : read.end_col]) == (3, "self.x")


def test_broken_source_says_why() -> None:
    found = examine("async def f(:\n    pass\n", "broken.py")
    assert found.findings == () and found.unreadable is not None and found.unreadable.startswith("line 1:")
    assert examine("async def f(): return '\0'", "nul.py").unreadable is not None
    assert examine("x = " + "(" * 3000 + ")" * 3000 + "  # async", "deep.py").unreadable is not None
