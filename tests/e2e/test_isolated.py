"""Recorded with a service that runs, proved with one that does not: `record --replayable` and `--isolated`."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import causeway, run_pytest
from tests.support.outside import outside

STOCK = """\
import asyncio, os

URL = os.environ["STOCK_SERVICE"]

class Stock:
    def __init__(self):
        self.left = 10

IMPORTS

async def take(stock, client, path):
    seen = stock.left
    REQUEST
    assert answer["path"] == path, answer
    stock.left = seen - 1

async def main():
    stock = Stock()
    CLIENT
        await take(stock, client, "/first")
        await asyncio.gather(take(stock, client, "/gzip"), take(stock, client, "/chunked"))
    print("left", stock.left)

asyncio.run(main())
"""

CLIENTS = {
    "aiohttp": (
        "import aiohttp",
        'async with client.get(URL + path) as response:\n        answer = await response.json()',
        "async with aiohttp.ClientSession() as client:",
    ),
    "httpx": (
        "import httpx",
        "answer = (await client.post(URL + path, json={})).json()",
        "async with httpx.AsyncClient() as client:",
    ),
    "requests": (
        "import requests",
        "answer = (await asyncio.to_thread(client.get, URL + path)).json()",
        "with requests.Session() as client:",
    ),
    "urllib": (
        "import contextlib, json, urllib.request, zlib\n\ndef fetch(path):\n    with urllib.request.urlopen(URL + path) as response:\n"
        "        data = response.read()\n        return json.loads(zlib.decompress(data, 31) if response.headers['Content-Encoding'] else data)",
        "answer = await asyncio.to_thread(fetch, path)",
        "with contextlib.nullcontext() as client:",
    ),
}

LATER = """\
import asyncio, os, urllib.request

class Account:
    def __init__(self):
        self.balance = 0

async def deposit(account, amount):
    seen = account.balance
    await asyncio.sleep(0)
    account.balance = seen + amount

async def main():
    account = Account()
    first = asyncio.create_task(deposit(account, 1))
    await asyncio.sleep(0.005)
    second = asyncio.create_task(deposit(account, 2))
    await asyncio.gather(first, second)
    urllib.request.urlopen(f"{os.environ['STOCK_SERVICE']}/report?balance={account.balance}").read()

asyncio.run(main())
"""


SHOP = """\
import asyncio, os, sqlite3

PATH = os.environ.get("SHOP_DATABASE", "data/shop.db")

async def sell(database):
    (left,) = database.execute("SELECT left FROM stock WHERE id = 1").fetchone()
    await asyncio.sleep(0)
    database.execute("UPDATE stock SET left = ? WHERE id = 1", (left - 1,))
    database.commit()

async def main():
    database = sqlite3.connect(PATH)
    await asyncio.gather(sell(database), sell(database))
    print("left", *database.execute("SELECT left FROM stock").fetchone())
    database.close()

asyncio.run(main())
"""
SELL, PAUSE = "async def sell(database):\n", "    await asyncio.sleep(0)\n"
SHOP_MENDED = SHOP.replace(PAUSE, "").replace(SELL, SELL + PAUSE)


def shop_database(path: Path) -> None:
    path.parent.mkdir(parents=True)
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE stock (id INTEGER PRIMARY KEY, name TEXT, left INTEGER)")
        database.execute("CREATE TABLE user (name TEXT PRIMARY KEY, api_token TEXT UNIQUE)")
        database.execute("INSERT INTO stock VALUES (1, 'it''s\ntea', 10)")
        database.executemany("INSERT INTO user VALUES (?, ?)", [("ada", "t0p-s3cr3t-1"), ("bob", "t0p-s3cr3t-2")])
    database.close()


def stock(client: str) -> str:
    imports, request, made = CLIENTS[client]
    return STOCK.replace("IMPORTS", imports).replace("REQUEST", request).replace("CLIENT", made)


def recorded(folder: Path, text: str, *options: str) -> Path:
    """The program's recording; the service is gone when it is returned."""
    (folder / "program.py").write_text(text)
    path = folder / "run.causeway"
    with outside() as url:
        variables = os.environ | {"STOCK_SERVICE": url}
        done = causeway("record", "-q", *options, "-o", path, "program.py", cwd=folder, env=variables)
    assert done.returncode == 0, done.stderr
    return path


def analyzed(path: Path, *options: str) -> dict[str, Any]:
    """The first finding."""
    done = causeway("analyze", path, "--format", "json", *options, cwd=path.parent)
    assert done.returncode == 0, done.stderr
    finding: dict[str, Any] = json.loads(done.stdout)["findings"][0]
    return finding


@pytest.mark.parametrize("client", [name if name == "aiohttp" else pytest.param(name, marks=pytest.mark.slow) for name in CLIENTS])
def test_what_a_service_said_is_said_again_without_it(tmp_path: Path, client: str) -> None:
    path = recorded(tmp_path, stock(client), "--replayable")
    finding = analyzed(path, "--isolated")
    assert (finding["resource"], finding["tier"], finding["reproduced"]) == ("Stock.left", "confirmed", {"runs": 3, "failures": 3})


