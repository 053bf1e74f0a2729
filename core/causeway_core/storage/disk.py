"""What files take on the disk while others write and remove them."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_BLOCK = 512


def bytes_on_disk(files: Iterable[Path]) -> int:
    """The bytes that the blocks of some files take, holes left out; one that is gone meanwhile takes none."""
    total = 0
    for file in files:
        with suppress(OSError):
            total += file.stat().st_blocks * _BLOCK
    return total
