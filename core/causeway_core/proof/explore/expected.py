"""The oracle of an exploration: which outcomes are expected."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from causeway_core.proof.comparison import exceeded_time_limit
from causeway_core.proof.outcome.endings import overtaken
from causeway_core.proof.outcome.outcome import AT_ONCE, FAILURES, FINAL_VALUE, Outcome
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
