"""`causeway.order` as tests use it: in this process, and for a command."""

from __future__ import annotations

import os
import sys
import textwrap
from pathlib import Path

import pytest
from causeway import order

BANK = """
    import asyncio

    class Account:
        def __init__(self, lock=None):
            self.balance = 100
            self.lock = lock

        async def withdraw(self, amount):
            seen = self.balance
            await asyncio.sleep(0)
            self.balance = seen - amount

        async def careful(self, amount):
            async with self.lock:
                await self.withdraw(amount)

    async def main():
        account = Account()
        await asyncio.gather(account.withdraw(10), account.withdraw(20))
        return account.balance

    async def fixed():
        account = Account(asyncio.Lock())
        await asyncio.gather(account.careful(10), account.careful(20))
        return account.balance

    if __name__ == "__main__":
        print(asyncio.run(main()))
"""


def lost(first: str, second: str) -> list[order.Wait]:
    """`second` runs as a whole while `first` is between its read and its write."""
    read = order.place(first, "read of balance", "till.py", "Account.withdraw", "seen = self.balance")
    write = order.place(first, "write of balance", "till.py", "Account.withdraw", "self.balance = seen - amount")
    return [
        order.wait(order.place(second, "start"), until=read),
        order.wait(write, until=order.place(second, "end"), since=read),
    ]


@pytest.fixture
def bank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "till.py"
    path.write_text(textwrap.dedent(BANK))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("CAUSEWAY_CACHE", str(tmp_path / "cache"))
    return path


def test_in_this_process(bank: Path) -> None:
    import asyncio
    import threading
    import time

    before = (asyncio.Handle._run, threading.Thread.start, time.sleep)
    for _ in range(3):
        with order.forced(lost("main/main/withdraw", "main/main/withdraw#2")) as run:
            assert run.main("till:main") == 90
        assert run.outcome.feasible and str(run.outcome) == "order forced"
        with order.forced(lost("main/main/withdraw#2", "main/main/withdraw")) as run:
            assert run.main("till:main") == 80
    assert (asyncio.Handle._run, threading.Thread.start, time.sleep) == before
    assert "till" not in sys.modules


def test_after_the_fix_the_order_is_no_longer_possible(bank: Path) -> None:
    with order.forced(lost("main/fixed/careful", "main/fixed/careful#2")) as run:
        assert run.main("till:fixed") == 70
    assert not run.outcome.feasible and str(run.outcome).startswith("order no longer possible: everybody waits")


LOOKS_AROUND = """
async def look():
    while True:
        await asyncio.sleep(0.001)

async def serve(meeting):
    task = asyncio.create_task(look())
    await meeting()
    task.cancel()

async def waiting():
    account = Account()
    late = asyncio.Event()
    async def last():
        await late.wait()
        await account.withdraw(20)
    first = asyncio.create_task(account.withdraw(10))
    second = asyncio.create_task(last())
    await first
    late.set()
    await second
    return account.balance
"""


@pytest.mark.parametrize(
    ("main", "first", "second", "patience", "why"),
    [
        ("fixed", "main/serve/careful", "main/serve/careful#2", 0.3, "everybody waits: No actor has reached a place of the order for 0.3 s"),
        ("waiting", "main/serve/withdraw", "main/serve/last", 1000, "no progress: No actor has reached a place of the order for 0.3 s"),
        ("waiting", "main/serve/withdraw", "main/serve/third", 1000, "no such actor: No actor exists that could reach the awaited place"),
    ],
)
def test_what_only_looks_around_does_not_keep_an_impossible_order_alive(
    bank: Path, main: str, first: str, second: str, patience: float, why: str
) -> None:
    source = bank.read_text().partition("if __name__")[0]
    bank.write_text(f"{source}{LOOKS_AROUND}\nasyncio.run(serve({main}))\n")
    environment = {**os.environ, "CAUSEWAY_ORDER_LIMIT": "0.3"}
    done = order.run([str(bank)], lost(first, second), cwd=bank.parent, env=environment, patience=patience)
    assert done.exit_code == 0 and not done.feasible, done.stderr
    assert done.reason is not None and done.reason.startswith(why)


def test_a_command(bank: Path) -> None:
    done = order.run([str(bank)], lost("main/main/withdraw", "main/main/withdraw#2"), cwd=bank.parent)
    assert (done.stdout, done.exit_code, done.feasible) == ("90\n", 0, True), done.stderr
    assert done.values["p0"] == "90"


