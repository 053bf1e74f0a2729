"""What came from outside, as a generated test holds it."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from causeway_core.export.regression.wording import quoted
from causeway_core.proof.running.isolation import HTTP, Isolation

_WIDTH = 118


def source_of(isolation: Isolation) -> str:
    """The definition of `ANSWERS`: each answer by the function of `causeway.order` that makes it, in the order in which they came."""
    document = isolation.document
    captured = [one for one in document["answers"] if one.get("missing") is None]
    shared = _shared(captured)
    lines = [line for pairs, name in shared.items() for line in (f"{name} = [", *(f"    {pair}," for pair in pairs), "]")]
    lines += ["# What came from outside when it was recorded; secrets were not kept. Each actor gets its own again.", "ANSWERS = order.answers("]
    for (actor, kind), group in groupby(captured, lambda one: (one["actor"], one["kind"])):
        lines += [f"    {line}" for line in _group(actor, kind, list(group), shared)]
    for name in ("outside", "inside"):
        if document[name]:
            lines.append(f"    {name}=[{', '.join(map(quoted, document[name]))}],")
    kept = {key: known.get("sql") for key, known in document["databases"].items() if "missing" not in known}
    if kept:
        lines += ["    databases={", *(line for key, sql in kept.items() for line in _database(key, sql)), "    },"]
    if isolation.variables:
        variables = ", ".join(f"{quoted(name)}: {_literal(value)}" for name, value in isolation.variables.items())
        lines += _one_or_many("environment={", variables, "},", [f"{quoted(name)}: {_literal(value)}" for name, value in isolation.variables.items()])
    if isolation.hidden:
        lines.append(f"    hidden=[{', '.join(map(quoted, isolation.hidden))}],")
    return "\n".join([*lines, ")"])


def _one_or_many(opening: str, inside: str, closing: str, parts: Sequence[str]) -> list[str]:
    whole = f"    {opening}{inside}{closing}"
    return [whole] if len(whole) <= _WIDTH else [f"    {opening}", *(f"        {part}," for part in parts), f"    {closing}"]


Headers = tuple[str, ...]


def _headers(one: Mapping[str, Any]) -> Headers:
    return tuple(f"({quoted(name)}, {quoted(text)})" for name, text in one["value"].get("headers") or ())


def _shared(answers: Sequence[Mapping[str, Any]]) -> dict[Headers, str]:
    """Names for lists of headers that several responses have, and that would be long to write each time."""
    counts = Counter(_headers(one) for one in answers if one["kind"] == HTTP)
    repeated = [headers for headers, count in counts.items() if count > 1 and len(", ".join(headers)) > _WIDTH // 3]
    return {headers: f"HEADERS_{number}" if number > 1 else "HEADERS" for number, headers in enumerate(repeated, 1)}


def _group(actor: str, kind: str, answers: Sequence[Mapping[str, Any]], shared: Mapping[Headers, str]) -> list[str]:
    if kind == HTTP and all("error" not in one["value"] for one in answers):
        return [line for one in answers for line in _response(actor, one, shared)]
    if all(not one["what"] and not one.get("body") for one in answers):
        head, values = f"order.readings({quoted(actor)}, {quoted(kind)}, ", [_literal(one["value"]) for one in answers]
        line = f"{head}{', '.join(values)}),"
        return [line] if len(line) <= _WIDTH else [head.rstrip(), *(f"    {value}," for value in values), "),"]
    return [f"order.answer({quoted(actor)}, {quoted(kind)}, {_literal(one['value'])}, {quoted(one['what'])})," for one in answers]


def _response(actor: str, one: Mapping[str, Any], shared: Mapping[Headers, str]) -> list[str]:
    value, headers = one["value"], _headers(one)
    head = f"order.response({quoted(actor)}, {quoted(one['what'])}, {value['status']}, "
    given = shared.get(headers) or f"[{', '.join(headers)}]"
    reason = f"reason={quoted(value['reason'])}" if value.get("reason") not in ("", "OK", None) else ""
    line = f"{head}{_body(one)}, {given}{', ' + reason if reason else ''}),"
    if len(line) <= _WIDTH:
        return [line]
    if len(given) > _WIDTH - 4:
        given = "\n".join(["[", *(f"            {each}," for each in headers), "        ]"])
    return [head.rstrip(), f"    {_body(one)},", f"    {given},", *([f"    {reason},"] if reason else []), "),"]


def _database(key: str, sql: str | None) -> list[str]:
    if sql is None:
        return [f"        {quoted(key)}: None,"]
    return [f"        {quoted(key)}: (", *(f"            {quoted(statement + chr(10))}" for statement in sql.split("\n")), "        ),"]


def _body(one: Mapping[str, Any]) -> str:
    data = base64.b64decode(one.get("body") or "")
    try:
        return quoted(data.decode())
    except UnicodeDecodeError:
        return repr(data)


def _literal(value: Any) -> str:
    return quoted(value) if isinstance(value, str) else repr(value)
