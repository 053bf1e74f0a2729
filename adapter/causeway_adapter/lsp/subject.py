"""The subject of a command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from causeway_core.lines import PlacedFinding
from causeway_core.model import parse_at
from pygls.exceptions import JsonRpcInvalidParams

from causeway_adapter.lsp.loading import Loaded

if TYPE_CHECKING:
    from causeway_adapter.lsp.server import Server


@dataclass(frozen=True, slots=True)
class Subject:
    """The one argument of a command, an object: `recording` (path; default: the newest), `finding` (`F1`), `event` (`s3@1234`)."""

    path: str | None
    finding: str | None
    event: str | None

    @classmethod
    def read(cls, arguments: Sequence[Any]) -> Subject:
        """Raises JsonRpcInvalidParams for anything else than such an object or nothing."""
        given = arguments[0] if arguments else {}
        if len(arguments) > 1 or not isinstance(given, Mapping):
            raise JsonRpcInvalidParams("the command takes one object: recording, finding, event")
        values = [given.get(key) for key in ("recording", "finding", "event")]
        if any(value is not None and not isinstance(value, str) for value in values):
            raise JsonRpcInvalidParams("recording, finding and event are texts")
        if values[2] is not None:
            try:
                parse_at(values[2])
            except ValueError as error:
                raise JsonRpcInvalidParams(str(error)) from error
        return cls(*values)

    async def recording(self, server: Server) -> Loaded:
        """The recording that is meant. Raises JsonRpcInvalidParams if there is none."""
        loaded = await server.recordings.settled()
        found = next((each for each in loaded if self.path is None or each.path == Path(self.path)), None)
        if found is None:
            known = ", ".join(str(each.path) for each in loaded[:4]) or "none: make one with `causeway record`"
            raise JsonRpcInvalidParams(f"no recording {self.path or 'in the workspace'} (there are: {known})")
        return found

    def finding_in(self, loaded: Loaded) -> PlacedFinding | None:
        """The finding that is meant; None if none was named. Raises JsonRpcInvalidParams for an unknown one."""
        if self.finding is None:
            return None
        found = next((each for each in loaded.findings if each.id == self.finding), None)
        if found is None:
            known = ", ".join(each.id for each in loaded.findings[:8]) or "none: run causeway.analyze"
            raise JsonRpcInvalidParams(f"there is no finding {self.finding} in {loaded.path.name} (there are: {known})")
        return found

    def required_finding_in(self, loaded: Loaded) -> PlacedFinding:
        """The finding that is meant. Raises JsonRpcInvalidParams if none was named or it is unknown."""
        found = self.finding_in(loaded)
        if found is None:
            raise JsonRpcInvalidParams("the command needs a finding, such as F1")
        return found
