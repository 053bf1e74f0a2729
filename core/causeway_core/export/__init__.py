"""Exports: a recording or one of its findings in the form another tool wants. One file an exporter.

May import: everything up to analysis, session and proof. Imported by: faces.
"""

from collections.abc import Callable

from causeway_core.export import dot, html, json, mermaid, otlp, perfetto, schedule
from causeway_core.export.selection import Selection
from causeway_core.export.test import GeneratedTest, generate

EXPORTERS: dict[str, Callable[[Selection], str]] = {
    "json": json.export,
    "dot": dot.export,
    "mermaid": mermaid.export,
    "perfetto": perfetto.export,
    "otlp": otlp.export,
    "html": html.export,
}
"""What needs no run of the program, by the name of its format."""

__all__ = ["EXPORTERS", "GeneratedTest", "Selection", "generate", "schedule"]
