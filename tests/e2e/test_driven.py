"""A service is recorded with what sends its requests (`record --drive`), proved, fixed and tested with the same requests."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support import commands

# `look_around` is what makes servers hard: something always moves, also while a request waits for a lock that another has.
SERVICE = """\
import asyncio

from aiohttp import web

balance = 100
GUARD = asyncio.Lock()


async def withdraw(request):
    global balance
    amount = int(request.query["amount"])
    if balance >= amount:
        await asyncio.sleep(0.001)
        balance -= amount
        return web.Response(text="paid\\n")
    return web.Response(text="refused\\n")


async def guarded(request):
    async with GUARD:
        return await withdraw(request)


async def look_around(app):
    async def look():
        while True:
            await asyncio.sleep(0.02)

    task = asyncio.create_task(look())
    yield
    task.cancel()


app = web.Application()
app.cleanup_ctx.append(look_around)
app.router.add_get("/withdraw", HANDLER)
web.run_app(app, host="127.0.0.1", port=0, print=None)
"""

CLIENT = """\
import sys
import threading
from urllib.request import urlopen


def withdraw():
    with urlopen(f"http://127.0.0.1:{sys.argv[1]}/withdraw?amount=80", timeout=60) as answer:
        print(answer.read().decode(), end="", flush=True)


threads = [threading.Thread(target=withdraw) for _ in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def causeway(*words: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return commands.causeway(*words, cwd=cwd)


def recorded(folder: Path, handler: str) -> subprocess.CompletedProcess[str]:
    (folder / "service.py").write_text(SERVICE.replace("HANDLER", handler))
    (folder / "client.py").write_text(CLIENT)
    return causeway("record", "--no-analyze", "-o", "run.causeway", "--drive", "python client.py {port}", "service.py", cwd=folder)


def findings(folder: Path) -> list[dict[str, Any]]:
    done = causeway("analyze", "run.causeway", "--format", "json", cwd=folder)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)["findings"]
    return found


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("service")
    done = recorded(folder, "withdraw")
    assert done.returncode == 0, done.stderr
    assert sorted(set(done.stdout.split())) in (["paid"], ["paid", "refused"]) and len(done.stdout.split()) == 3
    return folder


@pytest.fixture(scope="module")
def found_in_service(service: Path) -> list[dict[str, Any]]:
    return findings(service)


def test_a_race_of_three_requests_is_confirmed_against_all_of_them_in_a_row(found_in_service: list[dict[str, Any]]) -> None:
    [found] = [each for each in found_in_service if each["tier"] != "hint"]
    assert found["tier"] == "confirmed", found["proof"]
    # Two paid where two raced beside the one that was held, three where all did: only in a row do two get refused.
    assert "every serial order gives refused" in found["proof"]["outcome"]


def test_the_generated_test_sends_the_requests_and_passes_once_the_race_is_mended(service: Path, found_in_service: list[dict[str, Any]]) -> None:
    assert found_in_service[0]["tier"] == "confirmed"
    done = causeway("export", "run.causeway", "--finding", "F1", "--format", "test", "-o", "test_race.py", cwd=service)
    assert done.returncode == 0, done.stderr
    text = (service / "test_race.py").read_text()
    assert 'drive=["python", "client.py", "{port}"]' in text and "outcome.replies" in text
    assert _pytest(service) == 1
    (service / "service.py").write_text(SERVICE.replace("HANDLER", "guarded"))
    assert _pytest(service) == 0


def _pytest(folder: Path) -> int:
    return commands.run_pytest("test_race.py", cwd=folder).returncode


def test_requests_that_a_lock_keeps_apart_are_no_finding(tmp_path: Path) -> None:
    assert recorded(tmp_path, "guarded").returncode == 0
    assert [each for each in findings(tmp_path) if each["tier"] != "hint"] == []


@pytest.mark.parametrize(
    ("drive", "line"),
    [
        ("no-such-command {port}", "causeway: there is no command 'no-such-command'\n  check --drive\n"),
        ("python 'client.py", "causeway: --drive \"python 'client.py\" is no command line: No closing quotation\n  quote it as for a shell\n"),
        ("", "causeway: --drive names no command\n  say what sends the requests: --drive 'python client.py'\n"),
    ],
)
def test_a_command_that_cannot_be_run_is_one_line(drive: str, line: str, tmp_path: Path) -> None:
    (tmp_path / "service.py").write_text("print(1)")
    done = causeway("record", "--drive", drive, "service.py", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", line)


def test_a_sender_that_fails_is_told_and_ends_the_service(tmp_path: Path) -> None:
    (tmp_path / "client.py").write_text("raise SystemExit(7)")
    (tmp_path / "service.py").write_text(SERVICE.replace("HANDLER", "withdraw"))
    done = causeway("record", "--no-analyze", "--drive", "client.py", "service.py", cwd=tmp_path)
    assert done.returncode == 0
    assert f"causeway: {Path(sys.executable).name} ended with exit code 7" in done.stderr.replace(str(Path(sys.executable).parent) + "/", "")


STREAMS = """\
import asyncio

import uvloop


async def answer(reader, writer):
    writer.write(await reader.readline())
    writer.close()


async def main():
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        await server.serve_forever()


uvloop.run(main())
"""

CALLER = """\
import socket
import sys

with socket.create_connection(("127.0.0.1", int(sys.argv[1])), 60) as line:
    line.sendall(b"hello\\n")
    print(line.makefile().readline(), end="")
"""


def test_a_service_on_uvloop_gets_its_requests_once_it_listens(tmp_path: Path) -> None:
    pytest.importorskip("uvloop")
    (tmp_path / "service.py").write_text(STREAMS)
    (tmp_path / "client.py").write_text(CALLER)
    done = causeway("record", "--drive", "python client.py {port}", "service.py", cwd=tmp_path)
    assert done.stdout == "hello\n", done.stderr
