"""The pytest plugin, in real pytest runs: the report of `--causeway`, and tests under an order."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

import pytest
from causeway.testing import session

TILL = """
    import asyncio

    class Account:
        def __init__(self, lock=None):
            self.balance = 100
            self.lock = lock

        async def withdraw(self, amount):
            seen = self.balance
            await asyncio.sleep(0)
            self.balance = seen - amount

        async def careful(self, amount):
            async with self.lock:
                await self.withdraw(amount)

    async def main():
        account = Account()
        await asyncio.gather(account.withdraw(10), account.withdraw(20))
        return account.balance

    async def fixed():
        account = Account(asyncio.Lock())
        await asyncio.gather(account.careful(10), account.careful(20))
        return account.balance
"""

MARKED = """
    import asyncio
    import pytest
    from causeway import order
    from till import fixed, main

    def lost(first, second):
        read = order.place(first, "read of balance", "till.py", "Account.withdraw", "seen = self.balance")
        write = order.place(first, "write of balance", "till.py", "Account.withdraw", "self.balance = seen - amount")
        return [
            order.wait(order.place(second, "start"), until=read),
            order.wait(write, until=order.place(second, "end"), since=read),
        ]

    @pytest.mark.causeway_order(*lost("main/main/withdraw", "main/main/withdraw#2"), feasible=True)
    def test_one_loses():
        assert asyncio.run(main()) == 90

    class TestBoth:
        @pytest.mark.causeway_order(*lost("main/main/withdraw#2", "main/main/withdraw"), feasible=True)
        def test_the_other_loses(self):
            assert asyncio.run(main()) == 80

    @pytest.mark.causeway_order(*lost("main/fixed/careful", "main/fixed/careful#2"))
    def test_mended():
        assert asyncio.run(fixed()) == 70

    @pytest.mark.causeway_order(*lost("main/fixed/careful", "main/fixed/careful#2"), feasible=True)
    def test_has_to_be_possible():
        assert asyncio.run(fixed()) == 70

    def test_without():
        assert asyncio.run(fixed()) == 70
"""

SUITE = """
    import asyncio
    from till import Account

    def test_two_withdrawals():
        async def both():
            account = Account()
            first = asyncio.create_task(account.withdraw(10))
            await asyncio.sleep(0.005)
            await asyncio.gather(first, asyncio.create_task(account.withdraw(20)))
            return account.balance

        assert asyncio.run(both()) == 70

    def test_sums():
        assert 1 + 1 == 3
"""


def suite(folder: Path, text: str) -> None:
    (folder / "till.py").write_text(textwrap.dedent(TILL))
    (folder / "test_till.py").write_text(textwrap.dedent(text))
    (folder / "pytest.ini").write_text("[pytest]\n")


def run_pytest(folder: Path, *words: str, environment: Mapping[str, str] | None = None) -> tuple[int, str]:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *words]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=280, check=False)
    return done.returncode, done.stdout + done.stderr


def test_tests_under_an_order(tmp_path: Path) -> None:
    suite(tmp_path, MARKED)
    # As a user has it: the plugin is found by its entry point.
    found = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    code, out = run_pytest(tmp_path, "-v", "--strict-markers", environment=found)
    assert code == 1 and "1 failed, 4 passed" in out, out
    assert "test_has_to_be_possible FAILED" in out
    told = out[out.index("causeway: orders that could not be forced") :]
    assert "test_till.py::test_mended: order no longer possible: everybody waits" in told
    assert "PytestWarning: test_till.py::test_mended: order no longer possible" in out


def test_races_are_reported_beside_failures(tmp_path: Path) -> None:
    suite(tmp_path, SUITE)
    code, out = run_pytest(tmp_path, "--causeway")
    assert code == 1 and "1 failed, 1 passed" in out, out
    report = out[out.index("= causeway =") :]
    assert "test_till.py::test_two_withdrawals  passed this time" in report and "lost update: Account.balance at till.py:10" in report
    assert "test_till.py::test_sums  FAILED\n  no race or deadlock was found in it" in report
    [recording] = (tmp_path / ".causeway").glob("*.causeway")
    assert f"causeway why .causeway/{recording.name} F1" in report


def test_the_recording_of_a_sound_suite_is_not_kept(tmp_path: Path) -> None:
    suite(tmp_path, "def test_sums():\n    assert 1 + 1 == 2\n")
    code, out = run_pytest(tmp_path, "--causeway-fail-on", "hint")
    assert code == 0 and "no races or deadlocks found; every test passed, the recording is not kept" in out, out
    assert not list((tmp_path / ".causeway").glob("*.causeway*"))


def test_only_the_sdk_is_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(pytest.UsageError, match="pip install causeway-debugger"):
        session._host()


def test_workers_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    options = {"numprocesses": 2}
    given = ["--causeway", "-x", "--causeway-fail-on", "likely", "-n", "2", "tests"]
    config = SimpleNamespace(invocation_params=SimpleNamespace(args=given), getoption=lambda name, default: options.get(name, default))
    assert session._arguments(config) == ["-x", "-n", "2", "tests", "-n", "0"]
    assert "without -n" in capsys.readouterr().out
