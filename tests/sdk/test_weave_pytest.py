"""pytest under the launcher: same results and messages, rewritten asserts woven, pytest's own cache untouched."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TEST = """
import pytest
from beside import double

class Account:
    def __init__(self, balance):
        self.balance = balance

@pytest.mark.parametrize("n", [1, 2])
def test_passes(n, fixture):
    assert double(n) == n * 2 and fixture

def test_explains():
    account = Account(3)
    assert account.balance == double(4), "message"

def test_contains():
    names = ["a", "b"]
    assert "c" in names

def test_walrus():
    assert (x := double(2)) == 5, x

async def _co():
    assert [n for n in range(3) if n] == [1, 3]

def test_async():
    import asyncio
    asyncio.run(_co())

def test_raises():
    with pytest.raises(ZeroDivisionError) as caught:
        1 / 0
    assert "division" in str(caught.value)
    {}["missing"]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "test_sample.py").write_text(TEST)
    (tmp_path / "beside.py").write_text("def double(n):\n    return n * 2\n")
    (tmp_path / "conftest.py").write_text("import pytest\n@pytest.fixture\ndef fixture():\n    yield True\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    return tmp_path


def run(project: Path, spool: Path | None, cache: Path | None = None) -> tuple[str, int]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("CAUSEWAY_", "PYTEST_"))}
    launcher: list[str] = []
    if spool is not None:
        spool.mkdir(exist_ok=True)
        environment |= {"CAUSEWAY_SPOOL": str(spool), "CAUSEWAY_CACHE": str(cache), "CAUSEWAY_ROOT": str(project)}
        launcher = ["-m", "causeway.launch"]
    options = ["-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:randomly", "-v"]
    done = subprocess.run(
        [sys.executable, *launcher, "-m", "pytest", *options], cwd=project, env=environment, capture_output=True, text=True, timeout=240
    )
    text = re.sub(r"0x[0-9a-f]+", "0x", done.stdout + done.stderr)
    # pytest fills its last line up with '=' to a width, so their number depends on the digits of the time, which beyond a minute it gives twice.
    return re.sub(r"=+ ([^=\n]*) in \d+\.\d+s(?: \([\d:]+\))? =+", r"\1", text), done.returncode


def test_results_and_messages_are_the_same(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    plain = run(project, None)
    caches = {file: file.stat().st_mtime_ns for file in project.rglob("*.pyc")}
    first = run(project, outside / "spool", outside / "cache")
    again = run(project, outside / "spool", outside / "cache")
    assert first == plain
    assert again == plain
    assert {file: file.stat().st_mtime_ns for file in project.rglob("*.pyc")} == caches
    assert run(project, None) == plain


def test_rewritten_modules_and_conftest_are_woven(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    run(project, outside / "spool", outside / "cache")
    tables = [json.loads(file.read_text()) for file in (outside / "spool" / "sites").iterdir()]
    by_name = {Path(table["path"]).name: table for table in tables}
    assert {"test_sample.py", "beside.py", "conftest.py"} <= set(by_name)
    sites = by_name["test_sample.py"]["sites"]
    assert any(site[0] == "attr" and site[5] == "balance" for site in sites)
    assert not any(site[5] and str(site[5]).startswith("@") for site in sites), "pytest's own variables are not the user's"
