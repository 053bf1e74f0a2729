"""Have the database lock the row when it is read."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from causeway_core.fix.editing import Source
from causeway_core.fix.patch import Patch
from causeway_core.fix.project import Project
from causeway_core.fix.target import Target

_SERVERS = re.compile(r"^\s*(?:import|from)\s+(?:psycopg2?|asyncpg|sqlalchemy)\b", re.MULTILINE)
_SELECT = re.compile(r"\s*select\b", re.IGNORECASE)
_OTHER = re.compile(r"\b(?:for\s+(?:no\s+key\s+)?update|for\s+(?:key\s+)?share|group\s+by|distinct|union|intersect|except)\b", re.IGNORECASE)
_AGGREGATE = re.compile(r"\b(?:count|sum|min|max|avg|\w+_agg)\s*\(", re.IGNORECASE)
_END = re.compile(r"[\s;]*\Z")


def lock_rows(target: Target, project: Project) -> Iterator[Patch]:
    """`SELECT … FOR UPDATE` where the window of a row begins, or `with_for_update=True` where SQLAlchemy's session gets an object: who reads it so
    next waits for the end of the transaction. Only a re-run tells whether both statements are in one; else nothing would be locked.
    """
    if target.kind != "lost_update" or not any(_SERVERS.search(text) for text in project.texts.values()):
        return
    source = project.source(target.first.file)
    for _, call in source.calls_on(target.first.function, target.first.line):
        if _selects(source, call) or _gets(source, call):
            yield from project.patch("lock-rows", f"makes the database lock {target.resource} from the read to the end of the transaction", source)
            return


def _selects(source: Source, call: cst.Call) -> bool:
    text = call.args[0].value if call.args else None
    if not isinstance(text, cst.SimpleString) or not isinstance(text.evaluated_value, str):
        return False
    statement = text.evaluated_value
    if not _SELECT.match(statement) or _OTHER.search(statement) or _AGGREGATE.search(statement):
        return False
    body = text.raw_value
    end = _END.search(body)
    where = end.start() if end is not None else len(body)
    source.put(text, text.with_changes(value=f"{text.prefix}{text.quote}{body[:where]} FOR UPDATE{body[where:]}{text.quote}"))
    return True


def _gets(source: Source, call: cst.Call) -> bool:
    """`session.get(Account, 1)`."""
    named = isinstance(call.func, cst.Attribute) and call.func.attr.value == "get"
    if not named or len(call.args) != 2 or any(arg.keyword is not None or arg.star for arg in call.args):
        return False
    if not isinstance(call.args[0].value, cst.Name) or not call.args[0].value.value[:1].isupper():
        return False
    tight = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    keyword = cst.Arg(cst.Name("True"), keyword=cst.Name("with_for_update"), equal=tight)
    last = call.args[-1].with_changes(comma=cst.Comma(whitespace_after=cst.SimpleWhitespace(" ")))
    source.put(call, call.with_changes(args=[*call.args[:-1], last, keyword]))
    return True
