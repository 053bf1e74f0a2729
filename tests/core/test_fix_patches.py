"""Candidate patches on small programs: what changes, that it parses, and that nothing else changes."""

from __future__ import annotations

import ast
import re
from textwrap import dedent

import pytest
from causeway_core.errors import FindingUnusable
from causeway_core.fix import Patch, candidates

MARK = re.compile(r"\s*# @(\w+)(?: (\w+))?")


def finding(source: str, kind: str, resource: str, actor: str = "task") -> tuple[dict[str, object], str]:
    """A finding document and the source without its marks: `# @read one` is an access by the actor `one` (mine unless named)."""
    tree = ast.parse(source)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    lines, accesses = [], []
    for number, line in enumerate(source.splitlines(keepends=True), 1):
        for role, who in MARK.findall(line):
            function = max((each for each in functions if each.lineno <= number <= (each.end_lineno or 0)), key=lambda each: each.lineno)
            owner = next((f"{each.name}." for each in classes if function in each.body), "")
            accesses.append(
                {
                    "role": role,
                    "file": "m.py",
                    "line": number,
                    "function": owner + function.name,
                    "actor": f"{actor} {who or 'mine'}",
                    "event": "s1@1",
                }
            )
        lines.append(MARK.sub("", line))
    accesses.sort(key=lambda each: each["actor"] != f"{actor} mine")
    return {"kind": kind, "resource": resource, "accesses": accesses}, "".join(lines)


def patches(source: str, kind: str, resource: str, actor: str = "task") -> dict[str, Patch]:
    document, text = finding(source, kind, resource, actor)
    found = candidates(document, {"m.py": text})
    for patch in found:
        compile(patch.files[0][2], "m.py", "exec")
    assert len({patch.kind for patch in found}) == len(found)
    return {patch.kind: patch for patch in found}


def changed(patch: Patch) -> list[str]:
    """The lines that a patch takes out and puts in."""
    return [line for line in patch.diff().splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]


def code(text: str) -> str:
    return dedent(text).lstrip("\n")


ACCOUNT = code(
    '''
    """Accounts."""
    from __future__ import annotations

    import json


    class Account:
        def __init__(self):
            self.name = ""
            self.balance = 0  # cents
            self.open = True

        async def pay(self, amount):
            # read first
            before = self.balance  # @read
            await io()  # slow
            self.balance = before + amount  # @write  # @write other

    async def io():
        pass
    '''
)


def test_reading_moves_behind_the_await() -> None:
    patch = patches(ACCOUNT, "lost_update", "Account.balance")["await-first"]
    assert changed(patch) == ["+        await io()  # slow", "-        await io()  # slow"]
    assert patch.diff().startswith("--- a/m.py\n+++ b/m.py\n@@ ")
    assert "        await io()  # slow\n        # read first\n        before = self.balance\n        self.balance = " in patch.files[0][2]


def test_new_lock_of_tasks_of_trio() -> None:
    source = ACCOUNT.replace("import json", "import json\nimport trio")
    patch = patches(source, "lost_update", "Account.balance")["add-lock"]
    assert "+        self._lock = trio.Lock()" in changed(patch) and "+import asyncio" not in changed(patch)


def test_new_lock_of_an_instance() -> None:
    patch = patches(ACCOUNT, "lost_update", "Account.balance")["add-lock"]
    assert changed(patch) == [
        "+import asyncio",
        "+        self._lock = asyncio.Lock()",
        "-        before = self.balance",
        "-        await io()  # slow",
        "-        self.balance = before + amount",
        "+        async with self._lock:",
        "+            before = self.balance",
        "+            await io()  # slow",
        "+            self.balance = before + amount",
    ]
    lines = patch.files[0][2].splitlines()
    assert lines[:5] == ['"""Accounts."""', "from __future__ import annotations", "", "import asyncio", "import json"]
    assert lines[lines.index("        self.balance = 0  # cents") + 1] == "        self._lock = asyncio.Lock()"
    assert lines[lines.index("        async with self._lock:") - 1] == "        # read first"


