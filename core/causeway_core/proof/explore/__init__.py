"""Exploration: runs under seeded schedulers at the places that matter, and what makes a failing one fail.

`sites` are the places, `Explorer` makes the runs, `schedule` turns what one passed into constraints, `shrink` leaves out all that can be,
`telling` makes a finding of the rest. That is an ordinary one: its order is forced like any other.
"""

from causeway_core.proof.explore.explore import Effort, Explored, Explorer

__all__ = ["Effort", "Explored", "Explorer"]
