"""The outcome of the bad order against those of serial orders, in one sentence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from causeway_core.proof.outcome.order_result import OrderResult
from causeway_core.proof.outcome.outcome import FINAL_VALUE, Aspect, Outcome

_LONGEST = 110
_FAILED = " failed"
_TIMES = re.compile(r"(.*) ×(\d+)", re.DOTALL)
_SAID_FIRST = ("hang", "tests", "exceptions", "exit code", "returned", "replies", "output", FINAL_VALUE)


def contrast(
    bad: Outcome, serial: Sequence[Outcome], found: Sequence[str], result: OrderResult, resource: str = "it", own: frozenset[str] | None = None
) -> str:
    """One sentence: `every serial order gives main() = 2; this one gave main() = 1`. `resource` names what has the final value.

    `own` are the functions of the finding (None: all): what others raise may come of something else, so a wrong final value is said first.
    """
    # A missing exception says least: services raise them to refuse requests.
    telling = [each for each in found if each != "exceptions" or _only_in(bad.aspects[each], _serial_values(serial, each))] or found
    if FINAL_VALUE in found and own is not None and not any(text.partition(" in ")[2] in own for text in new_exceptions(bad, serial)):
        telling = [each for each in telling if each != "exceptions"]
    name = min(telling, key=lambda each: _SAID_FIRST.index(each) if each in _SAID_FIRST else len(_SAID_FIRST))
    if name == "hang":
        who = f" ({'; '.join(result.hang)})" if result.hang else ""
        return f"in this order the program hangs{who}" + ("; in every serial order it ends" if serial else "")
    mine = bad.aspects[name]
    others = _serial_values(serial, name)
    news = _only_in(mine, others)
    fails = [text.removesuffix(_FAILED) for text in news if text.endswith(_FAILED)] if name == "tests" else []
    if fails:
        return f"in this order {_cut(', '.join(fails))} {'fails' if len(fails) == 1 else 'fail'}; in every serial order {_passes(fails)}"
    if name == "exceptions" and news:
        return f"this order raises {_cut(', '.join(news))}; no serial order does"
    if name == FINAL_VALUE:
        others = [other for other in others if other]
        return f"{_every(others, 'leave')} {resource} = {_choices(mine, others)}; this one left {_aspect_text(mine)}"
    theirs, ours = _choices(mine, others), _aspect_text(tuple(news) or mine)
    if theirs == ours and len(others) == 1:
        theirs, ours = _from_where_they_differ(", ".join(others[0]), ", ".join(mine))
    what = "exit code " if name == "exit code" else ""
    return f"{_every(others)} {what}{theirs}; this one gave {what}{ours}"


def new_exceptions(bad: Outcome, others: Sequence[Outcome]) -> tuple[str, ...]:
    """The exceptions that one outcome has more often than each of the others: `KeyError in Cache.get`."""
    return _only_in(bad.aspects.get("exceptions", ()), _serial_values(others, "exceptions"))


def _passes(fails: Sequence[str]) -> str:
    return "it passes" if len(fails) == 1 else "they pass"


def _serial_values(serial: Sequence[Outcome], name: str) -> list[Aspect]:
    """The distinct values of the aspect in serial orders."""
    return list(dict.fromkeys(outcome.aspects.get(name, ()) for outcome in serial))


def _from_where_they_differ(one: str, two: str) -> tuple[str, str]:
    """Two long texts from shortly before their first difference on."""
    start = max(next((at for at, pair in enumerate(zip(one, two, strict=False)) if pair[0] != pair[1]), 0) - _LONGEST // 2, 0)
    return _cut(f"…{one[start:]}"), _cut(f"…{two[start:]}")


def _every(others: Sequence[Aspect], verb: str = "give") -> str:
    return f"every serial order {verb}s" if len(others) == 1 else f"serial orders {verb}"


def _choices(mine: Aspect, others: Sequence[Aspect]) -> str:
    return " or ".join(dict.fromkeys(_aspect_text(_only_in(other, [mine]) or other) for other in others[:3]))


def _only_in(aspect: Aspect, others: Sequence[Aspect]) -> tuple[str, ...]:
    """The texts that this aspect has more often than each of the others (`KeyError in f ×3`: three times)."""
    left = _counted(aspect)
    for other in others:
        counts = _counted(other)
        left = Counter({text: count for text, count in left.items() if count > counts[text]})
    return tuple(left)


def _counted(aspect: Aspect) -> Counter[str]:
    counts: Counter[str] = Counter()
    for text in aspect:
        found = _TIMES.fullmatch(text)
        counts[found[1] if found else text] += int(found[2]) if found else 1
    return counts


def _aspect_text(aspect: Sequence[str]) -> str:
    return _cut(", ".join(aspect)) if aspect else "nothing"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
