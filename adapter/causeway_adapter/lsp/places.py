"""Places of recordings as positions in documents."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from causeway_core.lines import LineMap, Spot, split_lines
from lsprotocol import types
from pygls.uris import from_fs_path, to_fs_path

from causeway_adapter.lsp.documents import read_source
from causeway_adapter.lsp.loading import Loaded

if TYPE_CHECKING:
    from causeway_adapter.lsp.server import Server

_LARGEST = 8 << 20
_KEPT = 64


def path_of(uri: str) -> str | None:
    """The path of a file URI, links resolved; None for anything else (`untitled:`, `vscode-notebook-cell:`, remote files)."""
    if not uri.lower().startswith("file:"):
        return None
    try:
        path = to_fs_path(uri)
        return os.path.realpath(path) if path else None
    except (ValueError, OSError):
        return None


class Places:
    """Texts as the client has them (open documents) or as they are on disk, matched with what was recorded. Belongs to the event loop.

    A match is kept by document version or modification time; the first after an edit costs a comparison of the two texts.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._uris: dict[str, str] = {}
        self._texts: dict[str, tuple[object, tuple[str, ...]]] = {}
        self._maps: dict[tuple[str, str], tuple[object, LineMap]] = {}

    def opened(self, uri: str) -> None:
        """Notes the client's name for a file."""
        if (path := path_of(uri)) is not None:
            self._uris[path] = uri

    def closed(self, uri: str) -> None:
        """Forgets it."""
        self._uris = {path: known for path, known in self._uris.items() if known != uri}

    @property
    def open_files(self) -> dict[str, str]:
        """URIs of the open files by path."""
        return dict(self._uris)

    def uri(self, path: str) -> str:
        """The client's URI for a file."""
        return self._uris.get(path) or from_fs_path(path) or ""

    def version(self, path: str) -> object:
        """Changes when the text of a file does; None where there is no file."""
        uri = self._uris.get(path)
        if uri is not None:
            return uri, self._server.workspace.get_text_document(uri).version
        try:
            status = Path(path).stat()
        except (OSError, ValueError):
            return None
        return (status.st_mtime_ns, status.st_size) if status.st_size <= _LARGEST else None

    def lines(self, path: str) -> tuple[str, ...]:
        """The lines of a file as they are now, without their ends; empty where there is none."""
        version = self.version(path)
        known = self._texts.get(path)
        if known is not None and known[0] == version:
            return known[1]
        uri, text = self._uris.get(path), ""
        if uri is not None:
            text = self._server.workspace.get_text_document(uri).source
        elif version is not None:
            try:
                text = read_source(path)
            except (OSError, ValueError):
                text = ""
        lines = tuple(split_lines(text.removeprefix("\ufeff")))
        if len(self._texts) > _KEPT and path not in self._texts:
            self._texts.clear()
        self._texts[path] = (version, lines)
        return lines

    def carried(self, loaded: Loaded, path: str) -> LineMap | None:
        """How the lines of a file in a recording relate to its lines now; None where the file did not take part."""
        recorded = loaded.recorded(path)
        if recorded is None:
            return None
        version, key = self.version(path), (loaded.revision.key, path)
        known = self._maps.get(key)
        if known is None or known[0] != version:
            if len(self._maps) > _KEPT:
                self._maps.clear()
            known = self._maps[key] = (version, LineMap(loaded.sources[recorded], self.lines(path)))
        return known[1]

    # Positions.

    def location(self, loaded: Loaded, spot: Spot) -> types.Location | None:
        """Where a recorded place is now; None where its line is gone. A file that did not take part is taken as it is."""
        path = loaded.local(spot.path)
        carried = self.carried(loaded, path)
        line = spot.line if carried is None else carried.now(spot.line)
        if line is None:
            return None
        end = None if carried is None or not spot.end_line else carried.now(spot.end_line)
        return types.Location(self.uri(path), self.range(self.lines(path), line, spot.col, end or line, spot.end_col if end else 0))

    def range(self, lines: Sequence[str], line: int, col: int, end_line: int, end_col: int) -> types.Range:
        """A range from lines from 1 and columns in bytes; with `end_col` 0 to the end of the line, without the space around."""
        text = lines[line - 1] if 0 < line <= len(lines) else ""
        if not end_col:
            stripped = text.rstrip()
            col, end_line, end_col = col or len(text) - len(text.lstrip()), line, len(stripped.encode("utf-8", "surrogatepass"))
        last = lines[end_line - 1] if 0 < end_line <= len(lines) else ""
        return types.Range(
            types.Position(max(line - 1, 0), self.units(text, col)), types.Position(max(end_line - 1, 0), self.units(last, end_col))
        )

    def span(self, text: str, row: int, start: int, end: int) -> types.Range:
        """A range in one line (row from 0) from columns in characters."""
        return types.Range(types.Position(row, self._count(text[:start])), types.Position(row, self._count(text[:end])))

    def units(self, text: str, col: int) -> int:
        """A column in bytes of UTF-8 as the client counts."""
        return self._count(text.encode("utf-8", "surrogatepass")[:col].decode("utf-8", "ignore"))

    def _count(self, text: str) -> int:
        return int(self._server.workspace.position_codec.client_num_units(text))

    def end_of(self, lines: Sequence[str], line: int) -> types.Position:
        """The end of a line (from 1), before the space at its end."""
        text = lines[line - 1] if 0 < line <= len(lines) else ""
        return types.Position(line - 1, self._count(text.rstrip()))

    def column(self, text: str, units: int) -> int:
        """The index in a line of a column as the client counts; beyond the end: the end."""
        if text.isascii():
            return min(units, len(text))
        return next((index for index in range(len(text)) if self._count(text[:index]) >= units), len(text))


@lru_cache(maxsize=256)
def shown_path(path: str, folder: str) -> str:
    """A path for people, relative to the project folder where it lies in it."""
    return os.path.relpath(path, folder) if path.startswith(folder + os.sep) else path
