"""Woven programs compute what the plain ones do, with the Python twin of the taps and with the real ones."""

import contextlib
import io
import traceback
from collections.abc import Callable
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tap_twin import Twin, weave_code

TWIN = str(Path(__file__).with_name("tap_twin.py"))

Weave = Callable[[bytes], CodeType]


def with_twin(source: bytes) -> CodeType:
    return weave_code(source, "program.py", Twin())


def with_taps(source: bytes) -> CodeType:
    from causeway import _tap
    from causeway.weave.dynamic import split
    from causeway.weave.patch import loaded
    from causeway.weave.tree import weave

    woven = weave(source, "program.py", "__main__")
    return loaded(woven.code, woven.recipe, _tap.make_many(split(woven.table, woven.code)[0], 0))


@pytest.fixture(params=[with_twin, with_taps], ids=["twin", "taps"])
def weave(request: pytest.FixtureRequest) -> Weave:
    return request.param  # type: ignore[no-any-return]


def outcome(code: CodeType) -> tuple[str, str, dict[str, str]]:
    """Output, traceback, and the plain data left in the namespace."""
    output, failure = io.StringIO(), ""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    with contextlib.redirect_stdout(output):
        try:
            exec(code, namespace)
        except Exception as error:
            frames = [frame for frame in traceback.extract_tb(error.__traceback__)[1:] if frame.filename != TWIN]
            failure = "".join(traceback.format_list(frames)) + f"{type(error).__name__}: {error}"
    left = {name: repr(value) for name, value in namespace.items() if isinstance(value, (int, str, list, tuple, dict, set, float))}
    return output.getvalue(), failure, left


