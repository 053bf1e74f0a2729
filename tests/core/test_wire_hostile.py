"""Words that no recorder writes, straight into the native readers: each read ends, in an answer or an error of ours."""

from __future__ import annotations

import random
import struct

import pytest
from causeway_core.wire import _query, _stream
from hypothesis import given, settings
from hypothesis import strategies as st

LINE, CALL, RETURN, UNWIND, YIELD, RESUME = 1, 2, 3, 4, 5, 6
NONE = 1 << 4
AWAIT = 6
"""The kind of a site at an await."""


def scanner() -> _stream.Scanner:
    """Of one process with one stream; sites 0 to 7, of four functions."""
    made = _stream.Scanner(("unknown",), ("suspended", "finished", "failed", "cancelled"), 1 << 16)
    made.add_process(1)
    made.add_stream(1, 1)
    made.set_sites(1, 0, b"".join(struct.pack("<4I", site % 4 + 1, 0, site, AWAIT) for site in range(8)))
    return made


def read(made: _stream.Scanner, *words: int) -> tuple[int, int, int]:
    return made.feed(1, struct.pack(f"<{len(words)}I", *words), 0, False)


def test_a_frame_key_of_zero_and_then_a_real_one() -> None:
    made = scanner()
    given = (LINE | 1 << 8, YIELD | NONE | 1 << 8, 0, YIELD | NONE | 1 << 8, 7, RETURN | NONE | 1 << 8, CALL | 2 << 8, 7)
    assert read(made, *given)[0] == len(given)
    assert made.close_chunk(1)


def test_a_base_of_sites_beyond_the_last_number() -> None:
    with pytest.raises(ValueError, match="below"):
        scanner().set_sites(1, 2**64 - 1, struct.pack("<8I", *range(8)))


_flow = st.tuples(st.sampled_from((LINE, CALL, RETURN, UNWIND, YIELD, RESUME, 7)), st.integers(0, 7), st.integers(0, 3))


@given(st.lists(_flow, max_size=60))
@settings(max_examples=300, deadline=None)
def test_calls_and_suspensions_in_any_order(flow: list[tuple[int, int, int]]) -> None:
    words: list[int] = []
    for kind, site, frame in flow:
        words.append(kind | site << 8 | (0 if kind in (LINE, CALL) else NONE))
        if kind in (CALL, YIELD, RESUME):
            words.append(frame)
    made = scanner()
    assert read(made, *words)[0] == len(words)
    made.finish()
    laid_out = _query.Timeline()
    laid_out.sites(struct.pack("<8I", *(site % 4 + 1 for site in range(8))), bytes(8))
    assert laid_out.feed(1, 0, struct.pack(f"<{len(words)}I", *words), 0, len(words)) == len(words)


@given(st.integers(0, 1 << 32))
@settings(max_examples=100, deadline=None)
def test_any_words_at_all(seed: int) -> None:
    choice = random.Random(seed)
    plain = [choice.randrange(1, 16) | choice.randrange(12) << 4 | choice.randrange(9) << 8 for _ in range(200)]
    long = [14 | choice.randrange(27) << 4 | choice.randrange(1, 12) << 12 for _ in range(200)]
    words = [choice.choice((choice.randrange(1 << 32), plain[i], long[i], choice.randrange(8))) for i in range(choice.randrange(200))]
    data = struct.pack(f"<{len(words)}I", *words)
    made = scanner()
    read(made, *words)
    made.finish()
    made.close_chunk(1)
    laid_out = _query.Timeline()
    laid_out.sites(struct.pack("<8I", *(site % 4 + 1 for site in range(8))), bytes(8))
    laid_out.feed(1, 0, data, 0, len(words))
    for activation in range(laid_out.statistics()[1]):
        laid_out.activation(activation)
        laid_out.find_in(activation, 1, 0, data, 0, len(words), 1 << LINE, 0, None, 10, False)
    _query.find(data, 0, len(words), 0x3FFF, (1 << 26) - 1, None, -1, 1 << 20, False)
    laid_out.possible(1, 0, data, 1 << LINE, b"\xff", b"\xff", 2, 1.0, b"")
