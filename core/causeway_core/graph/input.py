"""What the order is computed from."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from causeway_core.ingest.edges.order import TotalOrder
from causeway_core.storage.recording import Recording
from causeway_core.wire.kinds import SyncFlag

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class GraphInput:
    """Steps and edges as columns, and the total order of each process.

    Steps are disjoint stretches of a stream; `step_number` orders the steps of an actor.
    """

    step_first: Ints
    step_last: Ints
    step_actor: Ints
    step_number: Ints
    edge_src: Ints
    edge_dst: Ints
    edge_hard: NDArray[np.bool_]
    order: TotalOrder
    detached: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    """Events at which a thread begins what does not depend on its past (`SyncFlag.DETACHED`)."""

    @classmethod
    def of(cls, recording: Recording) -> GraphInput:
        """The input that a recording holds."""
        steps, edges, syncs = recording.step_columns(), recording.edge_columns(), recording.sync_columns()
        detached = syncs["at"][(syncs["flags"] & SyncFlag.DETACHED) != 0]
        return cls(
            steps["first_at"], steps["last_at"], steps["actor"], steps["number"], edges["src"], edges["dst"], edges["hard"].astype(np.bool_),
            total_order(recording), detached,
        )


def total_order(recording: Recording) -> TotalOrder:
    """The total orders of all processes of a recording."""
    columns = [recording.run_columns(process.id) for process in recording.processes()]
    empty = np.empty(0, np.int64)
    return TotalOrder(
        np.concatenate([c["at"] for c in columns] or [empty]), np.concatenate([c["number"] for c in columns] or [empty]),
        {stream.id: stream.process for stream in recording.streams()},
    )
