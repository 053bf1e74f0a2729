"""Outcomes of cancelled runs: whether they are plausible partial results of complete runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from causeway_core.proof.outcome.outcome import FINAL_VALUE, Outcome

_OPENS, _CLOSES, _QUOTES = "([{", ")]}", "'\""

Tree = str | tuple[str, tuple["Tree", ...]]
"""A value as text, or an opening bracket and what it holds."""


def partial_anomalies(outcome: Outcome, others: Sequence[Outcome], *, strict: bool = True, goes_on: bool = True) -> tuple[str, ...]:
    """The aspects in which a run that was cancelled half-way shows what no part of a complete run could.

    Plausible for any abandoned work: a number between those of the other runs, a list that lacks an element that one of them has, fewer lines of
    output. Anomalous: a value that is neither the old nor the new one, an answer that no other run gave, a list that lacks what all of them have
    (and that even a run without the work has), or a hang.

    Unless the task `goes_on` (as after a time limit that it handles), it may lose what it was working on when it was cancelled. Unless `strict`, more
    of the same is plausible too, since a retry counts twice: a larger number, or a longer list of elements that the others have.
    """
    return tuple(name for name in outcome.deviations(others) if _deviates(name, outcome, others, strict, goes_on))


def _deviates(name: str, outcome: Outcome, others: Sequence[Outcome], strict: bool, goes_on: bool) -> bool:
    mine, known = outcome.aspects[name], [other.aspects.get(name, ()) for other in others]
    if name in ("hang", "exit code"):
        return True
    if name == FINAL_VALUE:
        # A container may still be emptied later: the end of the program does not tell.
        known = [aspect for aspect in known if aspect]
    if name in ("output", "exceptions") or name.startswith("file "):
        return not all(any(line in aspect for aspect in known) for line in mine)
    parsed = [tuple(map(parse, aspect)) for aspect in known]
    return is_anomalous(("[", tuple(map(parse, mine))), [("[", trees) for trees in parsed], strict=strict, goes_on=goes_on)


def is_anomalous(mine: Tree, others: Sequence[Tree], *, strict: bool = True, goes_on: bool = True) -> bool:
    """Whether a value is no plausible partial result of the others; `strict` as in `partial_anomalies`."""
    if mine in others or not others:
        return False
    numbers = [_number(each) for each in (mine, *others)]
    if None not in numbers:
        known = [each for each in numbers[1:] if each is not None]
        return (numbers[0] or 0.0) < min(known) or (strict and (numbers[0] or 0.0) > max(known))
    if isinstance(mine, str):
        return True
    alike = [each for each in others if not isinstance(each, str) and each[0] == mine[0]]
    if goes_on and len(alike) == len(others) > 1 and _common(alike) - Counter(mine[1]):
        return True
    if any(_is_subsequence(mine[1], each[1]) for each in alike):
        return False
    if len(alike) < len(others):
        return True
    if any(len(each[1]) != len(mine[1]) for each in alike):
        return strict or not all(any(one in each[1] for each in alike) for one in mine[1])
    return any(is_anomalous(one, [each[1][index] for each in alike], strict=strict, goes_on=goes_on) for index, one in enumerate(mine[1]))


def new_maximum(place: str, outcome: Outcome, others: Sequence[Outcome]) -> str:
    """The largest value that a place held, if it is larger than any that it held in other runs; empty otherwise, or if the others do not know it.

    Numbers are compared by value, containers by length."""
    known = [text for other in others for text in other.states.get(place, ())]
    sizes = [size for text in known if (size := _size(text)) is not None]
    mine = [(size, text) for text in outcome.states.get(place, ()) if (size := _size(text)) is not None]
    if not sizes or not mine or max(mine)[0] <= max(sizes):
        return ""
    return max(mine)[1]


def _size(text: str) -> float | None:
    tree = parse(text)
    return _number(tree) if isinstance(tree, str) else float(len(tree[1]))


def _common(trees: Iterable[tuple[str, tuple[Tree, ...]]]) -> Counter[Tree]:
    """The elements that all containers share, each as often as every one of them has it."""
    first, *others = (Counter(each[1]) for each in trees)
    for other in others:
        first &= other
    return first


def _is_subsequence(few: Iterable[Tree], many: Iterable[Tree]) -> bool:
    """Whether `few` is a subsequence of `many`."""
    rest = iter(many)
    return all(any(one == other for other in rest) for one in few)


def _number(tree: Tree) -> float | None:
    if not isinstance(tree, str):
        return None
    try:
        return float(tree)
    except ValueError:
        return None


def parse(text: str) -> Tree:
    """The tree of a value's text. Anything that is not bracketed as a whole is a leaf; `main() = (1, 2)` holds what stands behind the sign."""
    head, sign, rest = text.partition("() = ")
    if sign:
        return (head, (parse(rest),))
    text = text.strip()
    if len(text) < 2 or text[0] not in _OPENS or text[-1] != _CLOSES[_OPENS.index(text[0])]:
        return text
    parts = _split(text[1:-1])
    return text if parts is None else (text[0], tuple(map(parse, parts)))


def _split(text: str) -> list[str] | None:
    """The parts of a text between commas that stand outside of brackets and quotes; None where brackets do not close."""
    parts, depth, quote, part = [], 0, "", ""
    for index, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote and text[index - 1] != "\\" else quote
        elif letter in _QUOTES:
            quote = letter
        elif letter in _OPENS or letter in _CLOSES:
            depth += 1 if letter in _OPENS else -1
        elif letter == "," and depth == 0:
            parts.append(part)
            part = ""
            continue
        part += letter
    if quote or depth:
        return None
    return [each for each in (*parts, part) if each.strip()]
