"""`workspace/symbol`: findings, by what they say."""

from __future__ import annotations

from lsprotocol import types

from causeway_adapter.lsp.server import Server
from causeway_adapter.lsp.words import kind_words

_MOST = 200


def register(server: Server) -> None:
    """Serves the method."""

    async def workspace_symbol(params: types.WorkspaceSymbolParams) -> list[types.SymbolInformation]:
        await server.recordings.settled()
        words = params.query.lower().split()
        found: list[types.SymbolInformation] = []
        for path in server.diagnosing.files():
            for loaded, finding in server.diagnosing.findings(path):
                first = finding.accesses[0]
                place = server.places.location(loaded, first) if loaded.local(first.path) == path else None
                name = f"{kind_words(finding.kind)} of {finding.document['resource']}"
                text = f"{finding.id} {finding.tier} {finding.kind} {name} {finding.title}".lower()
                if place is not None and all(word in text for word in words):
                    container = f"{finding.tier}, {loaded.path.name}"
                    found.append(types.SymbolInformation(location=place, name=name, kind=types.SymbolKind.Event, container_name=container))
        return found[:_MOST]

    server.feature(types.WORKSPACE_SYMBOL)(workspace_symbol)
