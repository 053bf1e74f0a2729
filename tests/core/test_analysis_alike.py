"""Findings that say the same are reported once: of many objects, or of many windows into which one function writes."""

from __future__ import annotations

from pathlib import Path

import pytest
from causeway_core.analysis.analyze import examine
from causeway_core.analysis.document import of_document, to_document
from causeway_core.analysis.pipeline import judged
from causeway_core.proof.planning.planner import planned
from causeway_core.storage import Recording

from tests.core.test_analysis_put_after_sentinel import DESK
from tests.support.proofs import record
from tests.support.trace import Trace

READERS = """
async def {name}(room):
    if room.open != "{name}":
        await pause()
        room.open = "{name}"
"""
CLOSES = """
async def close(room):
    room.open = None
"""


@pytest.mark.parametrize(("functions", "expected"), [(("lock", "clean"), [0, 0]), (("lock", "clean", "paint"), [2])])
def test_windows_into_which_one_function_writes_are_one_finding(functions: tuple[str, ...], expected: list[int]) -> None:
    trace = Trace("".join(READERS.format(name=name) for name in functions) + CLOSES)
    before = None
    for name in functions:
        actor = trace.task(name)
        if before is not None:
            trace.edge(before, trace.event(actor))
        trace.read(actor, f'if room.open != "{name}":', "Room.open", True)
        trace.step(actor)
        before = trace.write(actor, f'room.open = "{name}"', "Room.open", name)
    trace.write(trace.task("closer"), "room.open = None", "Room.open", None)
    found = [each for each in judged(trace.evidence()) if each.tier == "likely"]
    assert [len(each.stands_for) for each in found] == expected


def test_one_finding_stands_for_that_of_another_object(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(DESK.replace("GIVES_WAY", "await asyncio.sleep(0.001)").replace("gather(post(),", "gather(post(), post(),"))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    with Recording.open(tmp_path / "run.causeway") as recording:
        (finding,) = [each for each in planned(recording, examine(recording)) if "nothing makes that the last item" in each.title]
    assert finding.alike == 1 and finding.title.endswith("(and 1 more like this)")
    assert of_document(to_document(finding)) == finding
    assert [order.alternate for order in finding.orders if order.aim == "bad"].count(True) == 1
