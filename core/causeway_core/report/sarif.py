"""Findings as SARIF 2.1.0, for code scanning."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from causeway_core.ingest.ingestor import own_version
from causeway_core.model import Finding, FindingAccess
from causeway_core.storage.recording import Recording

SCHEMA_URI = "https://json.schemastore.org/sarif-2.1.0.json"

LEVELS = {"confirmed": "error", "likely": "warning", "latent": "note", "hint": "note"}

RULES: dict[str, str] = {
    "data_race": "Two threads use a place without order or common lock",
    "lost_update": "An update computed from a stale read overwrites another",
    "atomicity_violation": "Steps that belong together can be parted by another actor",
    "order_violation": "An access needs another to come first, and nothing makes it",
    "deadlock": "Actors wait for each other and none can go on",
    "lost_wakeup": "A notification came before the wait and was lost",
    "blocking_call": "A blocking operation stops the event loop",
    "unretrieved_exception": "A task failed and nobody looked",
}


def sarif_report(recording: Recording, findings: Sequence[Finding], *, everything: bool = False, colour: bool = False) -> str:
    """One run with one result a finding; latent findings and hints are notes. The order that shows it is the result's code flow."""
    del everything, colour
    return sarif_log(findings, recording.meta.root)


def sarif_log(findings: Sequence[Finding], root: str) -> str:
    """The log with one run; `root` is the folder that relative paths start from."""
    used = [kind for kind in RULES if any(finding.kind == kind for finding in findings)]
    run: dict[str, Any] = {
        "tool": {"driver": {"name": "Causeway", "version": own_version(), "rules": [_rule(kind) for kind in used]}},
        "originalUriBaseIds": {"ROOT": {"uri": _folder_uri(root)}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, used.index(finding.kind)) for finding in findings],
    }
    return json.dumps({"$schema": SCHEMA_URI, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _rule(kind: str) -> dict[str, Any]:
    return {
        "id": kind,
        "name": "".join(word.capitalize() for word in kind.split("_")),
        "shortDescription": {"text": RULES[kind]},
        "defaultConfiguration": {"level": "warning"},
    }


def _result(finding: Finding, rule: int) -> dict[str, Any]:
    places = [
        _access(each) for each in finding.accesses
    ]
    result: dict[str, Any] = {
        "ruleId": finding.kind,
        "ruleIndex": rule,
        "level": LEVELS[finding.tier],
        "message": {"text": f"{finding.title}. {finding.recommendation}"},
        "locations": places[:1],
        "relatedLocations": [{**place, "id": number} for number, place in enumerate(places[1:], 1)],
        "partialFingerprints": {"causeway/1": _fingerprint(finding)},
        "rank": round(100 * finding.confidence, 1),
        "properties": {"tier": finding.tier, "confidence": round(finding.confidence, 3), "resource": finding.resource, "finding": finding.id},
    }
    if finding.timeline:
        steps = [
            {"location": _location(each.file, each.line, f"{finding.lanes[each.lane]} {each.text}"), "executionOrder": number}
            for number, each in enumerate(finding.timeline, 1)
        ]
        result["codeFlows"] = [{"threadFlows": [{"locations": steps}]}]
    return result


def _access(access: FindingAccess) -> dict[str, Any]:
    summary = f"{access.role} by {access.actor}" if access.actor else f"{access.role} in {access.function}"
    location = _location(access.file, access.line, summary + (f": {access.value}" if access.value is not None else ""))
    if access.col is not None and access.end_line is not None and access.end_col is not None:
        location["physicalLocation"]["region"] |= {"startColumn": access.col + 1, "endLine": access.end_line, "endColumn": access.end_col + 1}
    return location


def _location(file: str, line: int, text: str) -> dict[str, Any]:
    artifact = {"uri": PurePath(file).as_uri()} if PurePath(file).is_absolute() else {"uri": quote(file), "uriBaseId": "ROOT"}
    physical: dict[str, Any] = {"artifactLocation": artifact}
    if line > 0:
        physical["region"] = {"startLine": line}
    return {"physicalLocation": physical, "message": {"text": text}}


def _fingerprint(finding: Finding) -> str:
    """Stable over runs and unrelated edits: kind, place and functions, not lines."""
    parts = [finding.kind, finding.resource, *sorted({f"{each.file}:{each.function}:{each.role}" for each in finding.accesses})]
    return sha256("\0".join(parts).encode()).hexdigest()[:32]


def _folder_uri(root: str) -> str:
    path = PurePath(root)
    return (path.as_uri() if path.is_absolute() else "file:///").rstrip("/") + "/"
