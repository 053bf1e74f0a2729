"""The native questions to words: agreement with the plain decoder, and no harm from malformed words."""

from __future__ import annotations

import operator
import random
import struct
from collections.abc import Sequence
from itertools import pairwise

import pytest
from causeway_core.errors import WireError
from causeway_core.wire import _query
from causeway_core.wire.kinds import Kind, XKind
from causeway_core.wire.record import Record, records
from hypothesis import given, settings
from hypothesis import strategies as st

ALL, ALL_X = 0x3FFE, (1 << 64) - 1
FIRST_WORDS = st.builds(lambda kind, site: kind | site << 8, st.integers(0, 15), st.integers(0, 9))
WORDS = st.lists(st.one_of(st.integers(0, 2**32 - 1), st.integers(0, 0xFFF), FIRST_WORDS), max_size=60)


def packed(words: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(words)}I", *words)


def offsets(found: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(found) // 4}I", found))


def decoded(words: Sequence[int]) -> list[Record]:
    found = []
    try:
        for record in records(words):
            found.append(record)
    except (WireError, IndexError):
        pass
    return found


def program(seed: int, count: int) -> list[int]:
    """A well-formed stream of calls, lines, steps, suspensions and noise."""
    choice, words, depth = random.Random(seed), list[int](), 0
    for _ in range(count):
        site = choice.randrange(1, 12)
        match choice.randrange(10):
            case 0 | 1:
                words += [Kind.CALL | site << 8, choice.randrange(1, 6)]
            case 2:
                words.append(choice.choice((Kind.RETURN, Kind.UNWIND)) | 1 << 4 | site << 8)
            case 3:
                words += [choice.choice((Kind.YIELD, Kind.RESUME)) | 1 << 4 | site << 8, choice.randrange(1, 6)]
            case 4:
                words += [14 | XKind.STEP << 4 | 6 << 12, choice.randrange(1, 4), 0, 0, 0, 0]
                depth += 1
            case 5:
                words += [14 | XKind.STEP_END << 4 | 6 << 12, 1, 0, 0, 0, 0]
            case 6:
                words += [Kind.LOCAL | 4 << 4 | site << 8, 7]
            case 7:
                words += [14 | XKind.HANDLER << 4 | 4 << 12, site, choice.randrange(1, 6), 0]
            case _:
                words.append(Kind.LINE | site << 8)
    return words


def timeline(words: Sequence[int], stream: int = 1) -> _query.Timeline:
    made = _query.Timeline()
    made.sites(packed([0, *(site % 4 + 1 for site in range(11))]), bytes(site % 3 for site in range(12)))
    made.feed(stream, 0, packed(words), 0, len(words))
    return made


@given(WORDS, st.integers(0, 70), st.integers(0, 70), st.integers(0, ALL), st.integers(-1, 20), st.booleans())
@settings(max_examples=500, deadline=None)
def test_find_agrees_with_the_plain_decoder(words: list[int], start: int, length: int, kinds: int, owner: int, newest: bool) -> None:
    known = decoded(words)
    starts = [record.position for record in known]
    start = starts[start % len(starts)] if starts else 0
    end = min(start + length, len(words))
    found = offsets(_query.find(packed(words), start, end, kinds & ~1, 0, None, -1, 1 if newest else 1000, newest))
    expected = [r.position for r in known if start <= r.position < end and kinds & ~1 & 1 << r.kind]
    assert found == (expected[-1:] if newest else expected)
    if owner >= 0:
        mask = 1 << Kind.SETATTR | 1 << Kind.SETITEM
        of_owner = [r.position for r in known if start <= r.position < end and 1 << r.kind & mask and r.operand == owner]
        assert offsets(_query.find(packed(words), start, end, mask, 0, None, owner, 1000, False)) == of_owner


@given(WORDS, st.lists(st.integers(0, 80), max_size=12))
@settings(max_examples=500, deadline=None)
def test_any_words_give_a_consistent_timeline(words: list[int], questions: list[int]) -> None:
    made = timeline(words)
    check(made, len(words))
    for number in questions:
        index = made.locate(1 << 40 | number)
        if index >= 0:
            at, *_ = made.segment(index)
            assert at <= (1 << 40 | number)
    assert made.locate(7 << 40) == -1


def check(made: _query.Timeline, size: int) -> None:
    """Segments tile the stream; links agree with one another."""
    count, activations, stretches, _ = made.statistics()
    position = 1 << 40
    for index in range(count):
        at, end, activation, below, before, after, _, _ = made.segment(index)
        assert at == position and at <= end <= (1 << 40 | size)
        position = end
        assert below < index and before < index and (after == -1 or after > index)
        assert before == -1 or made.segment(before)[2] == activation
        assert after == -1 or made.segment(after)[4] == index
        stack = made.stack(index)
        assert stack == sorted(stack, reverse=True)
        for of_actor in (False, True):
            for direction in (-1, 1):
                near = made.neighbour(index, direction, of_actor, True)
                assert near == -1 or made.neighbour(near, -direction, of_actor, True) == index
    for index in range(activations):
        call_at, end_at, *_, ending, _ = made.activation(index)
        assert (end_at == 0) == (ending == 0) and (not end_at or end_at >= call_at)
    assert len(made.stretches()) == 12 * stretches


@given(st.integers(0, 10**6), st.integers(1, 120), st.lists(st.integers(0, 400), max_size=5))
@settings(max_examples=200, deadline=None)
def test_feeding_in_pieces_gives_the_same_timeline(seed: int, count: int, cuts: list[int]) -> None:
    words = program(seed, count)
    starts = [record.position for record in decoded(words)]
    whole, pieces = timeline(words), _query.Timeline()
    pieces.sites(packed([0, *(site % 4 + 1 for site in range(11))]), bytes(site % 3 for site in range(12)))
    borders = sorted({0, len(words), *(starts[cut % len(starts)] for cut in cuts if starts)})
    for first, last in pairwise(borders):
        assert pieces.feed(1, first, packed(words[first:last]), 0, last - first) == last - first
    check(whole, len(words))
    assert whole.statistics() == pieces.statistics()
    for index in range(whole.statistics()[0]):
        assert whole.segment(index) == pieces.segment(index)


@given(st.integers(0, 10**6), st.integers(1, 120), st.integers(0, 30), st.integers(0, 400), st.integers(0, 400))
@settings(max_examples=200, deadline=None)
def test_searches_in_an_activation_are_those_of_its_segments(seed: int, count: int, chosen: int, first: int, last: int) -> None:
    words = program(seed, count)
    starts = [record.position for record in decoded(words)]
    made = timeline(words)
    activation = chosen % made.statistics()[1]
    start, end = sorted((starts[first % len(starts)], starts[last % len(starts)]))
    expected = []
    for index in range(made.statistics()[0]):
        at, until, owner, *_ = made.segment(index)
        low, high = max(at - (1 << 40), start), min(until - (1 << 40), end)
        if owner == activation and high > low:
            expected += offsets(_query.find(packed(words), low, high, ALL, ALL_X, None, -1, 1000, False))
    assert offsets(made.find_in(activation, 1, 0, packed(words), start, end, ALL, ALL_X, None, 1000, False)) == expected


OPERATORS = (operator.lt, operator.le, operator.eq, operator.ne, operator.ge, operator.gt)


@given(st.integers(0, 10**6), st.integers(1, 200), st.integers(0, 5), st.integers(-2, 9))
@settings(max_examples=300, deadline=None)
def test_a_rule_leaves_out_only_what_is_false(seed: int, count: int, op: int, number: int) -> None:
    """LINEs at sites 1 to 6 are hits, a LOCAL at sites 7 to 11 binds the name."""
    words, choice = program(seed, count), random.Random(seed)
    for record in decoded(words):
        if record.kind == Kind.LOCAL:
            words[record.position + 1] = choice.randrange(-2, 9) & 0xFFFFFFFF
    made = timeline(words)
    hit, binding = 0b1111110, 0b111110000000
    found = offsets(made.possible(1, 0, packed(words), 1 << Kind.LINE, struct.pack("<H", hit), struct.pack("<H", binding), op, float(number), b""))
    held: dict[int, int] = {}
    expected = []
    for record in decoded(words):
        activation = made.segment(made.locate(1 << 40 | record.position))[2]
        if record.kind == Kind.LOCAL and 7 <= record.site <= 11:
            held[activation] = record.value[1][0] - (record.value[1][0] >> 31 << 32) if record.value else 0
        if record.kind == Kind.LINE and 1 <= record.site <= 6 and (activation not in held or OPERATORS[op](held[activation], number)):
            expected.append(record.position)
    assert found == expected


def test_wrong_arguments_are_refused() -> None:
    made = timeline([Kind.LINE | 1 << 8])
    for call in (
        lambda: _query.find(b"abc", 0, 0, ALL, 0, None, -1, 1, False), lambda: _query.find(packed([1]), 0, 2, ALL, 0, None, -1, 1, False),
        lambda: _query.find(packed([1]), -1, 1, ALL, 0, None, -1, 1, False), lambda: _query.find(packed([1]), 0, 1, ALL, 0, None, -1, 5, True),
        lambda: made.feed(1, 0, packed([1]), 0, 2), lambda: made.feed(1, 1 << 41, packed([1]), 0, 1),
        lambda: made.feed(1 << 30, 0, packed([1]), 0, 1),
        lambda: made.sites(packed([1, 2]), b"\0"), lambda: made.find_in(0, 1, 0, packed([1]), 0, 9, ALL, 0, None, 1, False),
        lambda: made.locate_all(b"1234"),
        lambda: made.possible(1, 0, packed([1]), ALL, b"", b"", 9, 0.0, b""), lambda: made.possible(1, 0, packed([1]), ALL, b"", b"", 0, 0.0, b"123"),
    ):
        with pytest.raises(ValueError):
            call()
    for number in (made.statistics()[0], 2**40):
        with pytest.raises((IndexError, OverflowError)):
            made.segment(number)
        with pytest.raises((IndexError, OverflowError)):
            made.activation(number)
    assert made.actor(3) is None
