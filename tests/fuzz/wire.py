"""Spools with changed bytes go through ingest: any content gives a recording that opens, with gaps or without."""

from __future__ import annotations

import random
import struct
from pathlib import Path

from causeway_core.ingest.ingestor import Ingestor
from causeway_core.ingest.recover import recover
from causeway_core.storage import Recording

from tests.fuzz.loop import run
from tests.fuzz.programs import random_spool


def attempt(choice: random.Random, folder: Path) -> None:
    """One spool, broken in some places."""
    spool = random_spool(choice, folder / "run.causeway.spool")
    spool.write(sealed=choice.random() < 0.5)
    for path in spool.path.rglob("*.*"):
        if choice.random() < 0.7:
            damage(choice, path)
    path = folder / "run.causeway"
    ingestor = Ingestor(spool.path, path, chunk_words=choice.choice((50, 1000, 1 << 16)))
    ingestor.poll()
    if choice.random() < 0.3:
        ingestor._pipeline.writer.close()
        recover(path)
    else:
        ingestor.finish(0)
    with Recording.open(path) as recording:
        assert recording.complete
        for chunk in recording.chunks():
            recording.chunk_keyframe(chunk)
            recording.chunk_data(chunk.stream, chunk.first)
        for location in recording.locations():
            recording.accesses(location.id)
        for read in (recording.actors, recording.steps, recording.syncs, recording.edges, recording.exceptions, recording.gaps, recording.objects):
            read()


def damage(choice: random.Random, path: Path) -> None:
    """Changes, cuts or grows a file."""
    data = bytearray(path.read_bytes())
    for _ in range(choice.choice((1, 1, 2, 8))):
        place = choice.randrange(0, max(1, len(data) - 4)) & ~3
        if choice.random() < 0.8 and len(data) > 80:
            place = max(place, 64)
        match choice.randrange(6):
            case 0:
                data[place : place + 4] = struct.pack("<I", choice.choice((0, 1, 0xFFFFFFFF, 0x7FFFFFFF, 14 | 0xFFFFF000, choice.randrange(1 << 32))))
            case 1:
                data[place : place + 1] = bytes([choice.randrange(256)])
            case 2:
                del data[place:]
            case 3:
                data[place:place] = choice.randbytes(choice.randrange(1, 40))
            case 4:
                word = int.from_bytes(data[place : place + 4], "little") ^ 1 << choice.randrange(32)
                data[place : place + 4] = struct.pack("<I", word)
            case _:
                other = choice.randrange(0, max(1, len(data) - 40)) & ~3
                data[place : place + 40] = data[other : other + 40]
    path.write_bytes(bytes(data))


if __name__ == "__main__":
    run(attempt)
