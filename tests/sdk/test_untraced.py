"""A traced program's tracer is asked what it would be asked without the recorder, also where frames run untraced between their calls."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.sdk.hooked import hooked, run_plain

CALLS = '''\
import asyncio
import sys
import threading

WATCHED = {"watched"}
"""Functions whose lines the tracer wants."""
HERE = __file__
seen = []


def tracer(frame, event, argument):
    name = frame.f_code.co_name
    if frame.f_code.co_filename != HERE or name in ("tracer", "start", "stop", "rest"):
        return None
    seen.append((threading.current_thread().name, event, name, frame.f_lineno))
    return tracer if name in WATCHED else None


def rest():
    """With the recorder there, frames may rest under this tracer."""
    if "causeway" in sys.modules:
        from causeway import _tap

        _tap.rest_under(type(tracer))


rest()


def report():
    sys.settrace(None)
    threading.settrace(None)
    for one in seen:
        print(*one)
'''


def ask(folder: Path, program: str) -> str:
    """What the tracer was asked: the same with the recorder and without, else this fails."""
    return hooked(folder, CALLS + program, detail="full").stdout


def test_every_kind_of_call_is_reported_from_frames_that_rest(tmp_path: Path) -> None:
    said = ask(
        tmp_path,
        '''
class Box:
    def __getitem__(self, index):
        return index

    def __add__(self, other):
        return other

    @property
    def size(self):
        return 2

    def __iter__(self):
        yield 1
        yield 2

    def __enter__(self):
        return self

    def __exit__(self, *of):
        return True


def double(n):
    return n * 2


def watched(n):
    half = double(n)
    return half


def fails(n):
    try:
        return 1 // n
    except ZeroDivisionError:
        return watched(n)


def loop(box, rounds):
    total = 0
    for number in range(rounds):
        total += box[number] + (box + number) + box.size
        total += double(number) + watched(number) + fails(number)
        total += sum(double(one) for one in range(2)) + [double(one) for one in box][0]
        total += sorted([3, 1], key=double)[0]
        with box:
            raise ValueError
    return total


async def waits(rounds):
    for number in range(rounds):
        await asyncio.sleep(0)
        watched(number)


def run():
    loop(Box(), 20)


sys.settrace(tracer)
threading.settrace(tracer)
run()
thread = threading.Thread(target=run, name="other")
thread.start()
thread.join()
asyncio.run(waits(3))
report()
sys.settrace(tracer)
run()  # and the program ends as it is
''',
    )
    for name in ("__getitem__", "__add__", "size", "__iter__", "__enter__", "__exit__", "double", "fails", "<genexpr>", "<listcomp>"):
        if name != "<listcomp>" or sys.version_info < (3, 12):
            assert f"other call {name} " in said, name
    assert "MainThread line watched " in said and "MainThread line loop " not in said


def test_a_frame_that_is_given_a_trace_function_reports_its_lines_from_there(tmp_path: Path) -> None:
    """As a debugger does it for a step out, a new breakpoint and a pause: by a function that is called, and from another thread."""
    said = ask(
        tmp_path,
        """
asked, given = threading.Event(), []


def give(frame):
    frame.f_trace = tracer


def by_a_callee():
    number = 1
    give(sys._getframe(1))
    return number


def steps_out():
    by_a_callee()
    first = 1
    return first


def from_another_thread():
    asked.wait()
    frame = sys._current_frames()[threading.main_thread().ident]
    while frame.f_code.co_name != "spins":
        frame = frame.f_back
    give(frame)
    given.append(True)


def spins():
    asked.set()
    turns = 0
    while not given:
        turns += 1
    turns += 1
    return turns


thread = threading.Thread(target=from_another_thread)
thread.start()
sys.settrace(tracer)
steps_out()
seen.clear()
spins()
sys.settrace(None)
thread.join()
spun = {line - spins.__code__.co_firstlineno for _, event, name, line in seen if name == "spins" and event == "line"}
print("spins", spun >= {5, 6})
""",
    )
    assert "spins True" in said


def test_a_deep_recursion_needs_no_more_of_the_stack(tmp_path: Path) -> None:
    said = ask(
        tmp_path,
        """
sys.setrecursionlimit(100_000)


def down(n):
    return 0 if n == 0 else 1 + down(n - 1)


sys.settrace(tracer)
print(down(30_000), down(10))
sys.settrace(None)
print(len(seen), {line for _, _, _, line in seen} == {down.__code__.co_firstlineno})
""",
    )
    assert said == "30000 10\n30012 True\n"


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="later interpreters have sys.monitoring")
def test_a_frame_without_a_trace_function_runs_at_full_speed(tmp_path: Path) -> None:
    """Its instructions are specialised, which those of a traced frame never are; a frame whose lines are wanted stays traced."""
    program = """
import dis


def adds(n):
    total = 0
    for number in range(n):
        total = total + number
    return total


def watched(n):
    total = 0
    for number in range(n):
        total = total + number
    return total


def is_specialised(function):
    return any(one.opname == "BINARY_OP_ADD_INT" for one in dis.get_instructions(function, adaptive=True))


sys.settrace(tracer)
adds(100)
watched(100)
sys.settrace(None)
print("causeway" not in sys.modules or is_specialised(adds), is_specialised(watched))
"""
    assert ask(tmp_path, program) == "True False\n"


LISTENS = """
heard = []


def listen(event, arguments):
    if event == "object.__getattr__" and arguments[1] == "f_code":
        heard.append(arguments[0].f_lineno)


sys.addaudithook(listen)
"""
READS = """
rest()
sys._getframe().f_code
print(len(heard))
"""


def test_an_audit_hook_of_the_program_hears_of_the_code_of_frames(tmp_path: Path) -> None:
    assert ask(tmp_path, LISTENS + READS) == "1\n"


def test_an_audit_hook_that_was_there_before_the_recorder_hears_of_the_code_of_frames(tmp_path: Path) -> None:
    script = tmp_path / "program.py"
    script.write_text(CALLS + LISTENS + "from causeway import _tap\n_tap.audit('open', print)" + READS)
    assert run_plain(tmp_path, [str(script)]).stdout == "1\n"
