"""Whether the processes under an order can still move, computed from the state of each. Pure, so that it can be tested without processes."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    States = Mapping[int, Mapping[str, Any]]


class ProcessGroup:
    """Remembers which processes took part, and what they were connected to. `given` are pipes whose other ends any process may hold."""

    def __init__(self, given: Iterable[str] = ()) -> None:
        self._given = frozenset(given)
        self._processes: set[int] = set()
        self._roots: set[str] = set()
        self._visited: set[str] = set()

    def add_observation(self, now: States, joined: Mapping[int, str]) -> None:
        """Records one observation, and the processes that have taken part so far: their ids and names."""
        self._processes.update(now, joined)
        self._roots.update(joined.values())
        for one in now.values():
            self._visited.update(one.get("visits", ()))

    def all_blocked(self, before: States, now: States) -> bool:
        """Whether all processes were quiet in two observations with the same marks, and receive only from each other."""
        if before.keys() != now.keys() or not all(one["quiet"] for look in (before, now) for one in look.values()):
            return False
        if any(one["unsent"] for one in now.values()) or not self._knows_all_children(now):
            return False
        held = {name for one in now.values() for name in one["held"]}
        return all(self._inside(name, held, before, now) for one in now.values() for name in one["hears"])

    def hangs(self, before: States, now: States, lives: Callable[[int], bool]) -> bool:
        """Whether no process will ever go on: none moves, and neither a timer nor anything outside of them will change that.

        `lives(process)`: whether a process that has taken part, and has left, still runs. It may have executed another program.
        """
        if not self.all_blocked(before, now) or any(one["timed"] for look in (before, now) for one in look.values()):
            return False
        if any(name.startswith("listen ") and not _private(name) for one in now.values() for name in one["hears"]):
            return False
        # What another program has started may hold the other end of a pipe, whether that program still runs or not.
        if any(process not in self._processes for one in now.values() for process in one["executed"]):
            return False
        return not any(map(lives, self._processes - now.keys()))

    def _knows_all_children(self, now: States) -> bool:
        """Whether all living children take part: one that does not may do anything."""
        return all(child in (self._roots if isinstance(child, str) else now) for one in now.values() for child in one["children"])

    def _inside(self, name: str, held: set[str], before: States, now: States) -> bool:
        kind, _, rest = name.partition(" ")
        match kind:
            case "own":
                return True
            case "tcp":
                return name in held or self._on_the_way(rest.partition(" ")[0], now)
            case "pipe":
                return name in held and rest.partition(" ")[0] not in self._given
            case "process":
                return int(rest) in self._processes
            case "backend":
                return all(self._waits_inside(int(rest), look, set()) for look in (before, now))
            case "listen":
                return _private(name) or (self._is_listened_at(rest) and not self._has_foreign_clients(rest, held, before, now))
        return False

    def _waits_inside(self, backend: int, look: States, waiting: set[int]) -> bool:
        """Whether a statement waits for locks that only processes here can release. A cycle of such waits is ended by the server itself."""
        locks: Mapping[int, list[int]] = next((one["locks"] for one in look.values() if "locks" in one), {})
        own = {each for one in look.values() for each in one.get("backends", ())}
        others = locks.get(backend)
        if not others or backend in waiting:
            return False
        return all(each in own and (each not in locks or self._waits_inside(each, look, waiting | {backend})) for each in others)

    def _is_listened_at(self, address: str) -> bool:
        return any(_same(address, visited) for visited in self._visited)

    def _on_the_way(self, address: str, now: States) -> bool:
        """Whether the listener at the address has not accepted a connection yet."""
        return any(_same(name.partition(" ")[2], address) for one in now.values() for name in one["hears"] if name.startswith("listen "))

    def _has_foreign_clients(self, address: str, held: set[str], before: States, now: States) -> bool:
        """Whether another process is connected to a listening socket of these processes."""
        visitors = [name for one in now.values() for here, name in one["visitors"] if _same(address, here)]
        return not all(self._inside(name, held, before, now) for name in visitors)


def _private(listener: str) -> bool:
    """Whether the listener is one of multiprocessing's own, in a folder that only the processes of the program know."""
    return "/pymp-" in listener


def _same(listens: str, address: str) -> bool:
    """Whether a listener at the one address is reached at the other; an unspecified host matches every host."""
    if listens.startswith(("0.0.0.0:", ":::")):
        return listens.rpartition(":")[2] == address.rpartition(":")[2]
    return listens == address
