"""`textDocument/inlayHint`: the last recorded values at the end of their lines. Off unless `causeway.inlayHints.enabled`."""

from __future__ import annotations

from collections import defaultdict

from causeway_core.lines import LastValue
from lsprotocol import types

from causeway_adapter.lsp.server import Server
from causeway_adapter.lsp.words import times

_LONGEST = 80


def register(server: Server) -> None:
    """Serves the method."""

    async def inlay_hint(params: types.InlayHintParams) -> list[types.InlayHint]:
        uri, settings = params.text_document.uri, server.settings
        document = await server.recordings.document_facts(uri, wanted=settings.inlay_hints, at_once=server.refreshes_hints)
        if document is None:
            return []
        by_line: defaultdict[int, list[LastValue]] = defaultdict(list)
        for value in document.facts.values:
            line = document.carried.now(value.end_line)
            if line is not None and params.range.start.line < line <= params.range.end.line + 1 and _is_worth_showing(value):
                by_line[line].append(value)
        lines = server.places.lines(document.path)
        return [_hint(server.places.end_of(lines, line), values) for line, values in sorted(by_line.items())]

    server.feature(types.TEXT_DOCUMENT_INLAY_HINT)(inlay_hint)


def _is_worth_showing(value: LastValue) -> bool:
    """Whether a value is worth the room: not modules, functions and classes that a definition binds, nor an implicit `return None`."""
    return not value.text.startswith(("<module", "<function", "<type")) and not (value.name == "return" and value.text == "None")


def _hint(at: types.Position, values: list[LastValue]) -> types.InlayHint:
    label = ", ".join(f"{value.name} {value.text}" if value.name == "return" else f"{value.name} = {value.text}" for value in values)
    tooltip = "\n".join(f"{value.name} = {value.text}, written here {times(value.times)}, last by {value.actor}" for value in values)
    return types.InlayHint(at, label if len(label) <= _LONGEST else f"{label[:_LONGEST]}…", tooltip=tooltip, padding_left=True)
