"""Generated tests that hold what came from outside: red before the fix and green after it, with no service."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from shutil import copytree

import pytest

from tests.corpus.record import record_main
from tests.support import commands
from tests.support.outside import outside

HALL = """\
import asyncio, os, random, time, uuid
import CLIENT

class Hall:
    def __init__(self):
        self.seats = {7: None}
        self.lock = asyncio.Lock()

async def number_of(client, who):
    RESPONSE

async def book(hall, client, who):
    BOOKING

async def main():
    hall = Hall()
    async with MADE as client:
        return [time.time() > 0, *await asyncio.gather(book(hall, client, "ada"), book(hall, client, "bob"))]

ENTRY
"""
BROKEN = """\
if hall.seats[7] is not None:
        return False
    number = await number_of(client, who)
    hall.seats[7] = (who, number, uuid.uuid4().hex, random.randint(1, 10**6))
    return True"""
MENDED = """\
async with hall.lock:
        if hall.seats[7] is not None:
            return False
        number = await number_of(client, who)
        hall.seats[7] = (who, number, uuid.uuid4().hex, random.randint(1, 10**6))
        return True"""
CLIENTS = {
    "httpx": ("httpx.AsyncClient()", 'return (await client.get(os.environ["SERVICE"] + "/book?who=" + who)).json()["number"]'),
    "aiohttp": (
        "aiohttp.ClientSession()",
        'async with client.get(os.environ["SERVICE"] + "/gzip?who=" + who) as response:\n        return (await response.json())["number"]',
    ),
}
PRINTS = "print(asyncio.run(main()))"


def hall(client: str, entry: str, booking: str = BROKEN) -> str:
    made, response = CLIENTS[client]
    text = HALL.replace("CLIENT", client).replace("MADE", made).replace("RESPONSE", response)
    return text.replace("BOOKING", booking).replace("ENTRY", entry)


def causeway(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return commands.causeway(*words, cwd=folder, env=os.environ | variables)


def exported(folder: Path) -> str:
    """The test of what is recorded in run.causeway, made without the service."""
    done = causeway(folder, "analyze", "run.causeway", "--isolated")
    assert "confirmed" in done.stdout, done.stdout + done.stderr
    done = causeway(folder, "export", "run.causeway", "--finding", "F1", "--format", "test", "--isolated", "-o", "test_race.py")
    assert done.returncode == 0, done.stderr
    return (folder / "test_race.py").read_text()


def recorded(folder: Path, text: str) -> None:
    """Records the script, with the service."""
    (folder / "hall.py").write_text(text)
    with outside() as url:
        done = causeway(folder, "record", "-q", "--no-analyze", "--replayable", "-o", "run.causeway", "hall.py", SERVICE=url)
    assert done.returncode == 0, done.stderr


def run_test(folder: Path) -> tuple[dict[str, int], str]:
    done = commands.run_pytest("--rootdir", ".", "test_race.py", cwd=folder)
    return {word: int(count) for count, word in re.findall(r"(\d+) (passed|failed|error)", done.stdout)}, done.stdout


@pytest.fixture(scope="module")
def halls(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A folder with the script that uses a client, its recording and its test, by the client's name."""

    @cache
    def made(client: str) -> Path:
        folder = tmp_path_factory.mktemp(client)
        recorded(folder, hall(client, PRINTS))
        exported(folder)
        return folder

    return made


@pytest.mark.parametrize("client", [name if name == "aiohttp" else pytest.param(name, marks=pytest.mark.slow) for name in CLIENTS])
def test_a_script_with_its_service(tmp_path: Path, halls: Callable[[str], Path], client: str) -> None:
    copytree(halls(client), tmp_path, dirs_exist_ok=True)
    text = (tmp_path / "test_race.py").read_text()
    assert "order.response(" in text
    assert 'order.answer("main/main/book", "urandom"' in text
    assert "s3cr3t" not in text
    red = [run_test(tmp_path) for _ in range(3)]
    assert [counts for counts, _ in red] == [{"failed": 1}] * 3
    assert not any(re.search(r"^>.*missing", out, re.MULTILINE) for _, out in red), "it fails for what is missing"
    (tmp_path / "hall.py").write_text(hall(client, PRINTS, MENDED))
    counts, out = run_test(tmp_path)
    assert counts == {"passed": 1}, out


def test_a_function_in_the_test_s_own_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clocks and the environment are the real ones again when the run is over."""
    project = tmp_path / "project"
    project.mkdir()
    (project / "hall.py").write_text(hall("httpx", ""))
    with outside() as url, monkeypatch.context() as patch:
        patch.setenv("SERVICE", url)
        assert record_main(project / "hall.py", tmp_path / "run.causeway", replayable=True) == 0
    text = exported(tmp_path)
    assert 'run.main("hall:main")' in text
    after = 'assert not run.outcome.missing, "\\n".join(run.outcome.missing)'
    text = text.replace(after, f"{after}\n    assert 'SERVICE' not in os.environ and time.time is real", 1)
    top = "from causeway import order"
    (tmp_path / "test_race.py").write_text(text.replace(top, f"{top}\nimport os, time\nreal = time.time", 1))
    assert [run_test(tmp_path)[0] for _ in range(3)] == [{"failed": 1}] * 3
    (project / "hall.py").write_text(hall("httpx", "", MENDED))
    counts, out = run_test(tmp_path)
    assert counts == {"passed": 1}, out


def test_a_test_says_what_it_was_asked_in_vain(tmp_path: Path, halls: Callable[[str], Path]) -> None:
    copytree(halls("httpx"), tmp_path, dirs_exist_ok=True)
    (tmp_path / "hall.py").write_text(hall("httpx", PRINTS, MENDED).replace("/book?who=", "/seat?who="))
    counts, out = run_test(tmp_path)
    assert counts == {"failed": 1}
    assert "/seat?who=ada of main/main/book has no recorded answer (it asked for GET http://127.0.0.1:" in out
