"""Looking and refreshing are made under a lock of the file system."""

import fcntl
import json
import multiprocessing
import tempfile
import time
from pathlib import Path


def grant(folder, refresh):
    spent = Path(folder) / f"spent-{refresh}"
    try:
        spent.touch(exist_ok=False)
    except FileExistsError:
        return None
    return {"access": "new", "refresh": refresh + 1, "expired": False}


def command(folder, name, delay):
    time.sleep(delay)
    session = Path(folder) / "session.json"
    outcome = "ok"
    with (Path(folder) / "refresh.lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        tokens = json.loads(session.read_text())
        if tokens["expired"]:
            tokens = grant(folder, tokens["refresh"])
            if tokens is None:
                outcome = "invalid_grant"
            else:
                session.write_text(json.dumps(tokens))
    (Path(folder) / f"out-{name}").write_text(outcome)


def main():
    processes = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "session.json").write_text(json.dumps({"access": "old", "refresh": 1, "expired": True}))
        first = processes.Process(target=command, args=(folder, "get", 0))
        second = processes.Process(target=command, args=(folder, "list", 0.1))
        first.start()
        second.start()
        for worker in (first, second):
            worker.join()
        return {path.name: path.read_text() for path in sorted(Path(folder).glob("out-*"))}
