"""Fixes: the smallest sound change of the source for a finding, as a patch that keeps every other space and comment.

`candidates` proposes patches, one file a kind, smallest sound change first; `verify.verify_patch` proves one by re-runs of the patched program.

May import: everything below, proof included. Imported by: reports and faces. Nothing of the project is written.
"""

from causeway_core.fix.candidates import candidates
from causeway_core.fix.patch import Patch

__all__ = ["Patch", "candidates"]
