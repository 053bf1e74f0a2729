"""Source as a tree that keeps every space and comment, and the few edits that fixes are made of (libcst)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

Block = cst.IndentedBlock | cst.Module
Edit = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Span:
    """Statements `first` to `last` (indices) of a block."""

    block: Block
    first: int
    last: int

    @property
    def statements(self) -> Sequence[cst.BaseStatement]:
        """The statements themselves."""
        return self.block.body[self.first : self.last + 1]


class Source:
    """One file: find places by line and qualified name, collect edits of nodes, and write the text."""

    def __init__(self, path: str, text: str) -> None:
        """Raises libcst.ParserSyntaxError for what does not parse."""
        self.path = path
        wrapper = MetadataWrapper(cst.parse_module(text))
        self.module = wrapper.module
        self._positions = cast(dict[cst.CSTNode, CodeRange], wrapper.resolve(PositionProvider))
        self._edits: dict[cst.CSTNode, list[Edit]] = {}

    def covers(self, node: cst.CSTNode, line: int) -> bool:
        """Whether a node stands on a line."""
        place = self._positions.get(node)
        return place is not None and place.start.line <= line <= place.end.line

    def line(self, node: cst.CSTNode) -> int:
        """The first line of a node."""
        return self._positions[node].start.line

    def function(self, qualname: str) -> cst.FunctionDef | None:
        """The function of a qualified name (`Class.method`, `f.<locals>.g`)."""
        node: cst.CSTNode = self.module
        for name in qualname.replace(".<locals>", "").split("."):
            found = next((each for each in walk(node) if isinstance(each, cst.FunctionDef | cst.ClassDef) and each.name.value == name), None)
            if found is None:
                return None
            node = found
        return node if isinstance(node, cst.FunctionDef) else None

    def calls_on(self, qualname: str, line: int) -> Iterator[tuple[cst.FunctionDef, cst.Call]]:
        """A function and each call in it that stands on a line; nothing where there is no such function."""
        function = self.function(qualname)
        if function is not None:
            yield from ((function, node) for node in walk(function) if isinstance(node, cst.Call) and self.covers(node, line))

    def functions(self) -> list[str]:
        """The qualified names of the functions of the module and of its classes, outermost first."""
        found: list[str] = []
        blocks: list[tuple[str, cst.CSTNode]] = [("", self.module)]
        for prefix, block in blocks:
            for each in block.children if isinstance(block, cst.Module) else walk(block):
                if isinstance(each, cst.FunctionDef):
                    found.append(prefix + each.name.value)
                elif isinstance(each, cst.ClassDef) and not prefix:
                    blocks.append((f"{each.name.value}.", each.body))
        return found

    def calls(self, function: cst.FunctionDef, name: str) -> list[int]:
        """The lines where a function calls something of this name, also as a method."""
        called = [each for each in walk(function) if isinstance(each, cst.Call)]
        return [self.line(each) for each in called if _called(each) == name]

    def owner(self, qualname: str) -> cst.ClassDef | None:
        """The class that a method of this qualified name stands in."""
        parts = qualname.split(".")
        if len(parts) < 2 or "<locals>" in parts:
            return None
        return next((each for each in walk(self.module) if isinstance(each, cst.ClassDef) and each.name.value == parts[-2]), None)

    def span(self, function: cst.FunctionDef, first: int, last: int) -> Span | None:
        """The fewest whole statements of one block in a function that cover two lines."""
        best: Span | None = None
        for block in walk(function):
            if not isinstance(block, cst.IndentedBlock):
                continue
            start = next((number for number, each in enumerate(block.body) if self.covers(each, first)), None)
            end = next((number for number, each in enumerate(block.body) if self.covers(each, last)), None)
            if start is not None and end is not None:
                best = Span(block, min(start, end), max(start, end))
        return best

    def mentions(self, function: cst.FunctionDef, attribute: str, line: int) -> tuple[int, int]:
        """The lines from the first to the last use of an attribute or name in a function, around `line`."""
        lines = [self.line(each) for each in walk(function) if isinstance(each, cst.Name) and each.value == attribute and each in self._positions]
        return (min([line, *lines]), max([line, *lines])) if attribute else (line, line)

    def edit(self, node: cst.CSTNode, edit: Edit) -> None:
        """Has `node` replaced by what `edit` makes of it; inner edits come first."""
        self._edits.setdefault(node, []).append(edit)

    def put(self, node: cst.CSTNode, new: cst.CSTNode) -> None:
        """Has `node` replaced by `new`."""
        self.edit(node, lambda _: new)

    def text(self) -> str:
        """The source with all edits."""
        return self.module.visit(_Editor(self._edits)).code


def _called(call: cst.Call) -> str:
    function = call.func
    if isinstance(function, cst.Attribute):
        return function.attr.value
    return function.value if isinstance(function, cst.Name) else ""


class _Editor(cst.CSTTransformer):
    def __init__(self, edits: dict[cst.CSTNode, list[Edit]]) -> None:
        super().__init__()
        self._edits = edits

    def on_leave(self, original_node: cst.CSTNodeT, updated_node: cst.CSTNodeT) -> Any:
        for edit in self._edits.get(original_node, ()):
            updated_node = edit(updated_node)
        return updated_node


def walk(node: cst.CSTNode) -> Sequence[cst.CSTNode]:
    """All nodes below one, outermost first."""
    found: list[cst.CSTNode] = []
    stack = list(reversed(node.children))
    while stack:
        each = stack.pop()
        found.append(each)
        stack.extend(reversed(each.children))
    return found


@dataclass(slots=True)
class Lock:
    """A lock as an expression where it is taken."""

    text: str
    asynchronous: bool


def wrap(span: Span, lock: Lock) -> Edit:
    """Edit of a block: the span's statements go into `with lock:`; comments before the first stay before."""

    def edit(block: Any) -> Any:
        body = list(block.body)
        inner: list[Any] = []
        for each in body[span.first : span.last + 1]:
            inner += without_lock(each, lock.text)
        lines = getattr(body[span.first], "leading_lines", ())
        inner[0] = inner[0].with_changes(leading_lines=())
        holder = cst.With(
            items=[cst.WithItem(cst.parse_expression(lock.text))],
            body=cst.IndentedBlock(body=inner),
            asynchronous=cst.Asynchronous() if lock.asynchronous else None,
            leading_lines=lines,
        )
        return block.with_changes(body=[*body[: span.first], holder, *body[span.last + 1 :]])

    return edit


