"""When the recorded command is run again without being asked, and in which folder."""

from __future__ import annotations

import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import pytest
from causeway_core.launch.target import Target
from causeway_core.proof.running.command import target_of
from causeway_core.proof.running.preserved import Preserved
from causeway_core.proof.running.safety import doubts, obstacles
from causeway_core.proof.running.workspace import Workspace
from causeway_core.storage import Recording

from tests.support.commands import CAUSEWAY
from tests.support.proofs import record

WRITES_INSIDE = "import pathlib\npathlib.Path('out.txt').write_text('x')\n"
DATABASE = "import sqlite3\nwith sqlite3.connect('bank.db') as database:\n    database.execute('create table t (x)')\n"


def recorded(folder: Path, source: str) -> Path:
    project = folder / "project"
    project.mkdir(exist_ok=True)
    (project / "app.py").write_text(source)
    assert record(["app.py"], folder / "run.causeway", root=project) == 0
    return folder / "run.causeway"


@pytest.mark.parametrize(("source", "doubt"), [
    ("print(1)", ""),
    ("import sys\nprint(sys.stdin.read())", "it may read standard input (app.py:2)"),
    ("import tempfile\ntempfile.TemporaryFile('w').write('x')", ""),
    (WRITES_INSIDE, ""),
    ("x = 'input(' # input()", "it may read standard input"),
])  # fmt: skip
def test_what_the_program_did(source: str, doubt: str, tmp_path: Path) -> None:
    with Recording.open(recorded(tmp_path, source)) as recording:
        found = doubts(recording)
    assert len(found) == bool(doubt) and doubt in "".join(found), found


def test_writes_outside_of_the_project_and_of_temporary_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = recorded(tmp_path, f"open({str(tmp_path / 'elsewhere.txt')!r}, 'w').close()")
    # Seen from a system whose temporary folders are elsewhere: these tests themselves write below one.
    monkeypatch.setattr("causeway_core.proof.running.workspace.TEMPORARY", ())
    with Recording.open(path) as recording:
        assert doubts(recording) == (f"it wrote to {tmp_path / 'elsewhere.txt'}, outside the project and the temporary folders",)


def test_sources_that_changed_and_what_is_gone(tmp_path: Path) -> None:
    path = recorded(tmp_path, "print(1)")
    with Recording.open(path) as recording:
        (tmp_path / "project" / "app.py").write_text("print(2)")
        assert doubts(recording) == ("app.py has changed since",) and obstacles(recording) == ()
        (tmp_path / "project" / "app.py").unlink()
        (tmp_path / "project").rmdir()
        assert obstacles(recording) == (f"the folder {tmp_path / 'project'} is gone",)


DRIVEN = (
    "requests from outside the recording drove it; record it with --replayable, which keeps them, "
    "or with the command that sends them: --drive 'python client.py'"
)
SERVES = """
import http.server, threading
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(204)
        self.end_headers()
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
"""
SERVES_ITSELF = SERVES + """
threading.Thread(target=server.handle_request).start()
import socket
with socket.create_connection(server.server_address) as client:
    client.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
    client.recv(1000)
"""


def test_a_service_whose_requests_came_from_outside_cannot_be_run_again(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(SERVES + "server.handle_request()")
    words = [CAUSEWAY, "record", "-q", "--no-analyze", "-o", "run.causeway", "app.py"]
    program = subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    assert program.stdout is not None
    with urllib.request.urlopen(f"http://127.0.0.1:{int(program.stdout.readline())}/", timeout=60):
        pass
    assert program.wait(240) == 0
    with Recording.open(tmp_path / "run.causeway") as recording:
        assert obstacles(recording) == (DRIVEN,)


def test_a_service_that_is_called_by_the_recorded_program_can_be_run_again(tmp_path: Path) -> None:
    with Recording.open(recorded(tmp_path, SERVES_ITSELF)) as recording:
        assert obstacles(recording) == ()


@pytest.mark.parametrize(("source", "copied"), [("print(1)", False), (WRITES_INSIDE, True), (DATABASE, True)])
def test_a_run_that_writes_into_the_project_gets_copies_of_it(source: str, copied: bool, tmp_path: Path) -> None:
    with Recording.open(recorded(tmp_path, source)) as recording:
        workspace = Workspace.of(recording)
    assert workspace.copied is copied and not workspace.too_large()


def test_a_copy_lacks_what_the_recorded_run_had_looked_for_in_vain(tmp_path: Path) -> None:
    source = """
import os
for name in ("made", "kept", "gone"):
    if not os.path.exists(name):
        os.mkdir(name)
os.rmdir("gone")
open("made/file.txt", "w").close()
"""
    project = tmp_path / "project"
    (project / "kept").mkdir(parents=True)
    with Recording.open(recorded(tmp_path, source)) as recording:
        workspace = Workspace.of(recording)
        with workspace.target(Target("python", (), ("app.py",), project, project)) as (_, folder):
            assert not (folder / "made").exists() and (folder / "kept").exists()
    assert workspace.absent == {Path("made"), Path("made/file.txt")} and (project / "made" / "file.txt").exists()


def test_each_re_run_starts_from_the_same_files_and_leaves_the_original_alone(tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / "data").mkdir(parents=True)
    (project / "data" / "state.json").write_text("1")
    (project / ".git").mkdir()
    workspace = Workspace(project, True)
    target = Target("python", (), (str(project / "app.py"), "--in", "data"), project / "data", project)
    seen = []
    for _ in range(2):
        with workspace.target(target) as (moved, folder):
            assert moved.program == (str(folder / "app.py"), "--in", "data") and moved.folder == folder / "data" and folder.name == "project"
            assert not (folder / ".git").exists()
            seen.append((folder / "data" / "state.json").read_text())
            (folder / "data" / "state.json").write_text("2")
        assert not folder.exists()
    assert seen == ["1", "1"] and (project / "data" / "state.json").read_text() == "1"


COUNTS = "import pathlib\npath = pathlib.Path({path!r})\npath.write_text(str(int(path.read_text()) + 1))\n"


@pytest.mark.parametrize("place", ["project/runs.txt", "elsewhere.txt"])
def test_a_file_named_by_absolute_path_is_put_back_after_each_re_run(place: str, tmp_path: Path) -> None:
    counter = tmp_path / place
    counter.parent.mkdir(exist_ok=True)
    counter.write_text("0")
    with Recording.open(recorded(tmp_path, COUNTS.format(path=str(counter)))) as recording:
        workspace, target = Workspace.of(recording), target_of(recording)
    seen = []
    for _ in range(2):
        with workspace.target(target) as (moved, folder):
            subprocess.run([sys.executable, str(folder / "app.py")], cwd=moved.folder, check=True)
            seen.append(counter.read_text())
        assert counter.read_text() == "1"
    assert seen == ["2", "2"]


def test_runs_take_turns_until_one_has_left_the_originals_alone(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    file.write_text("1")
    preserved = Preserved([file])

    def may_overlap(within: float) -> bool:
        """Whether a second run can begin while one is under way."""
        begun = threading.Event()

        def second() -> None:
            with preserved.run():
                begun.set()

        with preserved.run():
            thread = threading.Thread(target=second)
            thread.start()
            overlaps = begun.wait(within)
        thread.join()
        return overlaps

    with preserved.run():
        file.write_text("a run wrote this")
    assert file.read_text() == "1" and not may_overlap(0.05)
    assert may_overlap(60)
