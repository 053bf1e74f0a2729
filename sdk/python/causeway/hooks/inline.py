"""Marks inside functions of the standard library: a function gets a copy of its own code with marks (`_tap.Mark`) between its statements.

The function object, its frames, names and line numbers do not change. A mark is one type slot, so it costs a tenth of a wrapper. And it sees what a
wrapper cannot: the moment between two statements of a coroutine.
"""

from __future__ import annotations

import os
import sys
from types import CodeType, FunctionType

from causeway.hooks.copies import Copies

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Sequence
    from typing import Any

    from causeway.hooks.copies import Copy

_ONLY_AST = 0x400
_FUTURE_FLAGS = 0x1FF0000
_PLACEHOLDER = b"causeway mark %d"
_known: Copies | None = None


class Rule:
    """Where a mark goes.

    `at`: `before` or `after` a statement that starts with one of `lines` · `first` in the body · `leave`: before every return and at the body's end ·
    `around`: `first` and, with `mark` replaced by `closing`, in a finally block around the body · `returned`: a `return` statement that starts with
    one of `lines` gives its value through the mark (`text` is the subject's expression).
    `text`: the mark as a statement, with `M` for the mark: `del M[self]`, `M[self] = item` or `~M`. `optional`: some versions lack the line.
    `inner`: the line is in a function inside this one.
    """

    __slots__ = ("at", "closing", "inner", "lines", "mark", "optional", "text")

    def __init__(
        self,
        at: str,
        mark: object,
        text: str = "del M[self]",
        lines: Sequence[str] = (),
        closing: tuple[object, str] | None = None,
        optional: bool = False,
        inner: bool = False,
    ) -> None:
        self.at = at
        self.mark = mark
        self.text = text
        self.lines = tuple(lines)
        self.closing = closing
        self.optional = optional
        self.inner = inner

    @property
    def marks(self) -> tuple[object, object]:
        """The mark, and the closing one."""
        return self.mark, self.closing and self.closing[0]

    def shape(self) -> tuple[object, ...]:
        """All of the rule but its marks."""
        return self.at, self.text, self.lines, self.closing and self.closing[1], self.optional, self.inner


def before(line: str, *others: str, mark: object, text: str = "del M[self]", optional: bool = False, inner: bool = False) -> Rule:
    """A mark before every statement that starts with one of the lines."""
    return Rule("before", mark, text, (line, *others), optional=optional, inner=inner)


def after(line: str, *others: str, mark: object, text: str = "del M[self]", optional: bool = False, inner: bool = False) -> Rule:
    """A mark after every statement that starts with one of the lines."""
    return Rule("after", mark, text, (line, *others), optional=optional, inner=inner)


def first(mark: object, text: str = "del M[self]") -> Rule:
    """A mark where the body begins."""
    return Rule("first", mark, text)


def leave(mark: object, text: str = "del M[self]") -> Rule:
    """A mark wherever the function ends without an exception."""
    return Rule("leave", mark, text)


def returned(line: str, *others: str, mark: object, text: str = "self") -> Rule:
    """A mark that sees the values of all return statements that start with one of the lines, once they are there; `text`: the subject."""
    return Rule("returned", mark, text, (line, *others))


class Unfit(Exception):
    """A function is not what the rules were written for; it was left unchanged."""


def _lines_of(code: CodeType) -> list[str]:
    """The source lines of a function of the standard library, to the next line that is indented no deeper."""
    with open(code.co_filename, encoding="utf-8") as file:
        lines = file.readlines()[code.co_firstlineno - 1 :]
    indent = len(lines[0]) - len(lines[0].lstrip())
    started = False
    for number, line in enumerate(lines):
        text = line.strip()
        if started and text and not text.startswith("#") and len(line) - len(line.lstrip()) <= indent and text[0] not in ")]}":
            return lines[:number]
        started = started or text.startswith(("def ", "async def "))
    return lines


