"""While a program is held its asyncio tasks are among the threads, with what they wait for; who awaits the one that is held is under it."""

from tests.adapter.client import Client
from tests.adapter.programs_live import CALLS, WITHDRAW

GROUPS = '''\
import asyncio


async def leaf(number):
    await asyncio.sleep(0)
    return number  # @leaf


async def branch(name):
    share = name * 2
    async with asyncio.TaskGroup() as group:  # @group
        group.create_task(leaf(1), name="first leaf")
    return share


async def main():
    total, lock, queue = 100, asyncio.Lock(), asyncio.Queue()
    await lock.acquire()
    waits = asyncio.create_task(held_up(lock), name="held up")
    getter = asyncio.create_task(queue.get(), name="getter")
    await asyncio.gather(asyncio.create_task(branch("ab"), name="branch"))  # @gather
    lock.release()
    getter.cancel()
    print(total, await waits)


async def held_up(lock):
    reason = "the lock"
    async with lock:  # @lock
        return reason


asyncio.run(main())
'''


def threads(client):
    return {one["name"]: one["id"] for one in client.request("threads")["threads"]}


def stack(client, thread, **window):
    answer = client.request("stackTrace", threadId=thread, **window)
    return answer["stackFrames"], answer["totalFrames"]


def scopes(client, frame):
    return {one["name"]: one["variablesReference"] for one in client.request("scopes", frameId=frame["id"])["scopes"]}


def variables(client, reference):
    return {one["name"]: one["value"] for one in client.request("variables", variablesReference=reference)["variables"]}


def error_of(response):
    assert not response["success"]
    return response["body"]["error"]["format"]


def held(client, script, mark="leaf"):
    client.launch(**script.configuration(), before=script.at(mark))
    return client.event("stopped")


def test_tasks_are_beside_debugpy_s_threads_and_who_awaits_is_under_its_stack(program):
    script = program(GROUPS)
    with Client() as client:
        stopped = held(client, script)
        found = threads(client)
        assert set(found) == {
            "MainThread · task first leaf",
            f"task branch (waiting for the tasks of its group, program.py:{script.line('group')})",
            f"task Task-1 (waiting for the tasks that it gathered, program.py:{script.line('gather')})",
            f"task held up (waiting for lock held by task Task-1, program.py:{script.line('lock')})",
            "task getter (waiting for an item from a queue)",
        }
        assert found["MainThread · task first leaf"] == stopped["threadId"], "debugpy's threads keep their numbers"
        assert next(iter(found.values())) == stopped["threadId"] and len(set(found.values())) == 5
        # Who awaits the task that is held is under its stack, with recorded variables.
        frames, total = stack(client, stopped["threadId"])
        assert len(frames) == total
        names = [frame["name"] for frame in frames]
        assert names[0] == "leaf" and names[-4:] == ["awaited by task branch", "branch", "awaited by task Task-1", "main"]
        assert (frames[-3]["line"], frames[-1]["line"]) == (script.line("group"), script.line("gather"))
        paged = [stack(client, stopped["threadId"], startFrame=number, levels=1) for number in range(total)]
        assert [(one[0]["name"], count) for one, count in paged] == [(name, total) for name in names]
        branch, main = scopes(client, frames[-3]), scopes(client, frames[-1])
        assert variables(client, branch["Locals, as recorded"])["share"] == "'abab'"
        assert variables(client, main["Locals, as recorded"])["total"] == "100"
        assert client.request("evaluate", expression="share + 'c'", frameId=frames[-3]["id"], context="watch")["result"] == "'ababc'"
        own = scopes(client, frames[0])["Locals"]
        assert client.request("setVariable", variablesReference=own, name="number", value="7")["value"] == "7", "what is held is debugpy's"
        for command, arguments in (
            ("setVariable", {"variablesReference": branch["Locals, as recorded"], "name": "share", "value": "1"}),
            ("setExpression", {"frameId": frames[-1]["id"], "expression": "total", "value": "1"}),
        ):  # fmt: skip
            assert "read from the recording" in error_of(client.ask(command, **arguments))
        client.request("continue", threadId=stopped["threadId"])
        client.event("terminated")
        assert not client.ask("scopes", frameId=frames[-1]["id"])["success"]


