"""Files that tasks change by threads of a pool, and folders that processes make after a look, are forced."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import causeway

STATE = """
import asyncio
import json
import pathlib

path = pathlib.Path("state.json")
path.write_text("{}")


async def load():
    return json.loads(await asyncio.to_thread(path.read_text))


async def put(key, after, lock):
    await asyncio.sleep(after)
    LOCK
        state = await load()
        state[key] = True
        await asyncio.to_thread(path.write_text, json.dumps(state))


async def main():
    lock = asyncio.Lock()
    await asyncio.gather(put("a", 0, lock), put("b", 0.3, lock))
    print(sorted(json.loads(path.read_text())))


asyncio.run(main())
"""
FOLDER = """
import multiprocessing
import os


def build(name, pause):
    pause.wait(0.2)
    if not os.path.isdir("out"):
        os.mkdir("out"FORGIVING)
    with open(f"out/{name}", "w") as file:
        file.write(name)


def main():
    context = multiprocessing.get_context("fork")
    never, ready = context.Event(), context.Event()
    ready.set()
    builders = [context.Process(target=build, args=args) for args in (("first", ready), ("second", never))]
    for builder in builders:
        builder.start()
    for builder in builders:
        builder.join()
    print(sorted(os.listdir("out")), [builder.exitcode for builder in builders])


main()
"""

PAIR = """
import multiprocessing
import pathlib

index, body = pathlib.Path("index"), pathlib.Path("body")


def store():
    for path in (ORDER):
        scratch = path.with_suffix(".new")
        scratch.write_text("full")
        scratch.replace(path)


def load(never):
    never.wait(0.3)
    try:
        index.read_text()
    except FileNotFoundError:
        print("nothing")
        return
    try:
        print(body.read_text())
    except FileNotFoundError:
        print("no body")


def main():
    context = multiprocessing.get_context("fork")
    writer, reader = context.Process(target=store), context.Process(target=load, args=(context.Event(),))
    writer.start()
    reader.start()
    writer.join()
    reader.join()


main()
"""

SETTING = """
import os
import threading

kept = threading.GUARD()


def build(name, pause):
    pause.wait(0.3)
    with kept:
        before = os.getcwd()
        os.chdir(name)
        with open("out", "w") as file:
            file.write(name)
        os.chdir(before)


def main():
    never, ready = threading.Event(), threading.Event()
    ready.set()
    for name in ("one", "two"):
        os.makedirs(name, exist_ok=True)
    builders = [threading.Thread(target=build, args=args) for args in (("one", ready), ("two", never))]
    for builder in builders:
        builder.start()
    for builder in builders:
        builder.join()
    print(os.listdir("one"), os.listdir("two"))


main()
"""
TAKEOVER = """
import multiprocessing
import os
import pathlib

lock, total = pathlib.Path("lock"), pathlib.Path("total")


def add(pause):
    pause.wait(0.3)
    try:
        fd = os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
    except FileExistsError:
        while WAITS:
            pass
        lock.unlink(missing_ok=True)
        fd = os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
    os.write(fd, b"me")
    count = int(total.read_text())
    total.write_text(str(count + 1))
    lock.unlink(missing_ok=True)


def main():
    total.write_text("0")
    context = multiprocessing.get_context("fork")
    never, ready = context.Event(), context.Event()
    ready.set()
    adders = [context.Process(target=add, args=args) for args in ((ready,), (never,))]
    for adder in adders:
        adder.start()
    for adder in adders:
        adder.join()
    print(total.read_text())


main()
"""


def analysed(folder: Path, source: str, *words: str) -> list[dict[str, Any]]:
    (folder / "program.py").write_text(source)
    for command in (("record", "-q", "-o", "run.causeway", "program.py"), ("analyze", "run.causeway", "--format", "json", *words)):
        done = causeway(*command, cwd=folder)
        assert done.returncode in (0, 1), done.stderr
    return [each for each in json.loads(done.stdout)["findings"] if each["tier"] != "hint"]


@pytest.mark.parametrize(
    ("source", "kind"),
    [(STATE.replace("LOCK", "if lock:"), "lost_update"), (FOLDER.replace("FORGIVING", ""), "atomicity_violation"),
     (PAIR.replace("ORDER", "index, body"), "atomicity_violation"),
     (SETTING.replace("GUARD", "Event").replace("with kept:", "if kept:"), "atomicity_violation"),
     (TAKEOVER.replace("WAITS", "lock.read_text() == 'me'"), "atomicity_violation")],
    ids=("state", "folder", "pair", "setting", "takeover"),
)
def test_a_file_that_another_changes_in_between_is_confirmed(source: str, kind: str, tmp_path: Path) -> None:
    (finding,) = analysed(tmp_path, source, "--verify")
    assert (finding["tier"], finding["kind"]) == ("confirmed", kind)


@pytest.mark.parametrize(
    "source",
    [STATE.replace("LOCK", "async with lock:"), FOLDER.replace("os.mkdir", "os.makedirs").replace("FORGIVING", ", exist_ok=True"),
     PAIR.replace("ORDER", "body, index"), SETTING.replace("GUARD", "Lock")],
    ids=("state", "folder", "pair", "setting"),
)  # fmt: skip
def test_the_same_under_a_lock_or_without_harm_is_silent(source: str, tmp_path: Path) -> None:
    assert analysed(tmp_path, source, "--no-verify") == []
