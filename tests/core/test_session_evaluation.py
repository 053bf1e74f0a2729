"""Expressions over recorded state: values, refusals, bounds."""

from __future__ import annotations

import contextlib

import pytest
from causeway_core.errors import EvaluationError, NotCaptured
from causeway_core.session.session import Session
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.session_recordings import session, source


@pytest.fixture(scope="module")
def containers() -> Session:
    """At the last line of `containers()`, where all its locals are bound."""
    return last_line_of("containers")


def last_line_of(function: str) -> Session:
    travel = session("plain")
    body = next(f for f in travel.recording.functions() if f.qualname == function)
    lines = travel.breakable_lines(source("plain"), body.first_line, body.last_line)
    travel.goto(travel.executions(source("plain"), lines[-1][0])[0].mark)
    return travel


REAL_ITEMS = [9, 2, 4]
REAL = {
    "items": REAL_ITEMS, "table": {"b": REAL_ITEMS, "c": 5, "d": 6}, "group": {2, 3}, "pair": (REAL_ITEMS, "x"), "text": "ééé", "big": 2**70,
    "COUNT": 0, "NAMES": ["a", "b"],
}
"""What the program has at that line."""


@pytest.mark.parametrize("expression", [
    "items", "items[0]", "items[-1]", "items[1:]", "items[::-1]", "len(items)", "sorted(items)", "sum(items) + 1", "(min(items), max(items))",
    "any(x > 8 for x in items)",
    "all(x > 8 for x in items)", "[x * 2 for x in items if x % 2]", "{x: -x for x in items}", "table", "table['b'] is items", "table['b'][1]",
    "'c' in table", "'a' not in table",
    "list(table.keys())", "table.get('zz', 7)", "table.get('c')", "list(table.items())[1]", "sum(v for v in table.values() if v is not items)",
    "group", "3 in group", "1 in group",
    "len(group)", "pair", "pair[1]", "pair[0] is items", "text", "text.upper()", "f'{text!r:>7}|{len(items):03d}'", "f'{items}{text}'", "big",
    "big % 7 == 2**70 % 7",
    "items if len(items) > 2 else None", "not items or group", "1 < len(items) <= 3 != 4", "isinstance(items, list)", "isinstance(text, (int, str))",
    "isinstance(True, int)",
    "type(items) is list", "type(table).__name__", "str(3) + repr('a') + text", "list(range(3))", "[(i, x) for i, x in enumerate(items)]",
    "[a + b for a, b in zip(items, range(3))]", "abs(-3) ** 2", "items == [9, 2, 4]", "items != [9]", "table == {'b': items, 'c': 5, 'd': 6}",
    "COUNT", "NAMES[1]", "items + [1]",
    "set(items) & group", "round(2.567, 1)", "'%s-%d' % ('a', 3)", "dict(table)['d']", "list(reversed(items))", "-items[0] // 2", "~1 & 7",
    "b'ab'[0]", "None is None",
    "True and items[1] or 5", "{x for x in items}", "[[y for y in range(x)] for x in (1, 2)]", "items < [10]", "4 in items", "'é' in text",
    "text[1:]", "tuple(items)", "bool(items)",
    "divmod(17, 5)", "hex(255)", "float('2.5') + int('3')", "max(table, default=0) if False else 'no'", "sorted(items, reverse=True)",
    "{**{}} if False else ()",
])
def test_values_are_python_s(containers: Session, expression: str) -> None:
    assert containers.evaluate(expression).text == repr(eval(expression, dict(REAL)))


