"""`causeway.generateTest`: writes the regression test of a finding beside the project's tests, and has it opened."""

from __future__ import annotations

import asyncio
import re
from itertools import count
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInternalError

from causeway_adapter.lsp.server import Server
from causeway_adapter.lsp.subject import Subject

_TEST = re.compile(r"^def (test_\w+)", re.MULTILINE)
_LONGEST_NAME = 60


def register(server: Server) -> None:
    """Serves the command."""

    async def generate_test(*arguments: Any) -> dict[str, Any]:
        """Gives `written`, and either `file` and `fails` (how the test fails now) or `reason`."""
        subject = Subject.read(arguments)
        loaded = await subject.recording(server)
        finding = subject.required_finding_in(loaded)
        folder = loaded.folder / "tests" if (loaded.folder / "tests").is_dir() else loaded.folder
        made = await server.proving.test(loaded, finding.id, folder)
        if made is None:
            return {"written": False, "reason": "the program was not to run"}
        try:
            path = await asyncio.to_thread(_write, folder, made.text)
        except OSError as error:
            raise JsonRpcInternalError(f"the test cannot be written into {folder}: {error.strerror}") from error
        await _show(server, path)
        server.say(f"{path.relative_to(loaded.folder)} fails now, because {made.fails}; it passes once {finding.id} is fixed")
        return {"written": True, "file": str(path), "fails": made.fails}

    server.command("causeway.generateTest")(generate_test)


def _write(folder: Path, text: str) -> Path:
    """A new file; nothing is overwritten."""
    named = _TEST.search(text)
    stem = named[1][:_LONGEST_NAME].rstrip("_") if named else "test_race"
    for number in count(1):
        path = folder / (f"{stem}.py" if number == 1 else f"{stem}_{number}.py")
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            continue
        return path
    raise AssertionError("numbers do not end")


async def _show(server: Server, path: Path) -> None:
    window = server.client_capabilities.window
    if window is not None and window.show_document is not None and window.show_document.support:
        await server.window_show_document_async(types.ShowDocumentParams(server.places.uri(str(path)), take_focus=True))
