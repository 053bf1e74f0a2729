"""trio, and anyio over it: what crosses their threads is ordered, and nobody notices."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from causeway_core.analysis import analyze
from causeway_core.storage import Recording

from tests.support.recordings import record

PROGRAM = """
    import anyio

    class Box:
        def __init__(self): self.value, self.seen = 0, []

    def work(box, n):
        box.value = n
        box.seen.append(n)
        anyio.from_thread.run_sync(note, box)
        return box.value

    def note(box):
        box.value = box.value + 1

    async def main():
        box = Box()
        for n in range(6):
            box.value = -1
            await anyio.to_thread.run_sync(work, box, n)
            box.value += len(box.seen)
        print(box.value, len(box.seen))

    anyio.run(main, backend="%s")
    """


@pytest.mark.parametrize("backend", ["trio", "asyncio"])
def test_what_a_worker_thread_hands_back_is_no_finding(tmp_path: Path, backend: str) -> None:
    script = tmp_path / "program.py"
    script.write_text(textwrap.dedent(PROGRAM % backend))
    recorded = record(script, tmp_path)
    assert recorded.stdout == "12 6\n"
    with Recording.open(recorded.path) as recording:
        assert [gap.detail for gap in recording.gaps() if gap.detail.startswith("trio")] == []
        assert {"queue", "future" if backend == "asyncio" else "executor"} <= {edge.kind for edge in recording.edges()}
        assert analyze(recording) == ()
