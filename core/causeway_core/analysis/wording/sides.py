"""The two sides of a finding, named by their code."""

from __future__ import annotations

from causeway_core.analysis.wording.namer import Namer

Side = tuple[int, str]
"""An actor and the qualified name of the function that it ran."""


def sides(namer: Namer, one: Side, other: Side) -> tuple[str, str]:
    """Names for both sides: their functions, or the function and `another task` where both run the same one."""
    (first, name), (second, other_name) = one, other
    bare, other_bare = name.rpartition(".")[2], other_name.rpartition(".")[2]
    if name == other_name:
        return _code(namer, first, bare), indefinite_name(namer, second, first)
    if bare == other_bare:
        bare, other_bare = name, other_name
    return _code(namer, first, bare), _code(namer, second, other_bare)


def indefinite_name(namer: Namer, actor: int, other: int) -> str:
    """An actor by what it is, beside an actor that was named before: `another task`, `a callback`."""
    noun = namer.noun(actor)
    return f"another {noun}" if noun == namer.noun(other) else f"a {noun}"


def _code(namer: Namer, actor: int, function: str) -> str:
    return f"`{function}`" if function != "?" else namer.actor(actor)
