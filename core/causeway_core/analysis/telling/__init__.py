"""Findings in words: one sentence, a timeline, why nothing orders the sides, and what to do.

Everything here turns a judged candidate into a `model.Finding`; nothing here decides anything.
"""

from causeway_core.analysis.telling.race import race_finding
from causeway_core.analysis.telling.scene import Scene
from causeway_core.analysis.telling.teller import Teller

__all__ = ["Scene", "Teller", "race_finding"]
