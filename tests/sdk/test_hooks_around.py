"""Around: a wrapper that nobody sees, and that gets out of the way when its hook fails."""

# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path

from tests.sdk.hooked import hooked, run_hooked

PRELUDE = """
import asyncio, copy, functools, inspect, pickle, sys, traceback, weakref
from causeway._tap import Around
calls = []
def enter(args, kwargs): calls.append(("enter", args, kwargs)); return "state"
def leave(state, args, kwargs, result, exception): calls.append(("leave", state, args, kwargs, result, repr(exception)))
"""


def output(folder: Path, program: str) -> list[str]:
    """What a recorded program printed; it must print the same when nothing records, but for lines that begin with `hooks:`."""
    (folder / "program.py").write_text(PRELUDE + program)
    run = run_hooked(folder, ["program.py"])
    assert run.code == 0, run.stderr
    return run.stdout.splitlines()


def test_hooks_see_the_call_and_its_end(tmp_path: Path) -> None:
    program = """
def work(a, b=2, *, c): return a + b + c
def fail(): raise ValueError("no")
wrapped = Around(work, enter, leave)
print(wrapped(1, c=3), wrapped(*[1], **{"b": 5, "c": 6}))
for call in calls: print(call)
calls.clear()
try: Around(fail, enter, leave)()
except ValueError as error: print(error, [line.name for line in traceback.extract_tb(error.__traceback__)])
print(calls)
"""
    lines = output(tmp_path, program)
    assert lines[0] == "6 12"
    assert lines[1:3] == ["('enter', (1,), {'c': 3})", "('leave', 'state', (1,), {'c': 3}, 6, 'None')"]
    assert lines[5] == "no ['<module>', 'fail']"
    assert lines[6] == "[('enter', (), {}), ('leave', 'state', (), {}, None, \"ValueError('no')\")]"


def test_it_looks_like_the_original(tmp_path: Path) -> None:
    program = """
def work(a: int, b=2, *, c: str = "x") -> bool:
    "Works."
    return True
async def waits(): return 1
def yields(): yield 1
around = Around(work, enter, leave)
original, work = work, around
print(around.__name__, around.__qualname__, around.__doc__, around.__module__, around.__defaults__, around.__kwdefaults__, around.__annotations__)
print(inspect.signature(around), inspect.isfunction(around), isinstance(around, type(original)), around.__wrapped__ is original, around == original, hash(around) == hash(original))
print(asyncio.iscoroutinefunction(Around(waits, enter)), inspect.iscoroutinefunction(Around(waits, enter)), inspect.isgeneratorfunction(Around(yields, enter)), inspect.isbuiltin(Around(len, enter)))
print(inspect.unwrap(around) is original, functools.wraps(around)(lambda: 0).__name__, inspect.getsource(around).splitlines()[0], weakref.ref(around)() is around)
around.mark = 7
print(original.mark, repr(around) == repr(original), functools.partial(around, 1)())
"""
    lines = output(tmp_path, program)
    assert lines[0] == "work work Works. __main__ (2,) {'c': 'x'} {'a': <class 'int'>, 'c': <class 'str'>, 'return': <class 'bool'>}"
    assert lines[1] == "(a: int, b=2, *, c: str = 'x') -> bool True True True True True"
    assert lines[2] == "True True True True"
    assert lines[3] == 'True work def work(a: int, b=2, *, c: str = "x") -> bool: True'
    assert lines[4] == "7 True True"


def test_it_binds_as_the_original_does(tmp_path: Path) -> None:
    program = """
class Account:
    def __init__(self): self.balance = 1
    def add(self, n): self.balance += n; return self.balance
    size = len
Account.add = Around(Account.add, enter, leave)
Account.size = Around(len, enter, leave)
Account.__init__ = Around(Account.__init__, enter, leave)
account = Account()
print(account.add(2), Account.add(account, 3), account.add.__self__ is account, type(account.add).__name__, account.size("abc"))
class Child(Account):
    def add(self, n): return super().add(n) * 10
print(Child().add(1))
print(sorted(map(Around(abs, enter, leave), [-1, 1])), len(calls))
"""
    assert output(tmp_path, program) == ["3 6 True method 3", "20", "[1, 1] 16"]


def test_rewritten_arguments(tmp_path: Path) -> None:
    program = """
def more(args, kwargs): return None, (*args, "added"), {**kwargs, "key": 1}
def show(*args, **kwargs): return args, kwargs
print(Around(show, more, rewrite=True)(0))
"""
    assert output(tmp_path, program) == ["((0, 'added'), {'key': 1})"]


def test_coroutines_are_followed_to_their_end(tmp_path: Path) -> None:
    program = """
async def work(n):
    await asyncio.sleep(0)
    if n < 0: raise ValueError(n)
    return n
work = Around(work, enter, leave, awaited=True)
async def main():
    coroutine = work(1)
    print(inspect.iscoroutine(coroutine), asyncio.iscoroutine(coroutine), inspect.isawaitable(coroutine), coroutine.__name__, len(calls))
    print(await coroutine, await asyncio.create_task(work(2)), await asyncio.wait_for(work(3), 1))
    try: await work(-1)
    except ValueError as error: print([line.name for line in traceback.extract_tb(error.__traceback__)])
    task = asyncio.create_task(work(5)); await asyncio.sleep(0); task.cancel()
    try: await task
    except asyncio.CancelledError: print("cancelled")
    work(6).close()
asyncio.run(main())
print([call[4:] for call in calls if call[0] == "leave"])
"""
    lines = output(tmp_path, program)
    assert lines[0] == "True True True work 1"
    assert lines[1:4] == ["1 2 3", "['main', 'work']", "cancelled"]
    assert lines[4] == "[(1, 'None'), (2, 'None'), (3, 'None'), (None, 'ValueError(-1)'), (None, 'CancelledError()')]"