def test_spaces_stay_as_they_are() -> None:
    odd = ACCOUNT.replace("    ", "\t").replace("\n", "\r\n")
    for patch in patches(odd, "lost_update", "Account.balance").values():
        after = patch.files[0][2]
        assert after.count("\n") == after.count("\r\n") and not re.search(r"^ +", after, re.MULTILINE)
        assert [line.expandtabs(4) for line in after.splitlines()] == (
            patches(ACCOUNT, "lost_update", "Account.balance")[patch.kind].files[0][2].splitlines()
        )


def test_awaited_in_the_same_statement() -> None:
    source = code(
        """
        class Cart:
            async def add(self):
                self.total += await price()  # why  # @read  # @write  # @write other
                self.total = self.total
        """
    )
    assert changed(patches(source, "lost_update", "Cart.total")["await-first"]) == [
        "-        self.total += await price()  # why",
        "+        awaited = await price()",
        "+        self.total += awaited  # why",
    ]


def test_lock_of_one_side_is_taken_by_the_other() -> None:
    source = code(
        """
        class Cart:
            async def one(self):
                async with self.lock:
                    before = self.total  # @read
                    await io()
                    self.total = before + 1  # @write

            @decorated
            async def two(self):
                log()
                if ready():
                    self.total += 1  # @write other
        """
    )
    found = patches(source, "lost_update", "Cart.total")
    assert list(found) == ["widen-lock"]
    assert changed(found["widen-lock"]) == ["-            self.total += 1", "+            async with self.lock:", "+                self.total += 1"]


def test_lock_taken_twice_is_held_once() -> None:
    source = code(
        """
        def work(box):
            with box.lock:
                before = box.total  # @read

            with box.lock: box.total = before + 1  # @write  # @write other
        """
    )
    patch = patches(source, "lost_update", "Box.total", actor="thread")["widen-lock"]
    assert patch.files[0][2] == code(
        """
        def work(box):
            with box.lock:
                before = box.total

                box.total = before + 1
        """
    )


def test_wrong_lock_is_replaced() -> None:
    source = code(
        """
        class Box:
            def one(self):
                with self.a_lock:
                    self.total += 1  # @read  # @write

            def two(self):
                with self.b_lock:
                    self.total += 1  # @write other
        """
    )
    document, text = finding(source, "lost_update", "Box.total", "thread")
    found = candidates(document, {"m.py": text})
    assert [changed(each) for each in found] == [
        ["-        with self.b_lock:", "+        with self.a_lock:"],
        ["-        with self.a_lock:", "+        with self.b_lock:"],
    ]


STORE = code(
    """
    class Store:
        def __init__(self):
            self._stock = {}

        async def _fetch(self, sku):
            await io()
            return self._stock.get(sku, 0)  # @read

        def _put(self, sku, number):
            self._stock[sku] = number  # @write  # @write other

        async def reserve(self, sku):
            available = await self._fetch(sku)
            if available:
                self._put(sku, available - 1)
            return available

    async def io():
        pass
    """
)


def test_a_window_that_begins_and_ends_in_functions_that_are_called() -> None:
    lock = patches(STORE, "lost_update", "Store._stock[1]")["add-lock"]
    assert "self._lock, is held over lines 13 to 15 of `reserve`" in lock.sentence
    assert "        async with self._lock:\n            available = await self._fetch(sku)\n            if available:\n" in lock.files[0][2]
    assert lock.files[0][2].count("self._lock") == 2


def test_the_order_of_the_accesses_in_a_finding_does_not_change_the_fix() -> None:
    document, text = finding(ACCOUNT, "lost_update", "Account.balance")
    accesses = document["accesses"]
    assert isinstance(accesses, list)
    turned = {**document, "accesses": sorted(accesses, key=lambda each: each["actor"] != "task other")}
    assert [each.files for each in candidates(turned, {"m.py": text})] == [each.files for each in candidates(document, {"m.py": text})]


def test_threads_get_a_lock_of_threads() -> None:
    source = code(
        """
        total = 0


        def work():
            global total
            for _ in range(3):
                total += 1  # @read  # @write  # @write other
        """
    )
    found = patches(source, "lost_update", "total", actor="thread")
    assert list(found) == ["add-lock"]
    assert changed(found["add-lock"]) == [
        "+import threading",
        "+",
        "+_lock = threading.Lock()",
        "-        total += 1",
        "+        with _lock:",
        "+            total += 1",
    ]


