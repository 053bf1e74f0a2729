"""Whatever is typed: one line that says what is wrong, one that says what to do, exit code 2, and nothing lost."""

import os
import shutil
import socket
import sqlite3
import sys

import pytest


def assert_told(done, expected):
    assert done.code == 2, done
    lines = done.err.splitlines()
    assert len(lines) == 2, done.err
    assert lines[0].startswith("causeway: ") and expected in lines[0]
    assert lines[1].startswith("  ") and lines[1].strip(), "the next step"
    assert "Traceback" not in done.err and not done.out


def foreign(path, recording):
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE note (text)")
    database.close()


def newer(path, recording):
    shutil.copy(recording, path)
    with sqlite3.connect(path) as database:
        database.execute("UPDATE meta SET value = '99' WHERE key = 'schema_version'")
        database.execute("PRAGMA user_version = 99")
    database.close()


BROKEN = {
    "missing": (lambda path, recording: None, "run.causeway"),
    "a folder": (lambda path, recording: path.mkdir(), "is a directory"),
    "empty": (lambda path, recording: path.write_bytes(b""), "not a Causeway recording"),
    "text": (lambda path, recording: path.write_text("hello " * 1000), "not a Causeway recording"),
    "another database": (foreign, "not a Causeway recording"),
    "truncated": (lambda path, recording: path.write_bytes(recording.read_bytes()[:70_000]), "is damaged"),
    "from the future": (newer, "has schema 99"),
}


@pytest.mark.parametrize("words", [
    ("analyze", "FILE"), ("why", "FILE", "F1"), ("query", "FILE", "select 1"), ("recover", "FILE"),
    ("merge", "FILE", "GOOD", "-o", "both.causeway"), ("merge", "GOOD", "FILE", "-o", "both.causeway"),
], ids=lambda words: " ".join(words))  # fmt: skip
@pytest.mark.parametrize("broken", BROKEN)
def test_a_file_that_is_no_good_recording(causeway, recording, tmp_path, words, broken):
    make, expected = BROKEN[broken]
    path = tmp_path / "run.causeway"
    make(path, recording)
    before = path.read_bytes() if path.is_file() else None
    assert_told(causeway(*({"FILE": path, "GOOD": recording}.get(word, word) for word in words)), expected)
    assert (path.read_bytes() if path.is_file() else None) == before
    assert not (tmp_path / "both.causeway").exists()


def test_recover_does_not_recommend_itself(causeway, recording, tmp_path):
    path = tmp_path / "run.causeway"
    shutil.copy(recording, path)
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))
    done = causeway("recover", path)
    assert_told(done, "is damaged")
    assert "record again" in done.err


def test_ls_lists_what_is_broken_beside_what_is_not(causeway, recording, tmp_path):
    folder = tmp_path / ".causeway"
    folder.mkdir()
    shutil.copy(recording, folder / "good.causeway")
    (folder / "empty.causeway").write_bytes(b"")
    done = causeway("ls")
    assert done.code == 0
    rows = dict(sorted(line.split("  ", 1) for line in done.out.splitlines()))
    assert "not a Causeway recording" in rows[".causeway/empty.causeway"] and "complete" in rows[".causeway/good.causeway"]


