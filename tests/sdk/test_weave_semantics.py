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


PROGRAMS = sorted((Path(__file__).parents[1] / "programs" / "weave").glob("*.py"))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_program(program: Path, weave: Weave) -> None:
    source = program.read_bytes()
    assert outcome(weave(source)) == outcome(compile(source, "program.py", "exec", dont_inherit=True))


NAMES = st.sampled_from(["a", "b", "c"])
READS = st.sampled_from(["o.v", "o.w", "xs[0]", "xs[-1]", "d['k']", "d.get('z')", "len(xs)", "f(1)", "None", "'t'", "xs", "d"])
ATOMS = st.one_of(st.integers(-3, 9).map(str), NAMES, READS)


def _binary(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    # Nothing that doubles a value: in a loop it would fill the memory.
    operator = st.sampled_from(["-", "|", "&", "//", "==", "<", "in", "not in", "and", "or", "is"])
    pair = st.tuples(parts, operator, parts).map(lambda p: f"({p[0]} {p[1]} {p[2]})")
    choice = st.tuples(parts, parts, parts).map(lambda p: f"({p[0]} if {p[1]} else {p[2]})")
    other = st.one_of(
        parts.map(lambda p: f"(not {p})"),
        parts.map(lambda p: f"[q for q in ({p},) if q]"),
        parts.map(lambda p: f"f({p})"),
        parts.map(lambda p: f"(w := {p})"),
        st.tuples(parts, parts).map(lambda p: f"({p[0]}, {p[1]})"),
        parts.map(lambda p: f"(lambda z: z or {p})(a)"),
        parts.map(lambda p: f"f'{{{p}!r:.20}}'" if "'" not in p else p),
    )
    return st.one_of(pair, choice, other)


EXPRESSIONS = st.recursive(ATOMS, _binary, max_leaves=6)
TARGETS = st.sampled_from(["a", "b", "o.v", "o.w", "xs[0]", "xs[1:]", "d['k']", "d[a]", "a, b", "a, *c", "(o.v, xs[0])"])
SINGLE = st.sampled_from(["a", "b", "o.v", "xs[0]", "d['k']", "d[b]"])


def _simple() -> st.SearchStrategy[list[str]]:
    line = st.one_of(
        st.tuples(TARGETS, EXPRESSIONS).map(lambda p: f"{p[0]} = {p[1]}"),
        st.tuples(SINGLE, st.sampled_from(["|=", "-=", "^="]), EXPRESSIONS).map(" ".join),
        EXPRESSIONS.map(lambda e: f"show({e})"),
        EXPRESSIONS.map(lambda e: f"xs.append({e})"),
        EXPRESSIONS.map(lambda e: f"return {e}"),
        EXPRESSIONS.map(lambda e: f"assert {e}, short({e})"),
        EXPRESSIONS.map(lambda e: f"raise ValueError(short({e}))"),
        st.sampled_from(["pass", "del a", "del o.v", "del d['k']", "xs.pop()", "xs.sort()"]),
    )
    return line.map(lambda text: [text])


def _indent(lines: list[str]) -> list[str]:
    return ["    " + line for line in lines]


def _if(test: str, body: list[str], other: list[str]) -> list[str]:
    return [f"if {test}:", *_indent(body), "else:", *_indent(other)]


def _for(target: str, value: str, body: list[str]) -> list[str]:
    return [f"for {target} in [1, {value}]:", *_indent([*body, "if a or not tick(): break"]), "else:", "    print('end')"]


def _try(body: list[str], handler: list[str], final: list[str]) -> list[str]:
    return ["try:", *_indent(body), "except (TypeError, ValueError) as e:", *_indent(["print(type(e))", *handler]), "finally:", *_indent(final)]


def _while(test: str, body: list[str]) -> list[str]:
    return [f"while tick() and {test}:", *_indent(body)]


def _match(subject: str, body: list[str]) -> list[str]:
    return [f"match {subject}:", "    case [a, *_]:", *_indent(_indent(body)), "    case b:", "        show(b)"]


def _inner(body: list[str]) -> list[str]:
    return ["def g(a=a):", "    nonlocal b", "    global t", "    t = a", *_indent(body), "show(g())"]


def _generator(body: list[str]) -> list[str]:
    return ["def h(a):", *_indent(body), "    yield a", "show(list(h(2)))"]


def _class(value: str) -> list[str]:
    return ["class K:", "    a = 1", f"    m = {value}", "    def __eq__(self, o): return NotImplemented", "show(K() == a)"]


def _compound(blocks: st.SearchStrategy[list[str]]) -> st.SearchStrategy[list[str]]:
    return st.one_of(
        st.builds(_if, EXPRESSIONS, blocks, blocks),
        st.builds(_for, SINGLE, EXPRESSIONS, blocks),
        st.builds(_try, blocks, blocks, blocks),
        blocks.map(lambda body: ["with cm() as c:", *_indent(body)]),
        st.builds(_while, EXPRESSIONS, blocks),
        st.builds(_match, EXPRESSIONS, blocks),
        blocks.map(_inner),
        blocks.map(_generator),
        EXPRESSIONS.map(_class),
    )


def _flat(parts: list[list[str]]) -> list[str]:
    return [line for part in parts for line in part]


BLOCKS = st.recursive(
    st.lists(_simple(), min_size=1, max_size=3).map(_flat),
    lambda inner: st.lists(st.one_of(_simple(), _compound(inner)), min_size=1, max_size=3).map(_flat),
    max_leaves=8,
)

PRELUDE = """
from contextlib import contextmanager
from reprlib import repr as short
t = 0
ticks = 0
def tick():
    global ticks
    ticks += 1
    return ticks < 6
def show(x): print(short(x))
def f(x): print("f", short(x)); return x
@contextmanager
def cm():
    try: yield 5
    finally: print("cm")
class O:
    def __init__(self): self.v = 1
    @property
    def w(self): return self.v
    @w.setter
    def w(self, x): print("w", short(x)); self.v = x
def main(a, b=2, *c, o, xs, d):
"""


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(BLOCKS)
def test_random_programs(block: list[str]) -> None:
    text = PRELUDE + "\n".join(_indent(block)) + "\nshow(main(1, o=O(), xs=[3, 4], d={'k': 5}))\n"
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
