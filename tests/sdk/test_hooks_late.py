"""Hooks on modules that are imported later: of every kind of loader, once, and invisible afterwards."""

# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sdk.hooked import run_hooked


@pytest.mark.parametrize("name", ["queue", "_queue", "_tracemalloc", "__hello__"])
def test_the_callback_runs_right_after_the_body(name: str, tmp_path: Path) -> None:
    program = f"""
import importlib, sys
from causeway.hooks import late
seen = []
sys.modules.pop({name!r}, None)
late.on_import({name!r}, lambda module: seen.append((module.__name__, late.imported_now(), hasattr(module, "__doc__"))))
module = importlib.import_module({name!r})
late.on_import({name!r}, lambda module: seen.append("again"))
spec = module.__spec__
print(seen, spec.loader is module.__loader__, "exec_module" in getattr(spec.loader, "__dict__", {{}}) and not isinstance(spec.loader, type), type(spec.loader).__name__ == "_Once")
"""
    (tmp_path / "program.py").write_text(program)
    run = run_hooked(tmp_path, ["program.py"])
    assert run.stdout.splitlines()[-1] == f"[({name!r}, True, True), 'again'] True False False", run.stderr


def test_a_failing_callback_is_a_gap_and_the_import_goes_on(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text("from causeway.hooks import late\nlate.on_import('colorsys', lambda module: 1 / 0)\nimport colorsys\nprint(colorsys.ONE_THIRD > 0)")
    run = run_hooked(tmp_path, ["program.py"])
    assert (run.stdout, run.stderr) == ("True\n", "")
    assert run.main.gaps == [{"hook": "colorsys", "reason": "ZeroDivisionError"}]
