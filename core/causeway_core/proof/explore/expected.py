"""The oracle of an exploration: which outcomes are expected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from causeway_core.proof.comparison import exceeded_time_limit
from causeway_core.proof.outcome.endings import overtaken
from causeway_core.proof.outcome.outcome import AT_ONCE, FAILURES, FINAL_VALUE, RECORDED, Outcome
from causeway_core.proof.running.rerun import Rerun

_CONTAINERS = ("[", "{", "(")
LEFT_BEHIND = "left behind"
"""Stands among the aspects of a run that did not restore what expected runs restore."""


@dataclass(slots=True)
class Expected:
    """The expected outcomes: of plain runs, and of serial runs in which no actor is interrupted."""

    plain: list[Outcome] = field(default_factory=list)
    serial: list[Outcome] = field(default_factory=list)

    def misused(self, outcome: Outcome) -> bool:
        """Whether two actors used at once what supports only one, as in no expected run. The program may have caught the error that says so."""
        known = {text for one in (*self.plain, *self.serial) for text in one.caught_mistakes}
        return any(text.startswith(AT_ONCE) and text not in known for text in outcome.caught_mistakes)

    def left_behind(self, outcome: Outcome) -> tuple[str, ...]:
        """The places that the run did not restore although all expected runs do. Only for a run with the exit code of a plain run."""
        return outcome.left_behind([*self.plain, *self.serial], ended=self.plain)

    def lost(self, outcome: Outcome) -> tuple[str, ...]:
        """The places of which the run lost an update: by a last value that the same writes leave in no expected run, or by what it read and wrote."""
        stale = overtaken(outcome.endings, [each.endings for each in (*self.plain, *self.serial)])
        return tuple(dict.fromkeys([*stale, *outcome.lost_updates]))

    def harms(self, outcome: Outcome, aspects: Iterable[str]) -> bool:
        """Whether a run that went wrong in some aspects does more than end otherwise: it fails, loses an update, misuses something, leaves something
        behind, or has accesses that no serial order explains.
        """
        serious = bool({*FAILURES, LEFT_BEHIND} & set(aspects))
        return serious or bool(self.lost(outcome)) or self.misused(outcome) or bool(outcome.conflicts)

    def refuses(self, outcome: Outcome, aspects: Iterable[str]) -> bool:
        """Whether the only failure is that the program refused a request for something in use, which every expected run returns later.

        An example is `raise Full` while a connection is out: an earlier request is refused by design, unless for a value that no expected run has.
        """
        right = [*self.plain, *self.serial]
        known = {text for one in right for text in one.aspects.get("exceptions", ())}
        raised = [text.partition(" ×")[0] for text in outcome.aspects.get("exceptions", ()) if text not in known]
        on_loan = [place for text in raised for place in outcome.refusals.get(text, ()) if all(place in one.residue.restored for one in right)]
        by_design = all(set(on_loan) & outcome.refusals.get(text, frozenset()) for text in raised)
        usual = not any(outcome.unexpected_states(place, right) for place in on_loan)
        return "hang" not in aspects and bool(raised) and by_design and usual

    def wrong(self, run: Rerun) -> tuple[str, ...]:
        """The aspects in which a run went wrong: a failure that no plain run has, a residue that expected runs do not leave, or an outcome that no
        serial order gives.
        """
        outcome = run.outcome
        if not outcome.aspects or run.uncaptured or exceeded_time_limit(outcome, self.plain):
            return ()
        failed = outcome.deviations(self.plain, only_failures=True)
        if run.result.hang is None:
            failed = tuple(name for name in failed if name != "hang")
        noisy = {name for one in self.plain for name in one.differing(self.plain[0])}
        differs = outcome.deviations([*self.plain, *self.serial], ignored=frozenset({*FAILURES, *noisy}))
        if differs == (FINAL_VALUE,) and any(value.startswith(_CONTAINERS) for value in outcome.aspects[FINAL_VALUE]):
            differs = ()  # the order of entries that the program does not show often does not matter
        return failed or ((LEFT_BEHIND,) if self.left_behind(outcome) else ()) + differs


@dataclass(slots=True)
class Overslept(Expected):
    """The expected outcomes of runs in which `sleepers` went on only after their sleep, while others were kept behind.

    Who sleeps mostly relies on others to get somewhere meanwhile, and fails where they do not. So only an exception of another actor counts, and only
    if no expected run raises it, not even one of those, `late`, in which the others began only after the sleep.
    """

    late: list[Outcome] = field(default_factory=list)
    sleepers: frozenset[str] = frozenset()

    def wrong(self, run: Rerun) -> tuple[str, ...]:
        """`exceptions`, if there is such a one."""
        known = {text for one in (*self.plain, *self.serial, *self.late) for text in one.raised_by}
        new = [text for text, actors in run.outcome.raised_by.items() if text not in known and not actors & self.sleepers]
        return ("exceptions",) if new and "exceptions" in Expected.wrong(self, run) else ()


MOST_AGREEING = 3
"""Other runs that have to agree on what one plain run shows differently."""


def usual(plain: Sequence[Outcome], serial: Sequence[Outcome], recorded: Outcome) -> list[Outcome]:
    """The plain runs in which no bug struck, by the rules of proofs (`Baseline`); all of them if it struck in each.

    Nothing keeps a bug from striking in a plain run, and on a busy machine it often does. Such a run lost an update that the recorded one did not,
    failed as no other run did, or shows something on which all other runs, the recorded one as far as it shows it, agree.
    """
    return [each for each in plain if not _struck(each, plain, serial, recorded)] or list(plain)


def _struck(one: Outcome, plain: Sequence[Outcome], serial: Sequence[Outcome], recorded: Outcome) -> bool:
    others = [each for each in (*plain, *serial) if each is not one]
    if not others:
        return False
    lost = (place for place in one.lost_updates if not (recorded.knows(place) and one.knows(place) and one.agrees(recorded, place)))
    alone = (*recorded.deviations([one]), *one.deviations([recorded]))
    failed = [name for name in one.deviations(others, only_failures=True) if _fails(name, one) and (name not in RECORDED or name in alone)]
    return any(lost) or bool(failed) or any(_strays(name, one, others, alone) for name in one.aspects)


def _fails(name: str, one: Outcome) -> bool:
    """Whether an aspect of `FAILURES` says that something failed, and not that it did not."""
    return one.failed if name == "tests" else one.aspects[name] not in ((), ("0",))


def _strays(name: str, one: Outcome, others: Sequence[Outcome], alone: Sequence[str]) -> bool:
    """Whether all other runs agree on an aspect in which a run differs, one of them without any order."""
    known = {other.aspects.get(name) for other in others}
    return len(others) >= MOST_AGREEING and len(known) == 1 and one.aspects[name] not in known and (name not in RECORDED or name in alone)
