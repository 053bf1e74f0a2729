"""Warnings of `causeway check` as the language server needs them: plain data, which can pass between processes."""

from __future__ import annotations

from dataclasses import dataclass

from causeway_core.model import Finding, FindingAccess


@dataclass(frozen=True, slots=True)
class WarningPlace:
    """One access of a warning. Lines count from 1, columns in characters from 0; None where only the line is known."""

    role: str
    function: str
    line: int
    col: int | None
    end_line: int | None
    end_col: int | None

    @classmethod
    def of(cls, access: FindingAccess) -> WarningPlace:
        """The place of an access."""
        return cls(access.role, access.function, access.line, access.col, access.end_line, access.end_col)


@dataclass(frozen=True, slots=True)
class SourceWarning:
    """What a diagnostic shows of a finding of `causeway check`. See `Finding` for the fields."""

    kind: str
    rule: str | None
    tier: str
    title: str
    recommendation: str
    places: tuple[WarningPlace, ...]

    @classmethod
    def of(cls, finding: Finding) -> SourceWarning:
        """The warning that a finding is."""
        places = tuple(WarningPlace.of(access) for access in finding.accesses)
        return cls(finding.kind, finding.rule, finding.tier, finding.title, finding.recommendation, places)
