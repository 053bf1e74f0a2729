"""labels.json says what it must of every program, and the programs cover what the analysis is for."""

from __future__ import annotations

import ast
import json
import re

import pytest

from bench.corpus import PROGRAMS

LABELS = json.loads((PROGRAMS / "labels.json").read_text())
BUGS = {
    "lost_update", "check_then_act", "lazy_init", "double_checked_locking", "split_lock", "wrong_lock", "one_sided_lock",
    "raced_lock", "stale_read", "iteration", "use_before_init", "use_after_close", "lost_wakeup", "foreign_thread",
    "publish_before_fill", "order_violation", "cancellation", "deadlock", "self_deadlock", "blocking_lock", "write_skew",
    "row_lost_update", "row_check_then_act", "json_file",
}
IDIOMS = {
    "lock", "threadsafe_handoff", "join_order", "publish_before_start", "per_task_state", "atomic_step", "retry_cas",
    "single_flight", "in_flight_flag", "commutative", "same_value", "progress_counter", "gate_lock", "log_order", "atomic_sql",
    "version_check", "unique_constraint", "begin_immediate", "lock_by_key", "condition_while", "file_lock", "try_lock",
}


def kinds(*, bug: bool) -> set[str]:
    return {kind for label in LABELS.values() if label["bug"] is bug for kind in label.get("kinds", ())}


def test_every_program_is_labelled_and_every_label_has_its_program() -> None:
    assert set(LABELS) == {path.stem for path in PROGRAMS.glob("*.py")}


def test_every_kind_of_bug_and_every_idiom_has_a_program() -> None:
    assert not BUGS - kinds(bug=True)
    assert not IDIOMS - kinds(bug=False)


@pytest.mark.parametrize("name", sorted(name for name, label in LABELS.items() if label["set"] != "first"))
def test_a_program_stands_alone(name: str) -> None:
    label = LABELS[name]
    tree = ast.parse((PROGRAMS / f"{name}.py").read_text())
    assert ast.get_docstring(tree)
    assert any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == "main" and not node.args.args for node in tree.body)
    assert label["concurrency"] in {"asyncio", "threads", "mixed", "executor", "processes", "http"}
    if twin := label.get("twin"):
        assert LABELS[twin]["bug"] is not label["bug"]
    assert "until" not in label or (label["bug"] and re.fullmatch(r"3\.\d+", label["until"]))
    if source := label.get("source"):
        assert re.fullmatch(r"[\w.-]+/[\w.-]+#\d+", source)
