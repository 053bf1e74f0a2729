"""Recording with taps made by hand, and reading back what they wrote."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from causeway import _tap
from wire_reader import Process, read_one


class Tape:
    """A running recording: makes taps, and reads its own spool back when it has ended."""

    def __init__(self, spool: Path) -> None:
        self.spool = spool
        self.base = _tap.add_sites(64, "tape")
        self.process = Process(0)

    def tap(self, kind: str, site: int = 0, name: Any = None, site2: int = 0) -> Any:
        return _tap.make(kind, self.base + site, name, site2)

    def values(self, name: str) -> list[Any]:
        """The values of all records of one kind, texts resolved."""
        return [self.process.plain(r.value) for r in self.process.of(name)]



@contextmanager
def recording(spool: Path, other_actors: bool = False, **options: object) -> Iterator[Tape]:
    """Records the body; afterwards `tape.process` holds the records. `other_actors`: reads are only recorded when somebody else exists."""
    spool.mkdir(exist_ok=True)
    _tap.start(str(spool), "full", "{}", options)
    try:
        tape = Tape(spool)
        if other_actors:
            _tap.actor(2, None, "other", "")
        yield tape
    finally:
        _tap.stop('{"exit_code": 0}')
    tape.process = read_one(spool)
