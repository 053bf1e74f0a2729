"""Findings as text, JSON, SARIF and GitHub annotations; one file a format.

Each report is a function `(recording, findings, *, everything=False, colour=False) -> str` over the same `Finding` objects; none analyses.
May import: errors, model, storage, analysis. Imported by: cli and faces.
"""

from collections.abc import Callable, Mapping
from typing import Any

from causeway_core.report.github import github_report
from causeway_core.report.json import json_report
from causeway_core.report.sarif import sarif_report

Report = Callable[..., str]


def text_report(*arguments: Any, **options: Any) -> str:
    """`text.text_report`. Its module is loaded when a report is printed: rich takes a fifth of a second."""
    from causeway_core.report.text import text_report

    return text_report(*arguments, **options)


REPORTS: Mapping[str, Report] = {"text": text_report, "json": json_report, "sarif": sarif_report, "github": github_report}
"""By the name that `causeway analyze --format` takes."""

__all__ = ["REPORTS", "Report", "github_report", "json_report", "sarif_report", "text_report"]
