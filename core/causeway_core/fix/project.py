"""The sources that a fix may change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import libcst as cst

from causeway_core.errors import FindingUnusable
from causeway_core.fix.editing import Source
from causeway_core.fix.patch import Patch


class Project:
    """Source texts by path as findings name them. Each `source` is a fresh tree: patches do not share edits."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = dict(texts)

    def source(self, path: str) -> Source:
        """The tree of a file. Raises FindingUnusable if the text is not there or does not parse."""
        text = self.texts.get(path)
        if text is None:
            raise FindingUnusable(f"the source of {path} was not found", "run it in the project's folder")
        try:
            return Source(path, text)
        except cst.ParserSyntaxError as error:
            raise FindingUnusable(f"{path} does not parse: {error.message}", "fix that first") from None

    def patch(self, kind: str, sentence: str, *sources: Source) -> Iterator[Patch]:
        """The patch that the sources' edits make, if they make one."""
        found = Patch.of(kind, sentence, self.texts, {each.path: each.text() for each in sources})
        if found is not None:
            yield found
