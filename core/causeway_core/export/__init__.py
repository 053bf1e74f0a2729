"""Exports: a recording or one of its findings in the form another tool wants. One file an exporter.

May import: everything up to analysis, session and proof. Imported by: faces.
"""

from causeway_core.export.test import GeneratedTest, generate

__all__ = ["GeneratedTest", "generate"]
