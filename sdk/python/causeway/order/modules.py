"""Gates into modules as they are woven."""

from __future__ import annotations

import json

from causeway import _tap
from causeway.order.anchors import LATE, ROOT, Anchors, concerns
from causeway.order.gate import CODES, Gate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from causeway.order.forcing import Forcing
    from causeway.weave.cache import Stored


class Modules:
    """Replaces taps with gates. The weaver calls it for each module that it loads."""

    def __init__(self, forcing: Forcing) -> None:
        self.forcing = forcing
        self._files = forcing.order.files()

    def concerns(self, path: str) -> bool:
        """Whether the module at `path` contains places of the order."""
        return any(concerns(file, path, ROOT) for file in self._files)

    def gate(self, stored: Stored, taps: list[Any], table: bytes) -> None:
        """Replaces the taps of the places in one module; `table` is its site table."""
        forcing = self.forcing
        anchors = Anchors(json.loads(table.decode("utf-8", "surrogatepass")), stored.kinds, stored.rows)
        places = [place for place in forcing.order.places.values() if place.file]
        duties, lost = anchors.duties(places, stored.names)
        counted = frozenset(place.key for duty in duties.values() for place in duty.begins)
        with forcing, forcing.lock:
            forcing.anchored.update(place.key for duty in duties.values() for place in duty.accesses)
            tell = getattr(forcing.remote, "anchored", None)
            if tell is not None:
                tell(sorted(forcing.anchored))
            exact = {place.key for duty in duties.values() for place in duty.holds}
            forcing.mark_late({place.key for duty in duties.values() if duty.tap_kind in LATE for place in duty.accesses} - exact)
            forcing.places_missing(lost)
        if duties:
            _tap.stand_behind(CODES)
        for row, duty in duties.items():
            taps[row] = Gate(taps[row], duty, forcing, counted)
