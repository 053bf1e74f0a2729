"""Sites of attributes whose names are made up while the program runs."""

from __future__ import annotations

from bisect import bisect_right

TYPE_CHECKING = False
if TYPE_CHECKING:
    from causeway.weave.cache import Cache

MOST = 1000
"""The most names that get sites in one process."""


class NamedSites:
    """Writes, for each name that reaches a place of woven code (`setattr(thing, f"_{name}", value)`), a table of one site into the spool: that of the
    place, with the name.
    """

    def __init__(self, cache: Cache, spool: str) -> None:
        self._cache, self._spool = cache, spool
        self._tables: list[tuple[int, int, str]] = []
        self._given = 0

    def add(self, base: int, count: int, key: str) -> None:
        """Adds a table whose sites may be asked for; tables are added in the order of their numbers."""
        self._tables.append((base, count, key))

    def __call__(self, site: int, name: str) -> str | None:
        """The key of a new table, or None if none was made. Never raises."""
        try:
            base, count, key = self._tables[bisect_right(self._tables, (site, 1 << 32, "")) - 1]
            if not base <= site < base + count or self._given >= MOST or not name.isidentifier():
                return None
            self._given += 1
            from hashlib import blake2b
            from json import dumps

            text = dumps({"format": 1, "of": key, "site": site - base, "name": name}).encode()
            own: str = blake2b(text, digest_size=16).hexdigest()
            self._cache.publish(own, self._spool, text)
            return own
        except Exception:
            return None
