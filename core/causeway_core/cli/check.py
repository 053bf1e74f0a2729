"""`causeway check`: warnings without a run."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from causeway_core.check import check_paths
from causeway_core.report.checked import CHECK_REPORTS


@click.command(
    epilog="""\b
Examples:
  causeway check src/
  causeway check src/ --format github --fail-on hint       (in CI)

A line with "# causeway: ignore" or "# causeway: ignore[check-await-act]" is left out; for a project:
  [tool.causeway]
  ignore = ["iterate-await"]
  exclude = ["tests"]"""
)
@click.argument("paths", nargs=-1, metavar="PATH…", type=click.Path(path_type=Path))
@click.option("--format", "format_", type=click.Choice(sorted(CHECK_REPORTS)), default="text", show_default=True, help="How to print the warnings.")
@click.option("--fail-on", type=click.Choice(["hint"]), help="Exit with 1 if there is a warning.")
def command(paths: tuple[Path, ...], format_: str, fail_on: str | None) -> int:
    """Warn about windows over an await that the source alone shows; nothing runs.

    A shared place is read, the task awaits, and then it acts on what it read. These are hints: `causeway record` and
    `causeway analyze` see what really happens. Without PATH, the working directory is meant.
    """
    checked = check_paths(paths or (Path(),))
    sys.stdout.write(CHECK_REPORTS[format_](checked, sys.stdout.isatty()))
    return 1 if fail_on and checked.findings else 0
