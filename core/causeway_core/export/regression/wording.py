"""Names and definitions of places in a generated test, and prose inside a docstring."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from causeway_core.model.order import Order, OrderPlace

_VERBS = {
    "read": "READS", "write": "WRITES", "delete": "DELETES", "test": "CHECKS", "iterate": "ITERATES", "mutate": "CHANGES", "resume": "RESUMES",
    "acquire": "ACQUIRES", "release": "RELEASES", "call": "CALLS", "sql": "QUERIES_DATABASE", "file": "USES_FILE", "await": "AWAITS",
    "start": "STARTS", "end": "ENDS",
}  # fmt: skip
_ACTORS = ("FIRST", "SECOND", "THIRD", "FOURTH", "FIFTH", "SIXTH", "SEVENTH", "EIGHTH")


def places_of(order: Order, also: Sequence[str] = ()) -> tuple[dict[str, str], str]:
    """The constant's name for each place of the order, and for those in `also`, by key; and the source text that defines actors and places."""
    named = [key for each in order.constraints for key in (each.since, each.after, each.hold) if key is not None]
    used = list(dict.fromkeys([*also, *named, *(at for at, _ in order.inject)]))
    if not used:
        return {}, ""
    places = dict(order.places)
    actors: dict[str, str] = {}
    for key in used:
        path = places[key].actor
        actors.setdefault(path, _ACTORS[len(actors)] if len(actors) < len(_ACTORS) else f"ACTOR_{len(actors) + 1}")
    names: dict[str, str] = {}
    for key in used:
        base = f"{actors[places[key].actor]}_{_VERBS[places[key].access]}"
        number = sum(name == base or name.startswith(f"{base}_") for name in names.values())
        names[key] = base if not number else f"{base}_{number + 1}"
    lines = ["# Actors: each is named below the one that started it."]
    if any("*" in path for path in actors):
        lines.append("# *1 and *2 are parts: the first of these actors to reach a place of a part takes it, preferably one that need not wait there.")
    lines += [f"{name} = {quoted(path)}" for path, name in actors.items()]
    lines += ["", "# Places: found again by function and source text; the line is only a hint."]
    lines += [f"{names[key]} = {_place(places[key], actors[places[key].actor])}" for key in used]
    return names, "\n".join(lines)


def _place(place: OrderPlace, actor: str) -> str:
    if place.access in ("start", "end"):
        return f'order.place({actor}, "{place.access}")'
    what = f"{place.access} of {place.name}" if place.name else place.access
    nth = f", nth={place.nth}" if place.nth else ""
    words = [actor, quoted(what), quoted(place.file), quoted(place.qualname), quoted(place.text)]
    return f"order.place({', '.join(words)}, line={place.line}{nth})"


def quoted(text: str) -> str:
    """A string literal, in double quotes where that needs no escapes."""
    shown = repr(text)
    return f'"{shown[1:-1]}"' if shown[0] == "'" and '"' not in shown else shown


def wrapped(text: str, width: int) -> str:
    """Prose for a docstring."""
    return "\n".join(textwrap.wrap(text.replace("\\", "\\\\").replace('"""', "'''"), width, break_long_words=False, break_on_hyphens=False))
