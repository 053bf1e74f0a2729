"""What `causeway check` found, in each format."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping

from rich.console import Console
from rich.text import Text

from causeway_core.analysis import SCHEMA, to_document
from causeway_core.check import Checked
from causeway_core.model import Finding
from causeway_core.report.github import annotation_lines
from causeway_core.report.sarif import sarif_log
from causeway_core.report.text import paragraph

CheckReport = Callable[[Checked, bool], str]


def checked_text(checked: Checked, colour: bool = False) -> str:
    """A line a warning, `file:line:column: rule: what`, the way compilers do; below it what to do. The last line sums up."""
    buffer = io.StringIO()
    console = Console(
        file=buffer, force_terminal=colour, no_color=not colour, color_system="standard" if colour else None, highlight=False, soft_wrap=True
    )
    for finding in checked.findings:
        _print(console, finding)
    for path, reason in checked.unreadable:
        console.print(Text(f"{path}: not checked: {reason}"))
    count = len(checked.findings)
    summary = "no warnings" if not count else f"{count} warning{'s' if count > 1 else ''}"
    console.print(Text(f"{summary} in {checked.files} file{'s' if checked.files != 1 else ''} ({checked.lines} lines)"))
    return buffer.getvalue()


def _print(console: Console, finding: Finding) -> None:
    place = finding.accesses[0]
    head = Text(f"{place.file}:{place.line}:{(place.col or 0) + 1}: ", style="cyan")
    head.append(f"{finding.rule}", style="bold yellow")
    head.append(f": {finding.resource}", style="not bold default")
    console.print(head)
    paragraph(console, finding.title)
    paragraph(console, f"do: {finding.recommendation}", style="dim")


def checked_json(checked: Checked, colour: bool = False) -> str:
    """One JSON object of schema causeway.findings/1, without a recording; `unreadable` lists what could not be checked."""
    del colour
    document = {
        "schema": SCHEMA,
        "recording": None,
        "complete": not checked.unreadable,
        "findings": [to_document(finding) for finding in checked.findings],
        "unreadable": [{"file": path, "reason": reason} for path, reason in checked.unreadable],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def checked_sarif(checked: Checked, colour: bool = False) -> str:
    """SARIF 2.1.0 with exact regions."""
    del colour
    return sarif_log(checked.findings, str(checked.root))


def checked_github(checked: Checked, colour: bool = False) -> str:
    """Workflow commands, a notice a warning."""
    del colour
    return annotation_lines(checked.findings)


CHECK_REPORTS: Mapping[str, CheckReport] = {"text": checked_text, "json": checked_json, "sarif": checked_sarif, "github": checked_github}
"""By the name that `causeway check --format` takes."""
