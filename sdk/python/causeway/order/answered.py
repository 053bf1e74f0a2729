"""Answers from outside the process, as a test defines them, and their use during a block of code."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from causeway.outside.replayer import AnswerReplayer

_REDACTED = "redacted"


def answers(
    *given: Any, outside: Iterable[str] = (), inside: Iterable[str] = (), environment: Mapping[str, str | None] | None = None,
    hidden: Iterable[str] = (), databases: Mapping[str, str | None] | None = None,
) -> dict[str, Any]:
    """What a program gets from outside: answers made by `response`, `readings` and `answer`, for each actor in the order in which it asks.

    `outside`: addresses (`host:port`) for which there are answers, `inside`: those of services of the program itself. `environment`: variables at the
    start of the program, None for missing ones; `hidden`: secrets, which only have to exist. `databases`: SQLite files by path (relative to the
    project), as the statements that create them; None for a missing one.
    """
    flat = [one for each in given for one in (each if isinstance(each, list) else [each])]
    variables = {"environment": dict(environment or {}), "hidden": list(hidden)}
    kept = {path: {"sql": sql} for path, sql in (databases or {}).items()}
    return {"schema": "causeway.answers/1", "outside": list(outside), "inside": list(inside), "answers": flat, "databases": kept, **variables}


def response(
    actor: str, asked: str, status: int, body: str | bytes = "", headers: Iterable[tuple[str, str]] = (), *, reason: str = "OK"
) -> dict[str, Any]:
    """The response of a service to the request `asked` (`GET http://host:80/path`) of the actor with this spawn path; the body is not encoded."""
    value = {"status": status, "reason": reason, "version": "1.1", "headers": [list(pair) for pair in headers]}
    return answer(actor, "http", value, asked, body)


def readings(actor: str, kind: str, *values: Any) -> list[dict[str, Any]]:
    """The successive values that an actor gets from a clock (`time`, `datetime.now` …) or a random generator (`random.random`)."""
    return [answer(actor, kind, value) for value in values]


def answer(actor: str, kind: str, value: Any, what: str = "", body: str | bytes = "") -> dict[str, Any]:
    """An answer of any kind (sdk/SPEC.md section 10)."""
    document: dict[str, Any] = {"actor": actor, "kind": kind, "what": what, "value": value}
    return _with_body(document, body)


def _with_body(document: dict[str, Any], body: str | bytes) -> dict[str, Any]:
    if isinstance(body, bytes):
        import base64

        document["body"] = base64.b64encode(body).decode("ascii")
    elif body:
        document["text"] = body
    return document


def request(method: str, target: str, body: str | bytes = "", headers: Iterable[tuple[str, str]] = ()) -> dict[str, Any]:
    """An incoming request: method, path with query, body, and headers in addition to the usual ones."""
    document: dict[str, Any] = {"method": method, "target": target, "headers": [list(pair) for pair in headers]}
    return _with_body(document, body)


def environment_of(document: Mapping[str, Any], variables: dict[str, str]) -> dict[str, str]:
    """The environment with the variables of the answers."""
    for name, value in (document.get("environment") or {}).items():
        if value is None:
            variables.pop(name, None)
        else:
            variables[name] = value
    for name in document.get("hidden") or ():
        variables.setdefault(name, _REDACTED)
    return variables


class InForce:
    """Answers in force in this process, from `begin` to `end`; `missing`: questions without an answer. Without a document it does nothing."""

    def __init__(self, document: Mapping[str, Any] | None, root: str | os.PathLike[str] | None) -> None:
        self._document = document
        self._root = os.fspath(root) if root is not None else os.getcwd()
        self._replayer: AnswerReplayer | None = None
        self._before: dict[str, str] = {}

    def begin(self) -> None:
        """Starts to answer code below the root."""
        if self._document is None:
            return
        from causeway.outside.answers import Answers
        from causeway.outside.replayer import AnswerReplayer

        self._before = dict(os.environ)
        _become(environment_of(self._document, dict(os.environ)))
        self._replayer = AnswerReplayer(Answers(self._document), self._root)
        self._replayer.install()

    def end(self) -> None:
        """Restores access to the outside world."""
        if self._replayer is not None:
            self._replayer.uninstall()
            _become(self._before)

    @property
    def asked(self) -> list[tuple[str, str]]:
        """The requests to services, each with its actor."""
        return list(self._replayer.answers.asked) if self._replayer is not None else []

    @property
    def missing(self) -> list[str]:
        """Questions without an answer."""
        return list(self._replayer.answers.missing) if self._replayer is not None else []


def _become(variables: Mapping[str, str]) -> None:
    for name in [name for name in os.environ if name not in variables]:
        del os.environ[name]
    for name, value in variables.items():
        if os.environ.get(name) != value:
            os.environ[name] = value
