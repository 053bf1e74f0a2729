"""A finding as an object of schema causeway.findings/1 (docs/findings.md)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from causeway_core.model import Finding, FindingAccess, format_at

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
        "accesses": [_access(each) for each in finding.accesses],
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
        **({} if finding.rule is None else {"rule": finding.rule}),
        "orders": [order.document() for order in finding.orders],
        "proof": None if finding.proof is None else asdict(finding.proof),
    }


def _access(access: FindingAccess) -> dict[str, Any]:
    document = {
        "role": access.role,
        "file": access.file,
        "line": access.line,
        "function": access.function,
        "actor": access.actor,
        "event": None if access.at is None else format_at(access.at),
        "value": access.value,
    }
    if access.col is not None:
        document |= {"col": access.col, "end_line": access.end_line, "end_col": access.end_col}
    return document
