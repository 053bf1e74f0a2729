"""A finding as an object of schema causeway.findings/1 (docs/findings.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from causeway_core.model import Finding, FindingAccess, TimelineEvent, format_at, parse_at
from causeway_core.model.order import Order
from causeway_core.model.proof import Proof

SCHEMA = "causeway.findings/1"
_MARKS = ("happened", "enforces_limit", "worth_forcing")
"""Fields that a document has only where they are true."""


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
        "explanation": finding.why,
        "recommendation": finding.recommendation,
        "reproduced": None if finding.reproduced is None else {"runs": finding.reproduced[0], "failures": finding.reproduced[1]},
        "witness": [format_at(at) for at in finding.witness],
        "constraints": [list(pair) for pair in finding.constraints],
        **({} if finding.rule is None else {"rule": finding.rule}),
        **({"alike": finding.alike} if finding.alike else {}),
        **({"doubt": finding.doubt} if finding.doubt else {}),
        **{name: True for name in _MARKS if getattr(finding, name)},
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


def of_document(document: Mapping[str, Any]) -> Finding:
    """The inverse of `to_document`. Raises KeyError, TypeError and ValueError on anything else."""
    runs, proof, doubt = document["reproduced"], document["proof"], document.get("doubt", "")
    return Finding(
        id=document["id"],
        kind=document["kind"],
        tier=document["tier"],
        rank=float(document["rank"]),
        confidence=float(document["confidence"]),
        title=document["title"],
        resource=document["resource"],
        accesses=tuple(_access_of(each) for each in document["accesses"]),
        lanes=tuple(document["lanes"]),
        timeline=tuple(
            TimelineEvent(each["lane"], parse_at(each["event"]), each["text"], each["file"], each["line"], each["offset_ns"])
            for each in document["timeline"]
        ),
        window=document["window"],
        unordered=document["unordered"],
        explanation=document["explanation"].removesuffix(doubt).rstrip(),
        recommendation=document["recommendation"],
        witness=tuple(parse_at(at) for at in document["witness"]),
        reproduced=None if runs is None else (int(runs["runs"]), int(runs["failures"])),
        constraints=tuple((before, after) for before, after in document["constraints"]),
        rule=document.get("rule"),
        orders=tuple(Order.of(each) for each in document["orders"]),
        proof=None if proof is None else Proof(**{name: proof.get(name) for name in Proof.__slots__}),
        alike=document.get("alike", 0),
        doubt=doubt,
        **{name: True for name in _MARKS if document.get(name)},
    )


def _access_of(document: Mapping[str, Any]) -> FindingAccess:
    at = document["event"]
    return FindingAccess(
        document["role"], document["file"], document["line"], document["function"], document["actor"], None if at is None else parse_at(at),
        document["value"], document.get("col"), document.get("end_line"), document.get("end_col"),
    )  # fmt: skip