EXPLORED = """\
import os, threading, urllib.request

class Report:
    def __init__(self):
        self.text = ""
        self.lines = 0
        self.lock = threading.Lock()

    def add(self):
        with self.lock:
            self.text += "line"
        with self.lock:
            self.lines += 1

def check(report):
    with report.lock:
        lines = report.lines
    with report.lock:
        text = report.text
    if len(text) != 4 * lines:
        raise RuntimeError("the text is newer than its number of lines")

with urllib.request.urlopen(os.environ["STOCK_SERVICE"] + "/plain") as response:
    print(len(response.read()))
report = Report()
adding = threading.Thread(target=report.add)
adding.start()
checking = threading.Thread(target=check, args=(report,))
checking.start()
adding.join()
checking.join()
"""


def test_orders_are_explored_without_the_service(tmp_path: Path) -> None:
    path = recorded(tmp_path, EXPLORED, "--replayable")
    done = causeway("explore", path, "--isolated", "--runs", "40", "--format", "json", cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    outcomes = [each["proof"]["outcome"] for each in json.loads(done.stdout)["findings"] if each["tier"] == "confirmed"]
    assert any("RuntimeError" in outcome for outcome in outcomes), outcomes


def test_without_its_service_nothing_is_proved(tmp_path: Path) -> None:
    finding = analyzed(recorded(tmp_path, stock("urllib"), "--replayable"), "--no-explore")
    assert finding["tier"] == "likely"
    assert "something it needs is missing" in finding["proof"]["reason"]


def test_secrets_of_services_are_not_kept(tmp_path: Path) -> None:
    path = recorded(tmp_path, stock("httpx"), "--replayable")
    kept = causeway("query", path, "SELECT value || ' ' || CAST(body AS TEXT) FROM answer WHERE kind = 'http'").stdout
    assert '"path": "/first"' in kept
    assert '"token": "[redacted]"' in kept
    assert '["Set-Cookie", "[redacted]"]' in kept
    assert "s3cr3t" not in kept


def test_what_was_not_asked_then_is_not_guessed(tmp_path: Path) -> None:
    finding = analyzed(recorded(tmp_path, LATER, "--replayable"), "--isolated", "--no-explore")
    assert finding["tier"] != "confirmed"
    assert finding["proof"]["verdict"] == "inconclusive"
    assert finding["proof"]["reason"].startswith("not captured: http GET ")
    assert re.search(r"/report\?balance=[12] of main/main has no recorded answer", finding["proof"]["reason"])


def test_a_recording_without_answers_cannot_be_isolated(tmp_path: Path) -> None:
    path = recorded(tmp_path, stock("urllib"))
    done = causeway("analyze", path, "--isolated")
    assert done.returncode == 2
    assert "causeway record --replayable" in done.stderr


def test_what_was_recorded_elsewhere_is_proved_here(tmp_path: Path) -> None:
    """Another folder, and an interpreter that is not there; the fix is made and proved here as well."""
    there, here = tmp_path / "there", tmp_path / "here"
    there.mkdir()
    path = recorded(there, stock("urllib"), "--replayable")
    there.rename(here)
    path = here / path.name
    with sqlite3.connect(path) as database:
        database.execute("UPDATE meta SET value = json_set(value, '$.python', '/opt/there/bin/python') WHERE key = 'launch'")
    database.close()
    finding = analyzed(path, "--isolated")
    assert (finding["tier"], finding["reproduced"]) == ("confirmed", {"runs": 3, "failures": 3})
    assert finding["accesses"][0]["file"] == "program.py"
    elsewhere = causeway("analyze", path, "--isolated", cwd=tmp_path)
    assert elsewhere.returncode == 2
    assert "it has no program.py\n  say where it is: --project FOLDER" in elsewhere.stderr
    fixed = causeway("fix", "F1", path, "--isolated", "--project", here, "--diff", cwd=tmp_path)
    assert fixed.returncode == 0, fixed.stderr
    assert "+    seen = stock.left" in fixed.stdout


@pytest.mark.parametrize("place", ["elsewhere", "project"])
def test_a_database_is_what_it_was(tmp_path: Path, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside of the project, and in it; gone or changed since."""
    folder = tmp_path / "project"
    database = folder / "data" / "shop.db" if place == "project" else tmp_path / "elsewhere" / "shop.db"
    shop_database(database)
    folder.mkdir(exist_ok=True)
    with monkeypatch.context() as patch:
        if place == "elsewhere":
            patch.setenv("SHOP_DATABASE", str(database))
        path = recorded(folder, SHOP, "--replayable")
    assert b"t0p-s3cr3t" not in path.read_bytes()
    database.unlink()
    finding = analyzed(path, "--isolated")
    assert (finding["tier"], finding["reproduced"]) == ("confirmed", {"runs": 3, "failures": 3})
    assert not database.exists()


def test_a_test_makes_the_database(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    shop_database(folder / "data" / "shop.db")
    path = recorded(folder, SHOP, "--replayable")
    (folder / "data" / "shop.db").unlink()
    assert analyzed(path, "--isolated")["tier"] == "confirmed"
    done = causeway("export", path.name, "--finding", "F1", "--format", "test", "--isolated", "-o", "test_shop.py", cwd=folder)
    assert done.returncode == 0, done.stderr
    text = (folder / "test_shop.py").read_text()
    assert '"data/shop.db": (' in text
    assert "t0p-s3cr3t" not in text
    for source, verdict in ((SHOP, "1 failed"), (SHOP, "1 failed"), (SHOP_MENDED, "1 passed")):
        (folder / "program.py").write_text(source)
        done = run_pytest("--rootdir", ".", "test_shop.py", cwd=folder)
        assert verdict in done.stdout, done.stdout
