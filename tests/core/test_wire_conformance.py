"""Both readers agree with sdk/conformance/vectors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from causeway_core.errors import WireError
from causeway_core.wire import _stream
from causeway_core.wire.segment import Segment, parse_header

from tests.support.vectors import FOLDER, read

RECORDS = sorted(FOLDER.glob("records-*.json"))
SEGMENTS: list[dict[str, Any]] = json.loads((FOLDER / "segments.json").read_text())


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_records_mean_what_the_vectors_say(path: Path) -> None:
    vector = json.loads(path.read_text())
    body = bytes.fromhex(vector["body"])
    assert read(body) == (vector["records"], vector["error"])
    end = len(body) // 4 if vector["error"] is None else vector["error"]
    assert _stream.extent(body, 0) == (end, vector["error"] is None)


@pytest.mark.parametrize("vector", SEGMENTS, ids=lambda vector: vector["name"])
def test_segments_are_read_or_refused(vector: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "0.seg"
    path.write_bytes(bytes.fromhex(vector["file"]))
    if not vector["valid"]:
        with pytest.raises(WireError):
            parse_header(path.read_bytes())
        return
    header = parse_header(path.read_bytes())
    assert (header.uid, header.stream, header.index, header.capacity, header.words) == tuple(
        vector[name] for name in ("uid", "stream", "index", "capacity", "words")
    )
    segment = Segment.open(path)
    assert segment is not None
    segment.refresh(0)
    assert (segment.torn is None) == vector["intact"]
    assert _stream.extent(segment.data, 0)[0] == vector["end"]