def test_a_pytest_node(bank: Path) -> None:
    test = bank.with_name("test_it.py")
    test.write_text("import asyncio, till\ndef test_it():\n    assert asyncio.run(till.main()) == 90\n")
    command = ["pytest", "-q", "-p", "no:cacheprovider", f"{test}::test_it"]
    done = order.run(command, lost("main/main/withdraw", "main/main/withdraw#2"), cwd=bank.parent)
    assert (done.exit_code, done.feasible) == (0, True), done.stdout + done.stderr


def test_what_is_no_order() -> None:
    with pytest.raises(order.OrderError, match="access is 'peek'"):
        order.forced([order.wait(order.place("main", "peek", "a.py", text="x"), until=order.place("main", "end"))])
    with pytest.raises(order.OrderError, match="neither text nor line"):
        order.forced([order.wait(order.place("main", "read", "a.py"), until=order.place("main", "end"))])
    with pytest.raises(order.OrderError, match="`after` is 'x'"):
        order.forced({"places": {"a": {"actor": "main", "access": "end"}}, "constraints": [{"after": "x", "hold": "a"}]})


WOKEN_BY_NOBODY = """
    import asyncio
    import threading

    ready = asyncio.Event()

    def put():
        ready.set()

    async def get():
        threading.Thread(target=put, daemon=True).start()
        await ready.wait()

    asyncio.run(get())
"""


def test_a_loop_that_looks_who_uses_it_is_left_although_an_interrupt_does_not_wake_its_task(tmp_path: Path) -> None:
    (tmp_path / "collector.py").write_text(textwrap.dedent(WOKEN_BY_NOBODY))
    waits = order.place("main/get", "await", "collector.py", "get", "await ready.wait()")
    sets = order.place("main/get/put", "acquire", "collector.py", "put", "ready.set()")
    done = order.run(["collector.py"], [order.wait(sets, until=waits), order.check("loop")], cwd=tmp_path, timeout=60)
    assert done.feasible and done.hang is not None, str(done)
    assert "RuntimeError: Non-thread-safe operation" in done.stderr and done.exit_code != 0


def test_what_is_to_be_checked_has_to_be_known() -> None:
    with pytest.raises(order.OrderError, match="not one of loop"):
        order.check("loops")


STREAMS = """
    import asyncio

    said = []

    async def other():
        said.append("other")

    async def serve(reader, writer):
        task = asyncio.create_task(other())
        writer.SENDS
        await writer.drain()
        said.append("sent")
        writer.close()

    async def main():
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        print((await reader.read()).decode(), *said)
        writer.close()
        server.close()

    asyncio.run(main())
"""
WEBSOCKET = """
    import asyncio
    from aiohttp import ClientSession, web

    said = []

    async def other():
        said.append("other")

    async def serve(request):
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        task = asyncio.create_task(other())
        await socket.send_str("hello")
        said.append("sent")
        await socket.close()
        return socket

    async def main():
        app = web.Application()
        app.router.add_get("/", serve)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0]
        async with ClientSession() as session, session.ws_connect(f"http://{host}:{port}/") as socket:
            print(await socket.receive_str(), *said)
        await runner.cleanup()

    asyncio.run(main())
"""


@pytest.mark.parametrize(
    "program",
    [STREAMS.replace("SENDS", "write(b'hello')"), STREAMS.replace("SENDS", "writelines([b'hel', b'lo'])"), WEBSOCKET],
    ids=["write", "writelines", "websocket"],
)
def test_while_a_peer_reads_slowly_an_awaited_send_lets_others_run(tmp_path: Path, program: str) -> None:
    (tmp_path / "server.py").write_text(textwrap.dedent(program))
    quick = order.run(["server.py"], [], cwd=tmp_path, timeout=60)
    slow = order.run(["server.py"], [order.slow_peers()], cwd=tmp_path, timeout=60)
    assert (quick.stdout, slow.stdout) == ("hello sent other\n", "hello other sent\n"), slow.stderr


def test_slow_peers_of_uvloop_are_those_of_a_loop_of_asyncio(tmp_path: Path) -> None:
    pytest.importorskip("uvloop")
    program = textwrap.dedent(STREAMS.replace("SENDS", "write(b'hello')")).replace("asyncio.run(", "uvloop.run(")
    (tmp_path / "server.py").write_text(f"import uvloop\n{program}")
    quick = order.run(["server.py"], [], cwd=tmp_path, timeout=60)
    slow = order.run(["server.py"], [order.slow_peers()], cwd=tmp_path, timeout=60)
    assert (quick.stdout, slow.stdout) == ("hello sent other\n", "hello other sent\n"), slow.stderr
