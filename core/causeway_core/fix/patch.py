"""A candidate change, as whole new texts and as a diff."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patch:
    """`files` are (path, text before, text after). `sentence` says what the patch does. Not proved by itself: see `Verified`."""

    kind: str
    sentence: str
    files: tuple[tuple[str, str, str], ...]

    @classmethod
    def of(cls, kind: str, sentence: str, before: Mapping[str, str], after: Mapping[str, str]) -> Patch | None:
        """The patch from texts to texts; None if nothing changes or the result is not Python any more."""
        files = tuple((path, before[path], text) for path, text in sorted(after.items()) if before[path] != text)
        for path, _, text in files:
            try:
                compile(text, path, "exec", dont_inherit=True)
            except (SyntaxError, ValueError):
                return None
        return cls(kind, sentence, files) if files else None

    def diff(self) -> str:
        """The unified diff, for `git apply` and `patch -p1`."""
        parts = []
        for path, before, after in self.files:
            old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
            for line in difflib.unified_diff(old, new, f"a/{path}", f"b/{path}"):
                parts.append(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")
        return "".join(parts)

    def size(self) -> int:
        """How many lines it takes out and puts in."""
        return sum(line[0] in "+-" and line[:3] not in ("+++", "---") for line in self.diff().splitlines() if line)
