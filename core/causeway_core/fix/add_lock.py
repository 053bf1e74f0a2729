"""Add a lock where there is none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import libcst as cst

from causeway_core.fix.editing import Lock, Source, add_global, import_module, walk, wrap
from causeway_core.fix.locking import lock_of, uses_self
from causeway_core.fix.patch import Patch
from causeway_core.fix.project import Project
from causeway_core.fix.region import Found, find, regions_of
from causeway_core.fix.target import Target

_FORKS = re.compile(r"""(?:get_context|set_start_method)\(\s*["']fork["']|\bos\.fork\(""")
"""Where code says that its processes are forked."""
_IMPORTS = re.compile(r"^\s*(?:import|from)\s+(asyncio|trio)\b", re.MULTILINE)


def add_lock(target: Target, project: Project) -> Iterator[Patch]:
    """A new lock around the window and around what the other sides do: an attribute where all reach the place through self of one class, else
    a global of the one module. An asyncio.Lock (trio.Lock) between tasks, a threading.Lock where threads take part and nothing is awaited. Between
    processes a multiprocessing.Lock, a global that is made before they fork: only where the code says that they do, for one that is spawned would
    have its own.
    """
    regions = regions_of(target, project)
    found = find(regions, project) if regions is not None else None
    if found is None:
        return
    if any(lock_of(each, region) is not None for region in found for each in (*region.enclosing(), *region.inner())):
        return
    asynchronous = not target.threaded and not target.processes and all(each.function.asynchronous is not None for each in found)
    if not asynchronous and any(each.awaits() for each in found):
        return
    if target.processes and not any(_FORKS.search(each.source.module.code) for each in found):
        return
    factory = "multiprocessing" if target.processes else _library(found[0].source) if asynchronous else "threading"
    home = None if target.processes else _class_of(target, found)
    if home is None and len({each.region.file for each in found}) > 1:
        return
    source = found[0].source
    name = _free_name(target.attribute, source)
    text = f"self.{name}" if home is not None else name
    for each in found:
        each.source.edit(each.span.block, wrap(each.span, Lock(text, asynchronous)))
    if home is not None:
        _add_attribute(source, home, name, f"{factory}.Lock()", target.attribute)
    else:
        add_global(source, f"{name} = {factory}.Lock()")
    import_module(source, factory)
    where = " and ".join(f"{each.region} of `{each.region.function.rpartition('.')[2]}`" for each in found)
    yield from project.patch("add-lock", f"a new {factory}.Lock, {text}, is held over {where}", source)


def _library(source: Source) -> str:
    """The library whose tasks run a module: trio if that is what it imports."""
    imported = set(_IMPORTS.findall(source.module.code))
    return "trio" if "trio" in imported and "asyncio" not in imported else "asyncio"


def _class_of(target: Target, found: list[Found]) -> cst.ClassDef | None:
    """The class, if all sides are its methods and reach the place through self."""
    owners = {(each.region.file, owner.name.value if (owner := each.source.owner(each.region.function)) is not None else "") for each in found}
    if len(owners) != 1 or "" in {name for _, name in owners} or not all(
        any(uses_self(each, name) for name in (target.attribute, *each.region.through)) for each in found
    ):
        return None
    return found[0].source.owner(found[0].region.function)


def _free_name(attribute: str, source: Source) -> str:
    text = source.module.code
    wanted = ["_lock", f"_{attribute.strip('_')}_lock"] if attribute else ["_lock"]
    wanted += [f"_lock_{number}" for number in range(2, 1000)]
    return next(name for name in wanted if not re.search(rf"\b{name}\b", text))


def _add_attribute(source: Source, home: cst.ClassDef, name: str, value: str, beside: str) -> None:
    """`self.name = value` in `__init__`, beside the attribute it guards; without an `__init__` an attribute of the class."""
    init = next((each for each in home.body.body if isinstance(each, cst.FunctionDef) and each.name.value == "__init__"), None)
    if init is None or not isinstance(init.body, cst.IndentedBlock):
        source.edit(home.body, _prepend(f"{name} = {value}"))
        return
    body = init.body.body
    at = next((number for number, each in enumerate(body) if any(_sets(node, beside) for node in walk(each))), len(body) - 1)

    def edit(block: Any) -> Any:
        return block.with_changes(body=[*block.body[: at + 1], cst.parse_statement(f"self.{name} = {value}"), *block.body[at + 1 :]])

    source.edit(init.body, edit)


def _sets(node: cst.CSTNode, attribute: str) -> bool:
    if isinstance(node, cst.AnnAssign):
        target: cst.CSTNode = node.target
    elif isinstance(node, cst.AssignTarget):
        target = node.target
    else:
        return False
    return isinstance(target, cst.Attribute) and target.attr.value == attribute


def _prepend(statement: str) -> Any:
    def edit(block: Any) -> Any:
        new = cst.parse_statement(statement)
        if isinstance(block, cst.SimpleStatementSuite):
            kept = [] if all(isinstance(each, cst.Pass | cst.Expr) for each in block.body) else [cst.SimpleStatementLine(body=block.body)]
            return cst.IndentedBlock(body=[new, *kept])
        body = list(block.body)
        first = body[0]
        is_docstring = (
            isinstance(first, cst.SimpleStatementLine) and isinstance(first.body[0], cst.Expr) and isinstance(first.body[0].value, cst.SimpleString)
        )
        at = int(is_docstring)
        return block.with_changes(body=[*body[:at], new, *body[at:]])

    return edit
