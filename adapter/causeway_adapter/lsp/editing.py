"""Patches as edits of documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING

from causeway_core.lines import split_lines
from lsprotocol import types

from causeway_adapter.lsp.loading import Loaded

if TYPE_CHECKING:
    from causeway_core.fix import Patch

    from causeway_adapter.lsp.server import Server

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r|$)")


def edit_of(server: Server, loaded: Loaded, patch: Patch) -> types.WorkspaceEdit | None:
    """The edit that makes a patch, no larger than it; None where a file is no longer what the patch was made for, in the editor or on disk."""
    changes: dict[str, list[types.TextEdit]] = {}
    for name, before, after in patch.files:
        path = loaded.local(str(Path(loaded.root, name)))
        before, after = before.removeprefix("\ufeff"), after.removeprefix("\ufeff")
        if server.places.lines(path) != tuple(split_lines(before)):
            return None
        changes[path] = list(_edits(before, after))
    workspace = server.client_capabilities.workspace
    if workspace is None or workspace.workspace_edit is None or not workspace.workspace_edit.document_changes:
        return types.WorkspaceEdit(changes={server.places.uri(path): edits for path, edits in changes.items()})
    return types.WorkspaceEdit(document_changes=[_versioned(server, path, edits) for path, edits in changes.items()])


def _versioned(server: Server, path: str, edits: list[types.TextEdit]) -> types.TextDocumentEdit:
    """Edits that the client refuses if the document was edited in between."""
    uri = server.places.open_files.get(path)
    version = server.workspace.get_text_document(uri).version if uri is not None else None
    return types.TextDocumentEdit(types.OptionalVersionedTextDocumentIdentifier(server.places.uri(path), version), edits)


def _edits(before: str, after: str) -> Iterator[types.TextEdit]:
    """Whole lines for whole lines."""
    old, new = ([line for line in _LINE.findall(text) if line] for text in (before, after))
    for tag, first, last, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            yield types.TextEdit(types.Range(types.Position(first, 0), types.Position(last, 0)), "".join(new[start:end]))
