"""Two recorders never write into one recording, and a living one's spool is nobody else's to finish."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from causeway_core.errors import SpoolTaken
from causeway_core.ingest.claim import Claim, spool_of
from causeway_core.launch.output import claim_new
from causeway_core.storage import Recording

from tests.support.commands import CAUSEWAY

HELD = "import sys\nprint('running', flush=True)\nsys.stdin.readline()\n"


def record(folder, *words):
    return subprocess.run([CAUSEWAY, "record", "-q", *words], cwd=folder, capture_output=True, text=True, timeout=240, check=False)


@pytest.fixture
def running(tmp_path):
    """A program that is being recorded to run.causeway and waits for a line."""
    (tmp_path / "held.py").write_text(HELD)
    (tmp_path / "app.py").write_text("print('ran')\n")
    words = [CAUSEWAY, "record", "-q", "-o", "run.causeway", "held.py"]
    with subprocess.Popen(words, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "running\n"
        yield process
        process.stdin.close()


def end(process):
    process.stdin.write("\n")
    process.stdin.flush()
    assert process.wait(240) == 0


@pytest.mark.parametrize("more", [(), ("--force",)])
def test_a_second_run_with_the_same_output_is_refused_before_it_starts(tmp_path, running, more):
    second = record(tmp_path, *more, "-o", "run.causeway", "app.py")
    assert (second.returncode, second.stdout) == (2, "")
    assert "another run is being recorded to run.causeway" in second.stderr
    end(running)
    with Recording.open(tmp_path / "run.causeway") as recording:
        assert recording.complete and not recording.gaps() and recording.meta.command == ("held.py",)
    assert not (tmp_path / "run.causeway.spool").exists()


def test_what_is_being_recorded_cannot_be_recovered_yet(tmp_path, running):
    words = [CAUSEWAY, "recover", "run.causeway"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 2 and "run.causeway is still being recorded" in done.stderr
    end(running)
    with Recording.open(tmp_path / "run.causeway") as recording:
        assert recording.complete and not recording.gaps()


def test_runs_that_begin_in_one_second_get_names_of_their_own(tmp_path):
    """Sixteen threads at once: a name is given away only once."""
    with ThreadPoolExecutor(16) as threads:
        taken = list(threads.map(lambda number: claim_new("app", tmp_path), range(64)))
    assert len({path for path, claim in taken}) == 64
    for path, claim in taken:
        assert claim.spool == spool_of(path) and claim.spool.is_dir()
        claim.release()


def test_the_claim_of_a_recorder_that_was_killed_is_told_from_one_that_lives(tmp_path):
    spool = tmp_path / "run.causeway.spool"
    imports = "from pathlib import Path\nfrom causeway_core.ingest.claim import Claim"
    source = f"{imports}\nc = Claim.take(Path({str(spool)!r}))\nprint(1, flush=True)\ninput()"
    with subprocess.Popen([sys.executable, "-c", source], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as owner:
        assert owner.stdout.readline() == b"1\n"
        with pytest.raises(SpoolTaken, match="another run is being recorded"):
            Claim.take(spool)
        owner.kill()
    with pytest.raises(SpoolTaken, match="left from a recording that crashed"):
        Claim.take(spool)


def test_the_folder_of_recordings_is_made_where_it_is_named(tmp_path):
    (tmp_path / "app.py").write_text("print('ran')\n")
    done = record(tmp_path, "-o", ".causeway/x.causeway", "app.py")
    assert (done.returncode, done.stdout, done.stderr) == (0, "ran\n", "")
    assert (tmp_path / ".causeway" / "x.causeway").exists() and (tmp_path / ".causeway" / ".gitignore").read_text() == "*\n"
    refused = record(tmp_path, "-o", "nowhere/.causeway/x.causeway", "app.py")
    assert refused.returncode == 2 and "there is no folder" in refused.stderr
