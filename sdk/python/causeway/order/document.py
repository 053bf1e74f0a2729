"""The order file: named places of a program, and constraints between them (sdk/SPEC.md section 9)."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SCHEMA = "causeway.order/1"
ACCESSES = ("read", "write", "delete", "test", "iterate", "mutate", "resume", "acquire", "release", "call", "sql", "file", "await", "start", "end")
LIFETIME = ("start", "end")
STATEMENTS = ("sql", "file", "acquire", "release")
"""Accesses that are passed when their statement ends."""
OPENED = "opened"
"""The name of a `file` place that is passed as soon as its statement has opened the file to write it."""
STRATEGIES = ("pct", "random", "switch", "late", "serial")
RAISES = ("CancelledError", "TimeoutError")
EXPIRE = "expire"
"""Injection: the earliest time limit of the running task, or of a task that waits for it, expires."""
PAUSE = "pause"
"""Injection: the running task suspends before the awaited operation begins (`await`), so that it can be held there."""
ARRIVES = ("CancelledError", EXPIRE, PAUSE)
"""What is injected into the running task: while it waits at a place (`resume`), before the awaited operation begins (`await`), before its `start`."""
COLLECT, SIGNAL, CANCEL, EXPIRES = "collect", "signal ", "cancel ", "expire "
"""What can be injected once a place is passed: a garbage collection (which is disabled until then), a signal (`signal SIGUSR1`), the cancellation of
another task (`cancel main/fetch`), the end of its time limit (`expire main/fetch`)."""
CHECKS = ("loop",)
"""Further checks: whether asyncio objects are used from a thread other than their loop's."""


class OrderError(ValueError):
    """An invalid order; the message names the member."""


class Place:
    """One execution of one access by one actor. `nth` counts the actor's executions of the statement, from 0.

    If the actor is a part (`main/work*1`), the first of `main/work`, `main/work#2` … that reaches one of its places and has no part yet takes it.
    """

    __slots__ = ("access", "actor", "file", "key", "line", "name", "nth", "ordinal", "qualname", "text")

    def __init__(self, key: str, given: dict[str, Any]) -> None:
        self.key = key
        self.actor = _text(given, "actor", key)
        self.access = _text(given, "access", key)
        if self.access not in ACCESSES:
            raise OrderError(f"place {key}: access is {self.access!r}, not one of {', '.join(ACCESSES)}")
        lives = self.access in LIFETIME
        if self.access == "start" and part_of(self.actor):
            raise OrderError(f"place {key}: an actor has no part before it reaches one of its places")
        self.file: str = given.get("file") or "" if lives else _text(given, "file", key)
        self.line = _number(given, "line", key)
        self.qualname: str | None = given.get("qualname")
        self.text: str = str(given.get("text") or "").strip()
        self.name: str | None = given.get("name")
        self.nth = _number(given, "nth", key)
        self.ordinal: int | None = given.get("ordinal")
        if not lives and not self.text and not self.line:
            raise OrderError(f"place {key}: neither text nor line says where it is")

    def same_statement(self, other: Place) -> bool:
        """Whether two places lie in one execution of one statement."""
        mine = (self.actor, self.file, self.qualname, self.text, self.line, self.nth)
        return bool(self.file) and mine == (other.actor, other.file, other.qualname, other.text, other.line, other.nth)

    def __repr__(self) -> str:
        where = f" at {os.path.basename(self.file)}:{self.line}" if self.file else ""
        what = f" of {self.name}" if self.name else ""
        return f"{self.access}{what} by {self.actor}{where}"


class Constraint:
    """The actor of `hold`, once past `since` (None: from its start), does not continue until `after` is passed."""

    __slots__ = ("after", "hold", "index", "since")

    def __init__(self, index: int, given: dict[str, Any], places: dict[str, Place]) -> None:
        self.index = index
        self.after = _place(given, "after", index, places)
        self.hold = _place(given, "hold", index, places)
        self.since = _place(given, "since", index, places) if given.get("since") is not None else None
        if self.since is not None and self.since.actor != self.hold.actor:
            raise OrderError(f"constraint {index}: `since` and `hold` are places of different actors")


class Explore:
    """The parameters of an exploration: `strategy`, its `seed`, and for `pct` the number of ordering decisions to find (`depth`) and of points
    expected (`length`).
    """

    __slots__ = ("depth", "length", "seed", "strategy")

    def __init__(self, given: dict[str, Any]) -> None:
        self.strategy = given.get("strategy", STRATEGIES[0])
        if self.strategy not in STRATEGIES:
            raise OrderError(f"explore: strategy is {self.strategy!r}, not one of {', '.join(STRATEGIES)}")
        self.seed = _number(given, "seed", "explore")
        self.depth = max(_number(given, "depth", "explore"), 1)
        self.length = _number(given, "length", "explore")


