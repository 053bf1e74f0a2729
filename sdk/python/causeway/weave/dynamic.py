"""Code that woven code executes: `exec` of a text is `exec` of the woven text."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType
    from typing import Any

    from causeway.weave.sites import SiteTable, TapRow

ONLY_AST = 0x400
"""`ast.PyCF_ONLY_AST`, without importing ast."""
LIMIT = 1000
"""Distinct texts that are woven in one process; programs that make more of them are generating code, not running the user's."""

_woven: dict[tuple[str, str, int], CodeType | None] = {}


def split(table: SiteTable, code: CodeType) -> tuple[list[TapRow], tuple[tuple[int, int, int], ...]]:
    """The rows as `make_many` takes them, and which of them are texts to execute, with their lines and the compiler flags they inherit."""
    import __future__

    rows = list(table.taps)
    inherited = 0
    for name in __future__.all_feature_names:
        inherited |= code.co_flags & getattr(__future__, name).compiler_flag
    dynamic: list[tuple[int, int, int]] = []
    for index, (kind, site, _, _) in enumerate(rows):
        if kind == "exec":
            rows[index] = ("line", site, None, 0)
            dynamic.append((index, table.sites[site][1], inherited))
    return rows, tuple(dynamic)


class Dynamic:
    """`T[source]` in `exec(T[source], …)`: gives woven code, or the source itself where that is not a text or does not compile.

    The program's own frame still calls `exec`, which compiles what is not woven itself. So namespaces, closures and errors stay those of the program.
    """

    __slots__ = ("flags", "module", "path", "weaver")

    def __init__(self, weaver: Any, path: str, module: str, flags: int) -> None:
        self.weaver, self.path, self.module, self.flags = weaver, path, module, flags

    def __getitem__(self, source: Any) -> Any:
        if type(source) is not str:
            return source
        key = (self.path, source, self.flags)
        try:
            code = _woven[key]
        except KeyError:
            code = _woven[key] = self._weave(source) if len(_woven) < LIMIT else None
        return source if code is None else code

    __matmul__ = __getitem__

    def _weave(self, source: str) -> CodeType | None:
        try:
            code: CodeType | None = self.weaver.woven(
                source.encode(),
                self.path,
                self.module,
                flags=self.flags,
                filename="<string>",
                rewrite=lambda: compile(source, "<string>", "exec", self.flags | ONLY_AST, dont_inherit=True),
            )
            return code
        except Exception:
            return None

    def __reduce__(self) -> Any:
        return _Nothing, ()


class _Nothing:
    """The copy or unpickled form of a `Dynamic`: it returns sources unchanged."""

    def __getitem__(self, source: Any) -> Any:
        return source

    __matmul__ = __getitem__