def test_no_lock_of_threads_over_an_await() -> None:
    source = code(
        """
        async def work(box):
            before = box.total  # @read
            await io()
            box.total = before + 1  # @write  # @write other
        """
    )
    assert patches(source, "lost_update", "Box.total", actor="thread") == {}


def test_condition_is_asked_again() -> None:
    source = code(
        """
        class Client:
            async def get(self):
                if self.connection is None:  # @read
                    await io()
                    # made now
                    self.made += 1
                    self.connection = Connection()  # @write
                return self.connection

            async def other(self):
                if self.connection is None:  # @read other
                    pass
        """
    )
    assert changed(patches(source, "atomicity_violation", "Client.connection")["recheck"]) == [
        "-            self.made += 1",
        "-            self.connection = Connection()",
        "+            if self.connection is None:",
        "+                self.made += 1",
        "+                self.connection = Connection()",
    ]


def test_early_exit_is_repeated() -> None:
    source = code(
        """
        async def register(users, name):
            if name in users: # @check
                return "taken"
            await io()
            users[name] = 1 # @write # @write other
        """
    )
    assert changed(patches(source, "atomicity_violation", "users[name]")["recheck"]) == ["+    if name in users:", '+        return "taken"']


def test_condition_is_not_asked_again_where_the_act_awaits() -> None:
    source = code(
        """
        async def get(client):
            if client.connection is None: # @read
                client.connection = await connect() # @write # @read other
        """
    )
    assert list(patches(source, "atomicity_violation", "Client.connection")) == ["add-lock"]


def test_loop_runs_over_a_copy() -> None:
    source = code(
        """
        async def tell(hub):
            for each in hub.listeners.values():  # all of them  # @iterate
                await each()

        async def leave(hub, name):
            del hub.listeners[name]  # @mutate other
        """
    )
    assert changed(patches(source, "atomicity_violation", "Hub.listeners")["copy-iteration"]) == [
        "-    for each in hub.listeners.values():  # all of them",
        "+    for each in list(hub.listeners.values()):  # all of them",
    ]


DINNER = code(
    """
    class Table:
        async def eat(self):
            async with self.left:  # @acquire
                async with self.right:  # @acquire
                    self.eaten += 1

        async def clean(self):
            async with self.right:  # @acquire other
                self.clear()
                async with self.left:  # @acquire other
                    self.eaten -= 1
                self.done = True
    """
)


def test_locks_are_taken_in_the_order_of_the_other_side() -> None:
    found = patches(DINNER, "deadlock", "Table.left and Table.right")
    assert list(found) == ["lock-order"]
    assert changed(found["lock-order"]) == [
        "-        async with self.right:",
        "+        async with self.left, self.right:",
        "-            async with self.left:",
        "-                self.eaten -= 1",
        "+            self.eaten -= 1",
    ]
    close = DINNER.replace("            self.clear()\n", "").replace("            self.done = True\n", "")
    assert changed(patches(close, "deadlock", "Table.left and Table.right")["lock-order"]) == [
        "-        async with self.right:",
        "-            async with self.left:",
        "+        async with self.left:",
        "+            async with self.right:",
    ]


def test_locks_of_arguments_are_sorted() -> None:
    source = code(
        """
        def move(source, target, amount):
            # both
            with source.lock:  # @acquire  # @acquire other
                source.balance -= amount
                with target.lock:  # @acquire  # @acquire other
                    target.balance += amount
        """
    )
    assert changed(patches(source, "deadlock", "Account.lock", actor="thread")["lock-order"]) == [
        "-    with source.lock:",
        "+    first, second = sorted((source.lock, target.lock), key=id)",
        "+    with first:",
        "-        with target.lock:",
        "+        with second:",
    ]


SQL = code(
    """
    def pay(db, key, amount):
        (balance,) = db.execute("SELECT balance FROM account WHERE id = ?", (key,)).fetchone()  # @read
        db.execute("UPDATE account SET balance = ? WHERE id = ?", (balance - amount, key))  # @write  # @write other
    """
)


def test_the_database_does_the_sum() -> None:
    found = patches(SQL, "lost_update", "account row 1", actor="thread")
    assert changed(found["atomic-sql"]) == [
        '-    db.execute("UPDATE account SET balance = ? WHERE id = ?", (balance - amount, key))',
        '+    db.execute("UPDATE account SET balance = balance - ? WHERE id = ?", (amount, key))',
    ]


