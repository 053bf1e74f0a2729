"""What `pytest --causeway` prints below pytest's own summary."""

from __future__ import annotations

import os
import sys
import textwrap
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

OUTSIDE = "outside of any test"
_COLOURS = {"confirmed": {"red": True, "bold": True}, "likely": {"yellow": True, "bold": True}}


def print_report(
    config: pytest.Config, findings: list[dict[str, Any]], outcomes: dict[str, str], recording: Path | None, note: str
) -> None:
    """Per test: the finding's sentence, what proves it, and the commands to look further."""
    from _pytest.config import create_terminal_writer

    writer = create_terminal_writer(config, sys.stdout)
    writer.sep("=", "causeway")
    firm = [each for each in findings if each["tier"] in _COLOURS]
    shown = _shown(recording, config)
    by_test: dict[str, list[dict[str, Any]]] = {}
    for each in firm:
        by_test.setdefault(each.get("test") or OUTSIDE, []).append(each)
    for test, found in by_test.items():
        writer.line(f"{test}{_ending(outcomes.get(test))}", bold=True)
        for each in found:
            _print_finding(writer, each, shown)
    for test in (test for test, outcome in outcomes.items() if outcome == "failed" and test not in by_test):
        writer.line(f"{test}{_ending('failed')}", bold=True)
        writer.line("  no race or deadlock was found in it")
    rest = Counter(each["tier"] for each in findings if each["tier"] not in _COLOURS)
    if rest and shown:
        writer.line(f"less certain: {', '.join(f'{count} {tier}' for tier, count in rest.items())} (causeway analyze {shown} --all)")
    if note:
        writer.line(note)
    _print_end(writer, firm, by_test, shown)


def _shown(recording: Path | None, config: pytest.Config) -> str:
    return os.path.relpath(recording, config.invocation_params.dir) if recording is not None else ""


def _ending(outcome: str | None) -> str:
    return {"failed": "  FAILED", "passed": "  passed this time"}.get(outcome or "", "")


def _print_finding(writer: Any, finding: dict[str, Any], recording: str) -> None:
    writer.write(f"  {finding['id']} {finding['tier']} ", **_COLOURS[finding["tier"]])
    first = finding["accesses"][0] if finding["accesses"] else None
    place = f" at {first['file']}:{first['line']}" if first else ""
    writer.line(f"{finding['kind'].replace('_', ' ')}: {finding['resource']}{place}")
    _paragraph(writer, finding["title"])
    if finding.get("reproduced"):
        proof = finding.get("proof") or {}
        runs = finding["reproduced"]
        _paragraph(writer, f"proved by {runs['failures']} of {runs['runs']} forced re-runs: {proof.get('outcome') or proof.get('reason')}")
    if finding.get("recommendation"):
        _paragraph(writer, f"do: {finding['recommendation']}")
    writer.line(f"     causeway why {recording} {finding['id']}")
    if finding["tier"] == "confirmed":
        writer.line(f"     causeway export {recording} --finding {finding['id']} --format test -o test_{finding['id'].lower()}.py")


def _paragraph(writer: Any, text: str) -> None:
    for line in textwrap.wrap(text, max(writer.fullwidth - 6, 60), break_long_words=False, break_on_hyphens=False):
        writer.line(f"     {line}")


def _print_end(writer: Any, firm: list[dict[str, Any]], by_test: dict[str, Any], recording: str) -> None:
    counts = Counter(each["tier"] for each in firm)
    summary = ", ".join(f"{counts[tier]} {tier}" for tier in _COLOURS if counts[tier]) or "no races or deadlocks found"
    where = f" in {len(by_test)} test{'s' if len(by_test) != 1 else ''}" if by_test else ""
    kept = f"; recording kept: {recording}" if recording else "; every test passed, the recording is not kept"
    writer.line(f"{summary}{where}{kept}")
    if recording:
        writer.line(f"everything: causeway analyze {recording}; backwards, step by step: an editor over `causeway dap` (docs/editors.md)")
