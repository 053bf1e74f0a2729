"""Cancellations and time limits that come at a named place, as they would from outside."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sdk.forced import order, place, run

SHOP = """
    import asyncio
    import sys

    class Shop:
        def __init__(self):
            self.log = []

        async def ask(self):
            self.log.append("asked")
            await asyncio.sleep(0.001)
            self.log.append("told")

        async def timeout(self):
            async with asyncio.timeout(60):
                await self.ask()

        async def wait_for(self):
            await asyncio.wait_for(self.ask(), 60)

        async def gathered(self):
            await asyncio.wait_for(asyncio.gather(self.ask()), 60)

        async def endless(self):
            await self.ask()

        async def visit(self):
            try:
                await getattr(self, sys.argv[1])()
            except TimeoutError:
                self.log.append("too late")
            except asyncio.CancelledError:
                self.log.append("cancelled")
            await asyncio.sleep(0)
            print(*self.log)

    asyncio.run(Shop().visit())
"""
WAITS = "await asyncio.sleep(0.001)"


def asking(limit: str) -> str:
    """The task that asks: `wait_for` of 3.11 gives it one of its own."""
    import sys

    if limit == "gathered":
        return "main/visit/ask"
    return "main/visit/ask" if limit == "wait_for" and sys.version_info < (3, 12) else "main/visit"


@pytest.mark.parametrize("limit", ["timeout", "wait_for", "gathered"])
@pytest.mark.parametrize("recorded", [False, True])
def test_the_time_limit_around_an_await_is_over(tmp_path: Path, limit: str, recorded: bool) -> None:
    at = place(asking(limit), "resume", WAITS, qualname="Shop.ask")
    done = run(tmp_path, SHOP, order({"at": at}, inject=[{"at": "at", "do": "expire"}]), arguments=(limit,), recorded=recorded)
    assert done.stdout == "asked too late\n" and done.result["feasible"], done


def test_without_a_time_limit_nothing_is_over(tmp_path: Path) -> None:
    at = place("main/visit", "resume", WAITS, qualname="Shop.ask")
    done = run(tmp_path, SHOP, order({"at": at}, inject=[{"at": "at", "do": "expire"}]), arguments=("endless",))
    assert done.stdout == "asked told\n" and not done.result["feasible"], done


@pytest.mark.parametrize(("limit", "comes", "said"), [("timeout", "expire", "too late"), ("endless", "CancelledError", "cancelled")])
def test_it_comes_before_what_is_awaited_begins(tmp_path: Path, limit: str, comes: str, said: str) -> None:
    at = place("main/visit", "await", "await self.ask()", qualname=f"Shop.{limit}")
    what = {"do": comes} if comes == "expire" else {"raise": comes}
    done = run(tmp_path, SHOP, order({"at": at}, inject=[{"at": "at", **what}]), arguments=(limit,))
    assert done.stdout == f"{said}\n" and done.result["feasible"], done
    at = place("main/visit", "await", "await asyncio.wait_for(self.ask(), 60)", qualname="Shop.wait_for")
    done = run(tmp_path, SHOP, order({"at": at}, inject=[{"at": "at", "raise": "TimeoutError"}]), arguments=("wait_for",))
    assert done.stdout == "too late\n" and done.result["feasible"], done


def test_it_comes_before_a_task_begins(tmp_path: Path) -> None:
    at = {"actor": "main/visit/ask", "access": "start"}
    done = run(tmp_path, SHOP, order({"at": at}, inject=[{"at": "at", "do": "expire"}]), arguments=("gathered",))
    assert done.stdout == "too late\n" and done.result["feasible"], done


HANDED = """
    import asyncio

    async def take(turn, log):
        try:
            async with asyncio.timeout(60):
                log.append(await turn)
        except TimeoutError:
            log.append("too late")

    def give(turn):
        if not turn.done():
            turn.set_result("turn")
            return True

    async def main():
        turn, log = asyncio.get_running_loop().create_future(), []
        taking = asyncio.create_task(take(turn, log))
        await asyncio.sleep(0)
        print(give(turn))
        await taking
        print(*log)

    asyncio.run(main())
"""


def test_another_task_is_cancelled_once_a_statement_is_over(tmp_path: Path) -> None:
    at = place("main/main", "acquire", 'turn.set_result("turn")', qualname="give")
    done = run(tmp_path, HANDED, order({"at": at}, inject=[{"at": "at", "do": "expire main/main/take"}]))
    assert done.stdout == "True\ntoo late\n" and done.result["feasible"], done
    done = run(tmp_path, HANDED, order({"at": at}, inject=[{"at": "at", "do": "cancel main/main/take"}]))
    assert done.code == 1 and "CancelledError" in done.stderr and done.stdout == "True\n"


def test_another_task_is_cancelled_once_an_await_is_over(tmp_path: Path) -> None:
    at = place("main/main", "resume", "await asyncio.sleep(0)", qualname="main")
    done = run(tmp_path, HANDED, order({"at": at}, inject=[{"at": "at", "do": "expire main/main/take"}]))
    assert done.stdout == "None\ntoo late\n" and done.result["feasible"], done


CALLED_OFF = """
    import asyncio

    async def ask(log):
        log.append("asked")
        await asyncio.sleep(0)

    async def visit(log):
        log.append("came")
        await ask(log)
        log.append("told")

    async def main():
        log = []
        visiting = asyncio.create_task(visit(log))
        for _ in range(5):
            await asyncio.sleep(0)
        visiting.cancel()
        await asyncio.gather(visiting, return_exceptions=True)
        print(*log)

    asyncio.run(main())
"""


@pytest.mark.parametrize(("since", "inject", "said"), [("waits", [], "came asked"), ("asks", [{"at": "asks", "do": "pause"}], "came")])
def test_a_task_is_held_where_it_waits_until_the_program_cancels_it(tmp_path: Path, since: str, inject: list[dict[str, str]], said: str) -> None:
    waits = "await asyncio.sleep(0)"
    places = {
        "asks": place("main/main/visit", "await", "await ask(log)", qualname="visit"),
        "waits": place("main/main/visit", "await", waits, qualname="ask"),
        "goes on": place("main/main/visit", "resume", waits, qualname="ask"),
        "cancels": place("main/main", "acquire", "visiting.cancel()", qualname="main"),
    }
    done = run(tmp_path, CALLED_OFF, order(places, ("cancels", "goes on", since), inject=inject))
    assert done.stdout == f"{said}\n" and done.result["feasible"], done


def test_a_timer_that_cancels_a_task_expires(tmp_path: Path) -> None:
    timed = CALLED_OFF.replace("for _", "asyncio.get_running_loop().call_later(60, visiting.cancel)\n        for _")
    at = place("main/main/visit", "resume", "await asyncio.sleep(0)", qualname="ask")
    done = run(tmp_path, timed.replace("        visiting.cancel()\n", ""), order({"at": at}, inject=[{"at": "at", "do": "expire"}]))
    assert done.stdout == "came asked\n" and done.result["feasible"], done
