"""A finding as an object of schema causeway.findings/1 (docs/findings.md)."""

from __future__ import annotations

from typing import Any

from causeway_core.model import Finding, format_at

SCHEMA = "causeway.findings/1"


def to_document(finding: Finding) -> dict[str, Any]:
    """The finding as JSON shows it, keys in reading order."""
    return {
        "id": finding.id,
        "kind": finding.kind,
        "tier": finding.tier,
        "confidence": round(finding.confidence, 3),
        "rank": finding.rank,
        "title": finding.title,
        "resource": finding.resource,
        "accesses": [
            {
                "role": each.role,
                "file": each.file,
                "line": each.line,
                "function": each.function,
                "actor": each.actor,
                "event": format_at(each.at),
                "value": each.value,
            }
            for each in finding.accesses
        ],
        "lanes": list(finding.lanes),
        "timeline": [
            {"lane": each.lane, "event": format_at(each.at), "text": each.text, "file": each.file, "line": each.line, "offset_ns": each.offset_ns}
            for each in finding.timeline
        ],
        "window": finding.window,
        "unordered": finding.unordered,
        "explanation": finding.explanation,
        "recommendation": finding.recommendation,
        "reproduced": None if finding.reproduced is None else {"runs": finding.reproduced[0], "failures": finding.reproduced[1]},
        "witness": [format_at(at) for at in finding.witness],
        "constraints": [list(pair) for pair in finding.constraints],
    }
