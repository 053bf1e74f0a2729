"""What came of a run under an order."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Outcome:
    """The order's fate, and the program's.

    `feasible`: no constraint was given up; `reason`: why one was. `passed`: keys of the places in the order in which they were passed.
    `values`: text of the watched locations at the end. `hang`: who waited for what, if nobody could move any more.
    `exit_code`, `stdout`, `stderr`: of a command.
    """

    __slots__ = ("exit_code", "feasible", "hang", "passed", "reason", "stderr", "stdout", "values")

    def __init__(self, result: dict[str, Any], exit_code: int | None = None, stdout: str = "", stderr: str = "") -> None:
        gave_up = result.get("gave_up")
        self.feasible: bool = bool(result.get("feasible"))
        self.reason: str | None = f"{gave_up['reason']}: {gave_up['detail']}" if gave_up else None
        self.passed: list[str] = list(result.get("passed", ()))
        self.values: dict[str, str] = dict(result.get("values", {}))
        self.hang: list[dict[str, Any]] | None = result["hang"]["actors"] if result.get("hang") else None
        self.exit_code = exit_code
        self.stdout = stdout
        self.stderr = stderr

    def __str__(self) -> str:
        if self.hang is not None:
            return "hang: " + "; ".join(f"{one['actor']} waits for {one['waits_for']}" for one in self.hang)
        return "order forced" if self.feasible else f"order no longer possible: {self.reason}"

    def __repr__(self) -> str:
        return f"<Outcome: {self}>"
