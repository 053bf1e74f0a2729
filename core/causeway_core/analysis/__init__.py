"""Findings: races, lost updates, atomicity and order violations, deadlocks, and what hangs or blocks.

A recording is read into `Evidence` (accesses as columns, two orders, locks, dependence over the source); detectors propose candidates from
it, filters drop or lower them, the rest is ranked, folded to one a place and reported as `model.Finding`. docs/findings.md describes kinds,
tiers and the JSON.

May import: errors, model, wire, storage, ingest, graph. Imported by: session, reports and faces.
"""

from causeway_core.analysis.analyze import Analysis, analyze, examine, keep
from causeway_core.analysis.document import SCHEMA, to_document

__all__ = ["SCHEMA", "Analysis", "analyze", "examine", "keep", "to_document"]
