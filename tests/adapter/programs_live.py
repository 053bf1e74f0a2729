"""Programs that are debugged, written into a test's folder; lines are found by the `# @mark` at their ends."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.adapter.client import Client


@dataclass(frozen=True, slots=True)
class Program:
    """A script in a folder of its own."""

    path: Path

    def line(self, mark: str) -> int:
        """The line that ends with `# @mark`."""
        [number] = [number for number, text in enumerate(self.path.read_text().splitlines(), 1) if text.endswith(f"# @{mark}")]
        return number

    def configuration(self, **more: Any) -> dict[str, Any]:
        """A launch configuration."""
        return {"program": str(self.path), "cwd": str(self.path.parent), **more}

    def at(self, *marks: str, **more: Any) -> Any:
        """Sets breakpoints at these marks; `more` are properties of each."""

        def set_breakpoints(client: Client) -> list[dict[str, Any]]:
            wanted = [{"line": self.line(mark), **more} for mark in marks]
            return client.request("setBreakpoints", source={"path": str(self.path)}, breakpoints=wanted)["breakpoints"]

        return set_breakpoints

    def stops_at(self, client: Client, stopped: dict[str, Any], mark: str) -> bool:
        """Whether the stop is on a marked line of this script."""
        return client.place(stopped)[1:] == (self.path.name, self.line(mark))


WITHDRAW = '''\
import asyncio


class Account:
    def __init__(self, balance):
        self.balance = balance


async def withdraw(account, amount):
    seen = account.balance  # @read
    await asyncio.sleep(0.001 * amount)  # @await
    account.balance = seen - amount  # @write
    return account.balance  # @after


async def main():
    account = Account(100)
    await asyncio.gather(withdraw(account, 10), withdraw(account, 20))  # @gather
    print(account.balance)  # @print


asyncio.run(main())  # @run
'''

CALLS = '''\
import sys


def double(n):
    result = n * 2  # @double
    return result  # @return


def total(numbers):
    found = 0  # @found
    for n in numbers:
        found += double(n)  # @add
    return found  # @total


value = total([1, 2, 3])  # @call
print("total", value, sys.argv[1:])  # @print
'''

FAILS = '''\
def divide(a, b):
    return a / b  # @divide


def main():
    for b in (2, 1, 0):
        divide(10, b)  # @use


main()  # @main
'''

THREADS = '''\
import threading

lock = threading.Lock()
count = 0


def work(amount):
    global count
    with lock:
        count += amount  # @count
    return count


workers = [threading.Thread(target=work, args=(n,), name=f"worker-{n}") for n in (1, 2)]
for worker in workers:
    worker.start()
for worker in workers:
    worker.join()
print(count)  # @print
'''


SERVICE = '''\
import asyncio
import sys

CHILD = """
import asyncio, sys


async def main():
    await asyncio.sleep(0)
    print("ready", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)


asyncio.run(main())
"""


async def main():
    with open("child.py", "w") as file:
        file.write(CHILD)
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(sys.executable, "child.py", stdin=pipe, stdout=pipe)
    said = await child.stdout.readline()
    print(said)  # @said
    child.stdin.write(b"stop\\n")
    await child.wait()  # @wait


asyncio.run(main())
'''
"""A process that waits for a service of its own, which idles in its event loop meanwhile."""
