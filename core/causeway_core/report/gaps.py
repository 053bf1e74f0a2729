"""What a recording does not hold, in sentences: failed hooks, torn parts, and libraries that are not followed."""

from __future__ import annotations

from collections.abc import Iterable

from causeway_core.storage.recording import Recording

MOST = 3


def gap_sentences(recording: Recording, *, most: int | None = MOST) -> tuple[str, ...]:
    """The distinct gaps in the order of their occurrence; where there are more than `most`, a last sentence says how many and how to list them."""
    return shortened((gap.detail for gap in recording.gaps()), recording.path.name, most=most)


def shortened(details: Iterable[str], name: str, *, most: int | None = MOST) -> tuple[str, ...]:
    """`gap_sentences` of a recording with this file name, by the details of its gaps."""
    distinct = list(dict.fromkeys(details))
    if most is None or len(distinct) <= most:
        return tuple(distinct)
    rest = f'{len(distinct) - most} more: causeway query {name} "select detail from gap"'
    return (*distinct[:most], rest)
