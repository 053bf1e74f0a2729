"""A nightly job must run once: who finds no pid file writes his own and goes on."""

import multiprocessing
import os
import tempfile
from pathlib import Path


class AlreadyRunning(Exception):
    pass


def acquire(pid_file):
    if pid_file.exists():
        raise AlreadyRunning(pid_file.read_text())
    pid_file.write_text(str(os.getpid()))


def nightly(folder):
    try:
        acquire(folder / "nightly.pid")
    except AlreadyRunning:
        return
    (folder / f"report-{os.getpid()}").write_text("done")


def main():
    context = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        runs = [context.Process(target=nightly, args=(folder,)) for _ in range(2)]
        for run in runs:
            run.start()
        for run in runs:
            run.join()
        reports = len(list(folder.glob("report-*")))
    assert reports == 1, f"the job ran {reports} times"
    return reports


if __name__ == "__main__":
    print(main())