PROGRAMS = {
    "order": """
log = []
def note(x, v=None):
    log.append(x)
    return v
class Box:
    def __getitem__(self, k): log.append(("get", k)); return 1
    def __setitem__(self, k, v): log.append(("set", k, v))
    def __delitem__(self, k): log.append(("del", k))
    def __contains__(self, k): log.append(("in", k)); return 2
    def __getattr__(self, n): log.append(("getattr", n)); return 5
    def __setattr__(self, n, v): log.append(("setattr", n, v))
    def __delattr__(self, n): log.append(("delattr", n))
    def __bool__(self): log.append("bool"); return True
    def __iadd__(self, o): log.append(("iadd", o)); return self
b = Box()
note(1, b)[note(2, "k")] = note(3, 4)
note(4, b).attr = note(5, 6)
note(6, b)[note(7)] += note(8, 9)
note(9, b).a += note(10, 11)
del note(11, b)[note(12)], note(13, b).x, b
b = c = Box()
b += note(14, 1)
x = note(15, 1) in note(16, b)
y = note(17) not in note(18, b)
z = b and note(19) or not b
w = note(20, 1) < note(21, 2) in note(22, [2])
b[note(23):note(24), note(25)]
b[1:2] = b[::2]
(note(26, b)[0], note(27, b).q), *rest = note(28, [(1, 2), 3])
print(x, y, w, rest)
""",
    "not_implemented": """
class A:
    def __eq__(self, o): return NotImplemented
    def __lt__(self, o):
        r = self.other(o)
        return r
    def other(self, o): return NotImplemented if o else [NotImplemented][0]
    def __hash__(self): return 1
    flag = NotImplemented
print(A() == A(), A().flag, (lambda: NotImplemented)())
def g():
    got = yield NotImplemented
    print(got)
it = g(); print(next(it)); it.send if True else 0
try: it.send(NotImplemented)
except StopIteration: pass
for v in [NotImplemented]: x = v; print(x)
try: A() < A()
except TypeError as e: print(e)
""",
    "cells": """
def f():
    n = 0
    def up(by=1):
        nonlocal n
        n += by
        return n
    def get(): return n
    def down():
        nonlocal n
        del n
    class C:
        nonlocal n
        n = 40
        m = n
    print([up() for _ in range(3)], get(), C.m, sorted(up.__code__.co_freevars)[-1:])
    down()
    try: get()
    except NameError as e: print(e)
    n = 7
    return get(), (lambda: n)()
print(f())
def g():
    x = 1
    def h():
        nonlocal x
        x = locals()
    h()
    return sorted(x)
print(g())
""",
    "private": """
class _C:
    __x = 1
    def __init__(self): self.__y = {"a": 2}; self.__y["b"] = self.__x
    def f(self): self.__y["a"] += 1; del self.__y["b"]; return self.__y, self._C__y, hasattr(self, "_C__y")
    def __g(self): return [v.__y for v in [self]]
    def h(self): return self.__g()
    class __D: z = 3
    def k(self, __p=4):
        def inner(): return __p, self.__D.z
        return inner()
print(_C().f(), _C().h(), _C().k(), sorted(n for n in vars(_C()) ))
""",
    "returns": """
from contextlib import contextmanager, suppress
@contextmanager
def cm(name):
    print("in", name)
    try: yield name
    finally: print("out", name)
def a():
    with cm("a") as n:
        for i in range(3):
            try:
                if i == 1: return n, i
                continue
            finally:
                print("finally", i)
def b():
    try: return 1
    finally: return 2
def c():
    try:
        try: raise ValueError
        finally: print("c")
    except ValueError: return "caught"
    else: return "else"
def d():
    with suppress(KeyError):
        return {}["x"]
def e():
    while True:
        try: return 1
        finally: break
    return 3
def g():
    try: yield 1; return 5
    finally: print("closed")
def h():
    with cm("h"):
        return [x for x in range(3) if x]
print(a(), b(), c(), d(), e(), list(g()), h())
it = g(); next(it); it.close()
def k():
    with cm("k"):
        raise KeyError("k")
k()
""",
    "classes": """
import enum, dataclasses, typing, abc
class Color(enum.Enum):
    RED = 1
    GREEN = 2
    @property
    def low(self): return self.name.lower()
    def _missing_(cls, v): return None
class F(enum.Flag):
    A = enum.auto(); B = enum.auto()
@dataclasses.dataclass(slots=True, order=True)
class P:
    x: int
    y: list = dataclasses.field(default_factory=list)
    def __post_init__(self): self.x += 1
class N(typing.NamedTuple):
    a: int
    b: str = "z"
class M(type):
    @classmethod
    def __prepare__(m, n, b, **k):
        class D(dict):
            def __setitem__(s, k, v): print("set", k) if not k.startswith("_") else None; dict.__setitem__(s, k, v)
        return D()
    def __new__(m, n, b, d, **k): return super().__new__(m, n, b, dict(d))
class X(metaclass=M, k=1):
    "doc"
    v = 1
    def f(self): return __class__.__name__, super().__init__()
    @staticmethod
    def s(): return 2
    class I: pass
class S:
    __slots__ = ("a", "b")
    def __init__(self): self.a = 1
    def __getattr__(self, n): return n
print(Color.RED.low, list(F), P(1) < P(2, [3]), N(1), X().f(), X.s(), X.__doc__, S().b, S().a)
class Abstract(abc.ABC):
    @abc.abstractmethod
    def f(self): ...
    @property
    def p(self): return self._p
    @p.setter
    def p(self, v): self._p = v
    @p.deleter
    def p(self): del self._p
class Concrete(Abstract):
    def f(self): self.p = 3; r = self.p; del self.p; return r
print(Concrete().f(), P.__slots__, X.v)
S().c = 1
""",
    "matching": """
def f(v):
    match v:
        case {"k": [1, *rest], **others}: return "map", rest, others
        case [x, (y, z) as pair] if x: return x, y, z, pair
        case (str() as s) | bytes(s): return s
        case complex(real=r): return r
        case None | True: return "single"
        case _: return "else"
print([f(v) for v in ({"k": [1, 2], "o": 3}, [1, (2, 3)], [0, (2, 3)], "t", b"u", 3j, None, 5)])
""",
    "loops": """
class It:
    def __iter__(self): return iter([3, 1, 2])
    def __len__(self): return 0
it = It(); d = {"b": 1, "a": 2}
def f(xs):
    total = 0
    for i, (a, b) in enumerate(zip(xs, sorted(d))):
        total += a * i
        if a == 1: continue
    else:
        total += 100
    while xs and (last := xs.pop()):
        total += last
    return total, [k for k in d if d[k] > 1], {v: k for k, v in d.items()}, sum(x for x in it), max(it), [*it], len(it), bool(it)
print(f([3, 1, 2]), [[i * j for j in range(i)] for i in range(4) if i % 2], any(x > 2 for x in it), list(reversed([1, 2])), not it)
print([lambda: i for i in range(2)][0](), {x for x in "aab"}, [y for x in [1] if (y := x)], y)
s = set(); s.add(1); s |= {2}; s.discard(1); s.update([3]); xs = [3, 1]; xs.sort(key=lambda v: -v); xs.extend(xs); print(s, xs, d.get("z", 4), d.setdefault("q", []), xs.index(1))
xs.remove(99)
""",
    "async": """
import asyncio
class CM:
    async def __aenter__(self): await asyncio.sleep(0); return self
    async def __aexit__(self, *a): await asyncio.sleep(0); return a[0] is KeyError
class AI:
    def __init__(self): self.n = 0
    def __aiter__(self): return self
    async def __anext__(self):
        self.n += 1
        if self.n > 3: raise StopAsyncIteration
        return self.n
async def ag():
    try:
        for i in range(3):
            yield i
            if i == 1: return
    finally: print("ag closed")
async def f():
    out = []
    async for i in AI():
        if i == 2: continue
        out.append(i)
    else: out.append("else")
    async with CM() as c, CM():
        out.append(await asyncio.sleep(0, "slept"))
        raise KeyError(1)
    async with CM():
        return out, [x async for x in ag()], {x: await asyncio.sleep(0, x) async for x in AI() if x != 2}
async def main():
    print(await f())
    t = asyncio.create_task(asyncio.sleep(10)); await asyncio.sleep(0); t.cancel()
    try: await t
    except asyncio.CancelledError: print("cancelled")
    async with asyncio.TaskGroup() as g: r = g.create_task(f())
    print(r.result())
    g = ag(); print(await anext(g)); await g.aclose()
    try:
        async with CM(): raise ValueError(2)
    except* ValueError as group: print(group.exceptions)
asyncio.run(main())
""",
    "generators": """
def g(n):
    while n:
        try:
            got = yield n
            if got: n = got
        except ValueError as e:
            print("thrown", e); yield "handled"
        n -= 1
    return "end"
def outer():
    r = yield from g(2)
    print(r); x = yield; return x
it = outer(); print(next(it), it.send(5), it.throw(ValueError("v")), next(it), it.gi_frame.f_lineno)
print([x for x in it])
def infinite():
    try:
        while True: yield
    except GeneratorExit: print("exit"); raise
i = infinite(); next(i); i.close()
def bad():
    yield 1
    raise StopIteration
list(bad())
""",
    "globals": """
count = 0
names = []
def f():
    global count, made
    count += 1; made = count; names.append(count)
    def g():
        global count
        count = count * 2
        return count
    return g()
class K:
    global inside
    inside = 5
    count = 9
    def m(self): return count
print(f(), f(), count, made, names, inside, K().m(), K.count)
del made
def h():
    try: return made
    except NameError as e: return str(e)
print(h())
if count > 3: count = 0
for count in range(3): pass
import os.path as p, sys
from math import *
print(count, p.sep, floor(2.5), __name__)
""",
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", PROGRAMS)
def test_program(name: str, weave: Weave) -> None:
    source = PROGRAMS[name].encode()
    assert outcome(weave(source)) == outcome(compile(source, "program.py", "exec", dont_inherit=True))


NAMES = st.sampled_from(["a", "b", "c"])
ATOMS = st.one_of(st.integers(-3, 9).map(str), NAMES, st.sampled_from(["o.v", "o.w", "xs[0]", "xs[-1]", "d['k']", "d.get('z')", "len(xs)", "f(1)", "None", "'t'", "xs", "d"]))


def _binary(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operator = st.sampled_from(["+", "-", "*", "//", "%", "==", "<", "in", "not in", "and", "or", "is"])
    pair = st.tuples(parts, operator, parts).map(lambda p: f"({p[0]} {p[1]} {p[2]})")
    choice = st.tuples(parts, parts, parts).map(lambda p: f"({p[0]} if {p[1]} else {p[2]})")
    other = st.one_of(
        parts.map(lambda p: f"(not {p})"),
        parts.map(lambda p: f"[q for q in ({p},) if q]"),
        parts.map(lambda p: f"f({p})"),
        parts.map(lambda p: f"(w := {p})"),
        st.tuples(parts, parts).map(lambda p: f"({p[0]}, {p[1]})"),
        parts.map(lambda p: f"(lambda z: z or {p})(a)"),
        parts.map(lambda p: f"f'{{{p}!r}}'" if "'" not in p else p),
    )
    return st.one_of(pair, choice, other)


EXPRESSIONS = st.recursive(ATOMS, _binary, max_leaves=6)
TARGETS = st.sampled_from(["a", "b", "o.v", "o.w", "xs[0]", "xs[1:]", "d['k']", "d[a]", "a, b", "a, *c", "(o.v, xs[0])"])
SINGLE = st.sampled_from(["a", "b", "o.v", "xs[0]", "d['k']", "d[b]"])


def _simple() -> st.SearchStrategy[list[str]]:
    line = st.one_of(
        st.tuples(TARGETS, EXPRESSIONS).map(lambda p: f"{p[0]} = {p[1]}"),
        st.tuples(SINGLE, st.sampled_from(["+=", "-=", "*="]), EXPRESSIONS).map(" ".join),
        EXPRESSIONS.map(lambda e: f"print({e})"),
        EXPRESSIONS.map(lambda e: f"xs.append({e})"),
        EXPRESSIONS.map(lambda e: f"return {e}"),
        EXPRESSIONS.map(lambda e: f"assert {e}, {e}"),
        EXPRESSIONS.map(lambda e: f"raise ValueError({e})"),
        st.sampled_from(["pass", "del a", "del o.v", "del d['k']", "xs.pop()", "xs.sort()", "global b\nb = 3"]),
    )
    return line.map(lambda text: [text] if "global" not in text else ["pass"])


def _indent(lines: list[str]) -> list[str]:
    return ["    " + line for line in lines]


def _compound(blocks: st.SearchStrategy[list[str]]) -> st.SearchStrategy[list[str]]:
    return st.one_of(
        st.tuples(EXPRESSIONS, blocks, blocks).map(lambda p: [f"if {p[0]}:", *_indent(p[1]), "else:", *_indent(p[2])]),
        st.tuples(SINGLE, EXPRESSIONS, blocks).map(lambda p: [f"for {p[0]} in [1, {p[1]}]:", *_indent([*p[2], "if a: break"]), "else:", "    print('end')"]),
        st.tuples(blocks, blocks, blocks).map(
            lambda p: ["try:", *_indent(p[0]), "except (TypeError, ValueError) as e:", *_indent(["print(type(e))", *p[1]]), "finally:", *_indent(p[2])]
        ),
        st.tuples(blocks).map(lambda p: ["with cm() as c:", *_indent(p[0])]),
        st.tuples(EXPRESSIONS, blocks).map(lambda p: ["n = 0", f"while {p[0]}:", *_indent(["n += 1", "if n > 2: break", *p[1]])]),
        st.tuples(EXPRESSIONS, blocks).map(lambda p: [f"match {p[0]}:", "    case [a, *_]:", *_indent(_indent(p[1])), "    case b:", "        print(b)"]),
        blocks.map(lambda b: ["def g(a=a):", "    nonlocal b", "    global t", "    t = a", *_indent(b), "print(g())"]),
        blocks.map(lambda b: ["def h(a):", *_indent(b), "    yield a", "print(list(h(2)))"]),
        EXPRESSIONS.map(lambda e: ["class K:", "    a = 1", f"    m = {e}", "    def __eq__(self, o): return NotImplemented", "print(K() == a)"]),
    )


BLOCKS = st.recursive(
    st.lists(_simple(), min_size=1, max_size=3).map(lambda parts: [line for part in parts for line in part]),
    lambda inner: st.lists(st.one_of(_simple(), _compound(inner)), min_size=1, max_size=3).map(lambda parts: [line for part in parts for line in part]),
    max_leaves=8,
)

PRELUDE = """
from contextlib import contextmanager
t = 0
def f(x): print("f", x); return x
@contextmanager
def cm():
    try: yield 5
    finally: print("cm")
class O:
    def __init__(self): self.v = 1
    @property
    def w(self): return self.v
    @w.setter
    def w(self, x): print("w", x); self.v = x
def main(a, b=2, *c, o, xs, d):
"""


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(BLOCKS)
def test_random_programs(block: list[str]) -> None:
    text = PRELUDE + "\n".join(_indent(block)) + "\nprint(main(1, o=O(), xs=[3, 4], d={'k': 5}))\n"
    source = text.encode()
    try:
        plain = compile(source, "program.py", "exec", dont_inherit=True)
    except SyntaxError:
        for weaver in (with_twin, with_taps):
            with pytest.raises(SyntaxError):
                weaver(source)
        return
    expected = outcome(plain)
    assert outcome(with_twin(source)) == expected
    assert outcome(with_taps(source)) == expected
