"""All findings of a recording in one line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from causeway_core.model import Finding

_NAMED = 3
"""Findings that are listed one by one."""


def headline(findings: Sequence[Finding]) -> str:
    """`likely lost update of Account.balance (ledger.py:31); 2 hint`, most pressing first; hints and latent ones only as a count."""
    urgent = pressing(findings)
    parts = []
    for finding in urgent[:_NAMED]:
        place = finding.accesses[0]
        parts.append(f"{finding.tier} {finding.kind.replace('_', ' ')} of {finding.resource} ({place.file}:{place.line})")
    if len(urgent) > _NAMED:
        parts.append(f"{len(urgent) - _NAMED} more likely")
    rest = Counter(finding.tier for finding in findings if finding not in urgent)
    parts += [f"{count} {tier}" for tier, count in sorted(rest.items())]
    return "; ".join(parts) or "no findings"


def pressing(findings: Sequence[Finding]) -> list[Finding]:
    """The confirmed and likely findings, which an ordinary run reports without being asked."""
    return [finding for finding in findings if finding.tier in ("confirmed", "likely")]