@pytest.mark.parametrize("words, expected", [
    (("analyze", "RUN", "--format", "yaml"), "'yaml' is not one of"),
    (("analyze", "RUN", "--fail-on", "sometimes"), "'sometimes' is not one of"),
    (("analyze", "RUN", "--trace-id", "f00"), "belongs to the trace f00"),
    (("analyze",), "there is no recording in"),
    (("why",), "missing argument"),
    (("why", "RUN", "F99"), "no finding F99"),
    (("why", "RUN", "s99@1"), "no event s99@1"),
    (("why", "RUN", "s0@99999999"), "no event s0@99999999"),
    (("why", "RUN", "nonsense"), "'nonsense'"),
    (("why", "RUN", "Account.balance", "now"), "one FILE and one QUESTION"),
    (("query", "RUN", "selec"), "syntax error"),
    (("query", "RUN", " "), "empty"),
    (("query", "RUN", "delete from actor"), "only reading is allowed"),
    (("query", "RUN", "attach database 'x.db' as x"), "only reading is allowed"),
    (("query", "RUN", "select 1; select 2"), "one statement at a time"),
    (("merge", "RUN", "RUN"), "missing option"),
    (("merge", "RUN", "RUN", "-o", "nowhere/both.causeway"), "no folder nowhere"),
    (("merge", "RUN", "RUN", "-o", "RUN"), "already exists"),
    (("merge", "RUN", "RUN", "-o", "/proc/both.causeway"), "/proc/both.causeway"),
    (("dap", "--port", "99999"), "99999"),
    (("dap", "--port", "http"), "'http'"),
    (("dap", "--port", "0", "--host", "0.0.0.0"), "other machines"),
    (("dap", "--port", "0", "--host", "nosuch.invalid", "--token", "x"), "cannot listen on nosuch.invalid"),
    (("record",), "nothing to record"),
    (("record", "--detail", "some", "app.py"), "'some' is not one of"),
    (("record", "nosuch.py"), "no file nosuch.py"),
    (("record", "/bin/ls"), "not a Python program"),
    (("record", "nosuch"), "no script or command 'nosuch'"),
    (("record", "./nosuch"), "no file ./nosuch"),
    (("record", "."), "folder without __main__.py"),
    (("record", "-m"), "nothing after -m"),
    (("record", "--python", "/nonexistent/python", "app.py"), "cannot start /nonexistent/python"),
    (("record", "--python", "/bin/true", "app.py"), "not a Python interpreter"),
    (("record", "-o", "nowhere/run.causeway", "app.py"), "no folder nowhere"),
    (("record", "-o", "/proc/run.causeway", "app.py"), "cannot write to /proc"),
    (("record", "-o", ".", "app.py"), "is a directory"),
    (("app.py",), "Did you mean: causeway record app.py"),
    (("explain",), "'explain'"),
], ids=lambda value: " ".join(value) if isinstance(value, tuple) else "")  # fmt: skip
def test_wrong_words(causeway, recording, tmp_path, words, expected):
    (tmp_path / "app.py").write_text("open('it-ran', 'w').close()\n")
    assert_told(causeway(*(recording if word == "RUN" else word for word in words)), expected)
    assert not (tmp_path / "it-ran").exists()


def test_an_interpreter_without_the_recorder(causeway, tmp_path):
    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\nexec "{os.path.realpath(sys.executable)}" -I -S "$@"\n')
    bare.chmod(0o755)
    (tmp_path / "app.py").write_text("")
    done = causeway("record", "--python", bare, "app.py")
    assert_told(done, "has no Causeway recorder")
    assert "pip install causeway-sdk" in done.err


def test_an_existing_recording_is_overwritten_by_force_only_and_other_files_never(causeway, recording, tmp_path):
    run, script = tmp_path / "run.causeway", tmp_path / "app.py"
    shutil.copy(recording, run)
    script.write_text("print('ran')\n")
    before = run.read_bytes()
    assert_told(causeway("record", "-o", run, script), "already exists")
    (tmp_path / "run.causeway.spool").mkdir()
    assert_told(causeway("record", "--force", "-o", run, script), "left from a recording that crashed")
    assert run.read_bytes() == before
    (tmp_path / "run.causeway.spool").rmdir()
    assert_told(causeway("record", "--force", "-o", script, script), "is not a recording")
    assert script.read_text() == "print('ran')\n"
    assert causeway("record", "--force", "-o", run, script).code == 0
    assert run.read_bytes() != before


def test_a_spool_without_a_recording_is_recovered(causeway, tmp_path):
    (tmp_path / "run.causeway.spool").mkdir()
    assert causeway("recover", "run.causeway.spool").code == 0
    assert (tmp_path / "run.causeway").exists() and not (tmp_path / "run.causeway.spool").exists()


def test_the_folder_for_recordings_is_a_file(causeway, tmp_path):
    (tmp_path / ".causeway").write_text("mine")
    (tmp_path / "app.py").write_text("")
    assert_told(causeway("record", "app.py"), "cannot make the folder")
    assert (tmp_path / ".causeway").read_text() == "mine"


def test_a_port_in_use(causeway):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert_told(causeway("dap", "--port", taken.getsockname()[1]), "cannot listen on 127.0.0.1")