def test_a_value_that_decides_is_not_left_to_the_database() -> None:
    checked = SQL.replace("    db.execute", "    if balance < amount:\n        return\n    db.execute")
    assert "atomic-sql" not in patches(checked, "lost_update", "account row 1", actor="thread")


@pytest.mark.parametrize(
    ("document", "sources"),
    [
        ({"kind": "deadlock"}, {}),
        ({"kind": "lost_update", "resource": "x", "accesses": []}, {}),
        (finding(ACCOUNT, "lost_update", "Account.balance")[0], {}),
        (finding(ACCOUNT, "lost_update", "Account.balance")[0], {"m.py": "def f(:"}),
    ],
)
def test_unusable_findings_are_said_to_be(document: dict[str, object], sources: dict[str, str]) -> None:
    with pytest.raises(FindingUnusable) as raised:
        candidates(document, sources)
    assert raised.value.next_step


def test_source_that_changed_since_gives_no_patch() -> None:
    document, _ = finding(ACCOUNT, "lost_update", "Account.balance")
    assert candidates(document, {"m.py": "def unrelated():\n    pass\n"}) == ()


COUNTS = code(
    '''
    import json
    import multiprocessing
    from pathlib import Path

    context = multiprocessing.get_context("fork")


    def bump(name):
        counts = json.loads(Path("counts").read_text())  # @read  # @write other
        counts[name] = counts.get(name, 0) + 1
        Path("counts").write_text(json.dumps(counts))  # @write
    '''
)


def test_processes_get_a_lock_of_processes_where_they_fork() -> None:
    patch = patches(COUNTS, "lost_update", "counts", "process main/process")["add-lock"]
    assert "+_lock = multiprocessing.Lock()" in changed(patch) and "+    with _lock:" in changed(patch)
    assert "threading" not in patch.diff()


def test_processes_that_are_spawned_get_words_only() -> None:
    assert not patches(COUNTS.replace('"fork"', '"spawn"'), "lost_update", "counts", "process main/process")


def test_threads_of_one_child_are_no_processes() -> None:
    document, text = finding(COUNTS, "lost_update", "counts", "thread")
    places = {"a1": {"actor": "main/process/bump"}, "b1": {"actor": "main/process/bump#2"}}
    [patch] = [each for each in candidates({**document, "orders": [{"places": places}]}, {"m.py": text}) if each.kind == "add-lock"]
    assert "threading.Lock()" in patch.diff()
    places["b1"] = {"actor": "main/process#2/bump"}
    [patch] = [each for each in candidates({**document, "orders": [{"places": places}]}, {"m.py": text}) if each.kind == "add-lock"]
    assert "multiprocessing.Lock()" in patch.diff()


SEATS = code(
    """
    import asyncpg

    async def book(db, show):
        left = await db.fetchval("SELECT seats FROM shows WHERE id = $1", show)  # @read
        if left > 0:
            await db.execute("UPDATE shows SET seats = $1 WHERE id = $2", left - 1, show)  # @write # @write other
    """
)


def test_the_server_locks_the_row_that_is_read() -> None:
    assert changed(patches(SEATS, "lost_update", "shows row 7")["lock-rows"]) == [
        '-    left = await db.fetchval("SELECT seats FROM shows WHERE id = $1", show)',
        '+    left = await db.fetchval("SELECT seats FROM shows WHERE id = $1 FOR UPDATE", show)',
    ]
    mapped = SEATS.replace("asyncpg", "sqlalchemy").replace('await db.fetchval("SELECT seats FROM shows WHERE id = $1", show)', "db.get(Show, show)")
    assert changed(patches(mapped, "lost_update", "shows row 7")["lock-rows"])[1] == "+    left = db.get(Show, show, with_for_update=True)"


@pytest.mark.parametrize(
    ("before", "after"),
    [("import asyncpg", "import sqlite3"), ("SELECT seats", "SELECT count(*)"), ("id = $1", "id = $1 FOR UPDATE")],
    ids=["no server", "aggregate", "locked already"],
)
def test_rows_that_cannot_be_locked_or_are(before: str, after: str) -> None:
    assert "lock-rows" not in patches(SEATS.replace(before, after, 1), "lost_update", "shows row 7")
