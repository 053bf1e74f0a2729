"""debugpy's variables as expressions, for queries over the recording."""

from __future__ import annotations

from typing import Any


class LiveNames:
    """What the client has been told of variables since the program was held: debugpy's references mean nothing to a recording, expressions do."""

    def __init__(self) -> None:
        self._frames: dict[int, object] = {}
        self._expressions: dict[tuple[int, str], str] = {}

    def learn(self, command: str, asked: dict[str, Any], answer: dict[str, Any]) -> None:
        """The client has received `scopes` or `variables`."""
        body = answer.get("body") or {}
        if command == "scopes":
            self._frames |= {int(scope.get("variablesReference") or 0): asked.get("frameId") for scope in body.get("scopes") or ()}
            return
        reference = int(asked.get("variablesReference") or 0)
        for variable in body.get("variables") or ():
            self._expressions[reference, str(variable.get("name"))] = str(variable.get("evaluateName") or "")
            self._frames[int(variable.get("variablesReference") or 0)] = self._frames.get(reference)

    def clear(self) -> None:
        """The program goes on."""
        self._frames.clear()
        self._expressions.clear()

    def expression(self, asked: dict[str, Any]) -> tuple[str, object]:
        """The expression and the frame that a child of a variable (`variablesReference` and `name`), or else a `name` in a frame, stands for; an
        empty expression where debugpy knows none."""
        reference, name = int(asked.get("variablesReference") or 0), str(asked.get("name") or "")
        if not reference:
            return name, asked.get("frameId")
        return self._expressions.get((reference, name), ""), self._frames.get(reference)
