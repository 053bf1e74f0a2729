"""The reference decoder and the native one agree, on vectors, on anything valid and on garbage."""

from __future__ import annotations

import struct

import pytest
from causeway_core.errors import WireError
from causeway_core.wire import _stream
from causeway_core.wire.kinds import Kind, ValueKind, XKind
from causeway_core.wire.record import Fields, records, words_of
from hypothesis import given
from hypothesis import strategies as st

WORDS = st.lists(st.integers(0, 2**32 - 1), max_size=60)


def packed(words: list[int]) -> bytes:
    return struct.pack(f"<{len(words)}I", *words)


def test_every_part_of_a_record_is_found() -> None:
    setitem = [Kind.SETITEM | ValueKind.TRUE << 4 | 7 << 8, 99 << 4 | ValueKind.INT32, 5]
    call = [Kind.CALL | 8 << 8, 1234]
    text = [14 | XKind.OUTPUT << 4 | 4 << 12, 1, 2, 0x6968]
    first, second, third = records(words_of(packed(setitem + call + text + [0, 0])))
    assert (first.site, first.operand, first.key, first.value) == (7, 99, (ValueKind.INT32, (5,)), (ValueKind.TRUE, ()))
    assert (second.position, second.operand, second.words) == (3, 1234, 2)
    fields = Fields(third.payload)
    assert (fields.word(), fields.text()) == (1, "hi")


def test_a_tuple_longer_than_its_record_is_refused() -> None:
    with pytest.raises(WireError, match="longer"):
        list(records(words_of(packed([Kind.RETURN | ValueKind.TUPLE << 4, 2 << 16 | 9, 1]))))


@given(WORDS)
def test_both_decoders_stop_at_the_same_word(words: list[int]) -> None:
    end, whole = 0, True
    try:
        for record in records(words_of(packed(words))):
            end = record.position + record.words
    except WireError:
        whole = False
    assert _stream.extent(packed(words), 0) == (end, whole)


@given(WORDS)
def test_the_checksum_is_that_of_the_specification(words: list[int]) -> None:
    low = high = 0
    for word in words:
        low = (low + word) % 2**32
        high = (high + low) % 2**32
    assert _stream.checksum(packed(words)) == high << 32 | low


@given(st.binary(max_size=300))
def test_no_payload_breaks_the_field_reader(data: bytes) -> None:
    fields = Fields(words_of(data[: len(data) & ~3]))
    try:
        while True:
            fields.word()
            fields.text()
    except WireError:
        pass
