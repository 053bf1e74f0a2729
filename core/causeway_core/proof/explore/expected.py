"""What is right of a program that nobody planned an order for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from causeway_core.proof.judge import ran_into_a_limit
from causeway_core.proof.outcome.endings import overtaken
from causeway_core.proof.outcome.outcome import AT_ONCE, FAILURES, FINAL_VALUE, Outcome
from causeway_core.proof.running.rerun import Rerun

_CONTAINERS = ("[", "{", "(")
LEFT_BEHIND = "left behind"
"""Stands among the aspects where a run did not bring back what right runs do."""


@dataclass(slots=True)
class Expected:
    """Outcomes to compare with: of the program by itself, and of orders in which nobody is interrupted."""

    plain: list[Outcome] = field(default_factory=list)
    serial: list[Outcome] = field(default_factory=list)

    def misused(self, outcome: Outcome) -> bool:
        """Whether something was used by two at once that is made for one, as in no right run, though the program caught the error that says so."""
        known = {text for one in (*self.plain, *self.serial) for text in one.caught_mistakes}
        return any(text.startswith(AT_ONCE) and text not in known for text in outcome.caught_mistakes)

    def left(self, outcome: Outcome) -> tuple[str, ...]:
        """The places that the run did not bring back to what they were, as all right runs do; of one that ended as those end."""
        return outcome.left_behind([*self.plain, *self.serial], ended=self.plain)

    def lost(self, outcome: Outcome) -> tuple[str, ...]:
        """The places of which the run lost an update: by a last value that the same writes leave in no expected run, or by what it read and wrote."""
        stale = overtaken(outcome.endings, [each.endings for each in (*self.plain, *self.serial)])
        return tuple(dict.fromkeys([*stale, *outcome.lost_updates]))

    def refuses(self, outcome: Outcome, aspects: Iterable[str]) -> bool:
        """Whether all that went wrong is that code of the program refused what another had just then, and brings back in every right run (`raise
        Full` while a connection is out): who asks earlier is refused by design, if not for a value that no right run has.
        """
        right = [*self.plain, *self.serial]
        known = {text for one in right for text in one.aspects.get("exceptions", ())}
        raised = [text.partition(" ×")[0] for text in outcome.aspects.get("exceptions", ()) if text not in known]
        on_loan = [place for text in raised for place in outcome.refusals.get(text, ()) if all(place in one.residue.restored for one in right)]
        by_design = all(set(on_loan) & outcome.refusals.get(text, frozenset()) for text in raised)
        usual = not any(outcome.unexpected_states(place, right) for place in on_loan)
        return "hang" not in aspects and bool(raised) and by_design and usual

    def wrong(self, run: Rerun) -> tuple[str, ...]:
        """The aspects in which a run went wrong: it failed as the program by itself does not, left behind what right runs bring back, or
        ended as no serial order ends.
        """
        outcome = run.outcome
        if not outcome.aspects or run.uncaptured or ran_into_a_limit(outcome, self.plain):
            return ()
        failed = outcome.deviations(self.plain, only_failures=True)
        if run.result.hang is None:
            failed = tuple(name for name in failed if name != "hang")
        noisy = {name for one in self.plain for name in one.differing(self.plain[0])}
        differs = outcome.deviations([*self.plain, *self.serial], ignored=frozenset({*FAILURES, *noisy}))
        if differs == (FINAL_VALUE,) and any(value.startswith(_CONTAINERS) for value in outcome.aspects[FINAL_VALUE]):
            differs = ()  # the order of entries that nobody is shown is often nobody's concern
        return failed or ((LEFT_BEHIND,) if self.left(outcome) else ()) + differs
