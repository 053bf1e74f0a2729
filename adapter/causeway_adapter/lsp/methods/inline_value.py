"""`textDocument/inlineValue`: which names of the stopped function a debug session is to show the values of.

The values come from the session itself (recorded ones while it travels), so that they are those of its mark.
"""

from __future__ import annotations

from lsprotocol import types

from causeway_adapter.lsp.places import path_of
from causeway_adapter.lsp.server import Server

_MOST = 500


def register(server: Server) -> None:
    """Serves the method."""

    async def inline_value(params: types.InlineValueParams) -> list[types.InlineValue]:
        path = path_of(params.text_document.uri)
        if path is None:
            return []
        lines = server.places.lines(path)
        stopped = params.context.stopped_location.start.line + 1
        first, last = params.range.start.line + 1, min(params.range.end.line + 1, stopped)
        nodes = await server.checking.expressions(path, "\n".join(lines), first, last, stopped)
        values: list[types.InlineValue] = []
        for text, line, col, end_col in nodes[:_MOST]:
            where = server.places.range(lines, line, col, line, end_col)
            if text.isidentifier():
                values.append(types.InlineValueVariableLookup(range=where, variable_name=text, case_sensitive_lookup=True))
            else:
                values.append(types.InlineValueEvaluatableExpression(range=where, expression=text))
        return values

    server.feature(types.TEXT_DOCUMENT_INLINE_VALUE)(inline_value)