def test_what_can_be_done_with_a_task(program):
    script = program(GROUPS)
    with Client() as client:
        stopped = held(client, script)
        task = next(id for name, id in threads(client).items() if name.startswith("task held up"))
        frames, total = stack(client, task)
        assert (total, [frame["name"] for frame in frames], frames[0]["line"]) == (2, ["held_up", "created by task Task-1"], script.line("lock"))
        assert variables(client, scopes(client, frames[0])["Locals, as recorded"])["reason"] == "'the lock'"
        for command in ("next", "stepIn", "stepOut"):
            assert "continues when the event loop runs it" in error_of(client.ask(command, threadId=task))
        past = client.move("stepBack", {"threadId": task})
        assert script.stops_at(client, past, "lock") and "held up" in client.thread_name(past)
        client.request("causeway/travel", now=True)
        now = client.event("stopped")
        assert now["threadId"] == stopped["threadId"] and script.stops_at(client, now, "leaf")
        client.request("continue", threadId=task)
        client.event("terminated")


ACCOUNTS = '''\
import queue
import threading
import time

from causeway import _tap


class Account:
    def __init__(self):
        self.lock = threading.Lock()
        self.entries = queue.Queue()

    def pay(self):
        with self.lock:
            pass


def consume(account):
    entries = account.entries
    entries.get()


def supply(threads):
    account = Account()
    with account.lock:
        threads += [threading.Thread(target=account.pay, name="payer"), threading.Thread(target=consume, args=(account,), name="consumer")]
        for each in threads:
            each.start()
        while not (account.entries.not_empty._waiters and _tap.blocked()):
            time.sleep(0.001)
        return account  # @held


threads = []
supplier = threading.Thread(target=lambda: supply(threads).entries.put(1), name="supplier")
supplier.start()
supplier.join()
'''


def test_threads_say_what_they_wait_for_by_its_name_and_who_holds_it_and_who_created_them(program):
    script = program(ACCOUNTS)
    with Client() as client:
        stopped = held(client, script, "held")
        found = threads(client)
        assert set(found) == {
            "MainThread (waiting for a thread to end)",
            "supplier",
            "payer (waiting for Account.lock held by thread supplier)",
            "consumer (waiting for an item from Account.entries)",
        }
        frames, total = stack(client, found["payer (waiting for Account.lock held by thread supplier)"])
        assert (total, frames[-1]["name"]) == (len(frames), "created by thread supplier")
        assert stack(client, stopped["threadId"])[0][-1]["name"] == "created by thread MainThread"


ANYIO = '''\
import anyio


class Account:
    def __init__(self):
        self.lock = anyio.Lock()

    async def pay(self):
        async with self.lock:
            pass


async def leaf(account):
    await anyio.lowlevel.checkpoint()
    return account  # @leaf


async def branch(account):
    async with account.lock, anyio.create_task_group() as group:
        group.start_soon(leaf, account)


async def main():
    account = Account()
    async with anyio.create_task_group() as group:
        group.start_soon(branch, account, name="branch")
        group.start_soon(account.pay, name="payer")


anyio.run(main)
'''


def test_groups_and_locks_of_anyio_are_told_as_asyncio_s(program):
    script = program(ANYIO)
    with Client() as client:
        stopped = held(client, script)
        names = [frame["name"] for frame in stack(client, stopped["threadId"])[0]]
        awaited = names[names.index("awaited by task branch") :]
        assert awaited == ["awaited by task branch", "branch", "awaited by task __main__.main", "main"]
        assert any(name.startswith("task payer (waiting for Account.lock held by task branch, program.py:") for name in threads(client))


def test_a_stop_in_another_task_shows_that_one(program):
    script = program(WITHDRAW)
    with Client() as client:
        stopped = held(client, script, "write")
        seen = []
        for _ in range(2):
            names = list(threads(client))
            seen.append(names[0])
            assert sum("Task-1 (" in name for name in names) == 1
            frames, _ = stack(client, stopped["threadId"])
            assert [frame["name"] for frame in frames][-2:] == ["awaited by task Task-1", "main"]
            if len(seen) == 1:
                stopped = client.move("continue", stopped)
        assert seen == ["MainThread · task Task-2", "MainThread · task Task-3"]


def test_a_program_without_tasks_is_as_debugpy_shows_it(program):
    script = program(CALLS)
    with Client() as client:
        stopped = held(client, script, "return")
        assert list(threads(client)) == ["MainThread"]
        frames, total = stack(client, stopped["threadId"])
        assert [frame["name"] for frame in frames] == ["double", "total", "<module>"] and total == 3
