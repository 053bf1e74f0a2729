"""Whether anybody can still move in a program of several processes: decided at once where all of them only wait for each other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from causeway.order.process_group import ProcessGroup

from tests.sdk.forced import order, place, run

BANK = """
    import asyncio
    import contextlib
    import sys

    BALANCE = {"alice": 100}
    LOCK = asyncio.Lock() if "locked" in sys.argv else contextlib.nullcontext()

    async def withdraw(reader, writer):
        amount = int(await reader.readline())
        async with LOCK:
            seen = BALANCE["alice"]
            await asyncio.sleep(0)
            BALANCE["alice"] = seen - amount
        writer.write(b"done\\n")

    async def serve():
        server = await asyncio.start_server(withdraw, "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
        print(BALANCE["alice"])

    async def ask(port, amount):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"%d\\n" % amount)
        asyncio.get_running_loop().call_later(75, writer.close)  # as services limit how long a connection may idle
        await reader.readline()

    async def main():
        pipes = {"stdin": asyncio.subprocess.PIPE, "stdout": asyncio.subprocess.PIPE}
        child = await asyncio.create_subprocess_exec(sys.executable, __file__, "serve", *sys.argv[1:], **pipes)
        port = int(await child.stdout.readline())
        await asyncio.gather(ask(port, 10), ask(port, 20))
        said, _ = await child.communicate(b"stop\\n")
        print(int(said))

    asyncio.run(serve() if "serve" in sys.argv else main())
"""
FIRST, SECOND = "main/main/process/connection_made/withdraw", "main/main/process/connection_made/withdraw#2"
INSIDE = order(
    {
        "read": place(FIRST, "read", 'seen = BALANCE["alice"]', qualname="withdraw"),
        "write": place(FIRST, "write", 'BALANCE["alice"] = seen - amount', qualname="withdraw"),
        "begun": place(SECOND, "start"),
        "other": place(SECOND, "end"),
    },
    ("read", "begun", None),
    ("other", "write", "read"),
)


def test_a_lost_update_in_a_service_is_forced(tmp_path: Path) -> None:
    done = run(tmp_path, BANK, INSIDE)
    assert done.result["feasible"] and done.stdout in ("90\n", "80\n"), done


@pytest.mark.skipif(not Path("/proc/self/syscall").exists(), reason="what threads block in is told by Linux; elsewhere patience decides")
def test_a_lock_in_a_service_makes_the_order_impossible_at_once(tmp_path: Path) -> None:
    # The patience of `run` is longer than any test: what ends this is no guess.
    done = run(tmp_path, BANK, INSIDE, arguments=("locked",))
    assert (done.why, done.stdout, done.code) == ("everybody waits", "70\n", 0), done


def test_a_child_that_takes_no_part_may_do_anything(tmp_path: Path) -> None:
    program = """
        import subprocess
        import threading

        def held():
            print("free", flush=True)

        def never():
            pass

        with subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
            thread = threading.Thread(target=held)
            thread.start()
            threading.Thread(target=lambda: (thread.join(), child.stdin.close())).start()
            child.stdout.read()
        threading.Thread(target=never).start()
    """
    given = order({"hold": place("main/held", "start"), "after": place("main/never", "start")}, ("after", "hold", None))
    done = run(tmp_path, program, given, variables={"CAUSEWAY_ORDER_PATIENCE": "0.3"})
    assert (done.why, done.stdout, done.code) == ("no progress", "free\n", 0), done


def quiet(**more: Any) -> dict[str, Any]:
    """A process that waits, for nothing unless something is said."""
    return {"quiet": True, "hears": [], "held": [], "unsent": [], "visits": [], "visitors": [], "children": [], **more}


SERVICE = quiet(hears=["listen 127.0.0.1:80", "tcp 127.0.0.1:5000 127.0.0.1:80"], held=["tcp 127.0.0.1:80 127.0.0.1:5000"],
                visitors=[["127.0.0.1:80", "tcp 127.0.0.1:5000 127.0.0.1:80"]])  # fmt: skip
CLIENT = quiet(hears=["tcp 127.0.0.1:80 127.0.0.1:5000"], held=["tcp 127.0.0.1:5000 127.0.0.1:80"], visits=["127.0.0.1:80"], children=[2])


def stuck(*states: dict[str, Any], given: tuple[str, ...] = (), joined: dict[int, str] | None = None) -> bool:
    """Whether processes 1, 2, … cannot move, if they are in these states in two observations."""
    now = dict(enumerate(states, 1))
    group = ProcessGroup(given)
    group.add_observation(now, joined or {})
    return group.all_blocked(now, now)


def test_a_client_and_its_service_only_hear_from_each_other() -> None:
    assert stuck(CLIENT, SERVICE)


@pytest.mark.parametrize(
    ("states", "why"),
    [
        ((CLIENT, {**SERVICE, "quiet": False}), "the service runs"),
        ((CLIENT, {**SERVICE, "unsent": ["tcp 127.0.0.1:80 127.0.0.1:5000"]}), "an answer is on its way"),
        ((CLIENT,), "the service has not said hello"),
        ((quiet(hears=["tcp 10.0.0.1:443 10.0.0.2:5000"]),), "somebody else's service may answer"),
        ((CLIENT, {**SERVICE, "visitors": [["127.0.0.1:80", "tcp 10.0.0.9:1 127.0.0.1:80"]]}), "a stranger has connected before"),
        ((quiet(hears=["listen 127.0.0.1:80"]),), "nobody has visited the service yet: its clients may be anywhere"),
        ((quiet(hears=["pipe 7 w"]),), "nobody here holds the other end"),
        ((quiet(hears=["process 99"]),), "a process of others"),
        ((quiet(hears=["anybody"]),), "not known"),
        ((quiet(children=["main/process"]),), "a fork is about to join"),
        ((quiet(hears=["backend 7"], backends=[7], locks={}),), "the server is still at it"),
        ((quiet(hears=["backend 7"], backends=[7], locks={7: [99]}),), "somebody else's transaction has the lock"),
        ((quiet(hears=["backend 7"], backends=[7, 8], locks={7: [8], 8: [99]}),), "who has it waits for somebody else"),
        ((quiet(hears=["backend 7"], backends=[7, 8], locks={7: [8], 8: [7]}),), "the server ends a circle"),
    ],
)
def test_an_order_is_not_given_up_while_an_actor_can_move(states: tuple[dict[str, Any], ...], why: str) -> None:
    assert not stuck(*states), why


def test_a_statement_that_waits_for_a_lock_of_a_transaction_here() -> None:
    assert stuck(quiet(hears=["backend 7"], backends=[7], locks={7: [8]}), quiet(backends=[8]))


def test_pipes_between_processes_and_those_that_were_there_before() -> None:
    reader, writer = quiet(hears=["pipe 7 w"], held=["pipe 7 r"]), quiet(held=["pipe 7 w"])
    assert stuck(reader, writer)
    assert not stuck(reader, writer, given=("7",))


def test_a_fork_that_has_joined_and_ended() -> None:
    assert stuck(quiet(children=["main/process"], hears=["process 2"]), joined={2: "main/process"})


def test_a_service_that_listens_everywhere_is_visited_at_any_address() -> None:
    assert stuck({**CLIENT, "children": []}, {**SERVICE, "hears": ["listen 0.0.0.0:80"]})


def test_who_joins_between_two_looks_may_move() -> None:
    group = ProcessGroup()
    group.add_observation({1: CLIENT, 2: SERVICE}, {})
    assert not group.all_blocked({1: CLIENT}, {1: CLIENT, 2: SERVICE})
