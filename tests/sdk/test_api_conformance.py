"""The vectors that every SDK must agree on: sdk/conformance."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import causeway
import pytest
from causeway.boundary.sqltext import analyse
from causeway.context import TraceContext, parse_headers, with_cw
from causeway.redaction import is_secret, scrub, scrub_argv, scrub_url

VECTORS = Path(__file__).parents[2] / "sdk" / "conformance"
PROPAGATION = json.loads((VECTORS / "propagation.json").read_text())
REDACTION = json.loads((VECTORS / "redaction.json").read_text())


def shown(context: TraceContext | None) -> dict[str, Any] | None:
    if context is None:
        return None
    origin = list(context.origin) if context.origin else None
    return {"trace_id": context.trace_id, "span_id": context.span_id, "sampled": context.sampled, "tracestate": context.tracestate, "origin": origin}


@pytest.mark.parametrize("vector", PROPAGATION["receive"], ids=lambda vector: vector["name"])
def test_contexts_that_are_received(vector: dict[str, Any]) -> None:
    headers = vector["headers"]
    parents, states, own = (headers.get(name, []) for name in ("traceparent", "tracestate", "x-causeway-trace"))
    context = parse_headers(parents[0] if len(parents) == 1 else None, ",".join(states) or None, own[0] if own else None)
    assert shown(context) == vector["context"]


@pytest.mark.parametrize("vector", PROPAGATION["send"], ids=lambda vector: vector["name"])
def test_states_that_are_sent(vector: dict[str, Any]) -> None:
    assert with_cw(vector["before"], vector["event"]) == vector["after"]


@pytest.mark.parametrize("vector", PROPAGATION["texts"], ids=lambda vector: vector["text"][:20])
def test_serialized_texts(vector: dict[str, Any]) -> None:
    if vector["context"] is None:
        with pytest.raises(causeway.TraceContextError):
            causeway.deserialize_trace(vector["text"])
    else:
        assert shown(causeway.deserialize_trace(vector["text"])) == {**vector["context"], "tracestate": ""}


def test_redaction() -> None:
    for vector in REDACTION["names"]:
        assert is_secret(vector["name"]) == vector["secret"], vector
    for vector in REDACTION["texts"]:
        assert scrub(vector["text"]) == vector["recorded"]
    for vector in REDACTION["urls"]:
        assert scrub_url(vector["url"]) == vector["recorded"]
    for vector in REDACTION["argv"]:
        assert scrub_argv(vector["argv"]) == vector["recorded"]
    for vector in REDACTION["sql"]:
        statement = analyse(vector["statement"], {})
        assert (statement.text, sorted(statement.secrets, key=str)) == (vector["recorded"], vector["secret_parameters"])
