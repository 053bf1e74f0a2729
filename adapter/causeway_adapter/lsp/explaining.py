"""Where the kinds of findings are explained: a page that comes with the package, so that it fits its version and needs no network."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pygls.uris import from_fs_path

_PAGE = Path(__file__).with_name("findings.md")


@cache
def _lines() -> dict[str, int]:
    """For each kind the line of its heading on the page."""
    found: dict[str, int] = {}
    for number, line in enumerate(_PAGE.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("### `"):
            found.setdefault(line.split("`")[1], number)
    return found


@cache
def link_of(kind: str) -> str:
    """The URI that explains a kind of finding."""
    uri = from_fs_path(str(_PAGE)) or ""
    return f"{uri}#L{_lines()[kind]}" if kind in _lines() else uri
