"""`export --trace-id --format test`: what a trace did, held to its recorded order, and what changes are noticed."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.support import commands
from tests.support.outside import outside

CART = """\
import asyncio, os, causeway, httpx

class Cart:
    def __init__(self):
        self.items = {}
        self.total = 0

async def add(cart, client, name):
    price = (await client.get(os.environ["SHOP"] + "/" + name)).json()["number"]
    cart.total = cart.total + price
    await asyncio.sleep(0)
    cart.items[name] = price
    return name.upper()

async def order():
    cart = Cart()
    with causeway.trace("order"):
        async with httpx.AsyncClient() as client:
            await asyncio.gather(add(cart, client, "tea"), add(cart, client, "jam"))
    return cart.total

print("total", asyncio.run(order()))
"""

THREADS = """\
import threading, causeway

class Board:
    def __init__(self):
        self.lock = threading.Lock()
        self.lines = []
        self.count = 0

def write(board, text):
    for number in range(3):
        with board.lock:
            board.lines.append(f"{text} {number}")
        board.count += 1

def main():
    board = Board()
    with causeway.trace("writing"):
        threads = [threading.Thread(target=write, args=(board, text)) for text in ("a", "b", "c")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    print(len(board.lines), "lines")

main()
"""


def causeway(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return commands.causeway(*words, cwd=folder, env=os.environ | variables)


def exported(folder: Path, text: str, *options: str) -> str:
    """The program's test, in test_trace.py."""
    (folder / "program.py").write_text(text)
    with outside() as url:
        done = causeway(folder, "record", "-q", "--no-analyze", "--replayable", "-o", "run.causeway", "program.py", SHOP=url)
    assert done.returncode == 0, done.stderr
    trace = causeway(folder, "query", "run.causeway", "SELECT DISTINCT trace_id FROM span").stdout.strip()
    done = causeway(folder, "export", "run.causeway", "--trace-id", trace, "--format", "test", "-o", "test_trace.py", *options)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("test_trace.py: passes now.")
    return (folder / "test_trace.py").read_text()


def run_test(folder: Path) -> tuple[str, str]:
    """The verdict, and what pytest said."""
    done = commands.run_pytest("--rootdir", ".", "test_trace.py", cwd=folder)
    return " ".join(re.findall(r"\d+ (?:passed|failed|error)", done.stdout)), done.stdout


def test_tasks_with_a_service(tmp_path: Path) -> None:
    text = exported(tmp_path, CART, "--isolated")
    assert 'order.response("main/order/add' in text
    assert "outcome.asked == [" in text
    assert re.search(r"\(\w+_ENDS, \"'TEA'\"\),", text), "what a task returned"
    assert 'assert "total 3" in printed' in text
    assert [run_test(tmp_path)[0] for _ in range(3)] == ["1 passed"] * 3


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("cart.items[name] = price", "cart.items[name] = price + 1", marks=pytest.mark.slow),
        ("return name.upper()", "return name"),
        pytest.param('print("total", asyncio.run(order()))', 'print("sum", asyncio.run(order()))', marks=pytest.mark.slow),
        ("    cart.total = cart.total + price\n    await asyncio.sleep(0)\n", "    await asyncio.sleep(0)\n    cart.total = cart.total + price\n"),
        ('os.environ["SHOP"] + "/" + name', 'os.environ["SHOP"] + "/new/" + name'),
    ],
    ids=["a change", "a result", "the output", "the order", "a request"],
)
def test_what_changes_is_noticed(tmp_path: Path, before: str, after: str) -> None:
    exported(tmp_path, CART, "--isolated")
    assert before in CART
    (tmp_path / "program.py").write_text(CART.replace(before, after))
    assert run_test(tmp_path)[0] == "1 failed"


def test_what_does_not_matter_is_not(tmp_path: Path) -> None:
    exported(tmp_path, CART, "--isolated")
    moved = CART.replace("class Cart:", "SIZE = 7\n\nclass Cart:").replace("    cart = Cart()", "    # A new one.\n    cart = Cart()")
    (tmp_path / "program.py").write_text(moved)
    verdict, out = run_test(tmp_path)
    assert verdict == "1 passed", out


def test_threads_go_through_their_places_in_turn(tmp_path: Path) -> None:
    text = exported(tmp_path, THREADS)
    assert "ANSWERS" not in text
    assert 'assert "9 lines" in printed' in text
    assert [run_test(tmp_path)[0] for _ in range(3)] == ["1 passed"] * 3
    (tmp_path / "program.py").write_text(THREADS.replace("board.count += 1", "board.count += 2"))
    assert run_test(tmp_path)[0] == "1 failed"


def test_an_unknown_trace(tmp_path: Path) -> None:
    exported(tmp_path, THREADS)
    done = causeway(tmp_path, "export", "run.causeway", "--trace-id", "0" * 32, "--format", "test")
    assert done.returncode == 2
    assert "belongs to the trace 0000" in done.stderr
    done = causeway(tmp_path, "export", "run.causeway", "--trace-id", "0" * 32, "--finding", "F1", "--format", "test")
    assert done.returncode == 2
    assert "a test is written for a finding or for a trace" in done.stderr
