"""`causeway record` mirrors the program: its exit code, what it prints, how it dies."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from causeway_core.storage import Recording

from tests.support.commands import CAUSEWAY


def run(folder, *words, **options):
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **options}
    return subprocess.run([str(word) for word in words], cwd=folder, timeout=240, check=False, **options)


def both(folder, source, *arguments):
    """The program run plainly and under the recorder."""
    (folder / "app.py").write_text(source)
    plain = run(folder, sys.executable, "app.py", *arguments)
    return plain, run(folder, CAUSEWAY, "record", "-q", "-o", "run.causeway", "app.py", *arguments)


@pytest.mark.parametrize("source", [
    "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)",
    "import sys; sys.exit('a reason')",
    "import sys; sys.exit()",
    "def fail():\n    raise ValueError('no')\nfail()\n",
    "raise SystemExit(256 + 7)",
    "import os; os._exit(9)",
    "import sys; sys.stdout.buffer.write(bytes(range(256))); print(sys.argv, __name__, sys.stdin.read())",
    "this is no python",
    "import nosuch",
], ids=lambda source: source[:25])  # fmt: skip
def test_output_and_exit_code_are_the_program_s_own(tmp_path, source):
    (tmp_path / "app.py").write_text(source)
    words = ["app.py", "--flag", "two words"]
    plain = run(tmp_path, sys.executable, *words, text=False, input=b"in")
    recorded = run(tmp_path, CAUSEWAY, "record", "-q", "-o", "run.causeway", *words, text=False, input=b"in")
    assert (recorded.returncode, recorded.stdout) == (plain.returncode, plain.stdout)
    assert recorded.stderr == plain.stderr
    with Recording.open(tmp_path / "run.causeway") as recording:
        assert recording.complete and recording.meta.exit_code == plain.returncode


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGABRT])
def test_a_signal_gives_the_exit_code_of_a_shell_and_the_loss_is_named(tmp_path, number):
    plain, recorded = both(tmp_path, f"import os\nprint('here', flush=True)\nos.kill(os.getpid(), {int(number)})\n")
    assert plain.returncode == -number
    assert recorded.returncode == 128 + number and recorded.stdout == "here\n"
    with Recording.open(tmp_path / "run.causeway") as recording:
        assert recording.complete
        (gap,) = recording.gaps()
        assert "was killed or crashed" in gap.detail and " UTC, at most the last 100 ms" in gap.detail


@pytest.mark.parametrize("words", [("-m", "nosuch"), ("-m", "json.nosuch"), ("-c", "raise SystemExit(4)"), ("-m", "json.tool", "--help")])
def test_modules_and_code_as_plain_python_runs_them(tmp_path, words):
    plain = run(tmp_path, sys.executable, *words)
    recorded = run(tmp_path, CAUSEWAY, "record", "-q", "-o", "run.causeway", *words)
    assert (recorded.returncode, recorded.stdout, recorded.stderr) == (plain.returncode, plain.stdout, plain.stderr)


def test_a_reader_that_goes_away_ends_the_program_as_it_would_without(tmp_path):
    (tmp_path / "app.py").write_text("while True:\n    print('line', flush=True)\n")
    codes = []
    for words in ([sys.executable, "app.py"], [str(CAUSEWAY), "record", "-q", "-o", "run.causeway", "app.py"]):
        process = subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert process.stdout.readline() == b"line\n"
        process.stdout.close()
        errors = process.stderr.read()
        codes.append(process.wait(60))
        process.stderr.close()
        assert errors.rstrip().endswith(b"BrokenPipeError: [Errno 32] Broken pipe")
    assert codes[0] == codes[1]
    with Recording.open(tmp_path / "run.causeway") as recording:
        assert recording.complete


def test_a_reader_of_our_own_output_that_goes_away(tmp_path):
    (tmp_path / "app.py").write_text("for number in range(3000):\n    number += 1\n")
    run(tmp_path, CAUSEWAY, "record", "-q", "-o", "run.causeway", "app.py")
    words = [str(CAUSEWAY), "query", "run.causeway", "select a.id, b.id, c.id from site a, site b, site c, site d, site e, site f, site g, site h"]
    process = subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(60) in (0, 1)
    process.stderr.close()


def test_the_summary_names_the_recording_and_the_next_command(tmp_path):
    (tmp_path / "app.py").write_text("print('hello')\n")
    done = run(tmp_path, CAUSEWAY, "record", "app.py")
    assert done.stdout == "hello\n"
    (path,) = (tmp_path / ".causeway").glob("app-*.causeway")
    assert done.stderr.startswith("causeway: ") and str(path.relative_to(tmp_path)) in done.stderr and "no findings" in done.stderr
    assert (tmp_path / ".causeway" / ".gitignore").read_text() == "*\n"
    assert not list((tmp_path / ".causeway").glob("*.spool"))


def test_the_environment_and_the_working_directory_are_the_program_s(tmp_path):
    source = "import os, sys; print(os.getcwd(), sys.path[0], sys.flags.dev_mode, os.environ['MINE'])"
    (tmp_path / "app.py").write_text(source)
    environment = {**os.environ, "MINE": "value"}
    plain = run(tmp_path, sys.executable, "-X", "dev", "app.py", env=environment)
    recorded = run(tmp_path, CAUSEWAY, "record", "-q", "-o", "run.causeway", "--", sys.executable, "-X", "dev", "app.py", env=environment)
    assert (recorded.returncode, recorded.stdout) == (plain.returncode, plain.stdout)


def test_an_interpreter_named_relatively_is_found_from_any_folder_again(tmp_path):
    (tmp_path / "app.py").write_text("print('hello')\n")
    relative = os.path.relpath(sys.executable, tmp_path.resolve())
    done = run(tmp_path.resolve(), CAUSEWAY, "record", "-q", "-o", "run.causeway", "--python", relative, "app.py")
    assert (done.stdout, done.stderr) == ("hello\n", "")
    with Recording.open(tmp_path / "run.causeway") as recording:
        python = recording.meta.launch.python
    assert Path(python).is_absolute() and Path(python).samefile(sys.executable)


FULL = """
import os, resource
resource.prlimit(os.getppid(), resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))  # what the recorder writes fails, as on a full disk
print("done", flush=True)
raise SystemExit(3)
"""


def test_a_recording_that_cannot_be_written_leaves_the_program_alone_and_can_be_recovered(tmp_path):
    (tmp_path / "app.py").write_text(FULL)
    recorded = run(tmp_path, CAUSEWAY, "record", "-o", "run.causeway", "app.py")
    assert (recorded.returncode, recorded.stdout) == (3, "done\n")
    first, second = recorded.stderr.splitlines()
    assert first.startswith("causeway: cannot write run.causeway: ")
    assert second == "  make room on its disk, then: causeway recover run.causeway"
    recovered = run(tmp_path, CAUSEWAY, "recover", "run.causeway")
    assert recovered.returncode == 0 and " of 1 actor in run.causeway" in recovered.stderr
    with Recording.open(tmp_path / "run.causeway") as recording:
        assert recording.complete


def test_a_script_whose_name_is_no_utf_8(tmp_path):
    name = os.fsdecode(b"n\xe9.py")
    (tmp_path / name).write_text("print('ran')")
    recorded = run(tmp_path, CAUSEWAY, "record", "-o", os.fsdecode(b"r\xe9.causeway"), name)
    assert (recorded.returncode, recorded.stdout) == (0, "ran\n")
    assert "internal error" not in recorded.stderr
