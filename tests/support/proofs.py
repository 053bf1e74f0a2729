"""Programs that a test records and judges.

Recordings and re-runs start from processes that have loaded the interpreter, the recorder and common modules: that saves a proof half its cost.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from causeway_core.analysis import examine
from causeway_core.launch.zygote import ZygotePool
from causeway_core.model import Finding
from causeway_core.proof.verify import Budget, plan, verify
from causeway_core.storage import Recording

from tests.corpus import record as recorder

ZYGOTES = ZygotePool()

record = partial(recorder.record, zygotes=ZYGOTES)
"""As `tests.corpus.record.record`."""


def judged(path: Path, *, repeat: int | None = None) -> list[Finding]:
    """The findings of a recording once its re-runs are made; `repeat` of those that go wrong."""
    with Recording.open(path) as recording:
        budget = None if repeat is None else Budget(repeat=repeat)
        return list(verify(recording, plan(recording, examine(recording)), budget=budget, zygotes=ZYGOTES)[0])