class _Weaving:
    """One function being copied."""

    def __init__(self, function: FunctionType, rules: Sequence[Rule]) -> None:
        self.code = function.__code__
        self.owner = function.__qualname__.rpartition(".")[0].rpartition(".")[2]
        self.rules = rules
        self.hits = [0] * len(rules)
        self.marks: list[tuple[int, bool]] = []
        """What stands at each placeholder: the mark of a rule, by number, or its closing one."""
        self.lines: list[str] = []

    def statements(self, text: str, number: int, like: ast.AST, closing: bool = False) -> list[Any]:
        """The mark of a rule as a statement at the place of `like`."""
        self.marks.append((number, closing))
        placeholder = repr(_PLACEHOLDER % (len(self.marks) - 1))
        tree: Any = compile(text.replace("M[", placeholder + "[").replace("~M", "~" + placeholder), "", "exec", _ONLY_AST, dont_inherit=True)
        _place(tree, like)
        body: list[Any] = tree.body
        return body

    def pass_on(self, statement: Any, number: int) -> None:
        """Makes `return value` of the statement `return M[subject:value]`."""
        (wrapped,) = self.statements(f"M[{self.rules[number].text}:None]", number, statement)
        wrapped.value.slice.upper = statement.value
        statement.value = wrapped.value

    def starts(self, statement: ast.stmt) -> str:
        line = self.lines[statement.lineno - self.code.co_firstlineno]
        return line[statement.col_offset :]

    def block(self, block: list[Any], inner: bool = False) -> None:
        """Puts marks into a list of statements and the blocks inside them; `inner`: the statements are those of a nested function."""
        at = 0
        while at < len(block):
            statement = block[at]
            kind = type(statement).__name__
            if kind in ("FunctionDef", "AsyncFunctionDef"):
                self.block(statement.body, inner=True)
            elif kind != "ClassDef":
                self.blocks_of(statement, inner)
            ahead: list[Any] = []
            behind: list[Any] = []
            start = self.starts(statement)
            for number, rule in enumerate(self.rules):
                if rule.inner is not inner:
                    continue
                if rule.at == "leave":
                    if kind != "Return":
                        continue
                elif rule.at not in ("before", "after", "returned") or not start.startswith(rule.lines):
                    continue
                self.hits[number] += 1
                if rule.at == "returned":
                    self.pass_on(statement, number)
                    continue
                (behind if rule.at == "after" else ahead).extend(self.statements(rule.text, number, statement))
            block[at : at + 1] = [*ahead, statement, *behind]
            at += len(ahead) + 1 + len(behind)

    def blocks_of(self, statement: Any, inner: bool) -> None:
        for name in ("body", "orelse", "finalbody"):
            block = getattr(statement, name, None)
            if isinstance(block, list):
                self.block(block, inner)
        for name in ("handlers", "cases"):
            for part in getattr(statement, name, ()):
                self.block(part.body, inner)

    def body(self, definition: Any) -> None:
        """Puts the marks of all rules into a function definition."""
        body = definition.body
        documented = type(body[0]).__name__ == "Expr" and type(body[0].value).__name__ == "Constant"
        document = [body.pop(0)] if documented and len(body) > 1 else []
        start, end = body[0], body[-1]
        self.block(body)
        for number, rule in enumerate(self.rules):
            if rule.at == "leave" and type(end).__name__ not in ("Return", "Raise"):
                self.hits[number] += 1
                body.extend(self.statements(rule.text, number, end))
            elif rule.at in ("first", "around"):
                self.hits[number] += 1
                opening = self.statements(rule.text, number, start)
                if rule.closing is not None:
                    whole: Any = compile("try: pass\nfinally: pass", "", "exec", _ONLY_AST, dont_inherit=True)
                    _place(whole, start)
                    whole.body[0].body = body[:]
                    whole.body[0].finalbody = self.statements(rule.closing[1], number, end, closing=True)
                    body[:] = whole.body
                body[:0] = opening
        definition.body = document + body

    def copy(self) -> Copy:
        """The function's code with placeholders, and the marks that they stand for. Raises Unfit, OSError or SyntaxError."""
        code = self.code
        self.lines = _lines_of(code)
        nested = self.lines[0][:1] in " \t"
        head = "\n" * (code.co_firstlineno - 2) + (f"class {self.owner or '_'}:\n" if nested else "\n" if code.co_firstlineno > 1 else "")
        tree: Any = compile(head + "".join(self.lines), code.co_filename, "exec", _ONLY_AST, dont_inherit=True)
        definition = tree.body[0].body[0] if nested else tree.body[0]
        self.body(definition)
        for hits, rule in zip(self.hits, self.rules, strict=True):
            if not hits and not rule.optional:
                raise Unfit(f"no line {rule.lines[0] if rule.lines else rule.at}")
        outer = compile(tree, code.co_filename, "exec", code.co_flags & _FUTURE_FLAGS, dont_inherit=True)
        found = _code_in(_code_in(outer, self.owner or "_") if nested else outer, code.co_name)
        if (
            found.co_freevars != code.co_freevars
            or found.co_varnames[: code.co_argcount] != code.co_varnames[: code.co_argcount]
            or found.co_flags != code.co_flags
        ):
            raise Unfit("compiles to something else")
        return found.replace(co_qualname=code.co_qualname), tuple(self.marks)


