"""Edits that suppress a finding."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence

from causeway_adapter.lsp.strings import long_strings

REASON = "reviewed"

_SECTION = re.compile(r"^\[tool\.causeway\][^\n]*\n?", re.MULTILINE)
_NEXT = re.compile(r"^\[", re.MULTILINE)
_IGNORE = re.compile(r"^ignore\s*=\s*\[", re.MULTILINE)


def comment_for(lines: Sequence[str], line: int, kind: str) -> str | None:
    """What to add at the end of a line (from 1) so that findings of a kind are left out there; None where a comment would change the program:
    inside a string, after a backslash, and where a string does not end."""
    strings = long_strings("\n".join(lines))
    if strings is None or lines[line - 1].rstrip().endswith("\\") or any(first <= line < last for first, last in strings):
        return None
    return f"  # causeway: ignore[{kind}] {REASON}"


def project_ignoring(text: str, kind: str) -> str | None:
    """A pyproject.toml with a kind added to `ignore` of `[tool.causeway]`, nothing else touched; None where that cannot be done safely."""
    section = _SECTION.search(text)
    if section is None:
        changed = (text.rstrip("\n") + "\n\n" if text.strip() else "") + f'[tool.causeway]\nignore = ["{kind}"]\n'
    else:
        following = _NEXT.search(text, section.end())
        listed = _IGNORE.search(text, section.end(), following.start() if following else len(text))
        if listed is None:
            changed = f'{text[: section.end()].rstrip()}\nignore = ["{kind}"]\n{text[section.end() :]}'
        else:
            rest = text[listed.end() :]
            changed = f'{text[: listed.end()]}"{kind}"{"" if rest.lstrip().startswith("]") else ", "}{rest}'
    try:
        before, after = tomllib.loads(text), tomllib.loads(changed)
        known = before.setdefault("tool", {}).setdefault("causeway", {}).setdefault("ignore", [])
        now = after["tool"]["causeway"]["ignore"]
        if kind in known or sorted(now) != sorted([*known, kind]):
            return None
        before["tool"]["causeway"]["ignore"] = after["tool"]["causeway"]["ignore"] = []
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError):
        return None
    return changed if before == after else None
