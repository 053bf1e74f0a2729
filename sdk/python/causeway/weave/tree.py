"""Weaving of one module: source or tree in, code object with placeholders and site table out."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from types import CodeType
from typing import TYPE_CHECKING

from causeway.weave.names import NameAnalysis
from causeway.weave.sites import SiteTable
from causeway.weave.statements import Statements
from causeway.weave.storable import storable

if TYPE_CHECKING:
    from causeway.weave.patch import Recipe


@dataclass(slots=True, frozen=True)
class Woven:
    """A woven module in the form that is stored: no tap objects yet."""

    code: CodeType
    recipe: Recipe
    table: SiteTable


def weave(
    source: bytes, path: str, module: str, tree: ast.Module | None = None, *, flags: int = 0, filename: str | None = None, tapped: bool = False
) -> Woven:
    """Weaves a module at `full` detail.

    `tree` replaces the parsed source where it was rewritten already. Raises what compiling would raise, and RecursionError for
    expressions too deep to walk: the caller then loads the module unwoven. `tapped`: every read and store is made by its tap, so that a re-run
    under a forced order can hold it; sites have the same numbers either way.
    """
    name = filename or path
    if tree is None:
        tree = compile(source, name, "exec", flags | ast.PyCF_ONLY_AST, dont_inherit=True)
    table = SiteTable(path, module, source)
    Statements(table, NameAnalysis(tree), tapped).weave_module(tree, source.count(b"\n") + 1)
    code = compile(tree, name, "exec", flags, dont_inherit=True)
    stored, recipe = storable(code, table.taps)
    return Woven(stored, recipe, table)
