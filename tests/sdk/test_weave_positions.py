"""Woven code has the lines, events and tracebacks of the plain code."""

import contextlib
import io
import os
import sys
import traceback
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tap_twin import Twin, weave_code

PROGRAM = Path(__file__).parents[1] / "programs" / "weave" / "everything.py"
LIBRARY = Path(os.__file__).parent
TWIN = str(Path(__file__).with_name("tap_twin.py"))


def codes(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from codes(constant)


def lines(code: types.CodeType) -> set[int]:
    return {line for _, _, line in code.co_lines() if line is not None}


def events(code: types.CodeType, path: str) -> tuple[list[Any], str, str]:
    """What `sys.settrace` sees of a run, what it prints and how it ends."""
    seen: list[Any] = []

    def tracer(frame: Any, event: str, argument: Any) -> Any:
        if frame.f_code.co_filename != path:
            return None
        detail = argument[0].__name__ if event == "exception" else type(argument).__name__ if event == "return" else None
        seen.append((frame.f_code.co_qualname, event, frame.f_lineno, detail))
        return tracer

    output, failure = io.StringIO(), ""
    before = sys.gettrace()
    with contextlib.redirect_stdout(output):
        sys.settrace(tracer)
        try:
            exec(code, {"__name__": "__main__", "__file__": path})
        except BaseException as error:
            sys.settrace(None)
            frames = [frame for frame in traceback.extract_tb(error.__traceback__)[1:] if frame.filename != TWIN]
            failure = "".join(traceback.format_list(frames)) + repr(error)
        finally:
            sys.settrace(before)
    return seen, output.getvalue(), failure


def test_line_events_exceptions_output_and_traceback() -> None:
    source, path = PROGRAM.read_bytes(), str(PROGRAM)
    plain, plain_output, plain_failure = events(compile(source, path, "exec"), path)
    woven, output, failure = events(weave_code(source, path, Twin()), path)
    assert output == plain_output
    assert failure == plain_failure
    assert len(plain) > 300
    # Within a comprehension of several lines an event may name another of its lines.
    span = range(115, 122)
    assert [event for event in woven if event[2] not in span] == [event for event in plain if event[2] not in span]


def assert_same_shape(path: Path) -> None:
    from causeway.weave.tree import weave

    source = path.read_bytes()
    plain = compile(source, str(path), "exec", dont_inherit=True)
    woven = weave(source, str(path), path.stem).code
    for before, after in zip(codes(plain), codes(woven), strict=True):
        where = f"{path}:{before.co_firstlineno} {before.co_qualname}"
        assert after.co_qualname == before.co_qualname, where
        assert after.co_firstlineno == before.co_firstlineno, where
        assert after.co_flags == before.co_flags, where
        assert after.co_varnames[: before.co_argcount] == before.co_varnames[: before.co_argcount], where
        assert lines(after) == lines(before), where


SAMPLE = [
    "ast.py",
    "asyncio/base_events.py",
    "asyncio/taskgroups.py",
    "collections/__init__.py",
    "contextlib.py",
    "dataclasses.py",
    "decimal.py",
    "difflib.py",
    "email/headerregistry.py",
    "enum.py",
    "inspect.py",
    "json/decoder.py",
    "typing.py",
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", SAMPLE)
def test_shape_of_library_modules(name: str) -> None:
    assert_same_shape(LIBRARY / name)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.timeout(900)
def test_shape_of_the_whole_library() -> None:
    count = 0
    for path in sorted(LIBRARY.rglob("*.py")):
        if "site-packages" in path.parts or path.name == "test_compile.py":  # it tests in which order equal constants are kept
            continue
        try:
            compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            continue
        assert_same_shape(path)
        count += 1
    assert count > 1000


def test_frame_line_numbers_survive_an_exception_passing_through() -> None:
    source = b"def f():\n    g()\n\ndef g():\n    1 / 0\n"
    namespace: dict[str, Any] = {}
    exec(weave_code(source, "lines.py", Twin()), namespace)
    with pytest.raises(ZeroDivisionError) as caught:
        namespace["f"]()
    trace = caught.value.__traceback__
    found = []
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "lines.py":
            found.append((trace.tb_lineno, trace.tb_frame.f_lineno))
        trace = trace.tb_next
    assert found == [(2, 2), (5, 5)]


def test_static_attributes_and_signature() -> None:
    source = b"""
class A:
    def __init__(self, x, *, y=2):
        self.x, self.y = x, y
        self.x += 1

    def f(self):
        for self.z in []:
            pass
"""
    plain: dict[str, Any] = {}
    woven: dict[str, Any] = {}
    exec(compile(source, "a.py", "exec"), plain)
    exec(weave_code(source, "a.py", Twin()), woven)
    if sys.version_info >= (3, 13):
        assert sorted(woven["A"].__static_attributes__) == sorted(plain["A"].__static_attributes__)
        assert woven["A"].__firstlineno__ == plain["A"].__firstlineno__
    import inspect

    assert inspect.signature(woven["A"]) == inspect.signature(plain["A"])
