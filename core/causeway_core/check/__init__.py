"""Warnings without a run: windows over an await that the source alone shows (docs/check.md).

A module's tree is surveyed once (functions, classes, locks, containers), then each asynchronous function is interpreted abstractly in the
order in which Python evaluates it: every read of a shared place becomes stale at a suspension unless a lock or an in-flight flag protects
it, and a write that depends on a stale read is suspected. Helpers of the module are taken by a summary, one call deep.

May import: errors, model. Imported by: reports and faces. Nothing is executed, imported or written.
"""

from causeway_core.check.settings import Settings, settings_for
from causeway_core.check.source import Examination, check_source, examine
from causeway_core.check.tree import Checked, check_paths

__all__ = ["Checked", "Examination", "Settings", "check_paths", "check_source", "examine", "settings_for"]
