"""What belongs to an event loop, changed by a thread, when somebody waits for it; beside it the same change handed to the loop."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.proofs import judged, record

BRIDGE = """\
import asyncio
import threading

def answer(loop, ready):
    SETS

async def main():
    ready = asyncio.Event()
    thread = threading.Thread(target=answer, args=(asyncio.get_running_loop(), ready))
    thread.start()
    await asyncio.sleep(0.02)
    await WAITS
    thread.join()

asyncio.run(main())
"""


@pytest.mark.parametrize("waits", ["ready.wait()", "asyncio.wait_for(ready.wait(), 5)"], ids=["alone", "under a limit"])
@pytest.mark.parametrize(("sets", "wrong"), [("ready.set()", True), ("loop.call_soon_threadsafe(ready.set)", False)], ids=["set", "handed over"])
def test_an_event_of_asyncio_is_set_by_a_thread(tmp_path: Path, sets: str, waits: str, wrong: bool) -> None:
    (tmp_path / "app.py").write_text(BRIDGE.replace("SETS", sets).replace("WAITS", waits))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    found = [each for each in judged(tmp_path / "run.causeway") if each.tier != "hint"]
    assert [(each.tier, [access.line for access in each.accesses]) for each in found] == ([("confirmed", [5, 12])] if wrong else []), found
