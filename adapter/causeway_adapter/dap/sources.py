"""Source files as they ran, for a client that has the current ones."""

from __future__ import annotations

import hashlib
from pathlib import Path

from causeway_core.errors import ProtocolError
from causeway_core.model import Source
from causeway_core.storage import Recording

from causeway_adapter.dap.protocol import Source as DapSource


class Sources:
    """Decides for each recorded source whether the client may open its own file, or must ask for the recorded text.

    Hashing happens once a file and conversation. A `sourceReference` is the source.id, so it stays good as long as the recording is open.
    """

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._by_id = {source.id: source for source in recording.sources()}
        self._unchanged: dict[int, bool] = {}
        self._lines: dict[int, list[str]] = {}

    def all(self) -> list[DapSource]:
        """Every recorded source."""
        return [self.describe(id) for id in self._by_id]

    def describe(self, id: int) -> DapSource:
        """The DAP `Source` of a recorded file; with a reference to the recorded text where the file has changed or is gone."""
        source = self._by_id[id]
        name = Path(source.path).name
        if self.is_unchanged(source):
            return {"name": name, "path": source.path}
        return {
            "name": name,
            "path": source.path,
            "sourceReference": source.id,
            "origin": "as it ran: the file has changed since",
            "checksums": [{"algorithm": "SHA256", "checksum": source.hash}],
        }

    def is_unchanged(self, source: Source) -> bool:
        """Whether the file on disk still has the bytes that ran."""
        if source.id not in self._unchanged:
            try:
                found = hashlib.sha256(Path(source.path).read_bytes()).hexdigest()
            except (OSError, ValueError):
                found = ""
            self._unchanged[source.id] = found == source.hash
        return self._unchanged[source.id]

    def by_path(self, path: str) -> Source | None:
        """The newest recorded version of the file at `path` (compared with links resolved)."""
        wanted = {path, str(Path(path).resolve())}
        found = [source for source in self._by_id.values() if source.path in wanted]
        return found[-1] if found else None

    def path_of(self, given: DapSource) -> str:
        """The recorded path that a client's `Source` means. Raises ProtocolError where it names nothing."""
        reference = given.get("sourceReference")
        if reference and reference in self._by_id:
            return self._by_id[reference].path
        path = given.get("path")
        if not path:
            raise ProtocolError("the source has neither a path nor a reference")
        known = self.by_path(path)
        return known.path if known else path

    def text(self, id: int) -> str:
        """The recorded text. Raises ProtocolError for an unknown reference."""
        if id not in self._by_id:
            raise ProtocolError(f"there is no source {id}")
        return self._recording.source_text(id)

    def line(self, id: int, number: int) -> str:
        """One recorded line (from 1), "" beyond the end."""
        if id not in self._lines:
            self._lines[id] = self.text(id).splitlines()
        lines = self._lines[id]
        return lines[number - 1] if 0 < number <= len(lines) else ""
