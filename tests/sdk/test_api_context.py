"""Trace contexts: W3C headers, X-Causeway-Trace, and their limits."""

from __future__ import annotations

import string

import causeway
import pytest
from causeway.context import TraceContext, format_cw, parse_cw, parse_headers, parse_traceparent, parse_tracestate, with_cw
from hypothesis import given
from hypothesis import strategies as st

TRACE, SPAN, UID = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "00f067aa0ba902b7"
PARENT = f"00-{TRACE}-{SPAN}-01"
HEX = st.text("0123456789abcdef", min_size=1)
IDS = st.integers(1, 2**128 - 1).map(lambda n: f"{n:032x}")
SPANS = st.integers(1, 2**64 - 1).map(lambda n: f"{n:016x}")
ORIGINS = st.tuples(SPANS, st.integers(0, 2**16), st.integers(0, 2**40))


@given(IDS, SPANS, st.booleans(), st.none() | ORIGINS)
def test_a_context_survives_the_wire(trace_id: str, span_id: str, sampled: bool, origin: tuple[str, int, int] | None) -> None:
    text = TraceContext(trace_id, span_id, sampled, origin=origin).serialize()
    back = causeway.deserialize_trace(text)
    assert (back.trace_id, back.span_id, back.sampled, back.origin) == (trace_id, span_id, sampled, origin)
    assert len(text) <= 96 and text.isascii()


@pytest.mark.parametrize("text", [
    "", "00", PARENT.upper(),
    f"ff-{TRACE}-{SPAN}-01", f"00-{'0' * 32}-{SPAN}-01", f"00-{TRACE}-{'0' * 16}-01", f"{PARENT}-more", f"00-{TRACE}-{SPAN}-0",
    f"00-{TRACE}-{SPAN}-zz", f"0g-{TRACE}-{SPAN}-01", f"00_{TRACE}-{SPAN}-01", f" {PARENT}",
])  # fmt: skip
def test_malformed_parents_are_ignored_in_headers_and_refused_by_the_api(text: str) -> None:
    assert parse_traceparent(text) is None
    with pytest.raises(causeway.TraceContextError):
        causeway.deserialize_trace(text)


def test_a_malformed_text_raises_a_value_error_that_does_not_repeat_it() -> None:
    with pytest.raises(ValueError, match="not a trace context") as caught:
        causeway.deserialize_trace("hunter2")
    assert "hunter2" not in str(caught.value)
    with pytest.raises(ValueError, match="origin"):
        causeway.deserialize_trace(f"{PARENT};nonsense")
    with pytest.raises(ValueError, match="str"):
        causeway.deserialize_trace(None)  # type: ignore[arg-type]


def test_a_later_version_is_read_as_far_as_it_is_known() -> None:
    later = parse_traceparent(f"01-{TRACE}-{SPAN}-03-what-comes-next")
    assert later is not None and later.trace_id == TRACE and later.sampled
    assert parse_traceparent(f"01-{TRACE}-{SPAN}-03.") is None


@given(st.text(max_size=80))
def test_no_text_makes_the_parsers_raise(text: str) -> None:
    parse_cw(text), parse_tracestate(text), parse_headers(text, text, text), parse_headers(PARENT, text, text)


@given(ORIGINS)
def test_the_cw_value_is_short_and_exact(origin: tuple[str, int, int]) -> None:
    assert len(format_cw(origin)) <= 40
    assert parse_cw(format_cw(origin)) == origin


def test_headers_of_other_vendors_come_through() -> None:
    context = parse_headers(PARENT, f"rojo=00f067aa0ba902b7,cw={UID}.1.ff, congo=t61rcWkgMzE", None)
    assert context is not None
    assert context.tracestate == "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"
    assert context.origin == (UID, 1, 255)


def test_a_malformed_tracestate_costs_the_state_and_not_the_parent() -> None:
    context = parse_headers(PARENT, "no equals sign", None)
    assert context is not None and context.trace_id == TRACE and context.tracestate == ""


def test_x_causeway_trace_counts_where_there_is_no_traceparent() -> None:
    context = parse_headers(None, None, f"{PARENT};{UID}.2.a")
    assert context is not None and context.origin == (UID, 2, 10)
    assert parse_headers(None, None, "nonsense") is None


KEYS = st.text(string.ascii_lowercase + string.digits + "_-*/", min_size=1, max_size=20).filter(lambda k: k[0].isalnum() and k != "cw")
VALUES = st.text(string.ascii_letters + string.digits + "!:;/", min_size=1, max_size=200)


@given(st.dictionaries(KEYS, VALUES, max_size=40), ORIGINS)
def test_our_member_comes_first_and_the_limits_hold(members: dict[str, str], origin: tuple[str, int, int]) -> None:
    theirs = [f"{k}={v}" for k, v in members.items()][:32]
    state = with_cw(",".join(theirs), format_cw(origin)).split(",")
    assert state[0] == f"cw={format_cw(origin)}"
    assert len(state) <= 32 and len(",".join(state)) <= 512
    rest = iter(theirs)
    assert all(member in rest for member in state[1:]), "the others keep their order"
    if len(theirs) < 32 and len(",".join(theirs)) + len(state[0]) < 512:
        assert state[1:] == theirs, "nothing goes while there is room"


def test_long_members_go_first() -> None:
    state = with_cw(f"a={'x' * 200},b=1,c={'y' * 200},d={'z' * 90}", f"{UID}.0.1")
    assert state == f"cw={UID}.0.1,a={'x' * 200},b=1,d={'z' * 90}"


def test_a_malformed_tracestate_of_the_program_is_left_alone() -> None:
    assert with_cw("what is this", f"{UID}.0.1") == "what is this"