def _place(node: Any, like: Any) -> None:
    if hasattr(node, "lineno"):
        node.lineno, node.col_offset, node.end_lineno, node.end_col_offset = like.lineno, like.col_offset, like.lineno, like.col_offset
    for name in node._fields:
        value = getattr(node, name, None)
        for child in value if isinstance(value, list) else (value,):
            if hasattr(child, "_fields"):
                _place(child, like)


def _marked(code: CodeType, marks: dict[bytes, object]) -> CodeType:
    """The code, and that of functions inside, with marks where their placeholders are."""
    consts: list[object] = []
    for const in code.co_consts:
        if isinstance(const, CodeType):
            const = _marked(const, marks)
        consts.append(marks.get(const, const) if type(const) is bytes else const)
    return code.replace(co_consts=tuple(consts))


def _code_in(code: CodeType, name: str) -> CodeType:
    for const in code.co_consts:
        if isinstance(const, CodeType) and const.co_name == name:
            return const
    raise Unfit(f"no code of {name}")


def inline(function: object, *rules: Rule) -> None:
    """Put marks into a function or method of the standard library. The caller must not do it twice.

    Raises Unfit when the function is not a Python function, has no source, or lacks a line that a rule names: it is then unchanged. Costs 20 us where
    the copy was made before (`save_copies`), else a millisecond.
    """
    if not isinstance(function, FunctionType):
        raise Unfit("not a Python function")
    copies = _copies()
    key = copies.key(function.__code__, repr([rule.shape() for rule in rules]))
    copy = copies.get(key)
    if copy is None:
        try:
            copy = _Weaving(function, rules).copy()
        except (OSError, SyntaxError, ValueError, UnicodeError, IndexError, AttributeError) as error:
            raise Unfit(f"{type(error).__name__}") from None
        copies.put(key, copy)
    code, order = copy
    marks = {_PLACEHOLDER % place: rules[number].marks[closing] for place, (number, closing) in enumerate(order)}
    function.__code__ = _marked(code, marks)


def _copies() -> Copies:
    global _known
    if _known is None:
        _known = Copies.from_environment(os.environ, __file__)
    return _known


def save_copies() -> None:
    """Keeps the copies that were made since, for later starts."""
    _copies().save()


def inline_all(hook: str, plans: Sequence[tuple[object, str, Sequence[Rule]]], gap: Callable[[str, str], None]) -> None:
    """Put marks into many methods: (owner, name, rules). Methods that cannot be marked are reported to `gap(hook, reason)` and left unchanged."""
    for owner, name, rules in plans:
        function = vars(owner).get(name)
        if function is None:
            continue
        try:
            inline(function, *rules)
        except Unfit as reason:
            gap(hook, f"{getattr(owner, '__name__', owner)}.{name} on Python {sys.version_info.major}.{sys.version_info.minor}: {reason}")
    save_copies()
