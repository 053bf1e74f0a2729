"""A run that is born of a zygote begins as one in a new interpreter does."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from causeway_core.launch.target import Target
from causeway_core.launch.zygote import ZygotePool
from causeway_core.storage import Recording

from tests.corpus.record import record

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="runs are forked on Linux only")

TELLS = """\
import json, os, sys, threading
print(json.dumps([
    sys.argv, sys.orig_argv, sys.path, __name__, os.getcwd(), dict(os.environ), sys.stdin.read(), str(sys.flags), sys.stdout.line_buffering,
    os.getsid(0) == os.getpid(), threading.active_count(), sorted(os.listdir("/proc/self/fd")),
]))
print("said", file=sys.stderr)
sys.exit(3)
"""
MARKS = """\
import decimal, os
print(hasattr(decimal, "mark"), "MARK" in os.environ, os.path.basename(os.getcwd()))
decimal.mark = os.environ["MARK"] = "1"
os.chdir("/")
"""
STARTS = """\
import subprocess, sys
subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE).wait()
"""


@pytest.fixture
def start(tmp_path):
    zygotes = ZygotePool()

    def start(target, variables=None, name="run"):
        folder = tmp_path / name
        folder.mkdir()
        with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
            run = zygotes.start(target, dict(os.environ) | (variables or {}), stdout=out, stderr=err, loaded=folder / "loaded")
        return run, folder

    return start


def target_of(folder: Path, source: str, *arguments: str) -> Target:
    (folder / "program.py").write_text(source)
    return Target(sys.executable, (), ("program.py", *arguments), folder)


def test_a_run_sees_what_it_would_see_in_a_new_interpreter(start, tmp_path):
    target, variables = target_of(tmp_path, TELLS, "a", "b"), {"GREETING": "hello"}
    plain = subprocess.run(
        target.command(), env=dict(os.environ) | variables, cwd=tmp_path, start_new_session=True,
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    for name in ("first", "second"):
        run, folder = start(target, variables, name)
        assert run.wait(60) == plain.returncode == 3
        assert json.loads((folder / "out").read_text()) == json.loads(plain.stdout)
        assert (folder / "err").read_text() == plain.stderr == "said\n"


def test_what_the_first_run_loaded_the_second_finds_in_the_same_zygote(start, tmp_path):
    source = "import os, sys\nbefore = 'decimal' in sys.modules\nimport decimal\nprint(os.getppid(), before)\n"
    said = []
    for name in ("first", "second", "third"):
        run, folder = start(target_of(tmp_path, source), name=name)
        assert run.wait(60) == 0
        said.append((folder / "out").read_text().split())
    assert [before for _, before in said] == ["False", "True", "True"]
    assert len({zygote for zygote, _ in said}) == 1


def test_nothing_that_one_run_does_reaches_the_next(start, tmp_path):
    for name in ("first", "second", "third"):
        run, folder = start(target_of(tmp_path, MARKS), name=name)
        assert run.wait(60) == 0
        assert (folder / "out").read_text() == f"False False {tmp_path.name}\n"


def test_a_run_is_killed_with_all_that_it_started_and_the_next_one_begins(start, tmp_path):
    run, _ = start(target_of(tmp_path, STARTS), name="first")
    with pytest.raises(subprocess.TimeoutExpired):
        run.wait(0.2)
    os.killpg(run.pid, signal.SIGKILL)
    assert run.wait(60) == run.wait() == -signal.SIGKILL
    again, folder = start(target_of(tmp_path, "print('next')"), name="second")
    assert again.wait(60) == 0
    assert (folder / "out").read_text() == "next\n"


def test_an_exception_is_shown_as_always(start, tmp_path):
    target = target_of(tmp_path, "def fails():\n    raise ValueError('no')\nfails()\n")
    plain = subprocess.run(target.command(), cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    run, folder = start(target)
    assert run.wait(60) == plain.returncode == 1
    assert (folder / "err").read_text() == plain.stderr


def test_an_interpreter_without_the_recorder_starts_as_it_would(start, tmp_path):
    target = Target(sys.executable, ("-S",), ("program.py",), tmp_path)
    run, folder = start(target)
    assert run.wait(60) == 1
    assert "causeway" in (folder / "err").read_text()


def test_each_run_records_the_files_of_its_own_project(tmp_path):
    zygotes = ZygotePool()
    for name in ("first", "second", "third"):
        project = tmp_path / name
        project.mkdir()
        (project / "app.py").write_text("from pathlib import Path\nPath('seen.txt').write_text('1')\nprint(Path('seen.txt').read_text())\n")
        assert record(["app.py"], tmp_path / f"{name}.causeway", root=project, zygotes=zygotes) == 0
        with Recording.open(tmp_path / f"{name}.causeway") as recording:
            assert [row.attributes["file.mode"] for row in recording.io() if row.attributes.get("action") == "open"] == ["w", "r"], name
