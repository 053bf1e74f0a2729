"""Findings in words: a title, a timeline, why nothing orders the sides, and what to do.

Everything here turns a judged candidate or a set of events into a `model.Finding`. Nothing here decides what is found.
"""

from causeway_core.analysis.wording.namer import Namer
from causeway_core.analysis.wording.race import race_finding
from causeway_core.analysis.wording.scene import Scene

__all__ = ["Namer", "Scene", "race_finding"]
