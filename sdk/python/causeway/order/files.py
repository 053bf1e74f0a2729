"""Files that one statement opens and writes, under an order: the thread can be held where the file is still empty."""

from __future__ import annotations

from causeway.hooks.late import on_import
from causeway.order.document import OPENED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from causeway.order.ordering import Ordering
    from causeway.order.patches import Patches


def install(forcing: Ordering, patches: Patches) -> None:
    """Stops in `Path.write_text` and `Path.write_bytes`, if the order has a place there; undone by `patches`."""
    if any(place.access == "file" and place.name == OPENED for place in forcing.order.places.values()):
        on_import("pathlib", lambda module: _pathlib(forcing, patches, module))


def _pathlib(forcing: Ordering, patches: Patches, module: ModuleType) -> None:
    original = module.Path.open

    def open(self: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        file = original(self, mode, *args, **kwargs)
        if "w" in mode:
            forcing.file_opened()
        return file

    patches.put(module.Path, "open", open)