@pytest.mark.parametrize(("expression", "why"), [
    ("nix", "'nix' is not bound here"), ("items[7]", "out of range"), ("table['nix']", "is not in this dict"), ("1 / 0", "division by zero"),
    ("1 +", "not an expression"),
    ("x := 3", "not an expression"), ("(x := 3)", "assignments are not evaluated"), ("open('f')", "calling 'open' is not evaluated"),
    ("items.append(1)", "calling 'append'"),
    ("table.pop('b')", "calling 'pop'"), ("lambda: 1", "Lambda is not evaluated"), ("__import__('os')", "calling '__import__'"),
    ("items.__class__.__subclasses__()", "calling"),
    ("().__class__.__bases__", "attribute '__class__' of tuple"), ("'{0.__class__}'.format(items)", "calling 'format' of str"),
    ("[].__len__()", "calling '__len__'"),
    ("await items", "Await"), ("yield_", "not bound"), ("items @ 3", "MatMult of list and int"), ("len(3)", "TypeError"),
    ("sorted(items, key=1)", "key= of sorted"),
    ("text[", "not an expression"), ("[*items]", "Starred"), ("getattr(items, 'x')", "calling 'getattr'"), ("eval('1')", "calling 'eval'"),
    ("", "not an expression"),
])
def test_refusals(containers: Session, expression: str, why: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        containers.evaluate(expression)
    assert why in str(caught.value)


@pytest.mark.parametrize(("expression", "why"), [("nix", "'nix' is not bound here"), ("items + items", "is no name, attribute or item")])
def test_what_has_no_place(containers: Session, expression: str, why: str) -> None:
    with pytest.raises(EvaluationError, match=why):
        containers.place(expression)


@pytest.mark.parametrize("expression", [
    "9**9**9", "10**10**10", "1 << 10**9", "'a' * 10**10", "[0] * 10**10", "10**10 * [0]", "list(range(10**12))", "sum(range(10**12))",
    "any(False for x in range(10**12))",
    "f'{1:>99999999}'", "'%99999999d' % 1", "'%*d' % (10**9, 1)", "[x for x in range(9999) for y in range(9999) for z in range(9999)]",
    "sorted(range(10**9))",
    "(((9**9999)**99)**99)", "str(9**99999)", "-" * 9000 + "1", "(" * 5000 + "1" + ")" * 5000, "1" * 9000, "[" * 900 + "]" * 900,
    "max(range(10**12))", "set(range(10**10))",
    "10**12 in (x for x in range(10**13))", "' '.split(' ') * 10**9", "'a'.upper() * 10**9", "2.0 ** 10**10", "divmod(9**99999, 7**9999999)",
    "'x'.splitlines() * -1",
])
def test_nothing_hangs(containers: Session, expression: str) -> None:
    with contextlib.suppress(EvaluationError):
        containers.evaluate(expression)  # that it comes back is what is tested


def test_what_was_not_captured_says_so() -> None:
    travel = session("lost_update")
    travel.goto(travel.executions(source("lost_update"), next(f.last_line for f in travel.recording.functions() if f.qualname == "main"))[0].mark)
    with pytest.raises(NotCaptured, match="attribute 'nix'"):
        travel.evaluate("queue.nix")
    with pytest.raises(NotCaptured, match="recorded only when it was first seen"):
        travel.evaluate("queue._maxsize == 0")
    assert travel.evaluate("queue._maxsize").text == "0 (when first seen)"


def test_results_have_children_and_expressions(containers: Session) -> None:
    found = containers.evaluate("table")
    assert found.ref is not None and (found.named, found.indexed) == (3, 0)
    children = containers.variables(found.ref)
    assert [(child.name, child.text, child.expression) for child in children] == [
        ("['b']", "[9, 2, 4]", "table['b']"), ("['c']", "5", "table['c']"), ("['d']", "6", "table['d']"),
    ]
    inner = containers.variables(children[0].ref, 1, 1) if children[0].ref else []
    assert [(child.name, child.text, child.expression) for child in inner] == [("[1]", "2", "table['b'][1]")]
    for child in children:
        assert containers.evaluate(child.expression).text == child.text
    computed = containers.evaluate("[x for x in items]")
    assert computed.ref is not None and [child.text for child in containers.variables(computed.ref)] == ["9", "2", "4"]


def test_completions(containers: Session) -> None:
    assert containers.completions("te") == ["text"]
    assert containers.completions("CO") == ["COUNT"]
    travel = last_line_of("Stack.push")
    assert travel.completions("self.") == ["items", "seen"]


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="items[]()+-*/%.,:'\"0123456789 <>=!&|^~@{}lambdforinxtue_\\\n", max_size=40))
def test_any_text_gives_a_value_or_an_evaluation_error(expression: str) -> None:
    travel = _SHARED if _SHARED else [_SHARED.append(last_line_of("containers")), _SHARED[0]][1:]
    try:
        assert isinstance(travel[0].evaluate(expression).text, str)
    except EvaluationError:
        pass


_SHARED: list[Session] = []
