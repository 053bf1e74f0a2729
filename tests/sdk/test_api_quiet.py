"""The API when nothing records: the same meaning for the program, and next to nothing else."""

from __future__ import annotations

import subprocess
import sys

import causeway
import pytest


def test_a_decorator_gives_back_the_very_function() -> None:
    def function() -> int:
        return 1

    assert causeway.trace("name")(function) is function


def test_blocks_nest_and_let_exceptions_through() -> None:
    with pytest.raises(ZeroDivisionError), causeway.trace("outer", a=1), causeway.trace("inner"):
        raise ZeroDivisionError


async def test_blocks_are_async_too() -> None:
    async with causeway.trace("outer"), causeway.continue_trace(causeway.create_trace()):
        causeway.event("something", value=object())


def test_contexts_are_new_each_time_and_can_be_handed_on() -> None:
    one, two = causeway.create_trace(), causeway.create_trace()
    assert one.trace_id != two.trace_id
    assert causeway.deserialize_trace(one.serialize()) == one
    assert one.serialize() == one.traceparent, "without a recording there is no event to name"


def test_continue_wants_a_context() -> None:
    with pytest.raises(TypeError, match="deserialize_trace"):
        causeway.continue_trace("00-…")  # type: ignore[arg-type]


@pytest.mark.parametrize("bad", [
    {"detail": "everything"}, {"sampling_rate": 2}, {"sampling_rate": "1"}, {"include": "*.py"}, {"exclude_patterns": [1]}, {"buffer_size": 0},
    {"sanitize_values": 1}, {"flush_interval_ms": 1.5},
])  # fmt: skip
def test_configure_refuses_bad_arguments_and_changes_nothing(bad: dict[str, object]) -> None:
    from causeway import settings

    before = settings.current
    with pytest.raises((TypeError, ValueError), match=next(iter(bad))):
        causeway.configure(**bad)  # type: ignore[arg-type]
    assert settings.current is before


def test_configure_changes_what_is_named() -> None:
    from causeway import settings

    before = settings.current
    try:
        causeway.configure(capture_args=False, exclude_patterns=["**/auth/**"])
        causeway.configure(sampling_rate=0.5)
        assert (settings.current.capture_args, settings.current.exclude_patterns, settings.current.sampling_rate) == (False, ("**/auth/**",), 0.5)
        assert settings.current.include == before.include
    finally:
        settings.current = before


def test_importing_loads_nothing_but_itself() -> None:
    code = "import sys; before = set(sys.modules); import causeway; print(sorted(m for m in set(sys.modules) - before if not 'causeway' in m))"
    path = causeway.__path__[0].removesuffix("/causeway")
    words = [sys.executable, "-c", f"import sys; sys.path.insert(0, {path!r}); {code}"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=240, check=True)
    assert done.stdout.strip() in ("[]", "['__future__']")
