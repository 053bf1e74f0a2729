"""`causeway explore`: from a run that went well to an order in which it fails, and to the test that says so."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.support import commands

PROGRAM = '''
"""Two figures are written one after the other by one thread and read so by another."""
import threading


class Report:
    def __init__(self):
        self.total = 0
        self.count = 0
        self.lock = threading.Lock()

    def add(self, amount):
        with self.lock:
            self.total += amount
        with self.lock:
            self.count += 1

    def mean(self):
        with self.lock:
            count = self.count
        with self.lock:
            total = self.total
        return (total, count)


def check(report):
    if report.mean() not in ((0, 0), (10, 1)):
        raise RuntimeError("the figures are of different times")


def main():
    report = Report()
    adding = threading.Thread(target=report.add, args=(10,))
    adding.start()
    checking = threading.Thread(target=check, args=(report,))
    checking.start()
    adding.join()
    checking.join()


if __name__ == "__main__":
    main()
'''
BOTH = "        with self.lock:\n            self.total += amount\n        with self.lock:\n            self.count += 1\n"
FIXED = "        with self.lock:\n            self.total += amount\n            self.count += 1\n"
BOTH_READ = "            count = self.count\n        with self.lock:\n            total"
FIXED_READ = "            count = self.count\n            total"


def causeway(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command line, in a folder."""
    return commands.causeway(*words, cwd=folder, timeout=600)


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """A folder with the program and a recording of it."""
    (tmp_path / "report.py").write_text(PROGRAM)
    done = causeway(tmp_path, "record", "-o", "run.causeway", "report.py")
    assert done.returncode == 0, done.stderr
    return tmp_path


@pytest.mark.slow
def test_an_order_is_found_made_small_kept_and_tested(recorded: Path) -> None:
    done = causeway(recorded, "explore", "run.causeway", "--runs", "60", "--format", "json", "--keep", "kept")
    assert done.returncode == 1, done.stderr
    assert "orders found" in done.stderr or "order found" in done.stderr
    found = [each for each in json.loads(done.stdout)["findings"] if "RuntimeError" in each["proof"]["outcome"]]
    assert found and found[0]["rule"] == "explore"
    finding = found[0]
    assert finding["tier"] == "confirmed" and finding["reproduced"] == {"runs": 3, "failures": 3}
    # Two are needed; on a busy machine a run that was given up for want of progress may leave some more.
    assert 1 <= len(finding["orders"][0]["constraints"]) <= 6
    known = json.loads(causeway(recorded, "analyze", "run.causeway", "--no-verify", "--format", "json").stdout)["findings"]
    kept = next(each for each in known if each["title"] == finding["title"])
    assert kept["tier"] == "confirmed" and kept["orders"] == finding["orders"]

    made = causeway(recorded, "export", "run.causeway", "--finding", kept["id"], "--format", "test", "-o", "test_report.py")
    assert made.returncode == 0, made.stderr
    before = commands.run_pytest("test_report.py", cwd=recorded)
    assert before.returncode == 1 and "RuntimeError" in before.stdout
    program = recorded / "report.py"
    program.write_text(PROGRAM.replace(BOTH, FIXED).replace(BOTH_READ, FIXED_READ))
    after = commands.run_pytest("test_report.py", cwd=recorded)
    assert after.returncode == 0, after.stdout


def test_nothing_is_found_where_nothing_is_wrong(recorded: Path) -> None:
    program = recorded / "report.py"
    program.write_text(PROGRAM.replace(BOTH, FIXED).replace(BOTH_READ, FIXED_READ))
    causeway(recorded, "record", "-o", "fixed.causeway", "report.py")
    done = causeway(recorded, "explore", "fixed.causeway", "--runs", "8")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert "8 runs explored" in done.stderr and "none failed" in done.stderr


def test_a_program_with_one_actor_has_nothing_to_explore(tmp_path: Path) -> None:
    (tmp_path / "alone.py").write_text("print(sum(range(3)))\n")
    causeway(tmp_path, "record", "-o", "run.causeway", "alone.py")
    done = causeway(tmp_path, "explore", "run.causeway")
    assert done.returncode == 2 and "nothing to explore" in done.stderr


def test_a_changed_program_is_not_run_without_being_asked(recorded: Path) -> None:
    (recorded / "report.py").write_text(PROGRAM + "\n# changed\n")
    done = causeway(recorded, "explore", "run.causeway")
    assert done.returncode == 2 and "has changed since" in done.stderr
