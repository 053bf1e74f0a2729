"""The bank of two services, of `make demo`: a lost update in the child process, reached over HTTP, is proved by forced re-runs of both."""

from __future__ import annotations

import shutil
from pathlib import Path

from causeway_core.proof.rerun import runs_apart
from causeway_core.storage import Recording

from tests.e2e.test_proof import analysed, run

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
        assert runs_apart(recording), "its ports are given by the system"
