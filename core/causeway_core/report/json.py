"""Findings as JSON (schema causeway.findings/1, docs/findings.md)."""

from __future__ import annotations

import json
from collections.abc import Sequence

from causeway_core.analysis import SCHEMA, to_document
from causeway_core.model import Finding
from causeway_core.report.gaps import gap_sentences
from causeway_core.report.tests import Tests
from causeway_core.storage.recording import Recording


def json_report(recording: Recording, findings: Sequence[Finding], *, everything: bool = False, colour: bool = False) -> str:
    """One JSON object with all findings; `everything` and `colour` change nothing. Findings of a test session say in which `test` they are."""
    del everything, colour
    tests = Tests(recording)
    document = {
        "schema": SCHEMA,
        "recording": recording.path.name,
        "complete": recording.complete,
        "gaps": list(gap_sentences(recording, most=None)),
        "findings": [to_document(finding) | ({"test": test} if (test := tests.of(finding)) else {}) for finding in findings],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
