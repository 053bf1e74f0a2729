"""Weaves test modules after pytest rewrote their assertions."""

import ast
import os
from typing import Any

from causeway.weave.weaver import Weaver


def patch_rewriting(module: Any, weaver: Weaver) -> None:
    """Patches `_pytest.assertion.rewrite`: modules in scope are rewritten, then woven; pytest's own cache is neither read nor written for them."""
    rewrite_test, read_pyc, write_pyc = module._rewrite_test, module._read_pyc, module._write_pyc
    current: dict[str, bool] = {}

    def covered(path: Any) -> bool:
        return weaver.covers(os.fspath(path), "")

    def _rewrite_test(fn: Any, config: Any) -> Any:
        path = os.fspath(fn)
        current[path] = False
        if not covered(fn):
            return rewrite_test(fn, config)
        status = os.stat(path)
        with open(path, "rb") as file:
            source = file.read()

        def rewritten() -> ast.Module:
            tree = ast.parse(source, filename=path)
            module.rewrite_asserts(tree, source, path, config)
            return tree

        hook = bool(config.getini("enable_assertion_pass_hook")) if config is not None else False
        name = os.path.splitext(os.path.basename(path))[0]
        code = weaver.woven(source, path, name, options=f"pytest {module.version} {hook}", rewrite=rewritten)
        if code is None:
            return rewrite_test(fn, config)
        current[path] = True
        return status, code

    def _read_pyc(source: Any, pyc: Any, *args: Any, **kwargs: Any) -> Any:
        return None if covered(source) else read_pyc(source, pyc, *args, **kwargs)

    def _write_pyc(state: Any, code: Any, *args: Any, **kwargs: Any) -> Any:
        return True if current.get(code.co_filename) else write_pyc(state, code, *args, **kwargs)

    module._rewrite_test, module._read_pyc, module._write_pyc = _rewrite_test, _read_pyc, _write_pyc
