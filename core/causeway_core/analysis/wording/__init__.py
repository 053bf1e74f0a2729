"""Findings in words: one sentence, a timeline, why nothing orders the sides, and what to do.

Everything here turns a judged candidate into a `model.Finding`; nothing here decides anything.
"""

from causeway_core.analysis.wording.namer import Namer
from causeway_core.analysis.wording.race import race_finding
from causeway_core.analysis.wording.scene import Scene

__all__ = ["Namer", "Scene", "race_finding"]
