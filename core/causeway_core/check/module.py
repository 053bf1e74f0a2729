"""What a module consists of, as far as the rules need it: functions, classes, and what their attributes hold."""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import dataclass, field

from causeway_core.check.location import Path

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef

CONTAINERS = {
    "list": "list",
    "List": "list",
    "dict": "dict",
    "Dict": "dict",
    "defaultdict": "dict",
    "DefaultDict": "dict",
    "OrderedDict": "dict",
    "Counter": "dict",
    "WeakKeyDictionary": "dict",
    "WeakValueDictionary": "dict",
    "MutableMapping": "dict",
    "set": "set",
    "Set": "set",
    "WeakSet": "set",
    "MutableSet": "set",
    "deque": "deque",
    "Deque": "deque",
}
"""Constructors and annotations, and the kind of container they make."""


@dataclass(slots=True)
class Mutation:
    """A statement that changes a container's structure: `operation` is the method, `[]=` or `del`."""

    function: Function
    operation: str
    node: ast.AST


@dataclass(slots=True)
class Class:
    """A class: its methods by name, what its attributes were first given (see `Module.kinds`)."""

    name: str
    node: ast.ClassDef
    methods: dict[str, Function] = field(default_factory=dict)
    bases: tuple[str, ...] = ()


@dataclass(slots=True, eq=False)
class Function:
    """A function or method. `self_name` is set in methods and in what is nested in them; `locals` are the names it binds, parameters
    included. `calls_locked` counts calls of it within its class under a lock, `calls_open` those without; `spawned` those that start it as
    a task of its own.
    """

    node: FunctionNode
    qualname: str
    owner: Class | None
    self_name: str | None
    parent: Function | None
    parameters: tuple[str, ...]
    locals: frozenset[str]
    foreign: frozenset[str]
    calls_locked: int = 0
    calls_open: int = 0
    spawned: int = 0
    shared_parameters: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        """The bare name."""
        return self.node.name

    @property
    def is_async(self) -> bool:
        """Whether it is an `async def`."""
        return isinstance(self.node, ast.AsyncFunctionDef)


@dataclass(slots=True)
class Module:
    """`kinds` says what a path (class or `module`, and text) was seen to be given: list, dict, set, deque, lock, thread lock, some lock,
    semaphore, queue; `attribute_kinds` the same by the attribute's name alone, None where that differs. `mutations` are the structural
    changes of containers by path, `writers` the functions that change one. `called` are the functions that the module itself calls.
    """

    functions: list[Function] = field(default_factory=list)
    classes: dict[str, Class] = field(default_factory=dict)
    top: dict[str, Function] = field(default_factory=dict)
    variables: set[str] = field(default_factory=set)
    rebound: set[tuple[str, str]] = field(default_factory=set)
    kinds: dict[tuple[str, str], str] = field(default_factory=dict)
    attribute_kinds: dict[str, str | None] = field(default_factory=dict)
    called: set[str] = field(default_factory=set)
    mutations: defaultdict[tuple[str, str], list[Mutation]] = field(default_factory=lambda: defaultdict(list))
    writers: defaultdict[tuple[str, str], set[Function]] = field(default_factory=lambda: defaultdict(set))

    def method(self, owner: Class | None, name: str) -> Function | None:
        """A method of a class or of its bases in this module."""
        seen: set[str] = set()
        queue = [owner] if owner is not None else []
        while queue:
            found = queue.pop(0)
            if name in found.methods:
                return found.methods[name]
            seen.add(found.name)
            queue.extend(self.classes[base] for base in found.bases if base in self.classes and base not in seen)
        return None

    def kind_of(self, path: Path) -> str | None:
        """What a path holds; of an object that was handed in, what an attribute of that name holds anywhere in the module."""
        if path.root == "parameter":
            return self.attribute_kinds.get(path.text.rpartition(".")[2])
        return self.kind(path.owner, path.text)

    def mutations_of(self, path: Path) -> list[Mutation]:
        """The statements that change the structure of the container at a path, by the attribute's name for what was handed in."""
        if path.root != "parameter":
            return self.mutations.get((path.owner, path.text), [])
        name = path.text.rpartition(".")[2]
        return [each for (_, text), found in self.mutations.items() if text.rpartition(".")[2] == name for each in found]

    def kind(self, owner: str, text: str) -> str | None:
        """What the path of a class or function holds, also if a base class set it."""
        seen: set[str] = set()
        queue = [owner]
        while queue:
            name = queue.pop(0)
            found = self.kinds.get((name, text))
            if found is not None:
                return found
            seen.add(name)
            if name in self.classes:
                queue.extend(base for base in self.classes[name].bases if base not in seen)
        return None


def last_name(node: ast.expr | None) -> str:
    """The last part of a dotted name, also below a call or subscript; empty for anything else."""
    while isinstance(node, ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
