"""What a recording does not hold, in sentences: failed hooks, torn parts, and libraries that are not followed."""

from __future__ import annotations

from causeway_core.storage.recording import Recording

MOST = 3


def gap_sentences(recording: Recording, *, most: int | None = MOST) -> tuple[str, ...]:
    """The distinct gaps in the order of their occurrence; where there are more than `most`, a last sentence says how many and how to list them."""
    details = list(dict.fromkeys(gap.detail for gap in recording.gaps()))
    if most is None or len(details) <= most:
        return tuple(details)
    rest = f'{len(details) - most} more: causeway query {recording.path.name} "select detail from gap"'
    return (*details[:most], rest)
