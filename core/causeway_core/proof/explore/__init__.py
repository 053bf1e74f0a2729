"""Exploration: runs under seeded schedulers at the places that matter, and what makes a failing one fail.

`sites` are the places, `Explorer` makes the runs, `schedule` turns what one passed into constraints, `shrink` leaves out all that can be,
`telling` makes a finding of the rest. That is an ordinary one: its order is forced like any other. `unforeseen` is a short one after the proofs.
"""

from causeway_core.proof.explore.explore import Effort, Explored, Explorer
from causeway_core.proof.explore.unforeseen import unforeseen, worth_exploring

__all__ = ["Effort", "Explored", "Explorer", "unforeseen", "worth_exploring"]
