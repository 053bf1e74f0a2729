"""Gates: they replace, in woven code, the taps whose sites an order names. A gate waits, does what the tap does, and reports that it is done."""

from __future__ import annotations

import sys
from collections import deque

from causeway import _tap
from causeway.order import watched
from causeway.order.anchors import MARK
from causeway.order.answer_gate import AnswerGate
from causeway.order.inject import Paused, inject_here

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from causeway.order.anchors import Duty
    from causeway.order.document import Place
    from causeway.order.forcing import Forcing

CONTAINERS = (list, dict, set, deque, bytearray)
_METHODS: tuple[type, ...] = (type("".join), type("".__len__))
_BY_NAME = {getattr: "read", hasattr: "read", setattr: "write", delattr: "delete"}
_READS = ("read", "iterate", "test", "mutate")


class Gate:
    """Implements every operator that a tap implements (native/README.md), with the same results. Never raises on its own."""

    __slots__ = ("_counted", "_duty", "_forcing", "_name", "_tap")

    def __init__(self, tap: Any, duty: Duty, forcing: Forcing, counted: frozenset[str]) -> None:
        self._tap = tap
        self._duty = duty
        self._forcing = forcing
        self._counted = counted
        self._name = duty.name if isinstance(duty.name, str) else None

    def __reduce__(self) -> Any:
        return self._tap.__reduce__()

    def _before(self, *accesses: str) -> list[Place]:
        """Waits, then returns the places that this execution matches."""
        duty = self._duty
        if not duty.accesses and not duty.holds:
            return []
        inside = _tap.enter_gate()
        try:
            forcing = self._forcing
            if inside:
                return []
            for place in duty.holds:
                forcing.before(place, True)
            return [place for place in duty.accesses if place.access in accesses and forcing.before(place, place.key in self._counted)]
        finally:
            _tap.leave_gate()

    def _after(self, places: list[Place], look: Any = None, stored: bool = True) -> None:
        """`stored` is False for the load of an augmented assignment: the next statement begins after its store."""
        duty = self._duty
        if not (places or duty.passes or duty.begins):
            return
        inside = _tap.enter_gate()
        try:
            if inside:
                return
            forcing = self._forcing
            for place in places:
                forcing.after(place, look)
            if duty.passes:
                forcing.ends(duty.passes)
            if duty.begins and stored:
                forcing.begin(duty.begins)
        finally:
            _tap.leave_gate()
        if forcing.due:
            forcing.run_due_injections()

    def __invert__(self) -> Any:
        if self._duty.tap_kind == MARK:
            places = self._before("read", "write")
            self._after(places, self._look("mark", None, None) if places else None)
            return True
        places = self._before("call", "delete")
        result = ~self._tap
        self._after(places)
        return result

    def __matmul__(self, value: Any) -> Any:
        return self._value(value, at=True)

    def __getitem__(self, index: Any) -> Any:
        return self._value(index, at=False)

    def _value(self, index: Any, at: bool) -> Any:
        kind = self._duty.tap_kind
        if kind in ("method", "mutated", "bound"):
            return self._method(index)
        if kind == "named":
            return self._by_name(index)
        if kind == "walrus":
            places = self._before("write")
        elif kind == "await":
            injection = self._inject()
            awaited = self._tap @ index if at else self._tap[index]
            self._after([])
            self._awaits()
            if injection:
                return Paused(awaited, injection)
            forced = self._duty.answers and self._forcing.order.explore is None
            return AnswerGate(self._forcing, awaited, self._duty.answers) if forced else awaited
        elif kind == "resume":
            self._awaits(over=True)
            places = self._before("resume")
        elif self._duty.handed_on and isinstance(index, CONTAINERS):
            places = []  # a method look-up, not an item
        else:
            places = self._before(*_READS)
        try:
            result = self._tap @ index if at else self._tap[index]
        except Exception:
            self._after(places)  # in this execution nothing was there
            raise
        if kind == "owner" and places:
            return self._loaded(result, places)
        self._after(places, self._look(kind, index, result) if places else None, kind not in ("attr", "item"))
        if kind == "resume" and places:
            self._raise(places)
        return result

    def __setitem__(self, index: Any, value: Any) -> None:
        places = self._before("write")
        self._tap[index] = value
        self._after(places, self._look(self._duty.tap_kind, index, value) if places else None)

    def __delitem__(self, index: Any) -> None:
        kind = self._duty.tap_kind
        places = self._before("delete") if kind in ("attr", "item") else self._before("call") if kind == "entry" else self._before("write")
        del self._tap[index]
        self._after(places, self._look(kind, index, index) if places else None)

    def _loaded(self, owner: Any, places: list[Place]) -> Any:
        """Reads the attribute here, so that no other actor can run between the gate and the read."""
        name = self._name or ""
        try:
            value = getattr(owner, name)
        except Exception:
            value = owner  # the program's own code gets the exception
            self._after(places)
            return owner
        self._after(places, watched.attribute(owner, name))
        return Loaded(value)

    def _method(self, owner: Any) -> Any:
        function = self._tap[owner]
        if self._duty.tap_kind == "bound":
            owner = getattr(function, "__self__", None)
        if not self._duty.accesses or (self._duty.tap_kind == "bound" and not (type(function) in _METHODS and isinstance(owner, CONTAINERS))):
            self._after([])
            return function

        def call(*args: Any, **kwargs: Any) -> Any:
            places = self._before("mutate", "read", "write", "delete", "test", "iterate")
            try:
                return function(*args, **kwargs)
            finally:
                self._after(places, watched.constant(owner) if places else None)

        return call

    def _by_name(self, function: Any) -> Any:
        """Calls `getattr`, `setattr` and the like."""
        tapped = self._tap[function]
        access = _BY_NAME.get(function)
        if not self._duty.accesses or access is None:
            self._after([])
            return tapped

        def call(*args: Any) -> Any:
            places = [place for place in self._before(access) if place.name in (None, args[1])]
            try:
                return tapped(*args)
            finally:
                self._after(places, watched.attribute(args[0], args[1]) if places else None)

        return call

    def _look(self, kind: str, index: Any, value: Any) -> Any:
        name = self._name or ""
        if kind in ("attr", "owner"):
            return watched.attribute(index, name)
        if kind == "item":
            container, key = (index.start, index.stop) if isinstance(index, slice) else index
            return watched.item(container, key)
        if kind in ("global", "walrus", "mark") and name:
            names = sys._getframe(2).f_globals
            return watched.of_global(names, name) if kind != "mark" or name in names else None
        return watched.constant(value[-1] if kind == "cell" and isinstance(value, tuple) else value)

    def _inject(self) -> str:
        """Cancels the running task as if it were cancelled at this await; returns the injection that comes before the awaited operation."""
        return inject_here(self._forcing, self._duty.accesses) if self._forcing.order.inject else ""

    def _awaits(self, over: bool = False) -> None:
        if any(place.access == "await" for place in self._duty.accesses):
            with self._forcing as inside:
                if not inside:
                    self._forcing.awaited() if over else self._forcing.awaits(self._duty.accesses)

    def _raise(self, places: list[Place]) -> None:
        for place in places:
            if self._forcing.order.inject.get(place.key) == "TimeoutError":
                raise TimeoutError


CODES = tuple(method.__code__ for method in vars(Gate).values() if hasattr(method, "__code__"))
"""Files between woven code and its taps: records name the frame behind them."""


class Loaded:
    """Replaces an object whose attribute has just been read: woven code reads that attribute from it and nothing else."""

    __slots__ = ("_value",)

    def __init__(self, value: Any) -> None:
        object.__setattr__(self, "_value", value)

    def __getattribute__(self, name: str) -> Any:
        return object.__getattribute__(self, "_value")
