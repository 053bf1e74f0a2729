"""Large recordings, read in a process of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from causeway_core.errors import RecordingError
from causeway_core.lines import FileFacts, Revision

from causeway_adapter.lsp.childprocess import AnswerDropped, ChildProcess, NoAnswer, command_of, serve
from causeway_adapter.lsp.loading import Loaded, RecordingReader


class ReadingProcess(ChildProcess):
    """Asks a `RecordingReader` in another process."""

    def __init__(self) -> None:
        super().__init__(command_of("causeway_adapter.lsp.readingprocess"))

    def load(self, revision: Revision, folder: Path) -> Loaded:
        """See `RecordingReader.load`. Raises RecordingError also when the process ends."""
        found: Loaded = self._read(lambda done: None, "load", revision, folder)
        return found

    def facts(self, revision: Revision, recorded: str, report: Callable[[float], None]) -> FileFacts | None:
        """See `RecordingReader.facts`. Raises RecordingError also when the process ends."""
        found: FileFacts | None = self._read(report, "facts", revision, recorded)
        return found

    def keep(self, keys: Iterable[str]) -> None:
        """Closes the recordings of all other revisions; without any, ends the process."""
        wanted = set(keys)
        if not wanted:
            self.end()
        elif self.running is not None:
            try:
                self.ask("keep", wanted)
            except (AnswerDropped, NoAnswer):
                pass  # They were closed with the process.

    def _read(self, report: Callable[[float], None], name: str, revision: Revision, *arguments: object) -> Any:
        try:
            return self.ask(name, revision, *arguments, note=report)
        except AnswerDropped as error:
            raise RecordingError("the server is shutting down") from error
        except NoAnswer as error:
            raise RecordingError(f"{revision.path} was not read: {error}", "record again to have it tried again; report this if it stays") from error


def _facts(reader: RecordingReader, note: Callable[[float], None], revision: Revision, recorded: str) -> FileFacts | None:
    return reader.facts(revision, recorded, _each_percent(note))


def _each_percent(report: Callable[[float], None]) -> Callable[[float], None]:
    """`report`, called once for each percent."""
    last = -1

    def note(done: float) -> None:
        nonlocal last
        if int(done * 100) > last:
            last = int(done * 100)
            report(done)

    return note


if __name__ == "__main__":
    reader = RecordingReader()
    serve({
        "load": lambda _note, *arguments: reader.load(*arguments),
        "keep": lambda _note, keys: reader.keep(keys),
        "facts": lambda note, *arguments: _facts(reader, note, *arguments),
    })  # fmt: skip
