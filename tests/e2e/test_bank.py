"""The bank of two services, of `make demo`: a lost update in the child process, reached over HTTP, is proved by re-runs of both, and mended."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from causeway import order
from causeway_core.proof.running.command import can_run_concurrently
from causeway_core.storage import Recording

from tests.e2e.test_proof import analysed, run
from tests.support.commands import causeway

BANK = Path(__file__).parents[2] / "examples" / "bank"


def test_the_lost_update_in_the_ledger_is_confirmed(tmp_path: Path) -> None:
    for name in ("gateway.py", "ledger.py"):
        shutil.copy2(BANK / name, tmp_path)
    done = run(tmp_path, "record", "-q", "-o", "run.causeway", "gateway.py")
    assert done.returncode == 0, done.stderr
    [finding] = analysed(tmp_path, "--repeat", "2")
    assert (finding["tier"], finding["reproduced"]) == ("confirmed", {"runs": 2, "failures": 2})
    said = finding["proof"]["outcome"]
    assert said.startswith("every serial order gives alice has 850") and "this one gave alice has 9" in said
    with Recording.open(tmp_path / "run.causeway") as recording:
        assert can_run_concurrently(recording), "its ports are given by the system"


@pytest.mark.skipif(not Path("/proc/self/syscall").exists(), reason="what threads block in is told by Linux; elsewhere patience decides")
def test_with_a_lock_in_the_ledger_the_order_is_impossible_at_once(tmp_path: Path) -> None:
    shutil.copy2(BANK / "gateway.py", tmp_path)
    source = (BANK / "ledger.py").read_text().replace("async def withdraw(", "LOCK = asyncio.Lock()\n\n\nasync def withdraw(")
    before, read, rest = source.partition("    balance = account.balance\n")
    inside, write, after = rest.partition("    account.balance = balance - amount\n")
    within = "".join(f"    {line}" for line in (read + inside + write).splitlines(keepends=True))
    (tmp_path / "ledger.py").write_text(f"{before}    async with LOCK:\n{within}{after}")
    first, second = (f"main/main/process/connection_made{number}/start/_handle_request" for number in ("#2", ""))
    reads = order.place(first, "read of balance", "ledger.py", "withdraw", "balance = account.balance")
    writes = order.place(first, "write of balance", "ledger.py", "withdraw", "account.balance = balance - amount")
    forced = [order.wait(order.place(second, "start"), until=reads), order.wait(writes, until=order.place(second, "end"), since=reads)]
    # The patience is longer than any test: what ends this is no guess.
    outcome = order.run(["gateway.py"], forced, cwd=tmp_path, patience=1000, timeout=500)
    assert (outcome.reason or "").startswith("everybody waits: ") and outcome.exit_code == 0, outcome
    assert outcome.stdout == "alice has 850 (should be 850), bob has 150 (should be 150)\n"


@pytest.mark.slow
def test_the_demo_ends_with_a_mended_copy(tmp_path: Path) -> None:
    for name in ("gateway.py", "ledger.py"):
        shutil.copy2(BANK / name, tmp_path)
    assert run(tmp_path, "record", "-q", "-o", "run.causeway", "gateway.py").returncode == 0
    copy = Path(shutil.copytree(tmp_path, tmp_path.with_name("copy"), ignore=shutil.ignore_patterns("*.causeway")))
    done = causeway("fix", "F1", "run.causeway", "--repeat", "1", "--in", copy, cwd=tmp_path, timeout=900)
    assert done.returncode == 0 and "is no longer possible" in done.stdout, done.stderr
    assert "    async with _lock:\n        balance = account.balance\n" in (copy / "ledger.py").read_text()
    assert (tmp_path / "ledger.py").read_text() == (BANK / "ledger.py").read_text()
