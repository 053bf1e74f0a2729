"""Exploration: runs under seeded schedulers, to find failures that no finding predicts, and the smallest order that makes each one fail.

`sites` chooses the places at which a scheduler may decide, `Explorer` makes the runs, `scan` makes them without a recorder, and `expected` says
which outcomes are right. `schedule` turns a failing run into constraints, `shrink` removes those that are not needed, and `finding` makes a finding
of the rest. Its order is forced like any other. `brief` is the short exploration that follows the proofs; it also tries `other_schedules` and
`processes`.
"""

from causeway_core.proof.explore.brief import explore_briefly, worth_exploring
from causeway_core.proof.explore.effort import Effort
from causeway_core.proof.explore.explore import Explored, Explorer

__all__ = ["Effort", "Explored", "Explorer", "explore_briefly", "worth_exploring"]
