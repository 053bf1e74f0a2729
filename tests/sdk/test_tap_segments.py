"""Segments on disk: sealed or torn, of many threads, across fork and SIGKILL, and on a full disk."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
import threading
from pathlib import Path

from causeway import _tap
from taps import recording
from wire_reader import read_one, read_segment, read_spool

PRELUDE = """
import os, sys, signal, threading
from causeway import _tap
_tap.start(sys.argv[1], "full", "{}")
base = _tap.add_sites(4, "k")
local = _tap.make("local", base, "x")
"""


def run(script: str, spool: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", PRELUDE + script, str(spool)], capture_output=True, text=True, timeout=240)


def test_many_records_roll_over_sealed_segments(tmp_path: Path) -> None:
    count = 400_000
    with recording(tmp_path) as tape:
        local = tape.tap("local", 1, "x")
        for i in range(count):
            del local[i]
    assert tape.values("LOCAL") == list(range(count))
    sealed = [read_segment(p) for p in tmp_path.glob("*.seg")]
    assert len(sealed) > 4 and all(length for _, length, _ in sealed)
    sizes = [p.stat().st_size for p in sorted(tmp_path.glob("*.seg"), key=lambda p: int(p.stem.split("-")[2]))]
    assert sizes[0] == 64 << 10 and (1 << 20) - 4096 < max(sizes) <= 1 << 20  # a sealed copy is as long as what it holds
    positions = [r.position for r in tape.process.of("LOCAL")]
    assert positions == sorted(positions)


def test_what_was_recorded_survives_sigkill(tmp_path: Path) -> None:
    done = run("for i in range(50_000): del local[i]\nos.kill(os.getpid(), signal.SIGKILL)", tmp_path)
    assert done.returncode == -signal.SIGKILL
    assert [r.value for r in read_one(tmp_path).of("LOCAL")] == list(range(50_000))
    assert [length for _, length, _ in map(read_segment, tmp_path.glob("*.seg"))].count(0) == 1


IN_TURN = """
turns = [threading.Semaphore(0) for _ in range(4)]

def work(me):
    mine = _tap.make("local", base + me, "x")
    for i in range(50):
        turns[me].acquire()
        del mine[i * 4 + me]
        turns[(me + 1) % 4].release()

threads = [threading.Thread(target=work, args=(n,), name=f"worker-{n}") for n in range(4)]
for thread in threads:
    thread.start()
turns[0].release()
for thread in threads:
    thread.join()
_tap.stop('{"exit_code": 0}')
"""


def test_threads_have_streams_in_one_total_order(tmp_path: Path) -> None:
    done = run(IN_TURN, tmp_path)  # in a process of its own: hooks that another test left here would name the threads
    assert done.returncode == 0, done.stderr
    process = read_one(tmp_path)
    assert [process.plain(r.value) for r in process.of("LOCAL")] == list(range(200))
    assert len({r.stream for r in process.of("LOCAL")}) == 4
    assert {"MainThread", "worker-0", "worker-3"} <= {r.label for r in process.of("ACTOR")}
    orders = [r.order for r in process.of("ORDER")]
    assert orders == sorted(set(orders))


def test_a_thread_that_ended_is_sealed_while_the_program_goes_on(tmp_path: Path) -> None:
    with recording(tmp_path) as tape:
        for _ in range(20):
            thread = threading.Thread(target=lambda: tape.tap("line") and ~tape.tap("line"))
            thread.start()
            thread.join()
        open_segments = [p for p in tmp_path.glob("*.seg") if read_segment(p)[1] == 0]
        assert len(open_segments) <= 3


def test_the_child_of_a_fork_has_streams_of_its_own(tmp_path: Path) -> None:
    done = run(
        "known = ['shared']\n"
        "del local[known]; del local['before']\n"
        "pid = os.fork()\n"
        "if pid == 0:\n"
        "    del local['lost']\n"  # nothing is written before after_fork: the mappings are the parent's
        "    _tap.after_fork('{\"child\": true}')\n"
        "    del local[known]; del local['before']\n"
        "    print(_tap.object_id(known), flush=True)\n"
        "    _tap.stop(); os._exit(0)\n"
        "os.waitpid(pid, 0)\n"
        "del local['after']\n"
        "print(_tap.object_id(known))\n"
        "_tap.stop()\n",
        tmp_path,
    )
    assert done.returncode == 0, done.stderr
    processes = read_spool(tmp_path)
    assert len(processes) == 2
    child, parent = sorted(processes.values(), key=lambda p: "child" not in p.of("PROCESS")[0].json)
    assert child.plain(child.of("LOCAL")[1].value) == "before"
    assert [parent.plain(r.value) for r in parent.of("LOCAL")][1:] == ["before", "after"]
    assert len(set(done.stdout.split())) == 1, "an object keeps its id across fork"
    assert child.of("SITES")[0].key == parent.of("SITES")[0].key == "k"
    assert child.snapshots(child.of("LOCAL")[0].value.id), "definitions are written again in the child"


def test_a_recording_can_be_followed_by_another(tmp_path: Path) -> None:
    values = []
    for name in ("one", "two"):
        with recording(tmp_path / name) as tape:
            thing: list[str] = [name]
            del tape.tap("local", 1, "x")[thing]
        values.append(tape.process)
    assert values[0].uid != values[1].uid
    for process, name in zip(values, ("one", "two"), strict=True):
        (local,) = process.of("LOCAL")
        assert [process.plain(i) for i in process.snapshots(local.value.id)[0].items] == [name]


def test_a_full_disk_ends_the_recording_not_the_program(tmp_path: Path) -> None:
    """A limit on file size stands for the disk: the segments of 64 KiB fit, the larger ones do not."""

    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    script = PRELUDE + "for i in range(100_000): del local[i]\nprint(_tap.active(), _tap.statistics()['failures'])\n_tap.stop()\nprint('went on')"
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, timeout=240, preexec_fn=limited)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["False", "1", "went", "on"]
    process = read_one(tmp_path)
    values = [r.value for r in process.of("LOCAL")]
    assert values == list(range(len(values))) and len(values) > 5000
    assert "no space" in process.records[-1].json


def test_a_spool_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    try:
        _tap.start(str(tmp_path / "missing"), "full", "{}")
    except OSError as error:
        assert error.filename == str(tmp_path / "missing")
    else:
        raise AssertionError("no error")
    assert not _tap.active()


def test_positions_name_the_next_record(tmp_path: Path) -> None:
    with recording(tmp_path) as tape:
        stream, position = _tap.here()
        written = _tap.emit(14, b"\x02\0\0\0{}\0\0")
        assert (stream, position) == (0, written)
        assert _tap.emit(14, b"x" * (2 << 20)) == -1, "longer than any segment"
        assert _tap.emit(14, (500_000).to_bytes(4, "little") + b"y" * 500_000) > position
    (small, large) = tape.process.of("CUSTOM")
    assert (small.position, small.json, len(large.json)) == (position, "{}", 500_000)


def test_resident_memory_stays_small(tmp_path: Path) -> None:
    script = (
        "def resident(): return int(open('/proc/self/statm').read().split()[1]) * os.sysconf('SC_PAGE_SIZE')\n"
        "import gc; things = [[] for _ in range(100_000)]; before = resident()\n"
        "for i in range(3_000_000): del local[i]\n"
        "for t in things: del local[t]\n"
        "for i in range(100_000): del local[str(i)]\n"
        "print(resident() - before); _tap.stop()"
    )
    done = run(script, tmp_path)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 30 << 20
