"""Verdicts: what runs of bad and serial orders make of a finding."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from causeway_core.model import Finding, FindingAccess, Tier
from causeway_core.model.order import Constraint, Order, OrderPlace
from causeway_core.proof.judge import ONE_AT_A_TIME, Judge
from causeway_core.proof.outcome.order_result import OrderResult
from causeway_core.proof.outcome.outcome import Outcome
from causeway_core.proof.running.rerun import PLAIN, PLAIN_AGAIN, Rerun

A, B = OrderPlace("main/a", "end"), OrderPlace("main/b", "end")
BAD = Order("bad", "a is held until b has ended", (("a", A), ("b", B)), (Constraint("b", "a", None),))
WORSE = replace(BAD, says="b is held until a has ended", constraints=(Constraint("a", "b", None),))
OTHERS = replace(BAD, says="c is held until b has ended", alternate=True)
FURTHER = replace(OTHERS, says="d is held until b has ended")
WHOEVER = replace(OTHERS, places=(("a", replace(A, actor="main/work*1")), ("b", replace(B, actor="main/work*2"))))
SERIAL = replace(BAD, aim="serial", says="b first, then a")
LOOSE = replace(SERIAL, says="b first, then a, and c when it likes", alternate=True)
AS_IT_RAN = Order("bad", "as it ran", (), ())
WITHDRAW = FindingAccess("read", "bank.py", 3, "withdraw", "task a", None, "100")
FINDING = Finding(
    "F1", "lost_update", "likely", 5.0, 0.9, "an update may be lost", "Account.balance", (WITHDRAW,), (), (), None, None,
    "The write depends on the read.", "hold a lock", (), orders=(BAD, SERIAL),
)  # fmt: skip
WHOEVER = Order("bad", "whoever comes first", (("a", OrderPlace("main/add*1", "read", "bank.py", 3, "add", "seen = it.value")),), (), alternate=True)
NAMES = {
    BAD: "bad", OTHERS: "others", FURTHER: "further", WORSE: "worse", SERIAL: "serial", LOOSE: "loose", AS_IT_RAN: "as_it_ran", PLAIN: "plain",
    PLAIN_AGAIN: "again", WHOEVER: "whoever",
}  # fmt: skip
OK = OrderResult(True, passed=("a", "b"))
MISSED = OrderResult(True, passed=("a",))
IDLE = OrderResult(False, reason="a has ended without it", kind="actor ended")
REFUSED = OrderResult(False, reason="everybody waits")
NOBODY_CAME = OrderResult(False, reason="No actor exists that could reach the awaited place", kind="no such actor")
STUCK = OrderResult(False, reason="everybody waits", hang=("main waits for lock",))


class Program:
    """Stands for re-runs of a program that is known: what each order gives, run by run, the last again and again."""

    def __init__(self, **runs: Iterable[tuple[OrderResult, Outcome]]) -> None:
        self._runs = {name: list(given) for name, given in runs.items()}
        self._known: dict[str, Rerun] = {}
        self.recorded = gave("70")
        self.driven = False

    def attempt(self, *orders: Order, again: bool = False, stuck: bool = False) -> list[Rerun]:
        del stuck
        return [self._one(order, again) for order in orders]

    def _one(self, order: Order, again: bool) -> Rerun:
        name = NAMES[order]
        if again or name not in self._known:
            left = self._runs[name]
            result, outcome = left.pop(0) if len(left) > 1 else left[0]
            self._known[name] = Rerun(order, result, outcome, 0.1)
        return self._known[name]


def gave(text: str, *, states: Iterable[str] = (), stuck: tuple[str, ...] = (), **aspects: str) -> Outcome:
    said = {"returned": (text,), **{name.replace("_", " "): (value,) for name, value in aspects.items()}}
    return Outcome(said, {"Account.balance": tuple(states)} if states else {}, stuck)


def judged(
    finding: Finding = FINDING, *, recorded: Outcome | None = None, driven: bool = False, **runs: Iterable[tuple[OrderResult, Outcome]]
) -> Finding:
    program = Program(**{"serial": [(OK, gave("70"))], "plain": [(OK, gave("70"))], "again": [(OK, gave("70"))], **runs})
    program.recorded, program.driven = recorded or program.recorded, driven
    return Judge(program, 3).judge(finding)  # type: ignore[arg-type]


def verdict(finding: Finding) -> tuple[str, str]:
    assert finding.proof is not None
    return finding.tier, finding.proof.verdict


def test_what_no_serial_order_gives_every_time_is_confirmed() -> None:
    found = judged(bad=[(OK, gave("90"))])
    assert verdict(found) == ("confirmed", "confirmed") and found.reproduced == (3, 3)
    assert found.proof is not None and found.proof.outcome == "every serial order gives 70; this one gave 90"
    assert found.rank < FINDING.rank


def test_the_doubt_of_a_hint_ends_when_it_is_confirmed() -> None:
    hint = replace(FINDING, tier="hint", doubt="Most are harmless.")
    found = judged(hint, bad=[(OK, gave("100"))])
    assert (found.tier, found.doubt, found.explanation) == ("confirmed", "", FINDING.explanation)
    found = judged(hint, bad=[(OK, gave("70"))])
    assert found.tier == "hint" and found.why == f"{FINDING.explanation} Most are harmless."


def test_a_time_limit_that_the_hold_outlasted_proves_nothing() -> None:
    found = judged(bad=[(OK, replace(gave("90"), timeouts=1))])
    assert verdict(found) == ("likely", "infeasible")
    assert found.proof is not None and "time limit" in found.proof.reason
    in_every_order = [(OK, replace(gave("70"), timeouts=1))]
    assert verdict(judged(bad=[(OK, replace(gave("90"), timeouts=1))], serial=in_every_order)) == ("confirmed", "confirmed")


def test_a_plain_run_that_fails_is_no_measure_where_serial_orders_pass() -> None:
    passes, fails = gave("", tests="test_one passed", exit_code="0"), gave("", tests="test_one failed", exit_code="1")
    assert verdict(judged(bad=[(OK, fails)], serial=[(OK, passes)], plain=[(OK, fails)])) == ("confirmed", "confirmed")
    assert verdict(judged(bad=[(OK, fails)], serial=[(OK, fails)], plain=[(OK, fails)])) == ("hint", "harmless")
    otherwise = judged(
        bad=[(OK, gave("70", exit_code="0"))], serial=[(OK, gave("71", exit_code="0"))], plain=[(OK, gave("70", exit_code="1"))]
    )
    assert verdict(otherwise) == ("hint", "harmless")


@pytest.mark.parametrize("driven", [True, False])
def test_a_client_that_waits_for_each_answer_is_said_to_be_the_reason(driven: bool) -> None:
    found = judged(bad=[(NOBODY_CAME, gave("70"))], driven=driven)
    assert verdict(found) == ("likely", "infeasible")
    assert found.proof is not None and found.proof.reason.endswith(ONE_AT_A_TIME) is driven


def test_an_outcome_in_some_of_the_runs_is_not_confirmed() -> None:
    found = judged(bad=[(OK, gave("90")), (OK, gave("70"))])
    assert verdict(found) == ("likely", "untried") and found.reproduced == (3, 1)


def test_an_outcome_that_differs_between_runs_of_one_order_proves_nothing() -> None:
    noisy = [(OK, gave("71")), (OK, gave("72")), (OK, gave("73"))]
    assert verdict(judged(bad=[(OK, gave("90"))], serial=noisy, plain=[(OK, gave("74"))])) == ("hint", "harmless")


def test_a_serial_outcome_makes_it_a_hint_unless_it_struck_in_the_recording() -> None:
    assert verdict(judged(bad=[(OK, gave("70"))])) == ("hint", "harmless")
    struck = replace(FINDING, happened=True)
    assert verdict(judged(struck, bad=[(OK, gave("70"))])) == ("likely", "harmless")


def test_what_struck_and_gave_what_a_serial_order_gives_is_a_hint() -> None:
    struck, same = replace(FINDING, happened=True), gave("70", states=["90", "70"])
    assert verdict(judged(struck, bad=[(OK, same)], serial=[(OK, same)], plain=[(OK, same)], recorded=same)) == ("hint", "harmless")
    other = gave("70", states=["70"])
    assert verdict(judged(struck, bad=[(OK, same)], serial=[(OK, same)], plain=[(OK, same)], recorded=other)) == ("likely", "harmless")


def test_an_order_under_which_a_test_fails_that_otherwise_passes_is_no_measure() -> None:
    struck = replace(FINDING, happened=True)
    passes, fails = gave("70", tests="test_it passed", exit_code="0"), gave("71", tests="test_it failed", exit_code="1")
    found = judged(struck, bad=[(OK, passes)], serial=[(OK, fails)], plain=[(OK, passes)])
    assert verdict(found) == ("likely", "infeasible")
    assert found.proof is not None and "no serial order could be forced" in found.proof.reason
    assert verdict(judged(struck, bad=[(OK, fails)], serial=[(OK, passes)], plain=[(OK, fails)])) == ("confirmed", "confirmed")


def test_a_state_that_no_serial_order_has_keeps_it_likely() -> None:
    right = [(OK, gave("70", states=["90", "70"]))]
    found = judged(bad=[(OK, gave("70", states=["110", "70"]))], serial=right, plain=right)
    assert verdict(found) == ("likely", "altered")
    assert found.proof is not None and "Account.balance held 110, which it holds in no serial order" in found.proof.reason
    assert verdict(judged(bad=[(OK, gave("70", states=["70", "90"]))], serial=right, plain=right)) == ("hint", "harmless")


def test_a_limit_that_is_checked_and_exceeded_for_a_while_is_confirmed() -> None:
    finding = replace(FINDING, enforces_limit=True)
    right = [(OK, gave("70", states=["{}", "{'a'}", "{'b'}"]))]
    found = judged(finding, bad=[(OK, gave("70", states=["{}", "{'a'}", "{'a', 'b'}"]))], serial=right, plain=right)
    assert verdict(found) == ("confirmed", "confirmed") and found.proof is not None and "held {'a', 'b'} for a while" in str(found.proof.outcome)
    # Others, but not more of them.
    assert verdict(judged(finding, bad=[(OK, gave("70", states=["{}", "{'c'}"]))], serial=right, plain=right)) == ("likely", "altered")


def test_an_order_that_cannot_be_forced_changes_nothing_and_says_why() -> None:
    found = judged(bad=[(REFUSED, gave("90"))])
    assert verdict(found) == ("likely", "infeasible") and found.proof is not None and "everybody waits" in found.proof.reason


@pytest.mark.parametrize("tier", ["likely", "latent"])
def test_it_is_a_hint_when_in_each_order_the_other_side_waits_for_the_one_that_is_held(tier: Tier) -> None:
    finding = replace(FINDING, tier=tier)
    impossible = OrderResult(False, reason="No actor can continue while a waits.", kind="everybody waits")
    assert verdict(judged(finding, bad=[(impossible, gave("70"))])) == ("hint", "infeasible")
    assert verdict(judged(finding, bad=[(replace(impossible, kind="no progress"), gave("70"))])) == (tier, "infeasible")
    struck = replace(finding, happened=True)
    assert verdict(judged(struck, bad=[(impossible, gave("70"))])) == (tier, "infeasible")


def test_interchangeable_actors_are_tried_where_the_two_met_in_some_of_the_runs() -> None:
    finding = replace(FINDING, orders=(BAD, WHOEVER, SERIAL))
    found = judged(finding, bad=[(OK, gave("90")), (OK, gave("70"))], whoever=[(OK, gave("90"))])
    assert verdict(found) == ("confirmed", "confirmed")
    impossible = OrderResult(False, reason="No actor can continue while a waits.", kind="everybody waits")
    assert verdict(judged(finding, bad=[(impossible, gave("70"))])) == ("hint", "infeasible")


def test_one_order_that_fails_for_another_reason_leaves_it_likely() -> None:
    impossible = OrderResult(False, reason="No actor can continue while a waits.", kind="everybody waits")
    both = replace(FINDING, orders=(BAD, WORSE, SERIAL))
    assert verdict(judged(both, bad=[(impossible, gave("70"))], worse=[(REFUSED, gave("70"))])) == ("likely", "infeasible")


def test_the_next_bad_order_is_tried() -> None:
    found = judged(replace(FINDING, orders=(BAD, WORSE, SERIAL)), bad=[(REFUSED, gave("70"))], worse=[(OK, gave("90"))])
    assert verdict(found) == ("confirmed", "confirmed") and found.proof is not None and found.proof.order == 1


def test_an_order_that_goes_wrong_only_sometimes_does_not_keep_the_next_from_being_tried() -> None:
    sometimes = [(OK, gave("90")), (OK, gave("70"))]
    found = judged(replace(FINDING, orders=(BAD, WORSE, SERIAL)), bad=sometimes, worse=[(OK, gave("90"))])
    assert verdict(found) == ("confirmed", "confirmed") and found.proof is not None and found.proof.order == 1
    found = judged(replace(FINDING, orders=(BAD, WORSE, SERIAL)), bad=sometimes, worse=[(OK, gave("70"))])
    assert verdict(found) == ("likely", "untried") and found.reproduced == (3, 1)


@pytest.mark.parametrize(("raised", "tier"), [
    ("AttributeError in withdraw", "confirmed"), ("TimeoutError in withdraw", "likely"), ("AttributeError in elsewhere", "likely"),
])  # fmt: skip
def test_of_an_order_given_up_only_an_error_of_the_findings_own_code_counts(raised: str, tier: str) -> None:
    found = judged(bad=[(REFUSED, gave("90", exceptions=raised))])
    assert found.tier == tier


def test_an_order_given_up_because_the_program_hangs_is_a_deadlock_found() -> None:
    found = judged(bad=[(STUCK, gave("", hang="nothing can go on"))])
    assert verdict(found) == ("confirmed", "confirmed")
    assert found.proof is not None and "main waits for lock" in found.proof.outcome


@pytest.mark.parametrize(("runs", "tier"), [((STUCK, STUCK, OK), "likely"), ((STUCK, OK), "hint")])
def test_a_hint_whose_order_hangs_in_most_runs_is_likely(runs: tuple[OrderResult, ...], tier: Tier) -> None:
    hint = replace(FINDING, kind="lost_wakeup", tier="hint", rank=20.7, confidence=0.2)
    found = judged(hint, bad=[(run, gave("", hang="nothing can go on") if run is STUCK else gave("70")) for run in runs])
    assert (found.tier, found.reproduced, found.rank < 10) == (tier, (3, runs.count(STUCK)), tier == "likely")


def test_without_constraints_only_getting_stuck_again_counts() -> None:
    finding = replace(FINDING, kind="deadlock", resource="lock", orders=(AS_IT_RAN,))
    assert verdict(judged(finding, as_it_ran=[(OK, gave("x"))])) == ("likely", "infeasible")
    assert verdict(judged(finding, as_it_ran=[(OK, gave("x", stuck=("lock",)))])) == ("confirmed", "confirmed")
    assert verdict(judged(finding, as_it_ran=[(OK, gave("x", stuck=("lock",))), (OK, gave("x"))])) == ("likely", "untried")


def test_of_deadlocks_only_getting_stuck_counts() -> None:
    finding = replace(FINDING, kind="deadlock", tier="hint", resource="lock and other")
    assert verdict(judged(finding, bad=[(OK, gave("90"))])) == ("hint", "harmless")
    assert verdict(judged(finding, bad=[(OK, gave("70", stuck=("other",)))])) == ("confirmed", "confirmed")
    assert verdict(judged(finding, bad=[(STUCK, gave("", hang="nothing can go on"))])) == ("confirmed", "confirmed")


def test_of_a_mere_hint_of_a_lost_wakeup_only_a_hang_counts() -> None:
    finding = replace(FINDING, kind="lost_wakeup", tier="hint")
    assert verdict(judged(finding, bad=[(OK, gave("90"))])) == ("hint", "harmless")
    assert verdict(judged(finding, bad=[(OK, gave("70", hang="nothing can go on"))])) == ("confirmed", "confirmed")


def test_of_order_violations_only_failures_count() -> None:
    finding = replace(FINDING, kind="order_violation")
    assert verdict(judged(finding, bad=[(OK, gave("90"))])) == ("hint", "harmless")
    assert verdict(judged(finding, bad=[(OK, gave("90", exceptions="AttributeError in withdraw"))])) == ("confirmed", "confirmed")


def test_a_caught_mistake_proves_an_order_violation_if_the_outcome_differs() -> None:
    finding = replace(FINDING, kind="order_violation")
    slipped = replace(gave("90"), caught_mistakes=("AttributeError in withdraw",))
    assert verdict(judged(finding, bad=[(OK, slipped)])) == ("confirmed", "confirmed")
    assert verdict(judged(finding, bad=[(OK, replace(slipped, aspects=gave("70").aspects))])) == ("hint", "harmless")
    assert verdict(judged(finding, bad=[(OK, replace(slipped, caught_mistakes=("AttributeError in elsewhere",)))])) == ("hint", "harmless")
    in_every_order = [(OK, replace(gave("70"), caught_mistakes=slipped.caught_mistakes))]
    assert verdict(judged(finding, bad=[(OK, slipped)], serial=in_every_order)) == ("hint", "harmless")


def test_the_same_between_other_actors_is_tried_only_where_the_first_cannot_be_forced() -> None:
    finding = replace(FINDING, orders=(BAD, OTHERS, SERIAL))
    assert verdict(judged(finding, bad=[(REFUSED, gave("70"))], others=[(OK, gave("90"))])) == ("confirmed", "confirmed")
    assert verdict(judged(finding, bad=[(OK, gave("70"))], others=[(OK, gave("90"))])) == ("hint", "harmless")
    # It ended right, but somebody else did what was expected of b: that says nothing of the two.
    assert verdict(judged(finding, bad=[(MISSED, gave("70"))], others=[(OK, gave("90"))])) == ("confirmed", "confirmed")
    finding = replace(FINDING, orders=(BAD, OTHERS, FURTHER, SERIAL))
    found = judged(finding, bad=[(REFUSED, gave("70"))], others=[(OK, gave("70"))], further=[(OK, gave("90"))])
    assert verdict(found) == ("confirmed", "confirmed")


def test_interchangeable_actors_are_held_only_where_one_of_the_two_did_not_arrive() -> None:
    finding = replace(FINDING, orders=(BAD, WHOEVER, SERIAL))
    for came_not in (MISSED, IDLE):
        assert verdict(judged(finding, bad=[(came_not, gave("70"))], whoever=[(OK, gave("90"))])) == ("confirmed", "confirmed")
    for came in (OK, REFUSED):
        assert verdict(judged(finding, bad=[(came, gave("70"))], whoever=[(OK, gave("90"))]))[0] != "confirmed"


def test_no_more_runs_are_made_than_it_takes_to_refute(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Order] = []
    attempt = Program.attempt
    monkeypatch.setattr(Program, "attempt", lambda self, *orders, **words: asked.extend(orders) or attempt(self, *orders, **words))
    as_recorded = [(OK, gave("70", states=("70",)))]
    assert verdict(judged(bad=as_recorded, plain=as_recorded)) == ("hint", "harmless")
    assert SERIAL not in asked
    assert verdict(judged(bad=[(OK, gave("90"))])) == ("confirmed", "confirmed")
    assert SERIAL in asked


def test_a_plain_run_that_goes_wrong_as_the_recorded_one_did_not_is_made_once_more() -> None:
    lost = [(OK, gave("90"))]
    assert verdict(judged(bad=lost, plain=lost)) == ("confirmed", "confirmed")
    # Where it always ends so, that may be right.
    assert verdict(judged(bad=lost, plain=lost, again=lost)) == ("hint", "harmless")


def test_a_plain_run_that_leaves_other_rows_than_serial_orders_do_is_made_once_more() -> None:
    """What rows held when the program was recorded, nobody knows."""
    right, lost = [(OK, gave("70", database="70"))], [(OK, gave("70", database="90"))]
    assert verdict(judged(bad=lost, serial=right, plain=lost, again=right)) == ("confirmed", "confirmed")
    assert verdict(judged(bad=lost, serial=right, plain=lost, again=lost)) == ("hint", "harmless")


def test_serial_orders_in_which_others_race_are_a_measure_only_where_there_is_no_better() -> None:
    finding = replace(FINDING, happened=True, orders=(BAD, SERIAL, LOOSE))
    lost = [(OK, gave("90"))]
    assert verdict(judged(finding, bad=lost, loose=lost, plain=lost)) == ("confirmed", "confirmed")
    assert verdict(judged(finding, bad=lost, loose=lost, plain=lost, serial=[(REFUSED, gave("70"))])) == ("likely", "harmless")


def test_what_a_container_holds_in_the_end_proves_nothing_alone() -> None:
    right = [(OK, gave("70", final_value="['one']"))]
    assert verdict(judged(bad=[(OK, gave("70", final_value="['two']"))], serial=right, plain=right))[0] != "confirmed"
    right = [(OK, gave("70", final_value="70"))]
    assert verdict(judged(bad=[(OK, gave("70", final_value="90"))], serial=right, plain=right)) == ("confirmed", "confirmed")


def test_a_plain_run_in_which_the_bug_struck_is_no_measure() -> None:
    """Nothing keeps it from striking there: on a busy machine two processes often meet."""
    lost = [(OK, replace(gave("90", states=["90"]), lost_updates=("Account.balance",)))]
    assert verdict(judged(bad=lost, plain=lost, again=lost)) == ("confirmed", "confirmed")
    # Nor is it one where no serial order could be forced.
    assert verdict(judged(bad=lost, plain=lost, again=lost, serial=[(REFUSED, gave("70"))])) == ("likely", "infeasible")
    # The recorded run, in which it did not strike, showed the same.
    assert verdict(judged(bad=lost, plain=lost, again=lost, recorded=gave("90", states=["90"]))) == ("hint", "harmless")


MEETING = replace(BAD, constraints=(Constraint("b", "a", "seen"),))
AWAY = OrderResult(False, passed=("a", "b"), reason="a went another way", kind="everybody waits")


def test_an_order_whose_actor_went_another_way_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(NAMES, MEETING, "meeting")
    finding = replace(FINDING, orders=(MEETING, SERIAL))
    met = OrderResult(True, passed=("seen", "b", "a"))
    assert verdict(judged(finding, meeting=[(AWAY, gave("70")), (AWAY, gave("70")), (met, gave("90"))])) == ("confirmed", "confirmed")
    assert judged(finding, meeting=[(AWAY, gave("70"))]).tier == "hint"
    waits = replace(AWAY, passed=("seen", "a"))
    assert judged(finding, meeting=[(waits, gave("70")), (met, gave("90"))]).tier == "hint"


def test_a_run_in_which_the_order_was_not_carried_out_is_made_again() -> None:
    wrong = (OK, gave("90"))
    assert verdict(judged(bad=[wrong, (IDLE, gave("70")), (IDLE, gave("70")), wrong])) == ("confirmed", "confirmed")
    found = judged(bad=[wrong, wrong, (IDLE, gave("70"))])
    assert verdict(found) == ("likely", "untried") and found.reproduced == (3, 2)
    assert found.proof is not None and found.proof.reason.startswith("it could be forced in only 2 of 3 runs")
    assert verdict(judged(bad=[wrong, (IDLE, gave("70")), (OK, gave("70"))])) == ("likely", "untried")
