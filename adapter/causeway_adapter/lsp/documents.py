"""Open documents, with lines as Python and editors count them."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Sequence
from pathlib import Path

from pygls.workspace import TextDocument, Workspace

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r|$)")


def read_source(path: str) -> str:
    """The text of a source file on disk in the encoding that it declares; what cannot be decoded becomes a question mark. Raises OSError."""
    data = Path(path).read_bytes()
    try:
        encoding = tokenize.detect_encoding(io.BytesIO(data).readline)[0]
        return data.decode(encoding, "replace")
    except (SyntaxError, LookupError):
        return data.decode("utf-8", "replace")


class Document(TextDocument):
    """A text document whose lines end at CR, LF and CRLF only (`str.splitlines`, which pygls uses, also ends them at form feeds and the like, and
    then edits land on the wrong line)."""

    @property
    def lines(self) -> Sequence[str]:
        """The lines with their ends."""
        return tuple(line for line in _LINE.findall(self.source) if line)

    @property
    def source(self) -> str:
        """The text: the client's, else what is on disk, else nothing."""
        if self._source is None:
            try:
                return read_source(self.path)
            except (OSError, ValueError):
                return ""
        return str(self._source)


class Documents(Workspace):
    """pygls' workspace over `Document`."""

    def _create_text_document(self, doc_uri: str, source: str | None = None, version: int | None = None, language_id: str | None = None) -> Document:
        return Document(
            doc_uri, source=source, version=version, language_id=language_id, sync_kind=self._sync_kind, position_codec=self._position_codec
        )