class Order:
    """A whole order file, validated. Raises OrderError for anything else.

    With `explore` nothing is forced: its places are those at which the exploration may make an actor wait for another.
    """

    __slots__ = ("checks", "constraints", "explore", "inject", "places", "slow_peers", "watch")

    def __init__(self, given: dict[str, Any]) -> None:
        if not isinstance(given, dict) or given.get("schema", SCHEMA) != SCHEMA:
            raise OrderError(f"not an order file: its schema is not {SCHEMA}")
        places, constraints = given.get("places"), given.get("constraints", [])
        if not isinstance(places, dict) or not isinstance(constraints, list):
            raise OrderError("an order file has `places`, an object, and `constraints`, a list")
        self.places = {key: Place(key, _object(place, f"place {key}")) for key, place in places.items()}
        self.constraints = [Constraint(index, _object(one, f"constraint {index}"), self.places) for index, one in enumerate(constraints)]
        self.watch = [key for key in given.get("watch") or () if _known(key, self.places, "watch")]
        self.explore = Explore(_object(given["explore"], "explore")) if given.get("explore") is not None else None
        if self.explore is not None and self.constraints:
            raise OrderError("an order file has either constraints or `explore`")
        self.inject: dict[str, str] = {}
        for one in given.get("inject") or ():
            key, kind = one.get("at"), one.get("raise") or one.get("do")
            if kind not in (*RAISES, EXPIRE, PAUSE) and not acts_after_place(kind):
                deeds = "collect, signal NAME, expire, pause, expire PATH, cancel PATH"
                raise OrderError(f"inject: raise is {kind!r}, not one of {', '.join(RAISES)}; nor is it something to do ({deeds})")
            if _known(key, self.places, "inject"):
                self.inject[key] = kind
        self.checks = [check for check in given.get("checks") or () if check in CHECKS]
        self.slow_peers = given.get("slow_peers") is True

    @classmethod
    def load(cls, path: str) -> Order:
        """The order in a file. Raises OSError or OrderError."""
        import json

        try:
            with open(path, encoding="utf-8") as file:
                return cls(json.load(file))
        except (UnicodeDecodeError, json.JSONDecodeError) as error:
            raise OrderError(f"{path} holds no JSON: {error}") from None

    def files(self) -> set[str]:
        """The files that hold places."""
        return {place.file for place in self.places.values() if place.file}


def part_of(actor: str) -> str:
    """The code of the actors that may take a part: `main/work` for `main/work*2`, `main/serve/answer*` (with any creator) for `main/serve/answer**2`.
    Empty for the path of one actor, and for `*`.
    """
    stem, star, number = actor.rpartition("*")
    return stem if star and number.isdecimal() else ""


def interchangeable_key(path: str) -> str:
    """The key of interchangeable actors with the same creator: the path without the actor's own number."""
    stem, sharp, number = path.rpartition("#")
    return stem if sharp and number.isdecimal() else path


def without_numbers(path: str) -> str:
    """The key of interchangeable actors of any creator: the path without any number."""
    return "/".join(part.partition("#")[0] for part in path.split("/"))


def acts_after_place(kind: Any) -> bool:
    """Whether an injection acts after its place was passed, rather than raising there."""
    return isinstance(kind, str) and (kind == COLLECT or kind.startswith((SIGNAL, CANCEL, EXPIRES)))


def _object(given: Any, what: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise OrderError(f"{what}: not an object")
    return given


def _text(given: dict[str, Any], name: str, key: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not value:
        raise OrderError(f"place {key}: `{name}` is missing")
    return value


def _number(given: dict[str, Any], name: str, key: str) -> int:
    value = given.get(name) or 0
    if not isinstance(value, int) or value < 0:
        raise OrderError(f"{key if key == 'explore' else f'place {key}'}: `{name}` is no number from 0")
    return value


def _known(key: Any, places: dict[str, Place], what: str) -> bool:
    if key not in places:
        raise OrderError(f"{what}: there is no place {key!r}")
    return True


def _place(given: dict[str, Any], name: str, index: int, places: dict[str, Place]) -> Place:
    key = given.get(name)
    if key not in places:
        raise OrderError(f"constraint {index}: `{name}` is {key!r}, which is no place")
    return places[key]
