"""From the spool to the recording, while the program runs and after a crash; joining recordings.

May import: errors, model, wire, storage. Imported by: graph, analysis and everything outside it.
"""

from causeway_core.ingest.claim import Claim
from causeway_core.ingest.ingestor import Ingestor
from causeway_core.ingest.merge import merge
from causeway_core.ingest.recover import recover

__all__ = ["Claim", "Ingestor", "merge", "recover"]