def without_lock(statement: Any, lock: str) -> list[Any]:
    """A statement with the `with lock:` around it taken away, at any depth."""

    class Unwrap(cst.CSTTransformer):
        def leave_With(self, original_node: cst.With, updated_node: cst.With) -> Any:
            if holds(original_node) == lock:
                block = updated_node.body
                body: list[Any] = list(block.body) if isinstance(block, cst.IndentedBlock) else [cst.SimpleStatementLine(body=block.body)]  # type: ignore[arg-type]
                body[0] = body[0].with_changes(leading_lines=updated_node.leading_lines)
                return cst.FlattenSentinel(body)
            return updated_node

    changed = statement.visit(Unwrap())
    return list(changed) if isinstance(changed, cst.FlattenSentinel) else [changed]


def holds(node: cst.With) -> str | None:
    """The only thing that a `with` statement holds, as text."""
    if len(node.items) != 1 or node.items[0].asname is not None:
        return None
    return code(node.items[0].item)


def code(node: cst.CSTNode) -> str:
    """A node's source text."""
    return cst.Module([]).code_for_node(node)


def insert(index: int, *statements: str) -> Edit:
    """Edit of a block: new statements before the one at `index`."""

    def edit(block: Any) -> Any:
        body = list(block.body)
        return block.with_changes(body=[*body[:index], *(cst.parse_statement(each) for each in statements), *body[index:]])

    return edit


def import_module(source: Source, name: str) -> None:
    """Has `import name` added behind the docstring and `from __future__`, unless it is imported."""
    if re.search(rf"^\s*import\s+(?:.*,\s*)?{name}\b(?!\s*\.|\s+as\b)", source.module.code, re.MULTILINE):
        return
    index = _header(source.module)
    _insert_below_header(source, index, f"import {name}")


def _header(module: cst.Module) -> int:
    """How many statements the docstring and the imports from `__future__` are."""
    index = 0
    for number, each in enumerate(module.body):
        small = each.body[0] if isinstance(each, cst.SimpleStatementLine) else None
        is_docstring = number == 0 and isinstance(small, cst.Expr) and isinstance(small.value, cst.SimpleString)
        is_future = isinstance(small, cst.ImportFrom) and small.module is not None and code(small.module) == "__future__"
        if not is_docstring and not is_future:
            break
        index = number + 1
    return index


def _insert_below_header(source: Source, index: int, statement: str) -> None:
    """An import at the top: the comments and blank lines that the next statement has stay where they are read."""

    def edit(module: Any) -> Any:
        body = list(module.body)
        new = cst.parse_statement(statement)
        if index and index < len(body):
            # Among imports the new one joins their paragraph.
            new = new.with_changes(leading_lines=body[index].leading_lines)
            body[index] = body[index].with_changes(leading_lines=() if _is_import(body[index]) else body[index].leading_lines)
        return module.with_changes(body=[*body[:index], new, *body[index:]])

    source.edit(source.module, edit)


def _is_import(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.SimpleStatementLine) and isinstance(node.body[0], cst.Import | cst.ImportFrom)


def add_global(source: Source, statement: str) -> None:
    """Has a statement added below the imports at the top of the module."""
    imports = [number for number, each in enumerate(source.module.body) if _is_import(each)]
    index = imports[-1] + 1 if imports else _header(source.module)

    def edit(module: Any) -> Any:
        body = list(module.body)
        shift = len(body) - len(source.module.body)
        new = cst.parse_statement(statement).with_changes(leading_lines=[cst.EmptyLine(indent=False)])
        return module.with_changes(body=[*body[: index + shift], new, *body[index + shift :]])

    source.edit(source.module, edit)


def awaits(node: cst.CSTNode) -> bool:
    """Whether something below a node is awaited, in this function."""
    if isinstance(node, cst.Await):
        return True
    if isinstance(node, cst.FunctionDef | cst.Lambda | cst.ClassDef):
        return False
    if isinstance(node, cst.With | cst.For) and node.asynchronous is not None:
        return True
    return any(awaits(each) for each in node.children)
