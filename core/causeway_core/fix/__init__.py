"""Fixes: the smallest sound change of the source for a finding, as a patch that keeps every other space and comment.

`candidates` proposes patches, one file a kind, smallest sound change first; nothing is proved by that.

May import: errors, model, check. Imported by: reports and faces. Nothing is written.
"""

from causeway_core.fix.candidates import candidates
from causeway_core.fix.patch import Patch

__all__ = ["Patch", "candidates"]
