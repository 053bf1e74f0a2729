"""`textDocument/hover`: the last values of the name under the cursor, who wrote them, and why a function ran."""

from __future__ import annotations

import re

from causeway_core.lines import FileFacts, LineMap, Spot, Written
from lsprotocol import types

from causeway_adapter.lsp.loading import Loaded
from causeway_adapter.lsp.places import path_of
from causeway_adapter.lsp.server import Server
from causeway_adapter.lsp.shelf import DocumentFacts
from causeway_adapter.lsp.words import code, history_words, of_function, times, trend

_NAME = re.compile(r"[^\W\d]\w*")
_WRITERS = 5


def register(server: Server) -> None:
    """Serves the method."""

    async def hover(params: types.HoverParams) -> types.Hover | None:
        path = path_of(params.text_document.uri)
        past = await server.recordings.document_facts(params.text_document.uri, wanted=server.settings.hover, at_once=True)
        word = _word(server, path, params.position) if path is not None and server.settings.hover else None
        if path is None or word is None:
            return None
        name, attribute, where = word
        if past is not None:
            recorded = _recorded_lines(server, past, params.position.line + 1, name, attribute=attribute)
        elif being_read := server.recordings.reading(path):
            recorded = [f"{being_read} is being read: hover again in a moment for recorded values"]
        else:
            recorded = []
        return types.Hover(_content(server, recorded), where) if recorded else None

    server.feature(types.TEXT_DOCUMENT_HOVER)(hover)


def _word(server: Server, path: str, position: types.Position) -> tuple[str, bool, types.Range] | None:
    """The name under the cursor, whether it is that of an attribute, and where it is."""
    lines = server.places.lines(path)
    if position.line >= len(lines):
        return None
    text = lines[position.line]
    column = server.places.column(text, position.character)
    name = next((match for match in _NAME.finditer(text) if match.start() <= column <= match.end()), None)
    if name is None:
        return None
    return name[0], text[: name.start()].rstrip().endswith("."), server.places.span(text, position.line, *name.span())


def _recorded_lines(server: Server, past: DocumentFacts, line: int, name: str, *, attribute: bool) -> list[str]:
    loaded, facts, carried = past.loaded, past.facts, past.carried
    then = carried.then(line)
    recorded: list[str] = []
    function = next((each for each in facts.functions if each.line == then and each.qualname.rpartition(".")[2] == name), None)
    if function is not None:
        return of_function(function)
    history = facts.history(then if then is not None else _nearest(carried, line), name, attribute=attribute)
    if history is not None and history.writes:
        recorded.append(f"{code(name)} was last {code(history.writes[-1].text)}; written {times(history.total)} in {loaded.path.name}")
        for write in history.writes[::-1][:_WRITERS]:
            recorded.append(f"- {code(write.text)} by {write.actor} {_place(server, loaded, write)}")
        bars = trend(history.writes)
        recorded.append(f"\n{code(history_words(history))}" + (f" {bars}" if bars else ""))
    if recorded and then is not None and then in facts.hits:
        recorded.append(f"\nthis line ran {times(facts.hits[then])}{_reason(facts, then)}")
    if recorded and then is None:
        recorded.append("\nthis line is new or has changed since the recording")
    return recorded


def _place(server: Server, loaded: Loaded, write: Written) -> str:
    """Where a write stands, linked to where its line is now."""
    if not write.line:
        return ""
    location = server.places.location(loaded, Spot(write.path, write.line))
    shown = f"{write.file}:{write.line}"
    return f"[{shown}]({location.uri}#L{location.range.start.line + 1})" if location is not None else f"{shown} (changed since)"


def _reason(facts: FileFacts, line: int) -> str:
    inside = facts.function_at(line)
    return f"; {inside.qualname} the last time: {inside.why}" if inside is not None and inside.why else ""


def _nearest(carried: LineMap, line: int) -> int:
    """The old line of the nearest line above that was carried over: the function that a new line is in."""
    return next((then for each in range(line, 0, -1) if (then := carried.then(each)) is not None), 1)


def _content(server: Server, recorded: list[str]) -> types.MarkupContent:
    document = server.client_capabilities.text_document
    formats = document.hover.content_format if document and document.hover else None
    text = "\n".join(recorded)
    if formats and types.MarkupKind.Markdown not in formats:
        plain = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", text).replace("`", "").replace("**", "")
        return types.MarkupContent(types.MarkupKind.PlainText, plain)
    return types.MarkupContent(types.MarkupKind.Markdown, text)
