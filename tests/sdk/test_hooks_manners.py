"""A guest's manners: what is imported, what is visible, and what happens where nothing can be recorded."""

# ruff: noqa: E501

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

from tests.sdk.hooked import environment, hooked, run_hooked
from tests.sdk.spool_facts import read_spool

NEVER = {
    "asyncio",
    "threading",
    "multiprocessing",
    "subprocess",
    "socket",
    "select",
    "sqlite3",
    "logging",
    "queue",
    "inspect",
    "dataclasses",
    "ssl",
    "email",
    "http",
    "json",
    "pickle",
    "mmap",
    "signal",
}
"""Modules that recorder, hooks and boundaries leave alone until the program imports them."""


def test_hooks_import_nothing_that_the_program_did_not_want(tmp_path: Path) -> None:
    program = """
        import re, sys
        before = set(sys.modules)
        from causeway import recorder
        assert recorder.start_from_environment()
        print(*sorted(name for name in set(sys.modules) - before if not name.startswith("causeway")))
        """
    (tmp_path / "program.py").write_text(textwrap.dedent(program))
    done = subprocess.run(
        [sys.executable, "-S", "program.py"], cwd=tmp_path, env=started_by_hand(tmp_path), capture_output=True, text=True, timeout=240, check=False
    )
    assert "atexit" in done.stdout.split(), done.stderr
    assert set(done.stdout.split()) & NEVER == set()


def started_by_hand(folder: Path) -> dict[str, str]:
    """An environment for an interpreter without site-packages that is to start the recorder itself."""
    from causeway import recorder

    home = str(Path(recorder.__file__).parents[1])
    return environment(folder, "causal") | {"PYTHONPATH": home}


def test_marks_leave_functions_where_they_were(tmp_path: Path) -> None:
    program = """
        import asyncio, concurrent.futures, concurrent.futures.thread, queue, threading, types
        functions = [
            threading.Condition.wait, threading.Event.set, threading.Thread.join, queue.Queue.get, queue.Queue.put, concurrent.futures.Future.result,
            asyncio.Lock.acquire, asyncio.Queue.get, asyncio.Event.wait, asyncio.Handle.__init__, asyncio.Handle._run, asyncio.Semaphore.release,
        ]
        for function in functions:
            code = function.__code__
            lines = {line for _, _, line in code.co_lines() if line is not None}
            print(type(function) is types.FunctionType, function.__qualname__, code.co_qualname, code.co_firstlineno, min(lines), max(lines), code.co_varnames, code.co_freevars, code.co_flags, function.__doc__ == code.co_consts[0])
        """
    hooked(tmp_path, program)


def test_the_process_record_says_who_this_is_without_its_secrets(tmp_path: Path) -> None:
    run = hooked(tmp_path, "import sys; print(sys.argv)", "--token", "hunter2", "--api-key=hunter3", "http://me:hunter4@host/x", "plain")
    process = run.main.process
    assert process["argv"][1:] == [
        str(tmp_path / "program.py"),
        "--token",
        "[redacted]",
        "--api-key=[redacted]",
        "http://me:[redacted]@host/x",
        "plain",
    ]
    assert "hunter" not in json.dumps(process)
    assert (process["service"], process["language"], process["parent"], process["detail"]) == ("program", "python", None, "causal")
    assert process["uid"] == run.main.uid and process["cwd"] == str(tmp_path)


def test_exit_codes_and_handlers_at_exit_are_inside_the_recording(tmp_path: Path) -> None:
    program = """
        import atexit, sys, threading
        lock = threading.Lock()
        atexit.register(lambda: (lock.acquire(), print("at exit")))
        threading.Thread(target=lambda: threading.main_thread().join(), name="outlives").start()
        sys.exit(3)
        """
    run = hooked(tmp_path, program)
    assert run.main.end == {"exit_code": 3, "reason": "exit"}
    assert [fact.kind for fact in run.main.facts][-1] == "end"
    assert run.main.syncs("end", actor=run.main.named("outlives").number)
    assert run.main.syncs("acquired", type_name="_thread.lock", actor=run.main.named("MainThread").number)


def test_an_interrupt_while_the_recording_ends_is_not_seen_and_the_recording_is_whole(tmp_path: Path) -> None:
    program = """
        import os, signal
        if "CAUSEWAY_SPOOL" in os.environ:
            from causeway.hooks import waiting
            write = waiting.write
            def interrupted():
                waiting.write = write
                signal.raise_signal(signal.SIGINT)
            waiting.write = interrupted
        """
    assert hooked(tmp_path, program).main.end == {"exit_code": 0, "reason": "exit"}


def test_starting_twice_and_ending_twice(tmp_path: Path) -> None:
    program = """
        import os
        if "CAUSEWAY_SPOOL" in os.environ:
            from causeway import recorder
            assert recorder.start_from_environment() and recorder.start_from_environment()
            recorder.finish(0)
            recorder.finish(1)
        import threading
        threading.Lock().acquire()
        print("done")
        """
    assert hooked(tmp_path, program).main.end == {"exit_code": 0, "reason": "exit"}


def test_without_a_place_to_write_the_program_runs_unrecorded(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text("print('runs')")
    variables = environment(tmp_path, "causal") | {"CAUSEWAY_SPOOL": str(tmp_path / "missing" / "spool")}
    variables.pop("CAUSEWAY_DEBUG")
    done = subprocess.run(
        [sys.executable, "-m", "causeway.launch", "program.py"], cwd=tmp_path, env=variables, capture_output=True, text=True, timeout=240, check=False
    )
    assert (done.stdout, done.stderr, done.returncode) == ("runs\n", "", 0)


def test_a_child_started_without_site_runs_unrecorded(tmp_path: Path) -> None:
    program = """
        import subprocess, sys
        print(subprocess.run([sys.executable, "-S", "-c", "print(1)"], capture_output=True, text=True))
        print(subprocess.run([sys.executable, "-I", "-c", "print(2)"], capture_output=True, text=True))
        """
    hooked(tmp_path, program)


def test_a_recording_that_is_killed_keeps_what_was_written(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(
        "import os, signal, threading\nlock = threading.Lock()\nlock.acquire()\nos.kill(os.getpid(), signal.SIGKILL)"
    )
    run = run_hooked(tmp_path, ["program.py"])
    assert run.code == -9
    (process,) = read_spool(tmp_path / "spool").values()
    assert process.syncs("acquired", type_name="_thread.lock") and process.end is None
    assert "CAUSEWAY_SPOOL" not in os.environ
