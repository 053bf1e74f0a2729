"""The update notice of a tool: the gateway refreshes what it knows of releases, the command line reads it and nags once a day."""

import json
import multiprocessing
import tempfile
import time
from pathlib import Path

DAY = 86400


class UpdateState:
    def __init__(self, folder):
        self._path = Path(folder) / "update_notice.json"

    def read(self):
        try:
            return json.loads(self._path.read_text(encoding="utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            return {}

    def write(self, state):
        self._path.write_text(json.dumps(state, indent=1), encoding="utf-8")


class Gateway:
    """Asks the index for releases; nothing else of the state changes."""

    def __init__(self, state, releases):
        self._state = state
        self._releases = releases

    def check(self):
        for release in self._releases:
            state = self._state.read()
            state["latest"] = release
            self._state.write(state)


class CommandLine:
    def __init__(self, state, installed):
        self._state = state
        self._installed = installed

    def notice(self, now):
        state = self._state.read()
        if now - state.get("notified_at", 0) < DAY:
            return None
        return f"{state.get('latest', 'a newer version')} is out, you have {self._installed}"


def gateway(folder):
    Gateway(UpdateState(folder), ["2026.9.13", "2026.9.14"]).check()


def command(folder, answer):
    time.sleep(0.03)
    answer.put(CommandLine(UpdateState(folder), "2026.9.1").notice(now=1_000_500))


def main():
    context = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory() as folder:
        state, answer = UpdateState(folder), context.SimpleQueue()
        state.write({"notified_at": 1_000_000, "latest": "2026.9.12"})
        processes = [context.Process(target=gateway, args=(folder,)), context.Process(target=command, args=(folder, answer))]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        return answer.get(), state.read()["latest"]
