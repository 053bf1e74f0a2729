"""`causeway fix` on real recordings: what is proved, what is refused, what is left in words."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from causeway_core.analysis import examine
from causeway_core.fix import Patch
from causeway_core.fix.verify import verify_patch
from causeway_core.proof import plan
from causeway_core.storage import Recording

from tests.support.commands import causeway
from tests.support.recordings import record

TILL = """\
import asyncio


class Till:
    def __init__(self):
        self.total = 0

    async def sell(self, price):
        if price:
            # one by one
            self.total = await self.add(self.total, price)

    async def add(self, total, price):
        await asyncio.sleep(0)
        return total + price


async def main():
    till = Till()
    tasks = []
    for price in (1, 2):
        tasks.append(asyncio.create_task(till.sell(price)))
        await asyncio.sleep(0.001)
    await asyncio.gather(*tasks)
    print(till.total)


asyncio.run(main())
"""


def run(*words: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return causeway(*words, cwd=cwd)


@pytest.fixture(scope="module")
def till(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("till")
    (folder / "till.py").write_text(TILL)
    assert record(folder / "till.py", folder, "--no-analyze").code == 0
    return folder


def test_a_proved_patch_is_shown_and_applied(till: Path) -> None:
    shown = run("fix", "F1", "till.causeway", "--apply", cwd=till)
    assert shown.returncode == 0, shown.stderr
    assert "proved: " in shown.stdout and "changed: till.py" in shown.stdout
    fixed = (till / "till.py").read_text()
    (till / "till.py").write_text(TILL)
    assert "        self._lock = asyncio.Lock()\n" in fixed
    assert "            # one by one\n            async with self._lock:\n                self.total = await self.add(self.total, price)\n" in fixed


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("# one by one", "# one after the other", "still"),
        ("        if price:", "        async with GUARD, GUARD:", "does not end in time"),
        ("        if price:", "        if True or missing:\n            raise SystemExit(3)", "exit code 3"),
    ],
)
def test_a_patch_that_does_not_help_is_refused(till: Path, old: str, new: str, reason: str) -> None:
    after = TILL.replace(old, new).replace(
        "import asyncio\n", "import asyncio\nGUARD = asyncio.Lock()\n" if "GUARD" in new else "import asyncio\n", 1
    )
    patch = Patch("none", "does nothing useful", (("till.py", TILL, after),))
    with Recording.open(till / "till.causeway") as recording:
        (finding,) = [each for each in plan(recording, examine(recording)) if each.resource == "Till.total"]
        done = verify_patch(recording, replace(finding, tier="confirmed"), patch, repeat=1)
    assert not done.holds and reason in done.reason
    assert (till / "till.py").read_text() == TILL


def test_a_patch_is_only_put_where_it_fits(till: Path, tmp_path: Path) -> None:
    (tmp_path / "till.py").write_text(TILL)
    (till / "elsewhere").mkdir()
    (till / "elsewhere" / "till.py").write_text("# something else\n")
    placed = run("fix", "F1", "till.causeway", "--in", str(tmp_path), "--diff", cwd=till)
    assert placed.returncode == 0 and (till / "till.py").read_text() == TILL, placed.stderr
    assert "self._lock" in (tmp_path / "till.py").read_text()
    refused = run("fix", "F1", "till.causeway", "--in", "elsewhere", cwd=till)
    assert refused.returncode == 2 and "till.py is not as it was recorded" in refused.stderr
    assert (till / "elsewhere" / "till.py").read_text() == "# something else\n"


def test_what_cannot_be_used_is_one_line(till: Path, tmp_path: Path) -> None:
    missing = run("fix", "F77", "till.causeway", cwd=till)
    assert missing.returncode == 2 and "there is no finding F77" in missing.stderr and "Traceback" not in missing.stderr
    assert run("fix", "till.causeway", "F77", cwd=till).stderr == missing.stderr  # as `causeway why` has it
    try:
        (till / "till.py").write_text(TILL + "# edited\n")
        changed = run("fix", "F1", "till.causeway", cwd=till)
    finally:
        (till / "till.py").write_text(TILL)
    assert changed.returncode == 2 and "has changed since" in changed.stderr
