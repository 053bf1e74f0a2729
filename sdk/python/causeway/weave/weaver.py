"""Weaving for one process: scope, cache, spool and taps together."""

from __future__ import annotations

from causeway.weave.cache import Cache, Stored
from causeway.weave.dynamic import Dynamic
from causeway.weave.named import NamedSites
from causeway.weave.patch import loaded
from causeway.weave.scope import Scope, switched_off

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import CodeType
    from typing import Any

GAP = 20


class Weaver:
    """Produces woven code for sources in scope. If anything goes wrong, the module is left unwoven, with a GAP record.

    `tap` is `causeway._tap` or a twin of it (`make_packed`, `add_sites`, `emit`, `active`). `spool` is where site tables go.
    """

    def __init__(self, tap: Any, scope: Scope, cache: Cache, spool: str | None, detail: str = "full") -> None:
        self.tap = tap
        self.scope = self._asked = scope
        self.cache = cache
        self.spool = spool
        self.detail = detail
        self._named = NamedSites(cache, spool) if spool is not None else None
        self.gates: Any = None
        """While an order is in force (causeway/order): what replaces taps with gates."""

    @classmethod
    def from_environment(cls, tap: Any, environment: Mapping[str, str]) -> Weaver:
        """The weaver that the host's environment variables describe."""
        detail = environment.get("CAUSEWAY_DETAIL") or "full"
        return cls(tap, Scope.from_environment(environment), Cache.from_environment(environment), environment.get("CAUSEWAY_SPOOL"), detail)

    def configure(self, include: tuple[str, ...], exclude: tuple[str, ...], detail: str | None) -> None:
        """Adds what the program asks for by `causeway.configure` to what the host asked for. It holds for modules that are loaded afterwards."""
        asked = self._asked
        self.scope = Scope(asked.root, (*asked.include, *include), (*asked.exclude, *exclude))
        self.detail = detail or self.detail

    def covers(self, path: str, module: str) -> bool:
        """Whether a module is in scope; without recording, whether it contains places of the order in force."""
        if self.gates is not None and self.gates.concerns(path):
            return True
        return self.detail == "full" and (self.gates is None or self.spool is not None) and self.scope.covers(path, module)

    def woven(
        self, source: bytes, path: str, module: str, *, options: str = "", rewrite: Any = None, flags: int = 0, filename: str | None = None
    ) -> CodeType | None:
        """Woven code of a module in scope, or None: the module is then loaded as if there were no weaver.

        `rewrite()` returns the tree where it is not that of the source itself, and `options` names what it depends on.
        """
        if switched_off(source):
            return None
        try:
            return self._woven(source, path, module, options, rewrite, flags, filename)
        except SyntaxError:
            return None
        except Exception as error:
            self.gap(path, f"{type(error).__name__}: {error}"[:200])
            return None

    def _woven(self, source: bytes, path: str, module: str, options: str, rewrite: Any, flags: int, filename: str | None) -> CodeType:
        gates = self.gates if self.gates is not None and self.gates.concerns(path) else None
        key = self.cache.key(source, path, module, f"{self.detail} {options} {flags} {filename} {gates is not None}")
        stored = self.cache.load(key)
        table = self.cache.table(key) if gates is not None else None
        if stored is None or (table is None and gates is not None) or not self._published(key, None):
            from causeway.weave.dynamic import split
            from causeway.weave.storable import packed
            from causeway.weave.tree import weave

            with _Warnings(module) as warned:
                tree = rewrite() if rewrite is not None else None
                result = weave(source, path, module, tree, flags=flags, filename=filename, tapped=gates is not None)
            rows, dynamic = split(result.table, result.code)
            stored = Stored(result.code, result.recipe, *packed(rows), len(result.table.sites), dynamic)
            table = result.table.to_json(decode(source))
            if not warned.seen:
                self.cache.store(key, stored, table)
            self._published(key, table)
        base = self.tap.add_sites(stored.sites, key, module)
        if "named" in stored.kinds and self._named is not None:
            self._named.add(base, stored.sites, key)
            self.tap.name_sites(self._named)
        taps = self.tap.make_packed(stored.kinds, stored.rows, stored.names, base)
        if gates is not None:
            gates.gate(stored, taps, table)
        for row, line, inherited in stored.dynamic:
            taps[row] = Dynamic(self, f"<exec {path}:{line}>", module, inherited)
        return loaded(stored.code, stored.recipe, taps)

    def _published(self, key: str, table: bytes | None) -> bool:
        return self.spool is None or self.cache.publish(key, self.spool, table)

    def gap(self, where: str, reason: str) -> None:
        """Records that a module is not woven."""
        try:
            import json

            text = json.dumps({"hook": f"weave {where}", "reason": reason}).encode()
            payload = len(text).to_bytes(4, "little") + text + bytes(-len(text) % 4)
            if self.tap.active():
                self.tap.emit(GAP, payload)
        except Exception:
            pass


class _Warnings:
    """Notes whether compiling a main script warned: the interpreter compiles it at every start and warns every time, so it is not cached."""

    def __init__(self, module: str) -> None:
        self.seen = False
        self._show: Any = None
        self._watching = module == "__main__"

    def __enter__(self) -> _Warnings:
        if self._watching:
            import warnings

            show = self._show = warnings.showwarning

            def showwarning(*args: Any, **kwargs: Any) -> None:
                self.seen = True
                show(*args, **kwargs)

            warnings.showwarning = showwarning
        return self

    def __exit__(self, *_: object) -> None:
        if self._watching:
            import warnings

            warnings.showwarning = self._show


def decode(source: bytes) -> str:
    """Source text as the compiler reads it."""
    import io
    import tokenize

    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
        return io.TextIOWrapper(io.BytesIO(source), encoding, newline=None).read()
    except (SyntaxError, UnicodeDecodeError, LookupError):
        return source.decode("utf-8", "replace")
