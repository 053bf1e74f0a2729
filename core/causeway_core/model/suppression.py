"""Comments by which the user leaves a line out of findings."""

from __future__ import annotations

import re

_COMMENT = re.compile(r"#\s*causeway:\s*ignore(?:\[([\w, -]*)\])?")


def ignores(line: str, kind: str) -> bool:
    """Whether a source line says `# causeway: ignore`, or names the kind: `# causeway: ignore[lost_update]`."""
    match = _COMMENT.search(line)
    return match is not None and (match[1] is None or kind in re.split(r"[,\s]+", match[1]))
