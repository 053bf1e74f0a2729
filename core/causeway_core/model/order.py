"""Orders to force in a re-run (schema causeway.order/1, sdk/SPEC.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

ORDER_SCHEMA = "causeway.order/1"

PlaceAccess = Literal[
    "read", "write", "delete", "test", "iterate", "mutate", "resume", "acquire", "release", "call", "sql", "file", "await", "start", "end"
]
Aim = Literal["bad", "serial"]
Strategy = Literal["pct", "random", "switch", "late", "serial"]

_CANCELLING = ("CancelledError", "TimeoutError", "expire", "cancel ")


@dataclass(frozen=True, slots=True)
class OrderPlace:
    """One access of one actor, named so that another run can find it again: by spawn path, qualified name and source text; the line is a hint.

    `nth` counts that actor's executions of the statement, from 0. `start` and `end` are the actor's own and need no file.
    """

    actor: str
    access: PlaceAccess
    file: str = ""
    line: int = 0
    qualname: str = ""
    text: str = ""
    name: str | None = None
    nth: int = 0

    def document(self) -> dict[str, Any]:
        """The place as it stands in an order file."""
        if self.access in ("start", "end"):
            return {"actor": self.actor, "access": self.access}
        return {
            "actor": self.actor, "file": self.file, "line": self.line, "qualname": self.qualname, "text": self.text, "access": self.access,
            "name": self.name, "nth": self.nth,
        }  # fmt: skip

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> OrderPlace:
        """The inverse of `document`. Raises KeyError and TypeError on anything else."""
        return cls(**{name: document[name] for name in cls.__slots__ if name in document})


@dataclass(frozen=True, slots=True)
class Constraint:
    """The actor of `hold`, once it has passed `since` (None: from its start), waits before `hold` until `after` is passed: names of places."""

    after: str
    hold: str
    since: str | None


@dataclass(frozen=True, slots=True)
class Order:
    """A partial order over named places. `says` is for people; `watch` names places whose locations' final values are wanted.

    `inject`: what comes from outside at a place: `CancelledError` or `TimeoutError` is raised there, the time limit around the task is over
    (`expire`), the task suspends before the await (`pause`); once past it garbage is collected (`collect`), a signal arrives (`signal SIGUSR1`), or
    another task is cancelled (`cancel main/fetch`) or its time limit over (`expire main/fetch`). `checks`: `loop` has asyncio's loops look whether
    they are used from their own thread.

    `aim`: `bad` orders are meant to go wrong, `serial` ones run one window wholly before the other and show what is right. `alternate`: the same as
    an earlier one between other actors, for the case that nobody gets to the earlier one. `own_cancel`: it makes the program's own cancellation of a
    task come at a certain moment. `slow_peers`: what asyncio sends through sockets waits for the next turn of the loop, and its senders with it.
    """

    aim: Aim
    says: str
    places: tuple[tuple[str, OrderPlace], ...]
    constraints: tuple[Constraint, ...]
    watch: tuple[str, ...] = ()
    inject: tuple[tuple[str, str], ...] = ()
    checks: tuple[str, ...] = ()
    alternate: bool = False
    own_cancel: bool = False
    slow_peers: bool = False

    @property
    def cancels(self) -> bool:
        """Whether a task is cancelled, by itself or by a time limit."""
        return self.own_cancel or any(what.startswith(_CANCELLING) for _, what in self.inject)

    def document(self) -> dict[str, Any]:
        """The order as JSON: what an order file holds, and `aim` and `says` beside it."""
        document: dict[str, Any] = {
            "schema": ORDER_SCHEMA,
            "aim": self.aim,
            "says": self.says,
            "places": {name: place.document() for name, place in self.places},
            "constraints": [{"after": each.after, "hold": each.hold, "since": each.since} for each in self.constraints],
            "watch": list(self.watch),
        }
        if self.inject:
            document["inject"] = [{"at": at, "raise" if what.endswith("Error") else "do": what} for at, what in self.inject]
        if self.checks:
            document["checks"] = list(self.checks)
        if self.alternate:
            document["alternate"] = True
        if self.own_cancel:
            document["own_cancel"] = True
        if self.slow_peers:
            document["slow_peers"] = True
        return document

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Order:
        """The inverse of `document`. Raises KeyError and TypeError on anything else."""
        places = tuple((name, OrderPlace.of(place)) for name, place in document["places"].items())
        constraints = tuple(Constraint(each["after"], each["hold"], each["since"]) for each in document["constraints"])
        inject = tuple((each["at"], each.get("raise") or each["do"]) for each in document.get("inject", ()))
        watch, checks = tuple(document.get("watch", ())), tuple(document.get("checks", ()))
        alternate, own_cancel = bool(document.get("alternate", False)), bool(document.get("own_cancel", False))
        slow_peers, aim, says = bool(document.get("slow_peers", False)), document.get("aim", "bad"), document.get("says", "")
        return cls(aim, says, places, constraints, watch, inject, checks, alternate, own_cancel, slow_peers)


@dataclass(frozen=True, slots=True)
class Exploration:
    """A run in which no order is forced: an actor that reaches one of the places may have to wait for others, as `strategy` and `seed` decide.

    The actor of the places is `*`. `depth` is the number of ordering decisions that `pct` looks for, `length` how many points it and `switch` expect.
    """

    strategy: Strategy
    seed: int
    depth: int
    length: int
    places: tuple[tuple[str, OrderPlace], ...]

    @property
    def aim(self) -> str:
        """What the run is for, as an order says it."""
        return f"explore-{self.strategy}-{self.seed}"

    @property
    def says(self) -> str:
        """For people."""
        return f"explored by {self.strategy} with seed {self.seed}"

    @property
    def constraints(self) -> tuple[Constraint, ...]:
        """None."""
        return ()

    def document(self) -> dict[str, Any]:
        """As an order file has it."""
        return {
            "schema": ORDER_SCHEMA,
            "places": {name: place.document() for name, place in self.places},
            "watch": [name for name, place in self.places if place.access in ("write", "delete", "mutate")],
            "explore": {"strategy": self.strategy, "seed": self.seed, "depth": self.depth, "length": self.length},
        }
