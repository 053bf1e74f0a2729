"""Orders as written down in a test."""

from __future__ import annotations

import os

from causeway.order.document import CHECKS, Order, OrderError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def place(actor: str, what: str, file: str = "", function: str | None = None, text: str = "", *, nth: int = 0, line: int = 0) -> dict[str, Any]:
    """A place: an access, where it is, and the spawn path of the actor that makes it.

    `what`: an access, as `read of balance`, `write of total`, `resume`, `acquire`, `start`, `end` (sdk/SPEC.md section 9). `file`: relative to any
    folder above it. `function`: qualified name. `text`: the statement's first line. `nth`: which execution of it by this actor, from 0.
    """
    access, _, name = what.partition(" of ")
    entry: dict[str, Any] = {"actor": actor, "access": access.strip()}
    if access not in ("start", "end"):
        entry |= {"file": file, "qualname": function, "text": text, "line": line, "nth": nth, "name": name.strip() or None}
    return entry


class Wait:
    """One constraint: see `wait`."""

    __slots__ = ("hold", "since", "until")

    def __init__(self, hold: dict[str, Any], until: dict[str, Any], since: dict[str, Any] | None) -> None:
        self.hold, self.until, self.since = hold, until, since


def wait(hold: dict[str, Any], *, until: dict[str, Any], since: dict[str, Any] | None = None) -> Wait:
    """The actor of `hold` does not continue, once it has passed `since` (or from its start), before `until` is passed; never past `hold`."""
    return Wait(hold, until, since)


class Watch:
    """A watched place: see `watch`."""

    __slots__ = ("place",)

    def __init__(self, place: dict[str, Any]) -> None:
        self.place = place


def watch(place: dict[str, Any]) -> Watch:
    """No actor waits at this place; that it was passed, and what it held, is in `Outcome.course`."""
    return Watch(place)


class Injection:
    """An injection: see `inject`."""

    __slots__ = ("at", "what")

    def __init__(self, at: dict[str, Any], what: str) -> None:
        self.at, self.what = at, what


def inject(at: dict[str, Any], what: str) -> Injection:
    """Injects an event that the program does not control: `CancelledError` cancels the task that waits at the place, `expire` ends the time limit
    around it; `collect`, `signal NAME`, `cancel PATH` and `expire PATH` come once the place is passed (sdk/SPEC.md section 9).
    """
    return Injection(at, what)


class Check:
    """A check: see `check`."""

    __slots__ = ("at",)

    def __init__(self, at: str) -> None:
        self.at = at


def check(at: str) -> Check:
    """`loop`: asyncio's event loops check that they are used from their own thread, and raise RuntimeError if not.

    Raises OrderError for anything else.
    """
    if at not in CHECKS:
        raise OrderError(f"check is {at!r}, not one of {', '.join(CHECKS)}")
    return Check(at)


class SlowPeers:
    """Slow peers: see `slow_peers`."""

    __slots__ = ()


def slow_peers() -> SlowPeers:
    """Every peer reads slowly: what asyncio sends through a socket is sent one turn of the loop later, so that an awaited send suspends."""
    return SlowPeers()


def order_of(given: Any) -> Order:
    """The order, given as a path to an order file, its content as a dict, or constraints made by `wait`. Raises OrderError or OSError."""
    if isinstance(given, Order):
        return given
    if isinstance(given, (str, os.PathLike)):
        return Order.load(os.fspath(given))
    if isinstance(given, dict):
        return Order(given)
    return Order(document_of(list(given)))


def document_of(entries: list[Wait | Watch | Injection | Check | SlowPeers]) -> dict[str, Any]:
    """The order file for what `wait`, `watch`, `inject`, `check` and `slow_peers` made."""
    places: dict[str, dict[str, Any]] = {}

    def key(place: dict[str, Any] | None) -> str | None:
        if place is None:
            return None
        for known, other in places.items():
            if other == place:
                return known
        places[f"p{len(places)}"] = place
        return f"p{len(places) - 1}"

    constraints, injections, checks = [], [], []
    for one in entries:
        if isinstance(one, SlowPeers):
            continue
        if isinstance(one, Check):
            checks.append(one.at)
            continue
        if isinstance(one, Injection):
            injections.append({"at": key(one.at), "raise" if one.what.endswith("Error") else "do": one.what})
            continue
        if isinstance(one, Watch):
            key(one.place)
            continue
        if not isinstance(one, Wait):
            raise OrderError(f"an order is a path, a dict or a list of waits, not of {type(one).__name__}")
        constraints.append({"after": key(one.until), "hold": key(one.hold), "since": key(one.since)})
    document: dict[str, Any] = {"schema": "causeway.order/1", "places": places, "constraints": constraints, "watch": list(places)}
    if injections:
        document["inject"] = injections
    if checks:
        document["checks"] = checks
    if any(isinstance(one, SlowPeers) for one in entries):
        document["slow_peers"] = True
    return document
