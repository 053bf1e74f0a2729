"""Findings: races, lost updates, atomicity and order violations, deadlocks, and what hangs or blocks.

`analyze` reads a recording into `Evidence` (accesses as columns, two orders, locks, dependence over the source). Then there are two ways:

- Races of variables: detectors yield `Candidate`s (`pipeline`), `filters` drop or lower them, `rank` orders them, `wording.race` puts them in words.
- All else (deadlocks, lost wake-ups, files, database rows, cancellation): detectors return findings (`direct_findings`), in words of their own.

`weights` is the table of how pressing each kind is. Each file in `detectors` is one detector. docs/findings.md describes kinds, tiers and the JSON.

May import: errors, model, wire, storage, ingest, launch, graph. Imported by: session and all rings outside of it.
"""

from causeway_core.analysis.analyze import Analysis, analyze, examine, keep
from causeway_core.analysis.document import SCHEMA, to_document

__all__ = ["SCHEMA", "Analysis", "analyze", "examine", "keep", "to_document"]
