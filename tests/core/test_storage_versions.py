"""Recordings of every version so far open and say what they said."""

from __future__ import annotations

from pathlib import Path

import pytest
from causeway_core.storage import Recording, schema

FOLDER = Path(__file__).parents[1] / "recordings"
RECORDINGS = sorted(FOLDER.glob("v*.causeway"))

ANSWERS = [
    ("time", "", 1.5, None, None),
    ("http", "GET http://service/", {"status": 200}, b"hello", None),
    ("http", "GET http://service/big", {"status": 200}, None, "its body is larger than 1 MiB"),
    ("http", "GET http://service/left", {"status": 200}, None, "the program did not read its body to the end"),
]
"""From schema 2 on."""


def test_this_version_is_kept() -> None:
    assert any(path.name.startswith(f"v{schema.VERSION}-") for path in RECORDINGS)


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_it_opens_and_holds_what_happened(path: Path) -> None:
    with Recording.open(path) as recording:
        assert recording.complete
        assert [process.service for process in recording.processes()] == ["bank"]
        assert [(actor.kind, actor.path) for actor in recording.actors()] == [
            ("thread", "main"), ("thread", "main/worker-0"), ("task", "main/transfer"),
        ]
        [location] = [location for location in recording.locations() if location.name == "Account.balance"]
        assert [(access.op, str(access.value)) for access in recording.accesses(location.id)] == [
            ("read", "100"), ("write", "90"), ("read", "100"), ("write", "90"),
        ]
        assert recording.exceptions()[0].message == "too little"
        assert recording.source_text(recording.sources()[0].id).startswith("def transfer")
        assert recording.messages()[0].key == "a"
        answers = [(answer.kind, answer.what, answer.value, answer.body, answer.missing) for answer in recording.answers()]
        assert answers == (ANSWERS if path.stem >= "v2" else [])
        assert len(recording.chunks()) > 2
        assert all(recording.chunk_keyframe(chunk).stack for chunk in recording.chunks())
