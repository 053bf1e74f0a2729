"""Methods of built-in containers, by what they do to the content."""

ADDING = frozenset({"append", "appendleft", "add", "extend", "extendleft", "insert", "update", "setdefault"})
"""They only add."""

REMOVING = frozenset({"remove", "pop", "popleft", "popitem", "clear", "discard", "difference_update", "intersection_update"})
"""They take something away."""

REARRANGING = frozenset({"sort", "reverse", "rotate", "move_to_end"})

MUTATORS = ADDING | REMOVING | REARRANGING

LOOKING = frozenset({"get", "items", "keys", "values", "index", "count", "copy"})
"""They only look."""
