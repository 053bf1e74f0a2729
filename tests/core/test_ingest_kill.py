"""Nothing that reached the spool is lost, whoever is killed."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from causeway_core.ingest.recover import recover
from causeway_core.storage import Recording

from tests.support.kill import BUSY, environment, kill_program, kill_recorder

MOMENTS = random.Random(20).sample(range(1, 12), 3)


@pytest.mark.parametrize("lines", MOMENTS)
def test_a_killed_program_leaves_all_but_its_last_moment_and_a_named_gap(tmp_path: Path, lines: int) -> None:
    outcome = kill_program(tmp_path / "run.causeway", lines)
    assert outcome.missing_ms < 100
    assert any(gap.startswith("lost: process") for gap in outcome.gaps)
    with Recording.open(outcome.path) as recording:
        assert [process.ending for process in recording.processes()] == ["lost"]
    assert not (tmp_path / "run.causeway.spool").exists()


@pytest.mark.parametrize("lines", MOMENTS)
def test_a_killed_recorder_loses_nothing_once_recovered(tmp_path: Path, lines: int) -> None:
    outcome = kill_recorder(tmp_path / "run.causeway", lines)
    with Recording.open(outcome.path) as recording:
        assert [process.ending for process in recording.processes()] == ["exited"]
        finished = [actor for actor in recording.actors() if (actor.function or "") == "work"]
        assert len(finished) == 12 * 3
    assert outcome.gaps == []
    assert not (tmp_path / "run.causeway.spool").exists()


@pytest.mark.skipif(not hasattr(os, "waitid"), reason="looks at a zombie without reaping it")
def test_a_killed_program_that_nobody_waited_for_is_lost_too(tmp_path: Path) -> None:
    spool = tmp_path / "run.causeway.spool"
    spool.mkdir()
    command = [sys.executable, "-m", "causeway.launch", str(BUSY), "100000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment(spool)) as program:
        assert program.stdout is not None
        program.stdout.readline()
        program.kill()
        os.waitid(os.P_PID, program.pid, os.WEXITED | os.WNOWAIT)
        recover(spool)
        with Recording.open(tmp_path / "run.causeway") as recording:
            assert [process.ending for process in recording.processes()] == ["lost"]
            assert [gap.kind for gap in recording.gaps()] == ["lost"]
