"""The outcome of a run under an order."""

from __future__ import annotations

from collections import deque

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

recent: deque[Outcome] = deque(maxlen=64)
"""The outcomes of the latest orders, for test reports."""


class Outcome:
    """The outcome of the order and of the program.

    `feasible`: no constraint was given up; `reason`: why one was. `passed`: keys of the places in the order in which they were passed.
    `values`: text of the watched locations at the end. `hang`: which actor waited for what, if no actor could continue.
    `exit_code`, `stdout`, `stderr`: of a command. `missing`: what the program asked for from outside that the answers do not have;
    `asked`: the requests to services in turn, with their actors. `seen`: what watched places held when they were passed. `refused`: index of the
    constraint that was given up. `replies`: the output of the sender of the requests.
    """

    __slots__ = (
        "_places", "asked", "exit_code", "feasible", "hang", "missing", "passed",
        "reason", "refused", "replies", "seen", "stderr", "stdout", "values",
    )  # fmt: skip

    def __init__(
        self,
        result: dict[str, Any],
        exit_code: int | None = None,
        stdout: str = "",
        stderr: str = "",
        places: Mapping[str, dict[str, Any]] | None = None,
        missing: Sequence[str] = (),
        replies: str = "",
        asked: Sequence[tuple[str, str]] = (),
    ) -> None:
        self.missing = list(missing)
        self.asked = list(asked)
        self._places = dict(places or {})
        gave_up = result.get("gave_up")
        self.feasible: bool = bool(result.get("feasible"))
        self.reason: str | None = f"{gave_up['reason']}: {gave_up['detail']}" if gave_up else None
        self.passed: list[str] = list(result.get("passed", ()))
        self.values: dict[str, str] = dict(result.get("values", {}))
        self.seen: dict[str, str] = dict(result.get("seen", {}))
        self.refused: int | None = gave_up.get("constraint") if gave_up else None
        self.hang: list[dict[str, Any]] | None = result["hang"]["actors"] if result.get("hang") else None
        self.exit_code = exit_code
        self.stdout = stdout
        self.stderr = stderr
        self.replies = replies

    def value(self, place: dict[str, Any]) -> str | None:
        """The final value of the location that `place` reads or writes, as text; None if the place was never reached or is not in the order."""
        return next((self.values[key] for key, known in self._places.items() if known == place and key in self.values), None)

    @property
    def course(self) -> list[tuple[dict[str, Any], str | None]]:
        """The order's places in the order in which they were passed, each with the text of what it held then; None where it holds nothing."""
        return [(self._places[key], self.seen.get(key)) for key in self.passed if key in self._places]

    def along(self, course: Sequence[tuple[dict[str, Any], str | None]]) -> list[tuple[dict[str, Any], str | None]]:
        """`course` as it went in this run: its places in the order in which they were passed, with their values where `course` has values."""
        expected = [place for place, _ in course]
        said = [text for _, text in course]
        return [(place, text if said[expected.index(place)] is not None else None) for place, text in self.course if place in expected]

    def __str__(self) -> str:
        if self.hang is not None:
            return "hang: " + "; ".join(f"{one['actor']} waits for {one['waits_for']}" for one in self.hang)
        return "order forced" if self.feasible else f"order no longer possible: {self.reason}"

    def __repr__(self) -> str:
        return f"<Outcome: {self}>"
