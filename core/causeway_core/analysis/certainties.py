"""Detectors that need no second actor's race: deadlocks and the like."""

from __future__ import annotations

from causeway_core.analysis.evidence import Evidence
from causeway_core.graph import CausalGraph
from causeway_core.model import Finding


def certainties(evidence: Evidence, graph: CausalGraph) -> list[Finding]:
    """Findings that are told as they are found."""
    return []
