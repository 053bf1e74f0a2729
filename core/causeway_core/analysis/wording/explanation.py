"""The paragraph under the sentence."""

from __future__ import annotations

from causeway_core.analysis.candidate import Candidate, Pattern
from causeway_core.analysis.limits import A_LIMIT, keeps_limit
from causeway_core.analysis.rank import effects_in_window
from causeway_core.analysis.wording.namer import Namer

_BODY: dict[Pattern, str] = {
    Pattern.READ_WRITE_WRITE: (
        "The write depends on the read, so the two belong together; what another actor writes in between is overwritten or was not considered."
    ),
    Pattern.CLONE: (
        "The write depends on the read, so the two belong together. The second actor was only seen to make the read, "
        "because the first had finished by then; had both read first, both would write."
    ),
    Pattern.WRITE_WRITE_READ: "The place serves as this actor's own memory across a scheduling point, but all actors share it.",
    Pattern.OWN_MARK: "The flag does not say who set it: another acts on what it did not do, and who did it finds the flag cleared.",
    Pattern.REENTERED: "A plain lock cannot be taken twice by one thread; in this run the look before it was all that kept it from that.",
    Pattern.READ_WRITE_READ: "The check is meant to make the use safe, but it only says what was true before others ran.",
    Pattern.ITERATION: "Adding to or removing from a container during its iteration raises RuntimeError, or skips elements of a list.",
    Pattern.TAKEN_OUT: "What is taken out is whatever is there; who put it there finds nothing when it is its turn to take it out.",
    Pattern.STALE: "Who looks in the place from then on finds the new container; what is changed in the old one is seen by nobody.",
    Pattern.FLIP: "In this run the order was right by timing alone; in the other order the use meets nothing there.",
    Pattern.CROSSED: "What was read decides about the write, and the second actor changes both places; in between, the decision no longer holds.",
    Pattern.TORN_READ: "The two places are changed one after the other; in between, they do not fit together.",
    Pattern.HALF_BUILT: "Until the table is filled again, what was in it before and will be in it afterwards is not found.",
    Pattern.PUBLISHED: "Who does not find the mark waits for it or fills in itself; who finds it does neither, though nothing is there yet.",
    Pattern.GIVEN_LATE: "In this run the order was right by timing alone; in the other order nothing is read, and used as if it were something.",
    Pattern.NOTED_LATE: (
        "Who waits for a future is woken when it has its result; its callbacks are called after that, by the worker, and nothing waits for them but "
        "the end of the pool."
    ),
    Pattern.DONE_EARLY: "`join()` of a queue returns with the last `task_done()`: what a worker does after that may come before or after it.",
    Pattern.CLOSED: "In this run the order was right by timing alone. Most objects that are closed raise an error when they are used.",
    Pattern.UNORDERED: (
        "Two threads use the place, at least one writes, and neither order nor a common lock protects it. Under the "
        "interpreter lock single operations stay whole."
    ),
}


def explanation(namer: Namer, candidate: Candidate) -> str:
    """Why this pattern does harm, what happened in this run, and what lowered the tier."""
    parts = [_BODY[candidate.pattern]]
    if candidate.struck:
        parts.append("It happened in this run.")
    else:
        parts.append("It did not happen in this run.")
    if keeps_limit(candidate, namer.evidence):
        parts.append(A_LIMIT)
    owner = namer.owner(candidate.first)
    if owner is not None:
        parts.append(f"{namer.resource(candidate.first)} is that of {owner}.")
    effects = effects_in_window(candidate, namer.evidence)
    if effects:
        parts.append(f"In the window the actor also did {', '.join(effects)}.")
    parts.extend(f"{note[0].upper()}{note[1:]}." for note in candidate.notes)
    return " ".join(parts)
