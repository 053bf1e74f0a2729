"""`textDocument/documentLink`: places named in saved reports of `causeway analyze` and `causeway check`, as links."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from lsprotocol import types

from causeway_adapter.lsp.places import path_of
from causeway_adapter.lsp.server import Server

_PLACE = re.compile(r"([\w./\\~+-]+\.pyw?):(\d+)")
_FILE = re.compile(r'"file":\s*"((?:[^"\\]|\\.)+)"')
_LINE = re.compile(r'"line":\s*(\d+)')
_REPORT = re.compile(r"causeway\.findings/1|\.causeway: (?:no findings|\d+ findings?)|^[\w./\\-]+\.py:\d+.*\[[\w-]+\]")
_HEAD, _LINES, _MOST = 20, 20_000, 2_000


def register(server: Server) -> None:
    """Serves the method."""

    async def document_link(params: types.DocumentLinkParams) -> list[types.DocumentLink]:
        path = path_of(params.text_document.uri)
        if path is None or path.endswith((".py", ".pyw")):
            return []
        lines = server.places.lines(path)
        if not any(_REPORT.search(line) for line in lines[:_HEAD]):
            return []
        places = list(_places(lines[:_LINES]))[:_MOST]
        roots = [*(str(parent) for parent in Path(path).parents), *server.folders]
        files = await asyncio.to_thread(_existing, {name for name, *_ in places}, roots)
        return [
            types.DocumentLink(
                server.places.span(lines[row], row, *where), target=f"{server.places.uri(files[name])}#L{line}", tooltip=f"{name}:{line}"
            )
            for name, line, row, where in places if name in files
        ]  # fmt: skip

    server.feature(types.TEXT_DOCUMENT_DOCUMENT_LINK)(document_link)


def _places(lines: Sequence[str]) -> Iterator[tuple[str, int, int, tuple[int, int]]]:
    """(file, line, row from 0, columns) of what a report names; in JSON a file's line stands on the row after it."""
    for row, text in enumerate(lines):
        for place in _PLACE.finditer(text):
            yield place[1], int(place[2]), row, place.span()
        file = _FILE.search(text)
        if file is not None:
            line = _LINE.search(text, file.end()) or (_LINE.search(lines[row + 1]) if row + 1 < len(lines) else None)
            if line is not None:
                yield file[1].replace("\\\\", "\\"), int(line[1]), row, file.span(1)


def _existing(names: set[str], roots: Sequence[str]) -> dict[str, str]:
    """The first file that each name means, seen from one of the roots."""
    found = {}
    for name in names:
        path = next((candidate for root in roots if (candidate := Path(root, name)).is_file()), None)
        if path is not None:
            found[name] = os.path.realpath(path)
    return found
