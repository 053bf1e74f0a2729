"""Time limits of re-runs grow with the time that plain runs take now."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from causeway_core.model.order import Constraint, Order, OrderPlace
from causeway_core.proof.running import rerun
from causeway_core.proof.running.rerun import PLAIN, Reruns
from causeway_core.storage import Recording

from tests.support.proofs import record

SAYS = "import os\nprint(os.environ.get('CAUSEWAY_ORDER_LIMIT'))\n"
ENDS = Order("bad", "main ends", (("a", OrderPlace("main", "end")), ("b", OrderPlace("main", "start"))), (Constraint("b", "a", None),))


def test_a_machine_that_is_busier_than_when_the_program_was_recorded_gets_more_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rerun, "SHORTEST_STALL", 0.0)
    (tmp_path / "app.py").write_text(SAYS)
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    with Recording.open(tmp_path / "run.causeway") as recording:
        monkeypatch.setattr(Recording, "meta", replace(recording.meta, duration_ns=1))
        reruns = Reruns(recording)
        at_first, later = (float(reruns.run(order).outcome.aspects["output"][0]) for order in (PLAIN, ENDS))
    assert at_first < 1e-6 < later
