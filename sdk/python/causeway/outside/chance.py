"""Chance: the generator of `random`, seeds drawn for new ones, and `os.urandom`, which `uuid` and `secrets` use."""

from __future__ import annotations

import os

from causeway import _tap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from causeway.outside.recorder import AnswerRecorder
    from causeway.outside.replayer import AnswerReplayer

_DRAWS = ("random", "getrandbits")
"""What every method of the shared generator is made of."""
_SEED_BYTES = 32
_SECRET = frozenset(("secrets", "random"))
"""Relays of `os.urandom` whose bytes are made to be secrets: `secrets`, and `random.SystemRandom`."""


class _Seeded:
    """Whether the program gave the shared generator a seed: then it is no chance, and depends on the order of all draws."""

    by_program = False


def record(recorder: AnswerRecorder, on_import: Callable[..., None]) -> None:
    """Note each draw of recorded code."""
    _Seeded.by_program = False

    def random_bytes(state: None, args: Any, kwargs: Any, result: Any, error: Any) -> None:
        if error is None:
            recorded, relays = recorder.asker.through()
            if recorded:
                recorder.note("urandom", None if relays & _SECRET else result.hex(), str(len(result)))

    os.urandom = _tap.Around(os.urandom, None, random_bytes, "os.urandom")
    on_import("random", lambda module: _record_random(recorder, module, random_bytes))


def _record_random(recorder: AnswerRecorder, module: Any, random_bytes: Callable[..., None]) -> None:
    shared = module._inst

    def draw(kind: str) -> Callable[..., None]:
        def leave(state: None, args: Any, kwargs: Any, result: Any, error: Any) -> None:
            if error is None and not _Seeded.by_program and recorder.asker.recorded():
                recorder.note(f"random.{kind}", result if type(result) is float else format(result, "x"), _question(args))

        return leave

    for name in _DRAWS:
        around = _tap.Around(getattr(shared, name), None, draw(name), f"random.{name}")
        setattr(shared, name, around)
        setattr(module, name, around)

    def seed(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[None, tuple[Any, ...], dict[str, Any]]:
        drawn = _seed(module, args, kwargs, lambda: int.from_bytes(os.urandom(_SEED_BYTES), "big"), recorder.asker)
        if drawn is None:
            return None, args, kwargs
        recorder.note("random.seed", format(drawn, "x"))
        return None, (args[0], drawn), {}

    # Around has one name for each, so that `random.seed` of the module, bound before, is replaced too.
    around = _tap.Around(module.Random.seed, seed, None, "random.seed", rewrite=True)
    module.Random.seed = around
    module.seed = around.__get__(shared, module.Random)
    if hasattr(module, "_urandom"):
        module._urandom = _tap.Around(module._urandom.__wrapped__ if hasattr(module._urandom, "__wrapped__") else module._urandom, None, random_bytes)


def _seed(module: Any, args: tuple[Any, ...], kwargs: dict[str, Any], draw: Callable[[], int], asker: Any) -> int | None:
    """The seed for a generator that the program makes without one; None for all others. Remembers whether the program seeded the shared one."""
    seed = args[1] if len(args) > 1 else kwargs.get("a")
    if args[0] is module._inst:
        _Seeded.by_program = seed is not None
    if seed is not None or type(args[0]) is not module.Random or not asker.recorded(3):
        return None
    return draw()


def _question(args: tuple[Any, ...]) -> str:
    return str(args[0]) if args and type(args[0]) is int else ""


def replay(replayer: AnswerReplayer) -> None:
    """Draws of recorded code come from the record; what was a secret is made up, the same each time."""
    _Seeded.by_program = False
    real = os.urandom

    def random_bytes(args: Any, kwargs: Any) -> bytes:
        size = args[0]
        answer = replayer.answers.ask("urandom", str(size))
        return bytes.fromhex(answer.value) if answer.value is not None else replayer.invented("urandom", size)

    replayer.function(os, "urandom", random_bytes)
    replayer.on_import("random", lambda module: _replay_random(replayer, module, random_bytes, real))


def _replay_random(replayer: AnswerReplayer, module: Any, random_bytes: Callable[..., bytes], real: Any) -> None:
    shared = module._inst
    for name in _DRAWS:

        def draw(args: Any, kwargs: Any, kind: str = name) -> Any:
            value = replayer.answers.ask(f"random.{kind}", _question(args)).value
            return value if type(value) is float else int(value, 16)

        replayed = replayer.replayed(getattr(shared, name), draw, unless=lambda: _Seeded.by_program)
        replayer.patches.put(shared, name, replayed)
        replayer.patches.put(module, name, replayed)
    original = module.Random.seed

    def seed(self: Any, a: Any = None, version: int = 2) -> None:
        drawn = _seed(module, (self, a), {}, lambda: int(replayer.answers.ask("random.seed").value, 16), replayer.asker)
        if drawn is None:
            original(self, a, version)
        else:
            original(self, drawn)

    replayer.patches.put(module.Random, "seed", seed)
    replayer.patches.put(module, "seed", seed.__get__(shared, module.Random))
    if hasattr(module, "_urandom"):
        replayer.patches.put(module, "_urandom", replayer.replayed(real, random_bytes))
