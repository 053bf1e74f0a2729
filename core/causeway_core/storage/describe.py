"""Prints docs/schema.md, made from the comments of schema.sql: python -m causeway_core.storage.describe > docs/schema.md."""

from __future__ import annotations

import re

from causeway_core.storage import schema

_TABLE = re.compile(r"CREATE TABLE (\w+) \(\s*-- (.*)")
_COLUMN = re.compile(r'"?(\w+)"? (INTEGER|TEXT|BLOB|REAL)\b(.*)')

_HEAD = f"""# The SQLite schema of a recording

Generated from `core/causeway_core/storage/schema.sql` by `python -m causeway_core.storage.describe`; do not edit. Schema version {schema.VERSION}.
How the tables hang together is in [recording-format.md](recording-format.md).
"""


def markdown() -> str:
    """The whole page."""
    parts = [_HEAD]
    lines = schema.text().splitlines()
    indexes = [line.removesuffix(";") for line in lines if line.startswith("CREATE INDEX")]
    for number, line in enumerate(lines):
        match = _TABLE.match(line)
        if match:
            name, purpose = match.groups()
            parts.append(f"\n## {name}\n\n{_sentence(purpose)}\n\n| column | type | meaning |\n|---|---|---|\n")
            parts += _rows(lines[number + 1 :])
            own = [re.sub(r"CREATE INDEX \w+ ON \w+", "", index) for index in indexes if f" ON {name}(" in index]
            if own:
                parts.append(f"\nIndexed by {', '.join(f'`{columns}`' for columns in own)}.\n")
    return "".join(parts)


def _rows(lines: list[str]) -> list[str]:
    rows = []
    for line in lines:
        if line.startswith(")"):
            break
        code, _, comment = line.partition("--")
        columns = [match for part in _split(code) if (match := _COLUMN.match(part.strip()))]
        notes = comment.strip().split("; ") if len(columns) > 1 else [comment.strip()]
        for index, column in enumerate(columns):
            note = notes[index] if index < len(notes) and len(notes) == len(columns) else comment.strip()
            rows.append(f"| `{column[1]}` | {column[2]}{'' if _required(column[3]) else ', may be NULL'} | {_escaped(note)} |\n")
    return rows


def _split(code: str) -> list[str]:
    """Column declarations of a line: commas inside parentheses do not part them."""
    return re.split(r",\s*(?![^(]*\))", code)


def _required(constraints: str) -> bool:
    return "NOT NULL" in constraints or "PRIMARY KEY" in constraints


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:].rstrip(".") + "."


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    print(markdown(), end="")