def test_a_failing_hook_is_switched_off_and_says_so_once(tmp_path: Path) -> None:
    program = """
def bad(*_): raise RuntimeError("a bug in a hook")
def work(n): return n + 1
first, second, rewriting = Around(work, bad, leave, hook="first"), Around(work, None, bad, hook="second"), Around(work, lambda args, kwargs: 5, rewrite=True, hook="third")
print(first(1), first(2), second(3), second(4), rewriting(5), rewriting(6), calls)
"""
    (tmp_path / "program.py").write_text(PRELUDE + program)
    run = run_hooked(tmp_path, ["program.py"])
    assert (run.stdout, run.stderr) == ("2 3 4 5 6 7 []\n", "")
    assert [(gap["hook"], gap["reason"]) for gap in run.main.gaps] == [
        ("first", "raised RuntimeError"),
        ("second", "raised RuntimeError"),
        ("third", "raised TypeError"),
    ]


def test_an_interrupt_that_arrives_in_a_hook_is_the_programs(tmp_path: Path) -> None:
    program = """
def interrupt(*_): raise KeyboardInterrupt
ran = []
for wrapped in (Around(lambda: ran.append(1), interrupt), Around(lambda: ran.append(2), None, interrupt)):
    for _ in range(2):
        try: wrapped()
        except KeyboardInterrupt: ran.append("interrupted")
print(ran)
"""
    assert output(tmp_path, program) == ["['interrupted', 'interrupted', 2, 'interrupted', 2, 'interrupted']"]


def test_hooks_do_not_nest_and_do_nothing_when_nothing_records(tmp_path: Path) -> None:
    program = """
import threading
from causeway import _tap
def inner(): return 1
inner = Around(inner, enter)
def outer_hook(args, kwargs): inner(); threading.Lock().acquire()
outer = Around(lambda: inner(), outer_hook)
print(outer(), len(calls))
_tap.pause()
print(outer(), len(calls))
_tap.resume()
"""
    (tmp_path / "program.py").write_text(PRELUDE + program)
    run = run_hooked(tmp_path, ["program.py"])
    assert run.stdout == "1 1\n1 1\n"


def test_types_that_forbid_it(tmp_path: Path) -> None:
    program = """
        import array, sys
        try:
            from causeway._tap import set_type_attribute
        except ImportError:
            set_type_attribute = None
        it = array.array("b", [1, 2])
        print(it.tolist())
        if set_type_attribute is not None and "CAUSEWAY_SPOOL" in __import__("os").environ:
            from causeway._tap import Around
            original = array.array.tolist
            set_type_attribute(array.array, "tolist", Around(original, lambda args, kwargs: None))
            assert it.tolist() == [1, 2]
            set_type_attribute(array.array, "tolist", original)
        try:
            array.array.tolist = 1
        except TypeError as error:
            print(error)
        """
    hooked(tmp_path, program)


SIGNALLED = """
import signal
from causeway._tap import audit, patch_method
ring = []
def alarm(signum, frame): raise TimeoutError("the program's own time limit")
def interrupt(signum, *rest): raise KeyboardInterrupt
signal.signal(signal.SIGTERM, alarm)
signal.signal(signal.SIGINT, interrupt)
def hook(*_):
    ring.append("hook")
    if len(ring) in (2, 3): signal.raise_signal(signal.SIGTERM if len(ring) == 2 else signal.SIGINT)
def tried(call):
    ring.clear()
    for _ in range(4):
        try: print(call(), end=" ")
        except BaseException as error: print(type(error).__name__, end=" ")
    print(len(ring))
"""


def test_what_a_signal_handler_raises_in_a_hook_reaches_the_program(tmp_path: Path) -> None:
    """Real signals, sent while a hook runs: the program gets what its handler raises, and the hook stays on."""
    program = """
tried(Around(lambda: 1, hook))
tried(Around(lambda: 1, None, hook))
import array
patch_method(array.array, "tolist", hook)
tried(array.array("b").tolist)
patch_method(array.array, "tobytes", None, hook)
tried(array.array("b").tobytes)
audit("own.event", hook)
tried(lambda: sys.audit("own.event"))
async def work(): return 1
def run(coroutine):
    try: coroutine.send(None)
    except StopIteration as stop: return stop.value
tried(lambda: run(Around(work, hook, lambda *_: None, awaited=True, late=True)()))
tried(lambda: run(Around(work, None, hook, awaited=True)()))
"""
    (tmp_path / "program.py").write_text(PRELUDE + SIGNALLED + program)
    run = run_hooked(tmp_path, ["program.py"])
    assert (run.code, run.stderr) == (0, "")
    results = ["1", "1", "[]", "b''", "None", "1", "1"]
    assert run.stdout.splitlines() == [f"{result} TimeoutError KeyboardInterrupt {result} 4" for result in results]
    assert run.main.gaps == [], "no hook is off"
