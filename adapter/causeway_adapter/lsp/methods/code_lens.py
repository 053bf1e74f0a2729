"""`textDocument/codeLens`: over each function, how often it ran and where it raced."""

from __future__ import annotations

from causeway_core.lines import FileFacts, FunctionFacts, LineMap, PlacedFinding
from causeway_core.model import format_at
from lsprotocol import types

from causeway_adapter.lsp.loading import Loaded
from causeway_adapter.lsp.server import Server
from causeway_adapter.lsp.words import kind_words, number, times


def register(server: Server) -> None:
    """Serves the method."""

    async def code_lens(params: types.CodeLensParams) -> list[types.CodeLens]:
        document = await server.recordings.document_facts(params.text_document.uri, wanted=server.settings.code_lens, at_once=server.refreshes_lenses)
        if document is None:
            return []
        lenses = [lens for function in document.facts.functions if (lens := _runs(document.loaded, function, document.carried)) is not None]
        for each, finding in server.diagnosing.findings(document.path):
            own = next(number for number, spot in enumerate(finding.accesses) if each.local(spot.path) == document.path)
            place = server.places.location(each, finding.accesses[own])
            if place is not None:
                lenses.append(_race(each, finding, _head(document.facts, document.carried, place.range.start.line + 1)))
        return lenses

    server.feature(types.TEXT_DOCUMENT_CODE_LENS)(code_lens)


def _runs(loaded: Loaded, function: FunctionFacts, carried: LineMap) -> types.CodeLens | None:
    line = carried.now(function.line)
    if function.kind in ("module", "class", "lambda") or not function.runs or line is None or function.last_call is None:
        return None
    changed = any(carried.now(each) is None for each in range(function.line, function.last_line + 1))
    who = f" in {number(function.actors, 'actor')}" if function.actors > 1 else f" in {function.named[0]}" if function.named else ""
    title = f"ran {times(function.runs)}{who}" + (" (changed since)" if changed else "")
    return _lens(line, title, loaded, event=format_at(function.last_call))


def _race(loaded: Loaded, finding: PlacedFinding, line: int) -> types.CodeLens:
    actors = len({access["actor"] for access in finding.document["accesses"]})
    title = f"{number(actors, 'actor')} at {finding.document['resource']}: travel to the {kind_words(finding.kind)}"
    return _lens(line, title, loaded, finding=finding.id)


def _head(facts: FileFacts, carried: LineMap, line: int) -> int:
    """The line of the function that a line is in, as it is now; the line itself where there is none."""
    then = carried.then(line)
    function = facts.function_at(then) if then is not None else None
    return (carried.now(function.line) if function is not None else None) or line


def _lens(line: int, title: str, loaded: Loaded, **where: str) -> types.CodeLens:
    at = types.Position(line - 1, 0)
    argument = {"recording": str(loaded.path), **where}
    return types.CodeLens(types.Range(at, at), command=types.Command(title=title, command="causeway.travel", arguments=[argument]))
