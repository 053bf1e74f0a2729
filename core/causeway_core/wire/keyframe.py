"""Keyframes: what was running, with its locals, where a chunk begins (docs/recording-format.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from causeway_core.errors import WireError
from causeway_core.wire.record import words_of
from causeway_core.wire.value import payload_words

STACK, ACTOR, ACTIVATION = 1, 2, 3


@dataclass(frozen=True, slots=True)
class KeyLocal:
    """A local's last binding: wire `site`, event `at`, value kind and payload words."""

    site: int
    at: int
    kind: int
    payload: Sequence[int]


@dataclass(frozen=True, slots=True)
class KeyActivation:
    """An activation as it was before the event at word `offset` of the chunk.

    `id` is the event of its CALL (of its first seen record when `cut`, that is: when its CALL was not recorded). `function` is the wire
    site of that record, `site` and `at` those of its last LINE (0: none yet). `awaiting`: it is at an await, what it awaits may be above it.
    """

    offset: int
    id: int
    frame: int
    function: int
    awaiting: bool
    cut: bool
    site: int
    at: int
    locals: tuple[KeyLocal, ...]


@dataclass(frozen=True, slots=True)
class KeyActor:
    """The activations of an actor (wire number), outermost first, when it came to run at word `offset` of the chunk."""

    offset: int
    actor: int
    activations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Keyframe:
    """What was running where a chunk begins, and what came in later from elsewhere.

    `stack`: wire numbers of the actors of the stream, the thread first, the running one last. `actors`: one entry for each of them at offset 0,
    and one wherever an actor with activations comes to run (STEP) for the first time in the chunk. `activations`: each activation of those, and each
    that is resumed from suspension or from another stream, at the offset of the record that brings it in.
    """

    stack: tuple[int, ...]
    actors: tuple[KeyActor, ...]
    activations: tuple[KeyActivation, ...]


def parse_keyframe(data: bytes) -> Keyframe:
    """Reads a keyframe. Raises WireError."""
    words = words_of(data)
    stack: tuple[int, ...] = ()
    actors, activations = [], []
    at = 0
    while at < len(words):
        kind, length = words[at] & 15, words[at] >> 4
        entry = words[at + 1 : at + length]
        if length < 2 or at + length > len(words):
            raise WireError("a keyframe is cut")
        if kind == STACK:
            stack = tuple(entry)
        elif kind == ACTOR:
            ids = entry[2:]
            actors.append(KeyActor(entry[0], entry[1], tuple(ids[i] | ids[i + 1] << 32 for i in range(0, len(ids) - 1, 2))))
        elif kind == ACTIVATION:
            activations.append(_activation(entry))
        at += length
    return Keyframe(stack, tuple(actors), tuple(activations))


def _activation(entry: Sequence[int]) -> KeyActivation:
    if len(entry) < 9:
        raise WireError("a keyframe is cut")
    offset, low, high, frame, function, flags, site, at_low, at_high = entry[:9]
    found = []
    at = 9
    while at + 4 <= len(entry):
        length = payload_words(entry[at + 3], entry, at + 4)
        found.append(KeyLocal(entry[at], entry[at + 1] | entry[at + 2] << 32, entry[at + 3], entry[at + 4 : at + 4 + length]))
        at += 4 + length
    return KeyActivation(offset, low | high << 32, frame, function, bool(flags & 1), bool(flags & 2), site, at_low | at_high << 32, tuple(found))
