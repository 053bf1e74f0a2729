"""The editor's tutorial: each `console` block is run, each `session` block is driven through the debug adapter and the language server, and what the
page shows is what is printed. Numbers may differ, and `…` stands for anything."""

import ast
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.adapter.client import Client
from tests.adapter.lsp_client import capabilities, editor

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"```(console|session)\n(.*?)```", re.DOTALL)
PAGE = (ROOT / "docs" / "tutorial-editor.md").read_text()


def steps():
    """(sort of block, what is done, lines expected) in order."""
    found = []
    for sort, text in BLOCK.findall(PAGE):
        for line in text.splitlines():
            if line.startswith("$ ") or (sort == "session" and not line.startswith("    ")):
                found.append((sort, line.removeprefix("$ "), []))
            else:
                found[-1][2].append(line)
    return found


def normalised(line):
    """The line without what changes from run to run: numbers, except line numbers of files, and the width of columns."""
    line = re.sub(r"(?<![.\w]py:)(?<!at line )\b\d[\d,.]*(?=\b|m?s\b)", "#", line)
    return re.sub(r"\s+", " ", line).strip()


def shows(printed, expected):
    """Whether a line of `printed` is the expected one."""
    pattern = re.compile(".*".join(re.escape(part) for part in normalised(expected).split("…")))
    return any(pattern.fullmatch(normalised(line)) for line in printed)


class Debugging:
    """What a person does in a debug session, and what they see then."""

    def __init__(self, client, script):
        self.client, self.script = client, script
        self.stopped = {}

    def do(self, what):
        """The lines that are shown after an action of the page."""
        verb, _, rest = what.partition(" ")
        match verb, what:
            case _, "F5":
                self.client.launch(program=str(self.script), cwd=str(self.script.parent), args=["1"])
                return self.stop()
            case ">", _:
                frame = self.client.top(self.stopped)["id"]
                return self.client.request("evaluate", expression=rest, frameId=frame, context="repl")["result"].splitlines()
            case _, "Step Back":
                self.client.request("stepBack", threadId=self.stopped["threadId"])
                return self.stop()
            case _, "Back to Now":
                self.client.request("causeway/travel", now=True)
                return self.stop()
            case _, "Continue":
                self.client.request("continue", threadId=self.stopped["threadId"])
                self.client.event("terminated")
                return []
            case "Who", _:
                name = what.removeprefix("Who Wrote This ")
                self.client.request("causeway/travel", writerOf=name, frameId=self.client.top(self.stopped)["id"])
                return self.stop()
        raise AssertionError(f"the page says what nobody can do: {what}")

    def stop(self):
        """What the editor shows at a stop: the text, the line, the variables."""
        self.stopped = self.client.event("stopped")
        _, name, line = self.client.place(self.stopped)
        source = self.script.read_text().splitlines()[line - 1].strip()
        return [self.stopped["text"], f"{name}:{line} {source}", *(f"{name} = {value}" for name, value in self.client.locals(self.stopped).items())]


async def bulb(script, line, action):
    """The titles under the light bulb; or what is said, and the patch, once an action has been taken."""
    able = capabilities(pull=False)
    async with editor(script.parent, capabilities=able) as its:
        uri = its.open(script)
        await its.shown(uri, bool)
        found = await its.actions(uri, line)
        if not action:
            return list(found)
        command = ast.literal_eval(found[action].command)
        done = await its.execute(command["command"], **command["arguments"][0])
        assert its.text(uri) != script.read_text(), "the fix is in the editor"
        return [*(each.message.removeprefix("Causeway: ") for each in its.client.messages), *done["diff"].splitlines()]


def executed(command, folder):
    environment = {**os.environ, "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])}
    done = subprocess.run(shlex.split(command), cwd=folder, env=environment, capture_output=True, text=True, timeout=240, check=False)
    assert "Traceback" not in done.stderr or command.startswith("causeway record"), done.stderr
    return (done.stdout + done.stderr).splitlines()


@pytest.mark.timeout(900)
async def test_every_step_shows_what_the_page_says(tmp_path):
    folder = tmp_path / "orders"
    shutil.copytree(ROOT / "examples" / "orders", folder, ignore=shutil.ignore_patterns(".causeway", "__pycache__"))
    script = folder / "orders.py"
    with Client() as client:
        debugging = Debugging(client, script)
        for sort, what, expected in steps():
            if sort == "console":
                printed = executed(what, folder)
            elif lamp := re.fullmatch(r"Light bulb at line (\d+)(?:: (.*))?", what):
                printed = await bulb(script, int(lamp[1]), lamp[2])
            else:
                printed = debugging.do(what)
            for line in expected:
                assert shows(printed, line), f"{what} did not show: {line}\n" + "\n".join(printed)
    assert len(steps()) > 20, "the page has lost its steps"
